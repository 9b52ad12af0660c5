"""Whole voxels for what a plan leaves, so that they sum up to the volume that was measured.

A mask has no halves: of the voxels that a cut crosses those stay of which most stays, as many as
make up the measured volume. A voxel's centre alone would decide a whole layer at once where a cut
runs along the grid.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from liverplan.resection.plan import Plan
from liverplan.segmentation.labels import LIVER
from liverplan.volume import FloatArray
from liverplan.volumetry.shapes.distance import Value, removal
from liverplan.volumetry.shapes.plan_index import PlanIndex
from liverplan.volumetry.shapes.staying import staying
from liverplan.volumetry.shapes.voxel_kernels import COLUMN, ROW, SAMPLES

AT_ONCE = 20_000
"""Voxels that are asked together: some 30 MB of points."""
EQUAL_MM = 1e-6
"""Centres so close in distance to the cut are tied; they go in the grid's order, one run."""


def staying_rounded(index: PlanIndex, plan: Plan, remnant_ml: float) -> NDArray[np.bool_]:
    """(k, j, i) mask of functional tissue that stays: half a voxel off the measured mL at most."""
    stays = staying(index, plan)
    stays &= index.segmentation.labels == LIVER
    crossed = index.crossed_voxels(plan)
    if not len(crossed):
        return stays
    stays[tuple(crossed.T)] = False
    wanted = round(remnant_ml / index.segmentation.grid.voxel_ml) - np.count_nonzero(stays)
    order = _most_first(removal(plan), crossed, index.segmentation.grid.affine)
    stays[tuple(crossed[order[: max(wanted, 0)]].T)] = True
    return stays


def _most_first(value: Value, voxels: NDArray[np.int64], affine: FloatArray) -> NDArray[np.intp]:
    """Return (N, 3) voxels' order: by the share of them that stays, then by their centres."""
    count = np.arange(SAMPLES)
    lattice = np.stack([count, count * ROW % SAMPLES, count * COLUMN % SAMPLES], axis=1)
    offsets = ((lattice + 0.5) / SAMPLES - 0.5) @ affine[:3, :3].T
    centres = voxels @ affine[:3, :3].T + affine[:3, 3]
    shares = np.empty(len(voxels))
    for start in range(0, len(voxels), AT_ONCE):
        some = centres[start : start + AT_ONCE]
        values = value((some[:, None] + offsets).reshape(-1, 3))
        shares[start : start + AT_ONCE] = (values.reshape(-1, SAMPLES) >= 0).mean(axis=1)
    steps = np.round(value(centres) / EQUAL_MM)
    return np.lexsort((-steps, -shares))
