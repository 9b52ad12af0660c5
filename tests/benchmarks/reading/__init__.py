"""Other programs' readers, each asked for what an export holds."""
