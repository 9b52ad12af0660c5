"""Step 1: find a CT, or go on with a case."""
