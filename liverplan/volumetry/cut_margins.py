"""How far a plan's cut, where it runs through the liver, stays from each lesion.

A lesion is the union of its voxels' boxes, as in `liverplan.volumetry.margin`: that errs on the
safe side. Two numbers bound the distance to the cut's patch inside the liver. From below: the
cuts' own functions at the lesion's corners, which are never larger than the distance to the whole
surface. From above: the distance to points of the patch, less what could lie between these. The
larger of the two is given: it is never more than the distance by more than 0.1 mm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from liverplan.resection.plan import Plan
from liverplan.resection.primitives import Rows
from liverplan.volume import FloatArray, Grid
from liverplan.volumetry.cut_volumes import PlanIndex
from liverplan.volumetry.lesion_boxes import LesionBoxes, less_spread
from liverplan.volumetry.primitive_kernels import union

_STEP_MM = 1e-3
_FINER = 3
"""Voxels of the patch near a lesion are sampled again, this many times finer along each axis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMargin:
    """How far the cut stays from one lesion.

    ``margin_mm`` is negative where the lesion reaches that far, at least, past the cut into the
    tissue that stays, and None where the plan cuts nothing. ``in_remnant`` says whether any part
    of the lesion stays, ``stays_ml`` how much.
    """

    label: int
    margin_mm: float | None
    in_remnant: bool
    stays_ml: float


def plan_margins(index: PlanIndex, plan: Plan) -> tuple[PlanMargin, ...]:
    """Return the margin of each lesion, ascending by label; takes tens of milliseconds."""
    if not index.lesions:
        return ()
    patch = patch_points_mm(index, plan)
    mask = index.part_mask(plan.parts)
    return tuple(_margin(index, plan, mask, patch, at) for at in range(len(index.lesions)))


def removal(plan: Plan) -> Callable[[FloatArray], FloatArray]:
    """Return the plan's shapes as one function of (N, 3) LPS points: mm, negative where removed."""
    cut = plan.rows()

    def value(points_mm: FloatArray) -> FloatArray:
        if cut.kinds.size == 0:
            return np.full(len(points_mm), np.inf)
        return np.asarray(union(_arrays(cut), np.ascontiguousarray(points_mm, dtype=np.float64)))

    return value


def patch_points_mm(index: PlanIndex, plan: Plan) -> FloatArray:
    """(N, 3) LPS points of the cut inside the liver, one for each voxel that it crosses."""
    grid = index.segmentation.grid
    mask = index.part_mask(plan.parts)
    crossed = index.liver.crossed(plan.rows()) + np.array(index.liver.start)
    crossed = crossed[~mask[tuple(crossed.T)]]
    points = onto_surface(removal(plan), grid.to_mm(crossed))
    return np.concatenate([points, _faces_mm(index, plan, mask)])


def onto_surface(value: Callable[[FloatArray], FloatArray], points_mm: FloatArray) -> FloatArray:
    """Move points near a surface onto it (two Newton steps along the gradient)."""
    for _ in range(2):
        steps = _STEP_MM * np.eye(3)
        gradient = np.stack(
            [(value(points_mm + s) - value(points_mm - s)) / (2 * _STEP_MM) for s in steps], axis=-1
        )
        square = np.maximum((gradient**2).sum(axis=-1), 1e-6)
        points_mm = points_mm - (value(points_mm) / square)[:, None] * gradient
    return points_mm


def _arrays(cut: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64], FloatArray, FloatArray]:
    return cut.kinds, cut.groups, cut.numbers, cut.cells


def _faces_mm(index: PlanIndex, plan: Plan, mask: NDArray[np.bool_]) -> FloatArray:
    """Middles of the voxel faces between named parts and what stays of the liver."""
    if not plan.parts:
        return np.empty((0, 3))
    liver = index.segmentation.liver
    found = []
    for axis in range(3):
        near, far = [slice(None)] * 3, [slice(None)] * 3
        near[axis], far[axis] = slice(None, -1), slice(1, None)
        a, b = tuple(near), tuple(far)
        where = np.argwhere((mask[a] != mask[b]) & liver[a] & liver[b]).astype(np.float64)
        where[:, axis] += 0.5
        found.append(where)
    points = index.segmentation.grid.to_mm(np.concatenate(found))
    return points[removal(plan)(points) > 0]


def _margin(
    index: PlanIndex,
    plan: Plan,
    mask: NDArray[np.bool_],
    patch: FloatArray,
    at: int,
) -> PlanMargin:
    grid, lesion = index.segmentation.grid, index.lesions[at]
    voxels = lesion.voxels[~mask[tuple(lesion.voxels.T)]]
    value = removal(plan)
    whole = len(voxels) == len(lesion.voxels)
    values = value(grid.to_mm(voxels))
    stays = float(np.count_nonzero(values > 0)) * grid.voxel_ml
    if whole:
        values = value(index.lesion_boxes[at].corners_mm)
    highest, lowest = float(values.max(initial=-np.inf)), float(values.min(initial=np.inf))
    through = (highest > 0 > lowest) or (len(voxels) > 0 and not whole)
    if not plan.cuts:
        return PlanMargin(label=lesion.label, margin_mm=None, in_remnant=True, stays_ml=stays)
    if through and highest > 0:
        margin = -highest if np.isfinite(highest) else -_depth_mm(grid, voxels, patch)
        return PlanMargin(label=lesion.label, margin_mm=margin, in_remnant=True, stays_ml=stays)
    below = -np.inf if plan.parts else max(-highest, lowest)
    above = patch_distance_mm(index, plan, patch, index.lesion_boxes[at])
    margin = max(below, above)
    return PlanMargin(
        label=lesion.label,
        margin_mm=margin if np.isfinite(margin) else None,
        in_remnant=highest > 0,
        stays_ml=stays,
    )


def _depth_mm(grid: Grid, voxels: NDArray[np.int64], patch: FloatArray) -> float:
    """How far voxels that stay reach from the patch, mm; at least half a voxel."""
    least = min(grid.spacing_mm) / 2
    if len(patch) == 0:
        return least
    return max(float(np.max(cKDTree(patch).query(grid.to_mm(voxels))[0])), least)


def patch_distance_mm(index: PlanIndex, plan: Plan, patch: FloatArray, boxes: LesionBoxes) -> float:
    """Distance between a lesion and the patch, mm, less what sampling could miss."""
    if len(patch) == 0:
        return -np.inf
    grid = index.segmentation.grid
    distance = boxes.distance_mm(patch)
    reach = boxes.half_diagonal_mm
    close = patch[less_spread(distance, reach) <= distance.min()]
    if plan.parts:
        return float(less_spread(distance, reach).min())
    offsets = (np.indices((_FINER,) * 3).reshape(3, -1).T + 0.5) / _FINER - 0.5
    finer = close[:, None] + offsets @ grid.affine[:3, :3].T
    finer = onto_surface(removal(plan), finer.reshape(-1, 3))
    return float(less_spread(boxes.distance_mm(finer), reach / _FINER).min())
