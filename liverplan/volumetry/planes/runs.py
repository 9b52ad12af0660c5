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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EndPoints:
    """Where the runs of a mask along one axis start and end.

    Parameters
    ----------
    axis : int
        The index axis along which the runs lie: 0 (k), 1 (j) or 2 (i).
    points : (3, N) float32 array
        Indices (k, j, i), in any order; whole numbers across the axis, halves along it.
    weights : (N,) float32 array
        +1 where a run starts, -1 where it ends.
    """

    axis: int
    points: NDArray[np.float32]
    weights: NDArray[np.float32]

    def __post_init__(self) -> None:
        read_only(self.points)
        read_only(self.weights)

    def distances(self, slope: FloatArray, offset: float) -> FloatArray:
        """(N,) values of ``slope.p - offset``; sums of products, so that one thread suffices."""
        k, j, i = self.points
        return np.asarray(slope[0] * k + slope[1] * j + slope[2] * i - offset)

    def paired(self) -> tuple[FloatArray, FloatArray]:
        """(R, 3) starts and (R, 3) ends of the same runs."""
        across = [c for c in range(3) if c != self.axis]
        order = np.lexsort((self.points[self.axis], *self.points[across]))
        points = self.points[:, order].T.astype(np.float64)
        return points[::2], points[1::2]


def end_points(
    mask: NDArray[np.bool_],
    start: tuple[int, int, int],
    height: NDArray[np.float32] | None = None,
) -> tuple[EndPoints, ...]:
    """Find the end points of a mask's runs along each of the three axes.

    Parameters
    ----------
    mask : (k, j, i) bool array
        A crop of the grid.
    start : (int, int, int)
        The index of the crop's first voxel in its grid.
    height : (k, j, i) float32 array, optional
        A field that the mask cuts off at 0: where it changes its sign between two voxels, the run
        ends at its zero, found on a straight line, instead of half way.
    """
    padded = np.pad(mask, 1)  # an empty border lets flat indices stand for neighbours
    flat = padded.reshape(-1)
    field = None if height is None else np.pad(height, 1, constant_values=np.inf).reshape(-1)
    where = _differs_from_one_before(flat, padded.strides)
    points = np.empty((3, where.size), np.float32)
    for row, index in enumerate(np.unravel_index(where, padded.shape)):
        points[row] = index + (start[row] - 1)
    inside = flat[where]
    found = []
    for axis, step in enumerate(padded.strides):
        mine = np.flatnonzero(inside != flat[where - step])
        ends = np.take(points, mine, axis=1)
        ends[axis] -= 0.5 if field is None else _past_zero(field, where[mine], step)
        weights = inside[mine] * np.float32(2) - np.float32(1)
        found.append(EndPoints(axis=axis, points=ends, weights=weights))
    return tuple(found)


def _past_zero(
    field: NDArray[np.float32], where: NDArray[np.int64], step: int
) -> NDArray[np.float32]:
    """How far (voxels) a field's zero lies before each place; half way where it has none."""
    here, before = field[where], field[where - step]
    crosses = np.isfinite(here) & np.isfinite(before) & ((here > 0) != (before > 0))
    rise = np.where(crosses, here - before, 1)
    return np.where(crosses, np.where(crosses, here, 0) / rise, 0.5).astype(np.float32)


def _differs_from_one_before(flat: NDArray[np.bool_], steps: tuple[int, ...]) -> NDArray[np.int64]:
    changed, differs = np.zeros_like(flat), np.empty_like(flat)
    for step in steps:
        np.not_equal(flat[step:], flat[:-step], out=differs[step:])
        np.logical_or(changed[step:], differs[step:], out=changed[step:])
    return np.flatnonzero(changed)
