"""A vessel that ends in a gap, joined to where it belongs by two clicks.

The gap is bridged by the cheapest way: along what is as bright as the vessel, else straight.
"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from liverplan.errors import SegmentationError
from liverplan.segmentation.boxes import (
    Triple,
    bounding_box,
    box_around,
    slices_of,
    triple,
    voxels_of,
)
from liverplan.segmentation.denoise import blurred
from liverplan.segmentation.morphology import distance_transform_mm
from liverplan.segmentation.results import Mask
from liverplan.segmentation.vessels.corrected import (
    ON_MM,
    Follow,
    Labels,
    clicked_tree,
    hanging_at,
    roots_in,
    tree_at,
)
from liverplan.segmentation.vessels.field import joined_voxels
from liverplan.segmentation.vessels.trees import BLUR_MM, SHOWN_HU
from liverplan.volume import FloatArray, Grid, Volume

MOST_MM = 40.0
"""A longer gap is none between two pieces of one vessel, but a click at a wrong place."""
ROOM_MM = 8.0
"""So far beside both ends a way may lead."""
DARK_PRICE, OTHER_PRICE, OWN_PRICE = 4.0, 30.0, 0.2
"""What a millimetre costs more where it is as dark as tissue; what it costs in another vessel; and
in those that are joined."""
LEAST_HU = 10.0
"""With less contrast, what is bright tells nothing."""
TOUCHING = np.ones((3, 3, 3), bool)
LEAST_MM = 1.0
"""No bridge is thinner, so that it holds together."""


def joined(
    trees: Labels,
    volume: Volume,
    end_mm: ArrayLike,
    to_mm: ArrayLike,
    roots_mm: ArrayLike = (),
    *,
    follow: Follow,
) -> Labels:
    """Join the piece of vessel at one click to the tree at another.

    Parameters
    ----------
    trees : (k, j, i) uint8 array
        0 no vessel, else the tree's number.
    volume : Volume
        The CT, on the trees' grid.
    end_mm : (3,) array
        The loose end, LPS mm: of a piece; of a branch of the other tree, which moves with what
        hangs on it; or of a vessel that is in no tree yet, which is followed.
    to_mm : (3,) array
        Where it belongs, LPS mm.
    roots_mm : (n, 3) array
        Points in the trees' trunks, LPS mm: they tell what is loose, and what hangs on what.
    follow : callable
        How what is in no tree yet is followed.

    Returns
    -------
    (k, j, i) uint8 array

    Raises
    ------
    SegmentationError
        If there is no vessel at a click, both hang together already, or they lie too far apart.
    """
    grid = volume.grid
    tree = clicked_tree(trees, grid, to_mm)
    piece = _piece(trees, grid, end_mm, roots_mm, follow)
    onto = _component_at(trees == tree, grid, to_mm) & ~piece
    if not onto.any() or (tree_at(trees, grid, end_mm, ON_MM) == tree and _touch(piece, onto)):
        raise SegmentationError("These two hang together already, so nothing was joined.")
    ends = _nearest(piece, grid, end_mm), _nearest(onto, grid, to_mm)
    length = float(np.linalg.norm(np.diff(grid.to_mm(np.array(ends)), axis=0)))
    if length > MOST_MM:
        raise SegmentationError(
            f"The two places lie {length:.0f} mm apart; a gap of at most {MOST_MM:g} mm is bridged."
        )
    made = trees.copy()
    made[piece] = tree
    bridge = _bridge(volume, piece, onto, (trees > 0) & ~piece & ~onto, ends)
    made[tuple(bridge.T)] = np.where(made[tuple(bridge.T)] == 0, tree, made[tuple(bridge.T)])
    return made


def _piece(
    trees: Labels, grid: Grid, end_mm: ArrayLike, roots_mm: ArrayLike, follow: Follow
) -> Mask:
    """Return what is joined: a loose piece, a branch of a rooted tree, or what is followed."""
    own = tree_at(trees, grid, end_mm, ON_MM)
    if own == 0:
        return np.asarray(follow(np.asarray(end_mm, dtype=float)) & (trees == 0))
    whole = trees == own
    component = _component_at(whole, grid, end_mm)
    rooted = roots_in(whole, grid, roots_mm)
    if len(rooted):
        loose = len(roots_in(component, grid, rooted)) == 0
    else:
        loose = bool(2 * np.count_nonzero(component) < np.count_nonzero(whole))
    return component if loose else hanging_at(whole, grid, end_mm, roots_mm)


def _component_at(mask: Mask, grid: Grid, point_mm: ArrayLike) -> Mask:
    """(k, j, i) the connected part of a mask that lies nearest to a point."""
    box = bounding_box(mask)
    numbers = scipy.ndimage.label(mask[box], TOUCHING)[0]
    start = np.array([part.start for part in box])
    found = np.zeros(mask.shape, bool)
    found[box] = numbers == numbers[tuple(np.array(_nearest(mask, grid, point_mm)) - start)]
    return found


def _touch(one: Mask, other: Mask) -> bool:
    """Whether two masks share a voxel's corner."""
    box = bounding_box(one, (1, 1, 1))
    around = scipy.ndimage.binary_dilation(one[box], TOUCHING)
    return bool((around & other[box]).any())


