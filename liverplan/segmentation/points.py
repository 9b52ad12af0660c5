"""Points in the patient, as they come from a person's click."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from liverplan.errors import SegmentationError
from liverplan.segmentation.boxes import Triple
from liverplan.volume import FloatArray, Grid


def checked_point(grid: Grid, point_mm: ArrayLike) -> tuple[FloatArray, Triple]:
    """Return a click as a (3,) array, LPS mm, and the voxel (k, j, i) that holds it.

    Raises
    ------
    SegmentationError
        If it is not three finite coordinates, or lies outside the grid.
    """
    point = np.asarray(point_mm, dtype=float).reshape(-1)
    if point.shape != (3,) or not np.isfinite(point).all():
        raise SegmentationError("A point is three coordinates in millimetres.")
    voxel = grid.nearest_index(point)
    if voxel is None:
        raise SegmentationError(f"The point {in_words(point)} mm lies outside the CT.")
    return point, voxel


def in_words(point_mm: FloatArray) -> str:
    """Return a (3,) point's coordinates as they stand in a sentence."""
    return ", ".join(f"{x:.1f}" for x in point_mm)
