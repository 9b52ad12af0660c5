"""Block means of a CT on coarser lattices, and the way back to its own voxels.

The liver is sought on voxels of about 3 mm, and its surface drawn on voxels of about 1.5 mm;
lesions and vessels are sought on voxels of 1 to 2 mm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liverplan.segmentation.boxes import Box, Triple, slices_of
from liverplan.segmentation.morphology import Float32, Spacing
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray, Grid, Volume

LOWEST_HU = -1024
THICK_MM, THIN_MM = 4.0, 1.6
"""Slices farther apart than the first are interpolated to about the second."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Blocks:
    """Block means of a turned CT, or of a box of it.

    Parameters
    ----------
    hu : (k, j, i) float32 array
        Mean HU of each block.
    factors : (k, j, i)
        Voxels in a block.
    start : (k, j, i)
        First voxel of the first block.
    grid : Grid
        Where the blocks' centres lie.
    reaches_top : bool
        Whether the last slice of blocks holds the CT's last slice.
    """

    hu: Float32
    factors: Triple
    start: Triple
    grid: Grid
    reaches_top: bool = True

    @property
    def spacing_mm(self) -> Spacing:
        """Distance between block centres, mm."""
        return self.grid.spacing_mm

    @property
    def voxel_ml(self) -> float:
        """Volume of a block, mL."""
        return self.grid.voxel_ml

    def crop(self, box: Box) -> Blocks:
        """Return the blocks of a box."""
        low = [int(s.start) for s in box]
        start = [a + b * f for a, b, f in zip(self.start, low, self.factors, strict=True)]
        return Blocks(
            hu=self.hu[box],
            factors=self.factors,
            start=(start[0], start[1], start[2]),
            grid=self.grid.crop(low, [int(s.stop) for s in box]),
            reaches_top=self.reaches_top and box[0].stop == self.hu.shape[0],
        )

    def coordinates_in(self, other: Blocks) -> list[FloatArray]:
        """Per axis, an (n,) array: this lattice's centres as (fractional) indices of another."""
        return [
            (first + factor * (np.arange(n) + 0.5) - other_first) / other_factor - 0.5
            for first, factor, n, other_first, other_factor in zip(
                self.start, self.factors, self.hu.shape, other.start, other.factors, strict=True
            )
        ]


