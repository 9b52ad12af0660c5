"""Step 4: cuts and plans."""
