"""Plans of planes only: exact, and by a tree of the liver's surface quick enough for a search."""
