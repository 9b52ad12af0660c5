"""The house itself: what its rooms load, how they are cut, where they lie."""
