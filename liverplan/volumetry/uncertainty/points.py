"""Cells of the liver with their distances to a plan's cuts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.resection import Cut, Plan
from liverplan.resection.cuts.base import Voxels
from liverplan.segmentation.labels import Segmentation
from liverplan.volume import FloatArray, read_only
from liverplan.volumetry.shapes.margins import removal_of
from liverplan.volumetry.shapes.plan_index import PlanIndex
from liverplan.volumetry.uncertainty.cells import CELL_MM, Cells

_STEP_MM = 1e-3
_FAR_MM = 1e3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Points:
    """N cells in and round the liver, C cuts.

    Parameters
    ----------
    tissue_ml : (N,) array
        Functional tissue of each cell.
    distance_mm : (N, C) array
        To each cut's surface along its normal, negative where the cut removes.
    arms_mm : (N, C, 2) array
        How far a point's surface moves along its normal for a turn of 1 rad about each axis.
    blur_mm : (N, C) array
        Extent of a point's cell along the cut's normal.
    """

    tissue_ml: FloatArray
    distance_mm: FloatArray
    arms_mm: FloatArray
    blur_mm: FloatArray

    @classmethod
    def build(cls, index: PlanIndex, plan: Plan, cells: Cells) -> Self:
        """Measure the cells' distances."""
        mm, count = cells.points_mm, len(cells.points_mm)
        cuts = [_cut(index, cut, cells) for cut in plan.cuts]
        inside = cells.tissue_ml > 0
        return cls(
            tissue_ml=cells.tissue_ml,
            distance_mm=_stacked([f for f, _ in cuts], (count, 0)),
            arms_mm=_stacked([_arms(mm, *cut, inside) for cut in cuts], (count, 0, 2)),
            blur_mm=_stacked(
                [np.maximum(cells.extent_mm(normal), _STEP_MM) for _, normal in cuts], (count, 0)
            ),
        )

    def __post_init__(self) -> None:
        for array in (self.distance_mm, self.arms_mm, self.blur_mm):
            read_only(array)

    @property
    def cut_count(self) -> int:
        """How many cuts the plan has."""
        return int(self.distance_mm.shape[1])

    @property
    def reach_mm(self) -> float:
        """A shift that takes every cut past the whole liver."""
        return float(np.abs(self.distance_mm).max(initial=0.0)) + 10.0

    def stays(self, shift_mm: float = 0.0) -> FloatArray:
        """(N,) how much of each cell stays once every cut is moved along its normal, 0-1."""
        past = ((self.distance_mm - shift_mm) / self.blur_mm).min(axis=1, initial=0.5)
        return np.asarray(np.clip(past + 0.5, 0.0, 1.0))

    def within(self, far_mm: float) -> NDArray[np.bool_]:
        """(N,) whether each cell lies within so many mm of a cut."""
        return np.asarray((np.abs(self.distance_mm) < far_mm).any(axis=1))

    def remnant_ml(self, shift_mm: float) -> float:
        """Functional tissue that stays once every cut is moved along its normal, mL."""
        return float(self.tissue_ml @ self.stays(shift_mm))


def _stacked(columns: list[FloatArray], none: tuple[int, ...]) -> FloatArray:
    return np.stack(columns, axis=1) if columns else np.empty(none)


def _cut(index: PlanIndex, cut: Cut, cells: Cells) -> tuple[FloatArray, FloatArray]:
    """(N,) distances to a cut, mm, and (N, 3) unit normals toward what stays."""
    if isinstance(cut, Voxels):
        return _border(index.segmentation, index.part_mask((cut,)), cells)
    mm, value = cells.points_mm, removal_of([cut])
    steps = _STEP_MM * np.eye(3)
    slope = np.stack([(value(mm + s) - value(mm - s)) / (2 * _STEP_MM) for s in steps], axis=1)
    length = np.maximum(np.linalg.norm(slope, axis=1), 1e-6)
    return value(mm) / length, slope / length[:, None]


def _border(
    segmentation: Segmentation, taken: NDArray[np.bool_], cells: Cells
) -> tuple[FloatArray, FloatArray]:
    """Distances to the border between the voxels taken and those of the liver that are left.

    The liver's own surface is no part of that border: a point is as far from it as the nearest
    voxel of the other side.
    """
    lattice = cells.lattice
    liver, taken = lattice.fine(segmentation.labels) > 0, lattice.fine(taken)
    gone, left = lattice.shares(liver & taken), lattice.shares(liver & ~taken)
    spacing = lattice.grid.spacing_mm
    sides = [
        scipy.ndimage.distance_transform_edt(~side, sampling=spacing)
        if side.any()
        else np.full(side.shape, _FAR_MM)
        for side in (gone > left, (left >= gone) & (left > 0))
    ]
    half = float(np.cbrt(np.prod(spacing))) / 2  # cells' middles lie that far from their faces
    apart = sides[0] - sides[1]
    apart -= np.sign(apart) * half
    slope = np.stack(np.gradient(apart), axis=-1)[cells.near]
    normal = slope @ np.linalg.inv(lattice.grid.affine[:3, :3])
    length = np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
    return apart[cells.near], normal / length


def _arms(
    mm: FloatArray, distance: FloatArray, normal: FloatArray, inside: NDArray[np.bool_]
) -> FloatArray:
    """(N, 2) mm a radian: what a turn about each axis moves the surface by, along its normal."""
    patch = inside & (np.abs(distance) < CELL_MM)
    patch = patch if patch.any() else inside
    middle = mm[patch].mean(axis=0)
    mean = normal[patch].mean(axis=0)
    across = np.linalg.svd(mean[None])[2][1:]
    turned = np.stack([np.cross(axis, mm - middle) for axis in across], axis=1)
    return np.asarray(np.einsum("nac,nc->na", turned, normal))