def _nearest(mask: Mask, grid: Grid, point_mm: ArrayLike) -> Triple:
    voxels = voxels_of(mask)
    away = np.linalg.norm(grid.to_mm(voxels) - np.asarray(point_mm, dtype=float), axis=1)
    return triple(voxels[away.argmin()])


def _bridge(
    volume: Volume, piece: Mask, onto: Mask, others: Mask, ends: tuple[Triple, Triple]
) -> NDArray[np.int64]:
    """(n, 3) voxels of a tube between two voxels, as wide as the vessels at its ends."""
    grid, places = volume.grid, volume.grid.to_mm(np.array(ends))
    reach = float(np.linalg.norm(places[1] - places[0])) / 2 + ROOM_MM
    start, stop = box_around(grid, grid.to_index(places.mean(axis=0)), reach)
    box = slices_of(start, stop)
    own = piece[box] | onto[box]
    price = _price(volume.hu[box], own, others[box], grid)
    first, last = (tuple(np.array(end) - start) for end in ends)
    if price is None:
        way_mm = np.linspace(places[0], places[1], 2 + int(2 * reach))
    else:
        way_mm = grid.to_mm(_way(price, grid, first, last) + np.array(start))
    begins, ends_wide = _radius(piece[box], grid, first), _radius(onto[box], grid, last)
    return _tube(grid, way_mm, np.linspace(begins, ends_wide, len(way_mm)), start, stop)


def _price(hu: NDArray[np.generic], own: Mask, others: Mask, grid: Grid) -> FloatArray | None:
    """(k, j, i) price of a millimetre; None where the vessels are as dark as what is round."""
    smooth = blurred(hu.astype(np.float32), SHOWN_HU, BLUR_MM, grid.spacing_mm)
    vessel, tissue = float(np.median(smooth[own])), float(np.median(smooth[~own & ~others]))
    if vessel - tissue < LEAST_HU:
        return None
    dark = np.clip((vessel - smooth) / (vessel - tissue), 0.0, 1.0)
    price = np.where(own, OWN_PRICE, 1 + DARK_PRICE * dark)
    return np.where(others, OTHER_PRICE, price).astype(np.float64)


def _way(
    price: FloatArray, grid: Grid, first: tuple[int, ...], last: tuple[int, ...]
) -> NDArray[np.int64]:
    """(n, 3) voxels of the cheapest way from one to another, in the prices' box."""
    everywhere = np.ones(price.shape, bool)
    number, steps = joined_voxels(everywhere, price, grid.spacing_mm)
    before = scipy.sparse.csgraph.dijkstra(
        steps, directed=False, indices=int(number[first]), return_predecessors=True
    )[1]  # type: ignore[call-overload]  # the stubs know no csr_array
    way = [int(number[last])]
    while way[-1] != number[first]:
        way.append(int(before[way[-1]]))
    return np.stack(np.unravel_index(way[::-1], price.shape), axis=1)


def _radius(mask: Mask, grid: Grid, at: tuple[int, ...]) -> float:
    """Return how wide a vessel is next to its end, mm."""
    depth = distance_transform_mm(np.pad(mask, 1), grid.spacing_mm)[1:-1, 1:-1, 1:-1]
    reach = [round(2 * LEAST_MM / mm) + 1 for mm in grid.spacing_mm]
    near = tuple(slice(max(0, n - r), n + r + 1) for n, r in zip(at, reach, strict=True))
    return max(LEAST_MM, float(depth[near].max()) - min(grid.spacing_mm) / 2)


def _tube(
    grid: Grid, way_mm: FloatArray, radii: FloatArray, start: Triple, stop: Triple
) -> NDArray[np.int64]:
    """(n, 3) voxels of a box that lie round a way, and those that it runs through."""
    stops = np.arange(len(way_mm))
    fine = np.linspace(0, len(way_mm) - 1, 4 * len(way_mm))
    line = np.stack([np.interp(fine, stops, way_mm[:, axis]) for axis in range(3)], axis=1)
    wide = np.interp(fine, stops, radii)
    voxels = np.argwhere(np.ones(np.array(stop) - start, bool)) + start
    away, at = scipy.spatial.cKDTree(line).query(grid.to_mm(voxels))
    inside = voxels[np.asarray(away) <= wide[np.asarray(at)]]
    through = np.rint(grid.to_index(line)).astype(np.int64)
    return np.unique(np.concatenate([inside, through]), axis=0)
