"""The kinds of cuts, one a file."""
