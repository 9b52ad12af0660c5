"""The functional liver, each voxel with the stretch of vessel that it hangs on, in each tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from liverplan.findings import VesselTree
from liverplan.resection.anatomy.courses import Courses
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.primitives import Rows
from liverplan.volume import FloatArray
from liverplan.volumetry.shapes.blocks import BlockTree
from liverplan.volumetry.shapes.voxel_kernels import block_centres, sides
from liverplan.volumetry.supply.kernels import (
    BLOCK,
    count_halves,
    count_partly,
    count_stretches,
    count_whole,
    halves,
    losses,
    nearest_along,
    stretches,
)

Stretches = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]

LABELS = 256


@dataclass(frozen=True, kw_only=True, eq=False)
class Tissue:
    """Functional voxels by their nearest branch, and how far along it the nearest point lies.

    Parameters
    ----------
    tree : BlockTree
        The functional liver.
    blocks : (N, 3) int32 array
        Places on the tree's box of the blocks of 8 voxels a side that hold any.
    mask : (N, 512) bool array
        The functional voxels of each block: see `kernels.BLOCK` for their order.
    labels : (T, N, 512) uint8 array
        For each vessel tree n for its branch n - 1; 0 outside.
    along_mm : (T, N, 512) float32 array
    stretches : T tuples of arrays
        Each block in short: see `kernels.stretches`.
    """

    tree: BlockTree
    blocks: NDArray[np.int32]
    mask: NDArray[np.bool_]
    labels: NDArray[np.uint8]
    along_mm: NDArray[np.float32]
    stretches: tuple[Stretches, ...]

    @cached_property
    def held(self) -> NDArray[np.int64]:
        """(N,) functional voxels of each block."""
        return np.asarray(self.mask.sum(axis=1))

    @classmethod
    def of(
        cls,
        tree: BlockTree,
        maps: Mapping[VesselTree, PartMap],
        courses: Mapping[VesselTree, Courses],
    ) -> Self:
        """Find the nearest stretch of every functional voxel in each tree."""
        blocks = np.argwhere(tree.counts[1] > 0).astype(np.int32)
        mask = _split(tree.counts[-1], blocks) > 0
        places = _places(blocks)[mask]
        inside = tuple((places + np.array(tree.start, dtype=np.int32)).T)
        labels = np.zeros((len(maps), *mask.shape), dtype=np.uint8)
        along = np.full(labels.shape, -np.inf, dtype=np.float32)
        for at, (name, part_map) in enumerate(maps.items()):
            own = part_map.labels[inside]
            labels[at][mask] = own
            along[at][mask] = nearest_along(places, own, tree.affine, *_flat(courses[name]))
        short = tuple(stretches(mask, a, b) for a, b in zip(labels, along, strict=True))
        return cls(
            tree=tree, blocks=blocks, mask=mask, labels=labels, along_mm=along, stretches=short
        )

    def without(self, taken: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(N, 512) functional voxels that a (k, j, i) mask on the whole grid leaves."""
        places = _places(self.blocks)[self.mask] + np.array(self.tree.start)
        left = self.mask.copy()
        left[self.mask] = ~taken[tuple(places.T)]
        return left

    def without_blood(
        self, limits: NDArray[np.float32], cut: Rows, mask: NDArray[np.bool_]
    ) -> FloatArray:
        """Measure what stays of the tissue that hangs beyond some places.

        Parameters
        ----------
        limits : (T, 3, 256) float32 array
            By branch's number: from how far along it tissue is without blood as the cuts are drawn,
            from where it is so for what the surgeon keeps, and from where by the branch's own
            crossing, mm; none before the one before it; infinity: never.
        cut : Rows
            What is removed.
        mask : (N, 512) bool array
            The voxels that count.

        Returns
        -------
        (T, 256, 3) array
            mL by tree, branch and limit that was passed last; of number 0 in the first tree all
            together, each once: beyond the first limit, and beyond the second.
        """
        bins = np.zeros((len(self.labels), LABELS, 3))
        pairs = zip(self.stretches, limits, strict=True)
        state = np.stack([losses(*one, lim) for one, lim in pairs], axis=1)
        chosen = np.flatnonzero(np.logical_or.reduce(state[0]))
        trees, arrays = (
            (self.labels, self.along_mm),
            (cut.kinds, cut.groups, cut.numbers, cut.cells),
        )
        half, affine = self.tree.half_mm, self.tree.affine
        where = np.ones(len(chosen), dtype=np.int8)
        if cut.kinds.size:
            middles = block_centres(self.blocks[chosen], BLOCK, affine)
            where = sides(middles, BLOCK, half, affine, arrays)
        stays = chosen[where == 1]
        if mask is self.mask:
            stays = self._in_short(stays, state, limits, bins)
        count_whole(stays, mask, trees, limits, bins)
        crossed = chosen[where == 0]
        if crossed.size:
            middles = block_centres(halves(self.blocks, crossed), BLOCK // 2, affine)
            where = sides(middles, BLOCK // 2, half, affine, arrays)
            pairs, places = count_halves(self.blocks, crossed, where, mask, trees, limits, bins)
            removed = self.tree.shares(places, cut)
            count_partly(pairs, removed, half, mask, trees, limits, bins)
        return bins * self.tree.voxel_ml

    def _in_short(
        self,
        chosen: NDArray[np.int64],
        state: NDArray[np.int8],
        limits: NDArray[np.float32],
        bins: FloatArray,
    ) -> NDArray[np.int64]:
        """Add up the blocks of which no voxel need be asked; return the others.

        What both trees lose counts once: that is told where all of a block is lost in one of them,
        or nothing in all but one. ``state`` (2, T, N) is what `losses` says.
        """
        some = state[:, :, chosen]
        whole = (some == 1).any(axis=1)
        told = (some < 3).all(axis=1) & (whole | ((some > 0).sum(axis=1) <= 1))
        plain = told.all(axis=0)
        for one, own, short, limit in zip(some[0], bins, self.stretches, limits, strict=True):
            here = plain & (one > 0)
            drawn, lost = count_stretches(chosen[here & ~whole[0]], *short, limit, own)
            bins[0, 0, 0] += drawn
            bins[0, 0, 1] += lost
            here &= whole[0]
            _, lost = count_stretches(chosen[here & ~whole[1]], *short, limit, own)
            bins[0, 0, 1] += lost
            count_stretches(chosen[here & whole[1]], *short, limit, own)
        for n, each in enumerate(whole):
            bins[0, 0, n] += float(self.held[chosen[plain & each]].sum())
        return np.asarray(chosen[~plain])

    def beyond(self, limits: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """(k, j, i) mask on a grid of that shape: what is without blood in any tree."""
        found = np.zeros(self.mask.shape, dtype=np.bool_)
        for labels, along, limit in zip(self.labels, self.along_mm, limits, strict=True):
            found |= along >= limit[1][labels]
        whole = np.zeros(shape, dtype=np.bool_)
        held = found & self.mask
        whole[tuple((_places(self.blocks)[held] + np.array(self.tree.start)).T)] = True
        return whole


_IN_BLOCK = (
    np.indices((4, 4, 4)).reshape(3, -1).T[:, None] * 2 + np.indices((2, 2, 2)).reshape(3, -1).T
).reshape(-1, 3)
"""(512, 3) where in its block each voxel lies."""


def _places(blocks: NDArray[np.int32]) -> NDArray[np.int32]:
    """(N, 512, 3) places of blocks' voxels on the tree's box."""
    return (BLOCK * blocks[:, None] + _IN_BLOCK).astype(np.int32)


def _split(voxels: NDArray[np.int16], blocks: NDArray[np.int32]) -> NDArray[np.int16]:
    """(N, 512) of each block's voxels."""
    return np.asarray(voxels[tuple(np.moveaxis(_places(blocks), 2, 0))])


def _flat(courses: Courses) -> tuple[FloatArray, FloatArray, NDArray[np.int64]]:
    """Lay all middle lines one after the other: corners, how far along, where each begins."""
    lines = courses.corners
    starts = np.cumsum([0, *map(len, lines)], dtype=np.int64)
    return np.concatenate(lines), np.concatenate(courses.away_mm), starts
