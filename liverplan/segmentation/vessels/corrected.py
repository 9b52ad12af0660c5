"""Trees put right by clicks: a branch taken into a tree, moved to the other one, dropped, or cut.

A click means the branch under it and all that hangs on it; a cut what of that lies beyond.
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
    there = tree_at(trees, grid, point_mm, ON_MM)
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
    there = clicked_tree(trees, grid, point_mm)
    made = trees.copy()
    made[hanging_at(trees == there, grid, point_mm, roots_mm)] = 0
    return made


def cut(
    trees: Labels, grid: Grid, point_mm: ArrayLike, roots_mm: ArrayLike = (), *, to: int = 0
) -> Labels:
    """Cut a branch where it is clicked: what lies beyond, away from the root, leaves its tree.

    Parameters
    ----------
    trees, grid, roots_mm
        As those of `taken`.
    point_mm : (3,) array
        A click on the branch, LPS mm.
    to : int
        The tree that gets what lies beyond; 0 drops it.

    Returns
    -------
    (k, j, i) uint8 array

    Raises
    ------
    SegmentationError
        If no tree has a vessel near the click, or nothing of it lies beyond.
    """
    there = clicked_tree(trees, grid, point_mm)
    beyond = hanging_at(trees == there, grid, point_mm, roots_mm, from_here=True)
    if there == to or not beyond.any():
        raise SegmentationError("Nothing of this vessel lies beyond this place, so it was not cut.")
    made = trees.copy()
    made[beyond] = to
    return made


def clicked_tree(trees: Labels, grid: Grid, point_mm: ArrayLike) -> int:
    """Return the number of the tree that has a vessel near a (3,) LPS point, mm.

    Raises
    ------
    SegmentationError
        If none has.
    """
    there = tree_at(trees, grid, point_mm, CLICK_MM)
    if there == 0:
        words = in_words(np.asarray(point_mm, dtype=float))
        raise SegmentationError(f"No vessel of a tree lies within {CLICK_MM:g} mm of {words} mm.")
    return there


def hanging_at(
    tree: Mask,
    grid: Grid,
    point_mm: ArrayLike,
    roots_mm: ArrayLike = (),
    *,
    from_here: bool = False,
) -> Mask:
    """(k, j, i) mask of a tree's branch at a point, LPS mm, and what hangs on it.

    ``from_here``: of the branch itself only what lies beyond the point.
    """
    branches = branches_of(tree, grid, roots_in(tree, grid, roots_mm))
    voxels = voxels_of(tree)
    if branches:
        lines = np.concatenate([b.points_mm for b in branches])
        owner = np.repeat(np.arange(len(branches)), [len(b.points_mm) for b in branches])
        nearest = scipy.spatial.cKDTree(lines)
        point = np.asarray(point_mm, dtype=float)
        at = int(nearest.query(point)[1])
        name = branches[owner[at]].name
        mine = np.array([f"{b.name}.".startswith(f"{name}.") for b in branches])[owner]
        places = grid.to_mm(voxels)
        line_at = np.asarray(nearest.query(places)[1])
        held = mine[line_at]
        if from_here:
            held &= (owner[line_at] != owner[at]) | _beyond(
                lines, owner, at, line_at, places - point
            )
        voxels = voxels[held]
    mask = np.zeros(tree.shape, bool)
    mask[tuple(voxels.T)] = True
    return mask


def _beyond(
    lines: FloatArray,
    owner: NDArray[np.int64],
    at: int,
    line_at: NDArray[np.int64],
    away: FloatArray,
) -> Mask:
    """(n,) whether voxels whose points of the branch are known lie farther along it than a click.

    ``away``: (n, 3) from the click to each voxel, mm. Near the click its direction tells.
    """
    own = np.flatnonzero(owner == owner[at])
    before, after = max(at - 1, own[0]), min(at + 1, own[-1])
    ahead = away @ (lines[after] - lines[before]) > 0
    near = np.abs(line_at - at) <= 1
    return np.asarray(np.where(near, ahead, line_at > at))


def roots_in(tree: Mask, grid: Grid, roots_mm: ArrayLike) -> FloatArray:
    """(m, 3) those of some points that lie in a tree, LPS mm."""
    roots = np.asarray(roots_mm, dtype=float).reshape(-1, 3)
    labels = tree.view(np.uint8)
    return roots[[tree_at(labels, grid, root, ON_MM) > 0 for root in roots]]


def tree_at(trees: Labels, grid: Grid, point_mm: ArrayLike, within_mm: float) -> int:
    """Return the (k, j, i) tree whose voxel is nearest to a (3,) LPS point, mm; 0: none so near."""
    start, stop = box_around(grid, grid.to_index(point_mm), within_mm)
    voxels = np.argwhere(trees[slices_of(start, stop)]) + start
    if not len(voxels):
        return 0
    away = np.linalg.norm(grid.to_mm(voxels) - np.asarray(point_mm, dtype=float), axis=1)
    nearest = int(away.argmin())
    return int(trees[tuple(voxels[nearest])]) if away[nearest] <= within_mm else 0
