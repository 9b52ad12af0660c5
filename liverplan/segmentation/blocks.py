"""The CT turned to one orientation, and its block means on coarser lattices.

The liver is sought on voxels of about 3 mm, and its surface drawn on voxels of about 1.5 mm.
There, axis 0 runs from foot to head, axis 1 from front to back, axis 2 from right to left,
whatever the CT's own axes do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liverplan.segmentation.morphology import Float32, Spacing
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray, Grid, Volume

LOWEST_HU = -1024
THICK_MM, THIN_MM = 4.0, 1.6
"""Slices farther apart than the first are interpolated to about the second."""
TOWARD = np.array(((0, 0, 1), (0, 1, 0), (1, 0, 0)), dtype=float)
"""LPS directions of axes 0, 1, 2: to the head, to the back, to the left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """How a grid's axes are reordered, then flipped, to run as the module says."""

    order: tuple[int, int, int]
    flips: tuple[int, ...]

    @classmethod
    def of(cls, grid: Grid) -> Turn:
        """Find the turn that a grid needs; an oblique grid goes to the nearest axes."""
        unit = grid.affine[:3, :3] / np.linalg.norm(grid.affine[:3, :3], axis=0)
        cosines = TOWARD @ unit  # [wanted axis, present axis]
        left, order = np.abs(cosines), [0, 0, 0]
        for _ in range(3):
            wanted, present = np.unravel_index(left.argmax(), (3, 3))
            order[wanted] = int(present)
            left[wanted, :] = left[:, present] = -1
        flips = tuple(axis for axis in range(3) if cosines[axis, order[axis]] < 0)
        return cls(order=(order[0], order[1], order[2]), flips=flips)

    def apply(self, array: NDArray[np.generic]) -> NDArray[np.generic]:
        """Return a view in the common orientation."""
        return np.flip(array.transpose(self.order), self.flips)

    def undo(self, mask: Mask) -> Mask:
        """Bring a mask back to the grid's own axes."""
        back: Mask = np.flip(mask, self.flips).transpose(np.argsort(self.order))
        return np.ascontiguousarray(back)

    def apply_to_grid(self, grid: Grid) -> Grid:
        """Return the grid of the turned array."""
        affine: FloatArray = grid.affine.copy()
        affine[:3, :3] = grid.affine[:3, self.order]
        shape = tuple(grid.shape[axis] for axis in self.order)
        for axis in self.flips:
            affine[:3, 3] += affine[:3, axis] * (shape[axis] - 1)
            affine[:3, axis] *= -1
        return Grid(shape=(shape[0], shape[1], shape[2]), affine=affine, frame_uid=grid.frame_uid)


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
    factors: tuple[int, int, int]
    start: tuple[int, int, int]
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

    def box(self, box: tuple[slice, slice, slice]) -> Blocks:
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
        """Per axis, the position of this lattice's centres as (fractional) indices of another."""
        return [
            (first + factor * (np.arange(n) + 0.5) - other_first) / other_factor - 0.5
            for first, factor, n, other_first, other_factor in zip(
                self.start, self.factors, self.hu.shape, other.start, other.factors, strict=True
            )
        ]


def turned(volume: Volume) -> Volume:
    """Return the CT in the common orientation (a view)."""
    turn = Turn.of(volume.grid)
    return Volume(grid=turn.apply_to_grid(volume.grid), hu=turn.apply(volume.hu))  # type: ignore[arg-type]


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
    volume: Volume,
    size_mm: float,
    start: tuple[int, int, int] = (0, 0, 0),
    stop: tuple[int, int, int] | None = None,
) -> Blocks:
    """Average a CT over blocks of about `size_mm`; at the far edge they may be cut short."""
    stop = volume.grid.shape if stop is None else stop
    spacing = volume.grid.spacing_mm
    factors = tuple(max(1, round(size_mm / s)) for s in spacing)
    box = volume.hu[tuple(slice(a, b) for a, b in zip(start, stop, strict=True))]
    hu = _block_mean(box, factors)
    affine = volume.grid.affine.copy()
    affine[:3, 3] = volume.grid.to_mm(np.array(start) + (np.array(factors) - 1) / 2)
    affine[:3, :3] *= np.array(factors)
    k, j, i = hu.shape
    grid = Grid(shape=(k, j, i), affine=affine, frame_uid=volume.grid.frame_uid)
    return Blocks(hu=hu, factors=(factors[0], factors[1], factors[2]), start=start, grid=grid)


def _block_mean(array: NDArray[np.generic], factors: tuple[int, ...]) -> Float32:
    """Average slab by slab, so that no second array of the CT's size is made."""
    slabs = []
    for first in range(0, array.shape[0], factors[0]):
        slab = np.maximum(array[first : first + factors[0]], LOWEST_HU)
        mean = slab.mean(axis=0, dtype=np.float32)
        for axis in (0, 1):
            starts = np.arange(0, mean.shape[axis], factors[axis + 1])
            sizes = np.diff(np.append(starts, mean.shape[axis])).astype(np.float32)
            mean = np.add.reduceat(mean, starts, axis=axis) / np.expand_dims(sizes, 1 - axis)
        slabs.append(mean)
    return np.stack(slabs).astype(np.float32)


def resampled(values: Float32, where: list[FloatArray]) -> Float32:
    """Interpolate linearly at index positions, one list an axis; the edge goes on outside."""
    result = values
    for axis, position in enumerate(where):
        low = np.clip(np.floor(position).astype(int), 0, result.shape[axis] - 1)
        high = np.minimum(low + 1, result.shape[axis] - 1)
        shape = [1, 1, 1]
        shape[axis] = -1
        part = np.clip(position - low, 0, 1).astype(np.float32).reshape(shape)
        result = np.take(result, low, axis) * (1 - part) + np.take(result, high, axis) * part
    return result
