"""Step 4: cuts of every kind, named parts, suggestions, alternative plans."""
