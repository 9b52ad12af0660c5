"""What stays, in mL: the performance core."""
