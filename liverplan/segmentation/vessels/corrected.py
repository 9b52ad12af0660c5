"""Trees put right by clicks: a branch taken into a tree, moved to the other one, or dropped.

A click means the branch under it and all that hangs on it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from liverplan.errors import SegmentationError
from liverplan.segmentation.boxes import box_around, slices_of, voxels_of
from liverplan.segmentation.points import in_words
from liverplan.segmentation.results import Mask
from liverplan.segmentation.vessels.branches import branches_of
from liverplan.segmentation.vessels.trees import CLICK_MM
from liverplan.volume import FloatArray, Grid

ON_MM = 3.0
"""So near a click must be to a vessel of a tree that means it, where it could mean a new one."""

Labels = NDArray[np.uint8]

Follow = Callable[[FloatArray], Mask]
"""What returns the (k, j, i) mask of the vessel at a (3,) LPS point, mm."""


def taken(
    trees: Labels,
    grid: Grid,
    tree: int,
    point_mm: ArrayLike,
    roots_mm: ArrayLike = (),
    *,
    follow: Follow,
) -> Labels:
    """Take what is clicked into a tree.

    Parameters
    ----------
    trees : (k, j, i) uint8 array
        0 no vessel, else the tree's number.
    grid : Grid
        The trees', that of the CT.
    tree : int
        Where it goes.
    point_mm : (3,) array
        A click, LPS mm: on a branch of another tree, which moves with what hangs on it; or on a
        vessel that is in no tree yet, which is followed.
    roots_mm : (n, 3) array
        Points in the trees' trunks, LPS mm: they tell what hangs on what.
    follow : callable
        How what is in no tree yet is followed.

    Returns
    -------
    (k, j, i) uint8 array

    Raises
    ------
    SegmentationError
        If no vessel is seen near the click, or it lies in the tree already.
    """
    there = _tree_at(trees, grid, point_mm, ON_MM)
    if there == tree:
        raise SegmentationError("This vessel belongs to that tree already.")
    made = trees.copy()
    if there:
        made[hanging_at(trees == there, grid, point_mm, roots_mm)] = tree
    else:
        found = follow(np.asarray(point_mm, dtype=float))
        made[found & (trees == 0)] = tree
    return made


def dropped(trees: Labels, grid: Grid, point_mm: ArrayLike, roots_mm: ArrayLike = ()) -> Labels:
    """Drop the branch that is clicked, at a (3,) LPS point, mm, and what hangs on it.

    Trees, roots and the (k, j, i) result are as those of `taken`.

    Raises
    ------
    SegmentationError
        If no tree has a vessel near the click.
    """
    there = _tree_at(trees, grid, point_mm, CLICK_MM)
    if there == 0:
        words = in_words(np.asarray(point_mm, dtype=float))
        raise SegmentationError(f"No vessel of a tree lies within {CLICK_MM:g} mm of {words} mm.")
    made = trees.copy()
    made[hanging_at(trees == there, grid, point_mm, roots_mm)] = 0
    return made


def hanging_at(tree: Mask, grid: Grid, point_mm: ArrayLike, roots_mm: ArrayLike = ()) -> Mask:
    """(k, j, i) mask of a tree's branch at a point, LPS mm, and what hangs on it."""
    branches = branches_of(tree, grid, _roots_in(tree, grid, roots_mm))
    voxels = voxels_of(tree)
    if branches:
        lines = scipy.spatial.cKDTree(np.concatenate([b.points_mm for b in branches]))
        owner = np.repeat(np.arange(len(branches)), [len(b.points_mm) for b in branches])
        name = branches[owner[lines.query(np.asarray(point_mm, dtype=float))[1]]].name
        mine = np.array([f"{b.name}.".startswith(f"{name}.") for b in branches])
        voxels = voxels[mine[owner[lines.query(grid.to_mm(voxels))[1]]]]
    held = np.zeros(tree.shape, bool)
    held[tuple(voxels.T)] = True
    return held


def _roots_in(tree: Mask, grid: Grid, roots_mm: ArrayLike) -> FloatArray:
    """(m, 3) those of some points that lie in a tree, LPS mm."""
    roots = np.asarray(roots_mm, dtype=float).reshape(-1, 3)
    labels = tree.view(np.uint8)
    return roots[[_tree_at(labels, grid, root, ON_MM) > 0 for root in roots]]


def _tree_at(trees: Labels, grid: Grid, point_mm: ArrayLike, within_mm: float) -> int:
    """Return the tree that has the voxel nearest to a point; 0 where none is so near."""
    start, stop = box_around(grid, grid.to_index(point_mm), within_mm)
    voxels = np.argwhere(trees[slices_of(start, stop)]) + start
    if not len(voxels):
        return 0
    away = np.linalg.norm(grid.to_mm(voxels) - np.asarray(point_mm, dtype=float), axis=1)
    nearest = int(away.argmin())
    return int(trees[tuple(voxels[nearest])]) if away[nearest] <= within_mm else 0
