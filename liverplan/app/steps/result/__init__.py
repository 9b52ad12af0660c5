"""Step 5: the verdict, the patient's facts, report and export."""
