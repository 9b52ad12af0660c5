"""Which voxels a plan leaves, and the islands among them.

A voxel stays if its centre does. A plan's functions are never steeper than 1, so one value decides
a whole block that the cut does not come near; only the others are looked at voxel by voxel.
"""

from __future__ import annotations

import cc3d
import numpy as np
from numpy.typing import NDArray

from liverplan.resection.plan import Plan
from liverplan.segmentation.boxes import Box, ends_of
from liverplan.volumetry.shapes.distance import Value, removal
from liverplan.volumetry.shapes.plan_index import PlanIndex

ISLAND_ML = 0.5
"""Smaller detached crumbs are no island: a mask's edge has some by itself."""

_SIZE = 4
"""Voxels along each side of the blocks that are decided at once."""


def staying(index: PlanIndex, plan: Plan) -> NDArray[np.bool_]:
    """(k, j, i) mask of the liver voxels, lesions included, whose centre the plan leaves."""
    mask = np.zeros(index.segmentation.grid.shape, dtype=np.bool_)
    mask[index.box] = _staying_in(index.box, index, plan)
    return mask


def islands_ml(index: PlanIndex, plan: Plan) -> tuple[float, ...]:
    """Volumes (mL) of what the plan detaches from the largest component that stays, falling."""
    stays, count = cc3d.connected_components(
        _staying_in(index.box, index, plan), connectivity=6, return_N=True
    )
    if count < 2:
        return ()
    sizes = np.bincount(stays.ravel())
    voxel_ml = index.segmentation.grid.voxel_ml
    others = [n for n in range(1, sizes.size) if n != 1 + int(np.argmax(sizes[1:]))]
    large = [n for n in others if float(sizes[n]) * voxel_ml >= ISLAND_ML]
    if not large:
        return ()
    liver = index.segmentation.labels[index.box] > 0
    before = cc3d.connected_components(liver, connectivity=6)
    whole = np.bincount(before.ravel())
    origin = np.zeros(sizes.size, dtype=np.int64)
    origin[stays.ravel()] = before.ravel()
    detached = [float(sizes[n]) * voxel_ml for n in large if sizes[n] != whole[origin[n]]]
    return tuple(sorted(detached, reverse=True))


def _staying_in(box: Box, index: PlanIndex, plan: Plan) -> NDArray[np.bool_]:
    """Return the mask of what stays, as far as a box of the grid goes."""
    mask = index.segmentation.labels[box] > 0
    if plan.voxels:
        mask &= ~index.part_mask(plan.voxels)[box]
    if not plan.shapes or not mask.size:
        return mask
    value, grid, start = removal(plan), index.segmentation.grid, np.array(ends_of(box)[0])
    blocks = _values_of_blocks(value, index, box)
    reach = _SIZE / 2 * sum(grid.spacing_mm)
    mask &= _in_voxels(blocks > -reach, mask.shape)
    open_ = np.argwhere(mask & _in_voxels(blocks <= reach, mask.shape))
    removed = open_[value(grid.to_mm(open_ + start)) < 0]
    mask[tuple(removed.T)] = False
    return mask


def _values_of_blocks(value: Value, index: PlanIndex, box: Box) -> NDArray[np.float64]:
    """(K, J, I) values at the middles of a box's blocks, mm, negative where removed."""
    counts = [-(-(part.stop - part.start) // _SIZE) for part in box]
    at = np.indices(counts).reshape(3, -1).T * float(_SIZE) + (_SIZE - 1) / 2
    return value(index.segmentation.grid.to_mm(at + ends_of(box)[0])).reshape(counts)


def _in_voxels(blocks: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Spread what holds of (K, J, I) blocks over their voxels, (k, j, i)."""
    for axis in range(3):
        blocks = np.repeat(blocks, _SIZE, axis=axis)
    return blocks[tuple(slice(size) for size in shape)]
