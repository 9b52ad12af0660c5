"""Plans of any cuts: blocks of voxels, of which only those that a cut crosses are opened."""
