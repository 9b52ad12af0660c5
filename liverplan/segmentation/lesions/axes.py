"""A lesion's long and short axis, as RECIST 1.1 measures them (Eur J Cancer 2009;45:228).

The long axis is the longest straight line, border to border, over the axial slices; the short
axis is the longest line at right angles to it in the same slice. The border runs along the outer
edges of the voxels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from liverplan.errors import SegmentationError
from liverplan.segmentation.orientation import foot_head_axis
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray, Grid

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """Long and short axis on one axial slice.

    Parameters
    ----------
    long_mm, short_mm : float
        Their lengths, mm, not rounded.
    slice_k : int
        The slice (index along the grid's foot-head axis) on which they lie.
    long_ends_mm, short_ends_mm : two (x, y, z)
        Their end points, LPS mm.
    """

    long_mm: float
    short_mm: float
    slice_k: int
    long_ends_mm: tuple[Point, Point]
    short_ends_mm: tuple[Point, Point]


def axes_of(mask: Mask, grid: Grid) -> Axes:
    """Measure a lesion's long and short axis.

    Parameters
    ----------
    mask : (k, j, i) bool array
        The lesion.
    grid : Grid
        Where its voxels lie.

    Raises
    ------
    SegmentationError
        If the mask is empty.
    """
    axis = foot_head_axis(grid)
    found: Axes | None = None
    for k in np.flatnonzero(mask.any(axis=tuple(a for a in range(3) if a != axis))):
        hull = _border_mm(mask, grid, axis, int(k))
        start, end = _farthest(hull)
        length = float(np.linalg.norm(end - start))
        if found is None or length > found.long_mm:
            found = _measured(hull, start, end, int(k))
    if found is None:
        raise SegmentationError("An empty lesion has no axes.")
    return found


def _border_mm(mask: Mask, grid: Grid, axis: int, k: int) -> FloatArray:
    """(n, 3) LPS mm corners of the convex hull of a slice's voxels, their edges included."""
    plane = np.argwhere(np.take(mask, k, axis)).astype(float)
    corners = np.concatenate([plane + np.array((a, b)) for a in (-0.5, 0.5) for b in (-0.5, 0.5)])
    try:
        corners = corners[scipy.spatial.ConvexHull(corners).vertices]
    except scipy.spatial.QhullError:
        corners = np.unique(corners, axis=0)
    return grid.to_mm(np.insert(corners, axis, k, axis=1))


def _farthest(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    distance = np.linalg.norm(points[:, None] - points[None], axis=-1)
    a, b = np.unravel_index(int(distance.argmax()), distance.shape)
    return points[a], points[b]


def _measured(hull: FloatArray, start: FloatArray, end: FloatArray, k: int) -> Axes:
    along = (end - start) / np.linalg.norm(end - start)
    first, second, width = _widest_across(hull, along)
    return Axes(
        long_mm=float(np.linalg.norm(end - start)),
        short_mm=width,
        slice_k=k,
        long_ends_mm=(_point(start), _point(end)),
        short_ends_mm=(_point(first), _point(second)),
    )


def _widest_across(hull: FloatArray, along: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    """Longest chord of the hull at right angles to a direction; it passes through a corner."""
    ring = _ordered(hull)
    edges = list(zip(ring, np.roll(ring, -1, axis=0), strict=True))
    best = (ring[0], ring[0], 0.0)
    for corner in ring:
        for a, b in edges:
            rise = float((b - a) @ along)
            part = float((corner - a) @ along) / rise if abs(rise) > 1e-9 else np.nan
            if 0 <= part <= 1:
                other = a + part * (b - a)
                width = float(np.linalg.norm(other - corner))
                if width > best[2]:
                    best = (corner, other, width)
    return best


def _ordered(hull: FloatArray) -> FloatArray:
    """Order the hull's corners around their centre."""
    offset = hull - hull.mean(axis=0)
    _, _, basis = np.linalg.svd(offset, full_matrices=False)
    flat = offset @ basis[:2].T
    return hull[np.argsort(np.arctan2(flat[:, 1], flat[:, 0]))]


def _point(point: FloatArray) -> Point:
    x, y, z = point
    return float(x), float(y), float(z)
