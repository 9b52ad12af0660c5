"""A mask as the end points of its runs.

Nouns: a *run* is an unbroken row of voxels along one index axis; its two *end points* lie half a
voxel before its first and half a voxel after its last voxel centre. By the divergence theorem the
end points along one axis hold all that the volume of a mask on one side of a plane needs, and
there are only as many as the mask has surface.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liverplan.volume import FloatArray, read_only

Box = tuple[slice, slice, slice]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EndPoints:
    """Where the runs of a mask along one axis start and end.

    Parameters
    ----------
    axis : int
        The index axis along which the runs lie: 0 (k), 1 (j) or 2 (i).
    points : (N, 3) array
        Indices (k, j, i), in any order; whole numbers across the axis, halves along it.
    weights : (N,) array
        +1 where a run starts, -1 where it ends.
    """

    axis: int
    points: FloatArray
    weights: FloatArray

    def __post_init__(self) -> None:
        read_only(self.points)
        read_only(self.weights)

    def paired(self) -> tuple[FloatArray, FloatArray]:
        """(R, 3) starts and (R, 3) ends of the same runs."""
        across = [c for c in range(3) if c != self.axis]
        order = np.lexsort((self.points[:, self.axis], *self.points[:, across].T))
        return self.points[order[::2]], self.points[order[1::2]]


def bounding_box(labels: NDArray[np.uint8]) -> Box:
    """Return the smallest box that holds every voxel that is not 0; empty if there is none."""
    slices = np.flatnonzero(labels.any(axis=(1, 2)))
    if slices.size == 0:
        return slice(0, 0), slice(0, 0), slice(0, 0)
    k = slice(int(slices[0]), int(slices[-1]) + 1)
    shadow = labels[k].max(axis=0)
    j, i = (_extent(shadow.any(axis=axis)) for axis in (1, 0))
    return k, j, i


def end_points(mask: NDArray[np.bool_], start: tuple[int, int, int]) -> tuple[EndPoints, ...]:
    """Find the end points of a mask's runs along each of the three axes.

    Parameters
    ----------
    mask : (k, j, i) bool array
        A crop of the grid.
    start : (int, int, int)
        The index of the crop's first voxel in its grid.
    """
    padded = np.pad(mask, 1)
    return tuple(_along(padded, axis, np.subtract(start, 1)) for axis in range(3))


def _along(padded: NDArray[np.bool_], axis: int, start: NDArray[np.int64]) -> EndPoints:
    before, after = [slice(None)] * 3, [slice(None)] * 3
    before[axis], after[axis] = slice(None, -1), slice(1, None)
    inside = padded[tuple(after)]
    changes = padded[tuple(before)] != inside
    index = np.unravel_index(np.flatnonzero(changes), changes.shape)
    points = (np.stack(index, axis=1) + start).astype(np.float64)
    points[:, axis] += 0.5
    weights = np.where(inside[index], 1.0, -1.0)
    return EndPoints(axis=axis, points=points, weights=weights)


def _extent(occupied: NDArray[np.bool_]) -> slice:
    where = np.flatnonzero(occupied)
    return slice(int(where[0]), int(where[-1]) + 1)
