"""How far a cut stays from a lesion.

The convention: a lesion is the union of its voxels' boxes, corners included. Its true surface lies
on average half a voxel's diagonal extent further in, so a margin given here errs on the safe side
(voxel centres would overstate it by up to 0.74 mm at 0.75 x 0.75 x 1 mm). The distance is taken to
the whole plane, which bounds the distance to the cut's part inside the liver from below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.findings import Margin
from liverplan.resection.cuts.plane import Plane
from liverplan.volume import FloatArray, Grid, read_only

_BLOCK = 1 << 15


@dataclass(frozen=True, kw_only=True, eq=False)
class LesionShape:
    """One lesion's voxels.

    Parameters
    ----------
    label : int
        Its value in the label map.
    voxels : (N, 3) int array
        Indices (k, j, i) of its voxels, ascending.
    """

    label: int
    voxels: NDArray[np.int64]

    def __post_init__(self) -> None:
        read_only(self.voxels)

    @cached_property
    def hull(self) -> FloatArray:
        """(H, 3) indices of voxels whose convex hull holds all others."""
        return _hull(self.voxels)

    def support_mm(self, grid: Grid, normals: FloatArray) -> FloatArray:
        """(M, 3) unit normals to (M,) mm: how far the lesion reaches along each, n.x at most."""
        slopes = normals @ grid.affine[:3, :3]
        reach = np.abs(slopes).sum(axis=1) / 2
        farthest = _farthest(slopes, self.hull)
        return np.asarray(farthest + reach + normals @ grid.affine[:3, 3])


def lesion_shapes(
    labels: NDArray[np.uint8], start: tuple[int, int, int]
) -> tuple[LesionShape, ...]:
    """Collect the lesions (labels of 2 and more) of a (k, j, i) crop that begins at start."""
    where = np.flatnonzero(labels > 1)
    value = labels[np.unravel_index(where, labels.shape)]
    found = np.flatnonzero(np.bincount(value))
    shapes = []
    for label in found:
        index = np.unravel_index(where[value == label], labels.shape)
        voxels = np.stack([c + s for c, s in zip(index, start, strict=True)], axis=1)
        shapes.append(LesionShape(label=int(label), voxels=voxels))
    return tuple(shapes)


def lesion_margin(shape: LesionShape, grid: Grid, planes: Sequence[Plane]) -> Margin:
    """Return the margin between the planes' common cut and one lesion.

    A point is removed if it lies beyond any of the planes; its distance to what stays is at least
    its largest distance beyond one of them. A point stays if it lies beyond none; its distance to
    what is removed is its smallest distance to one of them.
    """
    removed = np.full(len(shape.voxels), -np.inf)
    stays = np.full(len(shape.voxels), np.inf)
    centres = np.full(len(shape.voxels), np.inf)
    for plane in planes:
        slope = grid.affine[:3, :3].T @ plane.normal
        centre = shape.voxels @ slope + grid.affine[:3, 3] @ plane.normal - plane.offset_mm
        reach = np.abs(slope).sum() / 2
        removed = np.maximum(removed, -centre - reach)
        stays = np.minimum(stays, centre - reach)
        centres = np.minimum(centres, centre)
    whole = float(stays.min()) >= 0
    margin = float(stays.min() if whole else removed.min())
    return Margin(
        label=shape.label,
        margin_mm=margin if planes else None,
        in_remnant=whole or margin < 0,
        stays_ml=float(np.count_nonzero(centres > 0)) * grid.voxel_ml,
    )


def _farthest(slopes: FloatArray, points: FloatArray) -> FloatArray:
    """(M, 3) slopes to (M,) largest slope.p, in blocks that stay in the processor's cache."""
    k, j, i = points.T
    blocks = np.array_split(slopes, -(-len(slopes) * len(points) // _BLOCK) or 1)
    return np.concatenate(
        [(b[:, :1] * k + b[:, 1:2] * j + b[:, 2:] * i).max(axis=1) for b in blocks]
    )


def _hull(voxels: NDArray[np.int64]) -> FloatArray:
    """Voxels that span the convex hull; found among the first and last of each row."""
    new_row = np.any(voxels[1:, :2] != voxels[:-1, :2], axis=1)
    ends = np.concatenate([[True], new_row]) | np.concatenate([new_row, [True]])
    points: FloatArray = voxels[ends].astype(np.float64)
    try:
        return np.asarray(points[scipy.spatial.ConvexHull(points).vertices])
    except (scipy.spatial.QhullError, ValueError):
        return points  # flat lesions have no hull: all their row ends are kept
