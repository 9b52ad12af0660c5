"""Values brought between the CT and cubes about a prompt: axis by axis where their axes are one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import scipy

from liverplan.segmentation.blocks import resampled
from liverplan.segmentation.boxes import Box
from liverplan.segmentation.morphology import Float32
from liverplan.volume import FloatArray, Grid

Beyond = Literal["constant", "nearest"]
"""What is taken for values beyond the last ones: 0, or the nearest."""


def along_axes(values: Float32, where: Sequence[FloatArray], *, beyond: Beyond) -> Float32:
    """Interpolate (k, j, i) values at (n,) places along each axis, for (n_k, n_j, n_i) values."""
    found = resampled(values, where)
    if beyond == "constant":
        for axis, (at, count) in enumerate(zip(where, values.shape, strict=True)):
            np.moveaxis(found, axis, 0)[(at < 0) | (at > count - 1)] = 0
    return found


def at_cubes(
    values: Sequence[Float32], grid: Grid, middle_mm: FloatArray, cube_mm: float, side: int
) -> list[Float32]:
    """Interpolate (k, j, i) values on a grid at the middles of cubes; beyond them the nearest.

    Parameters
    ----------
    values : sequence of (k, j, i) float32 arrays
    grid : Grid
        Where they lie.
    middle_mm : (3,) array
        The middle of all cubes, LPS mm.
    cube_mm, side : float, int
        Side of a cube, and how many lie along each axis.

    Returns
    -------
    list of (side, side, side) float32 arrays
    """
    steps = (np.arange(side) - (side - 1) / 2) * cube_mm
    if _lies_straight(grid):
        along, origin = np.diag(np.fliplr(grid.affine[:3, :3])), grid.affine[:3, 3]
        i, j, k = ((middle_mm[axis] + steps - origin[axis]) / along[axis] for axis in range(3))
        return [resampled(one, (k, j, i)) for one in values]
    z, y, x = np.meshgrid(steps, steps, steps, indexing="ij")
    at = np.moveaxis(grid.to_index(np.stack([x, y, z], -1) + middle_mm), -1, 0)
    return [scipy.ndimage.map_coordinates(one, at, order=1, mode="nearest") for one in values]


def at_voxels(
    values: Float32, grid: Grid, box: Box, to_cubes: Callable[[FloatArray], FloatArray]
) -> Float32:
    """Interpolate (k, j, i) values on cubes at the voxels of a box of a grid; beyond them 0.

    `to_cubes` turns (..., 3) LPS mm to places (k, j, i) in cubes.
    """
    voxels = [np.arange(part.start, part.stop) for part in box]
    if _lies_straight(grid):
        first = to_cubes(grid.to_mm(np.zeros(3)))
        steps = np.diag(to_cubes(grid.to_mm(np.eye(3))) - first)
        where = [a + step * at for a, step, at in zip(first, steps, voxels, strict=True)]
        return along_axes(values, where, beyond="constant")
    places = to_cubes(grid.to_mm(np.stack(np.meshgrid(*voxels, indexing="ij"), -1)))
    found: Float32 = scipy.ndimage.map_coordinates(
        values, np.moveaxis(places, -1, 0), order=1, mode="constant"
    )
    return found


def _lies_straight(grid: Grid) -> bool:
    """Whether a grid's k, j and i run along the patient's z, y and x."""
    ways = np.fliplr(grid.affine[:3, :3])
    return np.array_equal(np.diag(np.diag(ways)), ways)