def with_thin_slices(volume: Volume) -> tuple[Volume, int]:
    """Interpolate between thick slices, so that steps in millimetres mean the same everywhere.

    Returns
    -------
    Volume, int
        The turned CT with an odd number of slices for each of its own, the middle one of which is
        its own; and that number.
    """
    own_mm = volume.grid.spacing_mm[0]
    if own_mm <= THICK_MM:
        return volume, 1
    count = 2 * round((own_mm / THIN_MM - 1) / 2) + 1
    where = (np.arange(volume.grid.shape[0] * count) - count // 2) / count
    low = np.clip(np.floor(where).astype(int), 0, volume.grid.shape[0] - 1)
    high = np.minimum(low + 1, volume.grid.shape[0] - 1)
    hu = np.empty((where.size, *volume.grid.shape[1:]), np.int16)
    for k, part in enumerate(np.clip(where - low, 0, 1)):
        hu[k] = np.rint((1 - part) * volume.hu[low[k]] + part * volume.hu[high[k]])
    affine = volume.grid.affine.copy()
    affine[:3, 3] = volume.grid.to_mm((where[0], 0, 0))
    affine[:3, 0] /= count
    shape = (where.size, volume.grid.shape[1], volume.grid.shape[2])
    return Volume(grid=Grid(shape=shape, affine=affine), hu=hu), count


def blocks_of(
    volume: Volume, size_mm: float, start: Triple = (0, 0, 0), stop: Triple | None = None
) -> Blocks:
    """Average a CT over blocks of about `size_mm`; at the far edge they may be cut short.

    Parameters
    ----------
    volume : Volume
        The CT, HU.
    size_mm : float
        About how long a block's edges are; a block holds whole voxels.
    start, stop : (k, j, i)
        The box of voxels that is averaged: its first voxel, and the one after its last.
    """
    stop = volume.grid.shape if stop is None else stop
    factors = _factors(volume.grid, size_mm)
    hu = _block_mean(volume.hu[slices_of(start, stop)], factors, LOWEST_HU)
    affine = volume.grid.affine.copy()
    affine[:3, 3] = volume.grid.to_mm(np.array(start) + (np.array(factors) - 1) / 2)
    affine[:3, :3] *= np.array(factors)
    k, j, i = hu.shape
    grid = Grid(shape=(k, j, i), affine=affine, frame_uid=volume.grid.frame_uid)
    return Blocks(hu=hu, factors=factors, start=start, grid=grid)


def share_in_blocks(
    mask: Mask, grid: Grid, size_mm: float, start: Triple = (0, 0, 0), stop: Triple | None = None
) -> Float32:
    """Return the share (0-1) of each block that a mask holds.

    Parameters
    ----------
    mask : (k, j, i) bool array
        On the grid.
    grid : Grid
        The CT's grid.
    size_mm, start, stop
        As in `blocks_of`; the result is on the same lattice.
    """
    stop = grid.shape if stop is None else stop
    return _block_mean(mask[slices_of(start, stop)], _factors(grid, size_mm))


def _factors(grid: Grid, size_mm: float) -> Triple:
    """How many voxels along (k, j, i) make a block of about `size_mm`."""
    k, j, i = (max(1, round(size_mm / s)) for s in grid.spacing_mm)
    return k, j, i


def _block_mean(
    array: NDArray[np.generic], factors: Triple, lowest: float | None = None
) -> Float32:
    """Average slab by slab, so that no second array of the CT's size is made."""
    deep, high, wide = factors
    slabs = []
    for first in range(0, array.shape[0], deep):
        planes = array[first : first + deep]
        mean = _plane(planes[0], lowest)
        for plane in planes[1:]:
            mean += _plane(plane, lowest)
        mean /= np.float32(len(planes))
        rows = _mean_of_rows(mean, high)
        slabs.append(_mean_of_rows(np.ascontiguousarray(rows.T), wide).T)
    return np.stack(slabs)


def _plane(plane: NDArray[np.generic], lowest: float | None) -> Float32:
    values: Float32 = plane.astype(np.float32)
    return values if lowest is None else np.maximum(values, np.float32(lowest), out=values)


def _mean_of_rows(rows: Float32, count: int) -> Float32:
    """Average `count` rows of a (j, i) plane at a time: few long sums, not many short ones."""
    if count == 1:
        return rows
    whole = len(rows) // count * count
    total = rows[0:whole:count].copy()
    for n in range(1, count):
        total += rows[n:whole:count]
    total /= np.float32(count)
    if whole == len(rows):
        return total
    return np.concatenate([total, rows[whole:].mean(axis=0, keepdims=True)])


def voxels_in_blocks(start: Triple, stop: Triple, factors: Triple) -> list[FloatArray]:
    """Per axis, an (n,) array: the (fractional) block indices of voxels `start` to `stop`."""
    return [
        (np.arange(b - a) + 0.5) / factor - 0.5
        for a, b, factor in zip(start, stop, factors, strict=True)
    ]


def resampled(values: Float32, where: Sequence[FloatArray]) -> Float32:
    """Interpolate linearly at index positions, one list an axis; the edge goes on outside.

    Parameters
    ----------
    values : (k, j, i) float32 array
    where : three (n,) arrays
        Fractional indices along k, j, i.

    Returns
    -------
    (n_k, n_j, n_i) float32 array
    """
    result = values
    for axis, position in enumerate(where):
        low = np.clip(np.floor(position).astype(int), 0, result.shape[axis] - 1)
        high = np.minimum(low + 1, result.shape[axis] - 1)
        shape = [1, 1, 1]
        shape[axis] = -1
        part = np.clip(position - low, 0, 1).astype(np.float32).reshape(shape)
        result = np.take(result, low, axis) * (1 - part) + np.take(result, high, axis) * part
    return result
