"""A lattice of points in the liver with their distances to a plan's cuts and to the boundaries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from liverplan.resection import Cut, Plan
from liverplan.resection.cuts.base import Voxels
from liverplan.segmentation.boxes import Box, bounding_box
from liverplan.volume import FloatArray, Grid, read_only
from liverplan.volumetry.shapes.margins import removal_of
from liverplan.volumetry.shapes.plan_index import PlanIndex
from liverplan.volumetry.uncertainty.boundary_offsets import REACH_SD, signed_distance_mm
from liverplan.volumetry.uncertainty.error_model import ErrorModel

Labels = NDArray[np.uint8]

FINE_MM = 1.5
"""Distances to the boundaries are read off a lattice about this fine, ..."""

COARSE_MM = 3.0
"""... and every other of its points is summed."""

_STEP_MM = 1e-3
_FAR_MM = 1e3
_SHIFTS = 25
_HOLDS = 2.5
"""Standard deviations of the smoothing up to which a distance holds (see `boundary_offsets`)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Points:
    """N points in and round the liver, C cuts.

    Parameters
    ----------
    distance_mm : (N, C) array
        To each cut's surface along its normal, negative where the cut removes.
    arms_mm : (N, C, 2) array
        How far a point's surface moves along its normal for a turn of 1 rad about each axis.
    blur_mm : (N, C) array
        Extent of a point's cell along the cut's normal.
    liver_mm, lesion_mm : (N,) arrays
        Distance to the liver's and to the lesions' surface, negative inside.
    kinds : (N,) uint8 array
        Label of the point: 0 outside, 1 functional, 2 and more a lesion.
    edge_mm : float
        Extent of a cell, for the boundaries.
    point_ml : float
        Volume of a cell.
    functional_ml : float
        As measured on the masks.
    reach_mm : float
        A shift that takes every cut past the whole liver.
    """

    distance_mm: FloatArray
    arms_mm: FloatArray
    blur_mm: FloatArray
    liver_mm: FloatArray
    lesion_mm: FloatArray
    kinds: Labels
    edge_mm: float
    point_ml: float
    functional_ml: float
    reach_mm: float

    @property
    def cut_count(self) -> int:
        """How many cuts the plan has."""
        return int(self.distance_mm.shape[1])

    @classmethod
    def build(cls, index: PlanIndex, plan: Plan, errors: ErrorModel) -> Self:
        """Lay points out and measure their distances."""
        lattice = _Lattice.build(index, errors)
        liver, lesion = lattice.boundaries_mm(errors)
        near = liver < REACH_SD * errors.liver.sd + COARSE_MM
        kinds = lattice.labels[lattice.every][near]
        mm = lattice.coarse.to_mm(np.argwhere(near))
        cuts = [_cut(index, cut, lattice, near, mm) for cut in plan.cuts]
        distance = np.stack([f for f, _ in cuts], axis=1) if cuts else np.empty((len(mm), 0))
        return cls(
            distance_mm=distance,
            arms_mm=np.stack([_arms(mm, *cut, kinds > 0) for cut in cuts], axis=1)
            if cuts
            else np.empty((len(mm), 0, 2)),
            blur_mm=np.stack([_blur_mm(lattice.coarse, normal) for _, normal in cuts], axis=1)
            if cuts
            else np.empty((len(mm), 0)),
            liver_mm=liver[near].astype(np.float64),
            lesion_mm=lesion[near].astype(np.float64),
            kinds=kinds,
            edge_mm=_edge_mm(lattice.coarse),
            point_ml=lattice.coarse.voxel_ml,
            functional_ml=index.functional_ml,
            reach_mm=float(np.abs(distance).max(initial=0.0)) + 10.0,
        )

    def __post_init__(self) -> None:
        for array in (self.distance_mm, self.arms_mm, self.blur_mm, self.liver_mm, self.lesion_mm):
            read_only(array)

    def remnant_ml(self, shift_mm: float) -> float:
        """Functional tissue that stays once every cut is moved along its normal, mL."""
        past = ((self.distance_mm - shift_mm) / self.blur_mm).min(axis=1, initial=0.5)
        tissue = np.clip(0.5 - self.liver_mm / self.edge_mm, 0, 1) * (self.kinds <= 1)
        return float((tissue * np.clip(past + 0.5, 0, 1)).sum()) * self.point_ml


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Lattice:
    """The liver's box with room to grow, thinned twice: ``labels`` are fine, sums are coarse."""

    box: Box
    room: tuple[int, ...]
    thin: tuple[slice, ...]
    labels: Labels
    fine: Grid
    every: tuple[slice, ...]
    coarse: Grid

    @classmethod
    def build(cls, index: PlanIndex, errors: ErrorModel) -> Self:
        segmentation = index.segmentation
        box = bounding_box(segmentation.labels)
        room_mm = REACH_SD * max(errors.liver.sd, errors.lesion.sd) + COARSE_MM
        room = tuple(int(np.ceil(room_mm / s)) for s in segmentation.grid.spacing_mm)
        grid = segmentation.grid.crop(
            [b.start - r for b, r in zip(box, room, strict=True)],
            [b.stop + r for b, r in zip(box, room, strict=True)],
        )
        thin, fine = _thinned(grid, FINE_MM)
        every, coarse = _thinned(fine, COARSE_MM)
        labels = np.pad(segmentation.labels[box], [(r, r) for r in room])[thin]
        return cls(
            box=box, room=room, thin=thin, labels=labels, fine=fine, every=every, coarse=coarse
        )

    def taken(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return a mask of the whole grid on the fine lattice."""
        return np.pad(mask[self.box], [(r, r) for r in self.room])[self.thin]

    def boundaries_mm(self, errors: ErrorModel) -> tuple[FloatArray, FloatArray]:
        """Distances to the liver's and to the lesions' surface on the coarse lattice."""
        labels, tumour = self.labels, self.labels > 1
        liver = _boundary_mm(labels > 0, labels <= 1, self.fine, errors.liver.sd)
        if not tumour.any():
            return liver[self.every], np.full(self.coarse.shape, _FAR_MM)
        lesion = _boundary_mm(tumour, labels > 0, self.fine, errors.lesion.sd)
        return liver[self.every], lesion[self.every]


def _thinned(grid: Grid, at_most_mm: float) -> tuple[tuple[slice, ...], Grid]:
    """Which voxels to keep so that they lie at most so far apart, and the grid of those."""
    times = [max(1, int(at_most_mm / s + 1e-6)) for s in grid.spacing_mm]
    affine = grid.affine.copy()
    affine[:3, :3] *= times
    k, j, i = (-(-n // t) for n, t in zip(grid.shape, times, strict=True))
    thin = Grid(shape=(k, j, i), affine=affine, frame_uid=grid.frame_uid)
    return tuple(slice(None, None, t) for t in times), thin


def _boundary_mm(
    mask: NDArray[np.bool_], within: NDArray[np.bool_], grid: Grid, sd_mm: float
) -> FloatArray:
    """Distance to a mask's surface, moved so that the volume within 0 is the mask's."""
    smoothing = max(REACH_SD * sd_mm / _HOLDS, *grid.spacing_mm)
    distance = signed_distance_mm(mask, grid.spacing_mm, smoothing)
    shifts = np.linspace(-2.0, 2.0, _SHIFTS) * smoothing
    near = distance[within]
    sums = [float(np.clip((s - near) / _edge_mm(grid) + 0.5, 0, 1).sum()) for s in shifts]
    lost = np.interp(np.count_nonzero(mask & within), sums, shifts)
    return np.asarray(distance - lost, dtype=np.float64)


def _cut(
    index: PlanIndex, cut: Cut, lattice: _Lattice, near: NDArray[np.bool_], mm: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """(N,) distances to a cut, mm, and (N, 3) unit normals toward what stays."""
    if isinstance(cut, Voxels):
        return _border(lattice, lattice.taken(index.part_mask((cut,))), near)
    value = removal_of([cut])
    steps = _STEP_MM * np.eye(3)
    slope = np.stack([(value(mm + s) - value(mm - s)) / (2 * _STEP_MM) for s in steps], axis=1)
    length = np.maximum(np.linalg.norm(slope, axis=1), 1e-6)
    return value(mm) / length, slope / length[:, None]


def _border(
    lattice: _Lattice, taken: NDArray[np.bool_], near: NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    """Distances to the border between the voxels taken and those of the liver that are left.

    The liver's own surface is no part of that border: a point is as far from it as the nearest
    voxel of the other side.
    """
    spacing = lattice.fine.spacing_mm
    left = (lattice.labels > 0) & ~taken
    sides = [
        distance_transform_edt(~side, sampling=spacing)
        if side.any()
        else np.full(side.shape, _FAR_MM)
        for side in (taken, left)
    ]
    half = _edge_mm(lattice.fine) / 2  # voxels' centres lie that far from their faces
    apart = sides[0] - sides[1]
    apart -= np.sign(apart) * half
    slope = np.stack(np.gradient(apart), axis=-1)[lattice.every][near]
    normal = slope @ np.linalg.inv(lattice.fine.affine[:3, :3])
    length = np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
    return apart[lattice.every][near], normal / length


def _arms(
    mm: FloatArray, distance: FloatArray, normal: FloatArray, inside: NDArray[np.bool_]
) -> FloatArray:
    """(N, 2) mm a radian: what a turn about each axis moves the surface by, along its normal."""
    patch = inside & (np.abs(distance) < COARSE_MM)
    patch = patch if patch.any() else inside
    middle = mm[patch].mean(axis=0)
    mean = normal[patch].mean(axis=0)
    across = np.linalg.svd(mean[None])[2][1:]
    turned = np.stack([np.cross(axis, mm - middle) for axis in across], axis=1)
    return np.asarray(np.einsum("nac,nc->na", turned, normal))


def _blur_mm(grid: Grid, normal: FloatArray) -> FloatArray:
    """(N,) extent of a cell along each normal, mm."""
    extent = np.linalg.norm(normal @ grid.affine[:3, :3], axis=1)
    return np.asarray(np.maximum(extent, _STEP_MM))


def _edge_mm(grid: Grid) -> float:
    return float(np.cbrt(np.prod(grid.spacing_mm)))
