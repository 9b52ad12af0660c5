"""The liver as cells some 3 mm wide: how much of each works, and how much surface it holds.

The area of a surface in a cell is the gradient of the cells' shares times their volume: summed up
it is the area of the surface, in any direction, and what a shift of 1 mm moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.segmentation.boxes import Box, bounding_box
from liverplan.segmentation.labels import LIVER, Segmentation
from liverplan.volume import FloatArray, Grid, read_only

Shares = NDArray[np.float32]
T = TypeVar("T", bound=np.generic)

CELL_MM = 3.0
FINE_MM = 1.5
"""Voxels are read about so far apart, ..."""
ROOM = 3
"""... and so many empty cells lie around the liver."""

_SMOOTHED = 0.45
"""Cells: steps between whole voxels are no surface of their own."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """N cells in and round the liver, some of those on a coarse grid.

    Parameters
    ----------
    lattice : Lattice
        Where they lie among the segmentation's voxels.
    near : (k, j, i) bool array
        Which of the coarse grid's cells they are.
    points_mm : (N, 3) array
        Their middles, LPS.
    tissue_ml : (N,) array
        Functional tissue of each.
    liver_mm2, lesion_mm2 : (N,) arrays
        Area of the liver's surface over functional tissue, with half of that over metastases
        (there tissue is gained by an outline too far out, but none is lost by one too far in),
        and of the metastases' toward functional tissue.
    """

    lattice: Lattice
    near: NDArray[np.bool_]
    points_mm: FloatArray
    tissue_ml: FloatArray
    liver_mm2: FloatArray
    lesion_mm2: FloatArray

    @classmethod
    def build(cls, segmentation: Segmentation) -> Self:
        """Share a segmentation out among cells."""
        lattice = Lattice.build(segmentation)
        labels = lattice.fine(segmentation.labels)
        functional = lattice.shares(labels == LIVER)
        lesion = lattice.shares(labels > LIVER)
        liver_mm2 = _area_mm2(functional + lesion, lattice.grid)
        liver_mm2 *= (1 + _of(functional, functional + lesion)) / 2
        lesion_mm2 = _area_mm2(lesion, lattice.grid) * _of(functional, 1 - lesion)
        near = (functional > 0) | (liver_mm2 > 0) | (lesion_mm2 > 0)
        return cls(
            lattice=lattice,
            near=near,
            points_mm=lattice.grid.to_mm(np.argwhere(near)),
            tissue_ml=functional[near].astype(np.float64) * lattice.grid.voxel_ml,
            liver_mm2=liver_mm2[near].astype(np.float64),
            lesion_mm2=lesion_mm2[near].astype(np.float64),
        )

    def __post_init__(self) -> None:
        for array in (self.points_mm, self.tissue_ml, self.liver_mm2, self.lesion_mm2):
            read_only(array)

    def extent_mm(self, normal: FloatArray) -> FloatArray:
        """(N,) extent of a cell along each of (N, 3) unit normals, mm."""
        return np.asarray(np.linalg.norm(normal @ self.lattice.grid.affine[:3, :3], axis=-1))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lattice:
    """A coarse grid over the liver's box: each of its cells is a block of every so many voxels."""

    box: Box
    every: tuple[int, ...]
    block: tuple[int, ...]
    grid: Grid

    @classmethod
    def build(cls, segmentation: Segmentation) -> Self:
        """Lay cells over the labelled voxels."""
        box, spacing = bounding_box(segmentation.labels), segmentation.grid.spacing_mm
        every = tuple(max(1, int(FINE_MM / s + 1e-6)) for s in spacing)
        block = tuple(max(1, round(CELL_MM / s / n)) for s, n in zip(spacing, every, strict=True))
        steps = np.multiply(every, block)
        lengths = [-(-(b.stop - b.start) // step) for b, step in zip(box, steps, strict=True)]
        k, j, i = (length + 2 * ROOM for length in lengths)
        affine = segmentation.grid.affine.copy()
        affine[:3, :3] *= steps
        middle = (np.array(block) - 1) / 2 * every - ROOM * steps
        affine[:3, 3] = segmentation.grid.to_mm([b.start for b in box] + middle)
        return cls(box=box, every=every, block=block, grid=Grid(shape=(k, j, i), affine=affine))

    def fine(self, voxels: NDArray[T]) -> NDArray[T]:
        """Return the voxels that are read, of a (k, j, i) array on the segmentation's grid."""
        return voxels[self.box][tuple(slice(None, None, n) for n in self.every)]

    def shares(self, mask: NDArray[np.bool_]) -> Shares:
        """Return how much of each cell a (k, j, i) bool mask of `fine` voxels fills, 0-1."""
        sizes = [(n - 2 * ROOM) * b for n, b in zip(self.grid.shape, self.block, strict=True)]
        fill = [(0, size - n) for size, n in zip(sizes, mask.shape, strict=True)]
        k, j, i = self.block
        filled = np.pad(mask, fill).view(np.uint8)
        sums = sum(
            filled[a::k, b::j, c::i].astype(np.float32)
            for a in range(k)
            for b in range(j)
            for c in range(i)
        )
        return np.pad(np.asarray(sums, np.float32) / np.float32(k * j * i), ROOM)


def _area_mm2(share: Shares, grid: Grid) -> Shares:
    smooth = scipy.ndimage.gaussian_filter(share, _SMOOTHED)
    slopes = np.stack(list(np.gradient(smooth)), axis=-1) @ np.linalg.inv(grid.affine[:3, :3])
    area = np.linalg.norm(slopes, axis=-1) * (1000 * grid.voxel_ml)
    return np.asarray(area, dtype=np.float32)


def _of(part: Shares, whole: Shares) -> Shares:
    """How much of what lies about each cell is of one kind, 0-1."""
    about = scipy.ndimage.uniform_filter(whole, 3)
    none = np.zeros_like(about)
    return np.clip(
        np.divide(scipy.ndimage.uniform_filter(part, 3), about, out=none, where=about > 1e-4), 0, 1
    )
