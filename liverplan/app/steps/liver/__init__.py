"""Step 2: find the liver, correct it, confirm it."""
