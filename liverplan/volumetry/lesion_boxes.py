"""A lesion as the boxes of its voxels: the convention in which margins are measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from liverplan.volume import FloatArray, Grid
from liverplan.volumetry.margin import LesionShape

_NEAR_MM = 4.0
"""Nearer than this, distances to a lesion are taken from its boxes' faces."""

_CORNERS = np.array(list(np.ndindex(2, 2, 2))) * 2 - 1


def less_spread(distance_mm: FloatArray, spread_mm: float) -> FloatArray:
    """Distance to a flat patch if the nearest sample of it lies aside by up to a spread."""
    return np.sqrt(np.maximum(distance_mm**2 - spread_mm**2, 0.0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LesionBoxes:
    """The boxes of a lesion's outer voxels, for distances from points outside them.

    ``corners_mm`` is (N, 3), LPS.
    """

    tree: cKDTree
    corners: cKDTree
    corners_mm: FloatArray
    centres: FloatArray
    axes: FloatArray
    half_mm: FloatArray
    half_diagonal_mm: float

    @classmethod
    def of(cls, grid: Grid, lesion: LesionShape) -> LesionBoxes:
        """Return a lesion's outer voxels, with trees of their centres and corners."""
        low = lesion.voxels.min(axis=0) - 1
        solid = np.zeros(lesion.voxels.max(axis=0) - low + 2, dtype=np.bool_)
        solid[tuple((lesion.voxels - low).T)] = True
        core = solid.copy()
        for axis in range(3):
            core &= np.roll(solid, 1, axis) & np.roll(solid, -1, axis)
        shell = np.argwhere(solid & ~core) + low
        centres, corners = grid.to_mm(shell), _corners_mm(grid, shell)
        spacing = np.array(grid.spacing_mm)
        return cls(
            tree=cKDTree(centres),
            corners=cKDTree(corners),
            corners_mm=corners,
            centres=centres,
            axes=grid.affine[:3, :3] / spacing,
            half_mm=spacing / 2,
            half_diagonal_mm=float(np.linalg.norm(spacing)) / 2,
        )

    def distance_mm(self, points_mm: FloatArray) -> FloatArray:
        """(N,) distances from points to the nearest box, or less by up to 0.1 mm.

        Near the lesion they are exact; farther off they come from the boxes' corners, less what a
        box's face may lie nearer than its corners.
        """
        face = float(np.sort(self.half_mm)[1:] @ np.sort(self.half_mm)[1:]) ** 0.5
        distance = less_spread(np.asarray(self.corners.query(points_mm)[0]), face)
        near = np.flatnonzero(distance <= min(distance.min() + face, _NEAR_MM))
        centres = np.asarray(self.tree.query(points_mm[near])[0])
        lists = self.tree.query_ball_point(points_mm[near], centres + self.half_diagonal_mm)
        for at, boxes in zip(near, lists, strict=True):
            off = np.abs((points_mm[at] - self.centres[boxes]) @ self.axes) - self.half_mm
            distance[at] = np.linalg.norm(np.maximum(off, 0.0), axis=1).min()
        return distance


def _corners_mm(grid: Grid, voxels: NDArray[np.int64]) -> FloatArray:
    """(N, 3) LPS corners of voxels, each once."""
    doubled = (2 * voxels[:, None] + _CORNERS).reshape(-1, 3) + 1
    size = doubled.max(axis=0) + 1
    codes = np.unique(np.ravel_multi_index(tuple(doubled.T), tuple(size)))
    corners = np.stack(np.unravel_index(codes, tuple(size)), axis=1) - 1
    return grid.to_mm(corners / 2)
