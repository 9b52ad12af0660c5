"""A mask as nested blocks of counts: any cut is measured by opening only what it crosses.

A function that is never steeper than 1 decides a whole block if it is larger, at the block's
centre, than the block's half diagonal. So only blocks that the cut's surface crosses are opened,
down to single voxels; a voxel that one primitive crosses is clipped by its tangent plane there
(exact for planes), one that several cross is sampled. The voxels of a whole block are counted once,
when the tree is built: what is removed and what stays add up by construction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from liverplan.resection.primitives import Rows
from liverplan.segmentation.boxes import bounding_box
from liverplan.volume import FloatArray, Grid, read_only
from liverplan.volumetry.shapes.voxel_kernels import looked_up, open_blocks, removed_shares

SIZE = 16
"""Voxels along each side of the largest block; halved four times."""

_LEVELS = (16, 8, 4, 2, 1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Removed:
    """What a union of cuts removes.

    Parameters
    ----------
    cut : bytes
        Tells these cuts from others.
    voxels : float
    pairs : (N, 3) array
        Places of the blocks of 2 voxels a side that the cuts may cross.
    shares : (N, 8) array
        How much of each of their voxels is removed.
    """

    cut: bytes
    voxels: float
    pairs: NDArray[np.int32]
    shares: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class BlockTree:
    """Counts of a mask's voxels in blocks of 16, 8, 4, 2 and 1 voxels a side.

    Parameters
    ----------
    affine : (4, 4) array
        Index in the tree's box to LPS mm.
    voxel_ml : float
    counts : five arrays
        Voxels of the mask in each block, largest blocks first.
    start : (int, int, int)
        Where the tree's box starts in the grid.
    total : int
        All voxels of the mask.
    """

    affine: FloatArray
    voxel_ml: float
    counts: tuple[NDArray[np.int16], ...]
    start: tuple[int, int, int]
    total: int
    _last: list[Removed] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        for level in self.counts:
            read_only(level)

    @classmethod
    def build(cls, grid: Grid, mask: NDArray[np.bool_]) -> Self:
        """Count a (k, j, i) mask on a grid."""
        box = bounding_box(mask.view(np.uint8))
        crop = mask[box]
        shape = tuple(-(-max(n, 1) // SIZE) * SIZE for n in crop.shape)
        voxels = np.zeros(shape, dtype=np.int16)
        voxels[tuple(slice(0, n) for n in crop.shape)] = crop
        counts = [voxels]
        for _ in _LEVELS[1:]:
            k, j, i = counts[-1].shape
            pairs = counts[-1].reshape(k // 2, 2, j // 2, 2, i // 2, 2)
            counts.append(pairs.sum(axis=(1, 3, 5), dtype=np.int16))
        start = (box[0].start, box[1].start, box[2].start)
        affine = grid.affine.copy()
        affine[:3, 3] = grid.to_mm(start)
        return cls(
            affine=affine,
            voxel_ml=grid.voxel_ml,
            counts=tuple(counts[::-1]),
            start=start,
            total=int(np.count_nonzero(crop)),
        )

    @cached_property
    def roots(self) -> NDArray[np.int32]:
        """(N, 3) places of the largest blocks that hold any of the mask."""
        return np.ascontiguousarray(np.argwhere(self.counts[0] > 0), dtype=np.int32)

    @property
    def total_ml(self) -> float:
        """Volume of the whole mask, mL."""
        return self.total * self.voxel_ml

    def removed_ml(self, cut: Rows) -> float:
        """Volume of the mask that a union of cuts removes, mL."""
        if cut.kinds.size == 0 or self.total == 0:
            return 0.0
        return self._removed(cut).voxels * self.voxel_ml

    def shares(self, places: NDArray[np.int32], cut: Rows) -> FloatArray:
        """(M, 8) how much a union of cuts removes of each voxel of blocks of 2 x 2 x 2.

        Asked for the cuts that were measured last, it looks them up: one step of a drag asks twice.
        """
        known = self._known(_key(cut))
        if known is None:
            return self._clipped(places, cut)
        found, missing = looked_up(places, known.pairs, known.shares, self.counts[-3].shape)
        if missing.any():
            found[missing] = self._clipped(places[missing], cut)  # decided in larger blocks
        return np.asarray(found)

    def _known(self, key: bytes) -> Removed | None:
        return next((one for one in self._last if one.cut == key), None)

    def _removed(self, cut: Rows) -> Removed:
        if (known := self._known(key := _key(cut))) is not None:
            return known
        whole, pairs = self._crossed(cut, 2)
        shares = self._clipped(pairs, cut)
        voxels = whole + float(shares.sum())
        found = Removed(cut=key, voxels=voxels, pairs=pairs, shares=shares)
        self._last[:] = [found]
        return found

    def _clipped(self, pairs: NDArray[np.int32], cut: Rows) -> FloatArray:
        arrays = (cut.kinds, cut.groups, cut.numbers, cut.cells)
        return np.asarray(removed_shares(pairs, self.counts[-1], self.half_mm, self.affine, arrays))

    def crossed(self, cut: Rows, size: int = 1) -> NDArray[np.int32]:
        """(N, 3) places of the blocks of ``size`` voxels that the union's surface may cross.

        None that holds a voxel of the mask and a point of the surface is left out. A block of
        place p starts at voxel ``start + size * p`` of the grid.
        """
        if cut.kinds.size == 0 or self.total == 0:
            return np.empty((0, 3), dtype=np.int32)
        return self._crossed(cut, size)[1]

    def holds(self, voxels: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(N,) whether voxels, (N, 3) indices in the grid, belong to the mask."""
        mask, at = self.counts[-1], voxels - np.array(self.start)
        inside = np.all((at >= 0) & (at < mask.shape), axis=1)
        inside[inside] = mask[tuple(at[inside].T)] > 0
        return np.asarray(inside)

    @cached_property
    def half_mm(self) -> float:
        """Half a voxel's longest diagonal (shear makes the four differ), mm."""
        signs = np.array([(1, 1, 1), (1, 1, -1), (1, -1, 1), (1, -1, -1)])
        longest2 = ((signs @ self.affine[:3, :3].T) ** 2).sum(axis=1).max()
        return float(np.sqrt(longest2)) / 2

    def _crossed(self, cut: Rows, down_to: int) -> tuple[int, NDArray[np.int32]]:
        """Voxels of wholly removed larger blocks, and the blocks left to look at."""
        arrays = (cut.kinds, cut.groups, cut.numbers, cut.cells)
        cells, removed = self.roots, 0
        for size, counts, finer in zip(_LEVELS, self.counts, self.counts[1:], strict=False):
            if size <= down_to:
                break
            levels = (counts, finer)
            whole, cells = open_blocks(cells, levels, size, self.half_mm, self.affine, arrays)
            removed += whole
        return removed, cells


def _key(cut: Rows) -> bytes:
    arrays = (cut.kinds, cut.groups, cut.numbers, cut.cells)
    return b"".join(array.tobytes() for array in arrays)
