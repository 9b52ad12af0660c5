"""Step 6: signatures and votes."""
