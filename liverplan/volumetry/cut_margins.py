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
from liverplan.volumetry.margin import LesionShape
from liverplan.volumetry.primitive_kernels import union

_STEP_MM = 1e-3
_FINER = 3
"""Voxels of the patch near a lesion are sampled again, this many times finer along each axis."""

_CORNERS = np.array(list(np.ndindex(2, 2, 2))) - 0.5


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
    return tuple(_margin(index, plan, mask, patch, lesion) for lesion in index.lesions)


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
    crossed = index.liver.crossed(plan.rows())
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
    lesion: LesionShape,
) -> PlanMargin:
    grid = index.segmentation.grid
    voxels = lesion.voxels[~mask[tuple(lesion.voxels.T)]]
    value = removal(plan)
    stays = float(np.count_nonzero(value(grid.to_mm(voxels)) > 0)) * grid.voxel_ml
    at_corners = value(_corners_mm(grid, voxels)) if len(voxels) else np.array([-np.inf])
    highest, lowest = float(at_corners.max()), float(at_corners.min())
    through = (highest > 0 > lowest) or 0 < len(voxels) < len(lesion.voxels)
    if not plan.cuts:
        return PlanMargin(label=lesion.label, margin_mm=None, in_remnant=True, stays_ml=stays)
    if through and highest > 0:
        margin = -highest if np.isfinite(highest) else -_depth_mm(grid, voxels, patch)
        return PlanMargin(label=lesion.label, margin_mm=margin, in_remnant=True, stays_ml=stays)
    below = -np.inf if plan.parts else max(-highest, lowest)
    above = patch_distance_mm(index, plan, patch, lesion)
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


def patch_distance_mm(
    index: PlanIndex, plan: Plan, patch: FloatArray, lesion: LesionShape
) -> float:
    """Distance between a lesion and the patch, mm, less what sampling could miss."""
    if len(patch) == 0:
        return -np.inf
    grid = index.segmentation.grid
    boxes = _Boxes.of(grid, lesion)
    distance = boxes.distance_mm(patch)
    reach = boxes.half_diagonal_mm
    close = patch[_less(distance, reach) <= distance.min()]
    if plan.parts:
        return float(_less(distance, reach).min())
    offsets = (np.indices((_FINER,) * 3).reshape(3, -1).T + 0.5) / _FINER - 0.5
    finer = close[:, None] + offsets @ grid.affine[:3, :3].T
    finer = onto_surface(removal(plan), finer.reshape(-1, 3))
    return float(_less(boxes.distance_mm(finer), reach / _FINER).min())


def _less(distance_mm: FloatArray, spread_mm: float) -> FloatArray:
    """Distance to a flat patch if the nearest sample lies aside by up to a spread."""
    return np.sqrt(np.maximum(distance_mm**2 - spread_mm**2, 0.0))


def _corners_mm(grid: Grid, voxels: NDArray[np.int64]) -> FloatArray:
    corners = (2 * voxels[:, None] + (2 * _CORNERS).astype(np.int64)).reshape(-1, 3)
    return grid.to_mm(np.unique(corners, axis=0) / 2)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Boxes:
    """The boxes of a lesion's outer voxels, for distances from points outside them."""

    tree: cKDTree
    centres: FloatArray
    axes: FloatArray
    half_mm: FloatArray
    half_diagonal_mm: float

    @classmethod
    def of(cls, grid: Grid, lesion: LesionShape) -> _Boxes:
        low = lesion.voxels.min(axis=0) - 1
        solid = np.zeros(lesion.voxels.max(axis=0) - low + 2, dtype=np.bool_)
        solid[tuple((lesion.voxels - low).T)] = True
        core = solid.copy()
        for axis in range(3):
            core &= np.roll(solid, 1, axis) & np.roll(solid, -1, axis)
        centres = grid.to_mm(np.argwhere(solid & ~core) + low)
        spacing = np.array(grid.spacing_mm)
        return cls(
            tree=cKDTree(centres),
            centres=centres,
            axes=grid.affine[:3, :3] / spacing,
            half_mm=spacing / 2,
            half_diagonal_mm=float(np.linalg.norm(spacing)) / 2,
        )

    def distance_mm(self, points_mm: FloatArray) -> FloatArray:
        """(N,) distances from points to the nearest box.

        Exact where it can be smallest; where the nearest centre is too far for that, the bound
        from that centre.
        """
        nearest = np.asarray(self.tree.query(points_mm)[0])
        distance = np.maximum(nearest - self.half_diagonal_mm, 0.0)
        close = np.flatnonzero(distance <= nearest.min())
        within = nearest[close] + self.half_diagonal_mm
        lists = self.tree.query_ball_point(points_mm[close], within)
        for at, boxes in zip(close, lists, strict=True):
            off = np.abs((points_mm[at] - self.centres[boxes]) @ self.axes) - self.half_mm
            distance[at] = np.linalg.norm(np.maximum(off, 0.0), axis=1).min()
        return np.asarray(distance)
