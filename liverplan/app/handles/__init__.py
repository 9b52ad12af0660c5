"""Where a cut can be taken by the mouse, the same on slices and in 3D, and what it is called."""
