"""Couinaud's segments, from a few landmarks or from labelled vessel branches.

By landmarks: planes through the cava and one point each of the right, middle and left hepatic
vein stand between the sections, planes level with the portal branches between upper and lower
segments; segments 2 and 3 lie behind and before a plane through the left hepatic vein. This is
the textbook's geometry: against portal territories it is good for hemilivers and sections and
only fair for single segments (clinical fact sheet, section 3).

By branches: each voxel belongs to the nearest branch (its centreline).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.errors import PlanError
from liverplan.resection.anatomy.landmarks import Landmarks
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.named import SCHEME, SEGMENTS
from liverplan.segmentation.boxes import bounding_box
from liverplan.segmentation.labels import Segmentation
from liverplan.volume import FloatArray, Grid

CAUDATE_FRONT_SHARE = 0.5
"""The caudate lobe reaches this far from the cava toward the portal bifurcation."""


def by_landmarks(segmentation: Segmentation, landmarks: Landmarks) -> PartMap:
    """Divide the liver into segments 1, 2, 3, 4a, 4b, 5, 6, 7 and 8 by landmarks.

    Parameters
    ----------
    segmentation : Segmentation
    landmarks : Landmarks

    Returns
    -------
    PartMap
        Scheme "couinaud"; every liver voxel, lesions included, has one segment.
    """
    where = np.nonzero(segmentation.labels)
    points = segmentation.grid.to_mm(np.stack(where, axis=1))
    number = _segments(points, landmarks)
    labels = np.zeros(segmentation.grid.shape, dtype=np.uint8)
    labels[where] = number
    return PartMap(scheme=SCHEME, grid=segmentation.grid, labels=labels, names=SEGMENTS)


def by_branches(
    segmentation: Segmentation,
    branches: Mapping[str, NDArray[np.bool_]],
    *,
    scheme: str = SCHEME,
) -> PartMap:
    """Give each liver voxel to the nearest of some labelled vessel branches.

    Parameters
    ----------
    segmentation : Segmentation
    branches : mapping of str to (k, j, i) bool array
        Each branch's voxels (its centreline or its lumen), by the name of what it feeds.
    scheme : str
        The map's name, e.g. "portal" or "hepatic".

    Raises
    ------
    PlanError
        If there is no branch, one is empty, or one lies on another grid.
    """
    names = tuple(branches)
    seeds = np.zeros(segmentation.grid.shape, dtype=np.uint8)
    if not names:
        raise PlanError("Territories need at least one labelled vessel branch.")
    for number, (name, mask) in enumerate(branches.items(), 1):
        if mask.shape != seeds.shape or not mask.any():
            raise PlanError(f"The vessel branch {name!r} is empty or lies on another grid.")
        seeds[mask] = number
    return nearest_parts(segmentation, seeds, names, scheme)


def nearest_parts(
    segmentation: Segmentation, seeds: NDArray[np.uint8], names: tuple[str, ...], scheme: str
) -> PartMap:
    """Give each liver voxel to the nearest seed: (k, j, i), 0 or n for ``names[n - 1]``."""
    box = bounding_box(segmentation.liver | (seeds > 0))
    nearest = scipy.ndimage.distance_transform_edt(
        seeds[box] == 0,
        sampling=segmentation.grid.spacing_mm,
        return_distances=False,
        return_indices=True,
    )
    labels = np.zeros_like(seeds)
    labels[box] = seeds[box][tuple(nearest)] * segmentation.liver[box].astype(np.uint8)
    return PartMap(scheme=scheme, grid=segmentation.grid, labels=labels, names=names)


def branch_voxels(grid: Grid, stops_mm: FloatArray) -> tuple[NDArray[np.int64], ...]:
    """Index arrays (k, j, i) of the same voxels, as far as they lie on the grid."""
    stops = np.atleast_2d(np.asarray(stops_mm, dtype=np.float64))
    step = min(grid.spacing_mm) / 2
    found = []
    for start, end in zip(stops, [*stops[1:], stops[-1]], strict=True):
        count = int(np.ceil(np.linalg.norm(end - start) / step)) + 1
        line = start + np.linspace(0, 1, count)[:, None] * (end - start)
        found.append(np.rint(grid.to_index(line)).astype(np.int64))
    index = np.concatenate(found)
    return tuple(index[np.all((index >= 0) & (index < grid.shape), axis=1)].T)


def _segments(x: FloatArray, at: Landmarks) -> NDArray[np.uint8]:
    """(N,) 1-based place in `SEGMENTS` of each point."""
    up = np.array([0.0, 0.0, 1.0])
    main = _upright(x, at.cava, (at.middle_vein + at.gallbladder_fossa) / 2)
    right = _upright(x, at.cava, at.right_vein)
    umbilical = _upright(x, at.umbilical_portion, at.falciform)
    higher_right = (x - at.right_portal) @ up > 0
    higher_left = (x - at.left_portal) @ up > 0
    behind = _across(x, at.cava, at.left_vein)
    number = np.where(
        main < 0,
        np.where(right < 0, np.where(higher_right, 8, 7), np.where(higher_right, 9, 6)),
        np.where(umbilical < 0, np.where(higher_left, 4, 5), np.where(behind, 2, 3)),
    )
    sides = (min(at.cava[0], at.portal_bifurcation[0]), at.umbilical_portion[0])
    number[in_caudate(x, at.cava, at.portal_bifurcation, sides)] = 1
    return number.astype(np.uint8)


def _upright(x: FloatArray, back: FloatArray, front: FloatArray) -> FloatArray:
    """Side of the upright plane from a point at the back to one in front: left is positive."""
    ahead = front[:2] - back[:2]
    normal = np.array([-ahead[1], ahead[0]])
    off = x[:, :2] - back[:2]
    return np.asarray(off @ normal)


def _across(x: FloatArray, cava: FloatArray, vein: FloatArray) -> NDArray[np.bool_]:
    """Whether points lie behind and above the left hepatic vein's plane (segment 2)."""
    along = (vein - cava) / np.linalg.norm(vein - cava)
    forward_down = np.array([0.0, -1.0, -1.0])
    normal = forward_down - (forward_down @ along) * along
    return np.asarray((x - cava) @ normal < 0)


def in_caudate(
    x: FloatArray, cava: FloatArray, bifurcation: FloatArray, sides_mm: tuple[float, float]
) -> NDArray[np.bool_]:
    """Tell which points lie in the lobe between cava, portal bifurcation and umbilical fissure.

    Behind a plane half-way from cava to bifurcation, below the hepatic veins' confluence.

    Parameters
    ----------
    x : (n, 3) array
    cava, bifurcation : (3,) arrays
        The hepatic veins' confluence and the portal vein's, LPS mm.
    sides_mm : (float, float)
        Its right and its left side: the cava's right wall and the umbilical portion, x in mm.
    """
    forward = bifurcation - cava
    forward = np.array([forward[0], forward[1], 0.0])
    depth = float(np.linalg.norm(forward))
    if depth == 0:
        return np.zeros(len(x), dtype=np.bool_)
    front = (x - cava) @ (forward / depth) < CAUDATE_FRONT_SHARE * depth
    between = (x[:, 0] > sides_mm[0]) & (x[:, 0] < sides_mm[1])
    return np.asarray(front & between & (x[:, 2] < cava[2]))
