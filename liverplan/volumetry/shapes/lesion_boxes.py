"""A lesion as the boxes of its voxels: the convention in which margins are measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.compiled import compiled
from liverplan.volume import FloatArray, Grid
from liverplan.volumetry.planes.margin import LesionShape

_OFF_MM = 0.05
"""Where a corner may be farther than a face by more than that, distances are taken from faces."""

_LOOSE, _LOOSE_MM = 0.004, 0.05
"""Farther off than that, the nearest corner is searched for to this share of its distance, or to
this length if that is less."""

_CORNERS = np.array(list(np.ndindex(2, 2, 2))) * 2 - 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LesionBoxes:
    """The boxes of a lesion's voxels, for distances from points outside them.

    Parameters
    ----------
    grid : Grid
    solid : (k, j, i) uint8 array
        The lesion in its own box.
    start : (3,) array
        Index of the box's first voxel.
    corners_mm : (N, 3) array
        Corners of the outer voxels, LPS.
    corners : cKDTree
        Of these.
    centre_mm, radius_mm
        A ball that holds them.
    """

    grid: Grid
    solid: NDArray[np.uint8]
    start: NDArray[np.int64]
    corners_mm: FloatArray
    corners: scipy.spatial.cKDTree
    centre_mm: FloatArray
    radius_mm: float

    @classmethod
    def of(cls, grid: Grid, lesion: LesionShape) -> LesionBoxes:
        """Return a lesion's boxes, with a tree of their corners."""
        start = lesion.voxels.min(axis=0)
        solid = np.zeros(lesion.voxels.max(axis=0) - start + 3, dtype=np.uint8)
        solid[tuple((lesion.voxels - start + 1).T)] = 1
        core = solid > 0
        for axis in range(3):
            core &= (np.roll(solid, 1, axis) > 0) & (np.roll(solid, -1, axis) > 0)
        shell = np.argwhere((solid > 0) & ~core) + start - 1
        corners = _corners_mm(grid, shell)
        centre = (corners.min(axis=0) + corners.max(axis=0)) / 2
        return cls(
            grid=grid,
            solid=np.ascontiguousarray(solid[1:-1, 1:-1, 1:-1]),
            start=start,
            corners_mm=corners,
            corners=scipy.spatial.cKDTree(corners),
            centre_mm=centre,
            radius_mm=float(np.linalg.norm(corners - centre, axis=1).max()),
        )

    def rough_mm(self, points_mm: FloatArray) -> FloatArray:
        """(N,) distances from points to the ball that holds the lesion, negative inside."""
        return np.asarray(np.linalg.norm(points_mm - self.centre_mm, axis=1) - self.radius_mm)

    def at_least_mm(self, points_mm: FloatArray, toward: FloatArray) -> FloatArray:
        """(N,) lower bounds of the distances, quick; close for points that way of the lesion."""
        farthest = float((self.corners_mm @ toward).max())
        return np.maximum(self.rough_mm(points_mm), points_mm @ toward - farthest)

    def distance_mm(self, points_mm: FloatArray, *, at_most_mm: float = np.inf) -> FloatArray:
        """(N,) distances from points to the nearest box, or less by up to 0.1 mm.

        Near the lesion they are exact; farther off they come from the boxes' corners, less what a
        box's face may lie nearer than its corners. Beyond ``at_most_mm`` they are infinite.
        """
        return self._bounds_mm(points_mm, at_most_mm)[0]

    def at_most_mm(self, points_mm: FloatArray) -> FloatArray:
        """(N,) distances from points to the nearest box, or more by up to 0.1 mm."""
        return self._bounds_mm(points_mm, np.inf)[1]

    def _bounds_mm(self, points_mm: FloatArray, at_most_mm: float) -> tuple[FloatArray, FloatArray]:
        sides = np.sort(self.grid.spacing_mm)[1:] / 2
        face = float(np.linalg.norm(sides))
        loose = self._looseness(points_mm, at_most_mm)
        limit = (at_most_mm + face) * (1 + loose)
        above = np.asarray(self.corners.query(points_mm, eps=loose, distance_upper_bound=limit)[0])
        below = np.sqrt(np.maximum((above / (1 + loose)) ** 2 - face**2, 0.0))
        near = np.flatnonzero(below < face**2 / (2 * _OFF_MM))
        if near.size:
            at = self.grid.to_index(points_mm[near]) - self.start
            spacing = np.array(self.grid.spacing_mm)
            exact = _to_boxes(np.ascontiguousarray(at), self.solid, spacing, above[near])
            above[near] = below[near] = exact
        below[below > at_most_mm] = np.inf
        return below, above

    def _looseness(self, points_mm: FloatArray, at_most_mm: float) -> float:
        """Return how loosely the nearest corner may be searched for, as a share of its distance."""
        if len(points_mm) == 0:
            return _LOOSE
        farthest = min(at_most_mm, float(self.rough_mm(points_mm).max()) + 2 * self.radius_mm)
        return min(_LOOSE, _LOOSE_MM / max(farthest, _LOOSE_MM))


@compiled()
def _to_boxes(
    at: NDArray[np.float64],
    solid: NDArray[np.uint8],
    spacing: NDArray[np.float64],
    reach: NDArray[np.float64],
) -> NDArray[np.float64]:
    """(N,) mm from index coordinates to the nearest voxel's box, no farther than a reach."""
    found = np.empty(at.shape[0])
    low, high = np.empty(3, dtype=np.int64), np.empty(3, dtype=np.int64)
    for p in range(found.size):
        for axis in range(3):
            width = reach[p] / spacing[axis] + 0.5
            low[axis] = max(0, int(np.ceil(at[p, axis] - width - 1e-9)))
            high[axis] = min(solid.shape[axis] - 1, int(np.floor(at[p, axis] + width + 1e-9)))
        best = reach[p] * reach[p]
        for k in range(low[0], high[0] + 1):
            a = max(abs(k - at[p, 0]) - 0.5, 0.0) * spacing[0]
            for j in range(low[1], high[1] + 1):
                b = max(abs(j - at[p, 1]) - 0.5, 0.0) * spacing[1]
                if a * a + b * b >= best:
                    continue
                for i in range(low[2], high[2] + 1):
                    if solid[k, j, i]:
                        c = max(abs(i - at[p, 2]) - 0.5, 0.0) * spacing[2]
                        best = min(best, a * a + b * b + c * c)
        found[p] = np.sqrt(best)
    return found


def _corners_mm(grid: Grid, voxels: NDArray[np.int64]) -> FloatArray:
    """(N, 3) LPS corners of voxels, each once."""
    doubled = (2 * voxels[:, None] + _CORNERS).reshape(-1, 3) + 1
    size = doubled.max(axis=0) + 1
    codes = np.unique(np.ravel_multi_index(tuple(doubled.T), tuple(size)))
    corners = np.stack(np.unravel_index(codes, tuple(size)), axis=1) - 1
    return grid.to_mm(corners / 2)
