"""Boundary offsets: the liver, and its lesions, with their surfaces shifted in or out.

A level is the tissue whose signed distance to the mask's surface is at most a shift in mm, its
surface placed between voxels where the distance passes that shift; a volume at a shift between two
levels is interpolated. Positive shifts grow a mask.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.special import ndtri

from liverplan.segmentation.boxes import bounding_box
from liverplan.segmentation.labels import Segmentation
from liverplan.volume import FloatArray, Grid, read_only
from liverplan.volumetry.planes.index import VolumeIndex
from liverplan.volumetry.planes.runs import end_points
from liverplan.volumetry.uncertainty.error_model import ErrorModel, errors_for

Mask = NDArray[np.bool_]
Labels = NDArray[np.uint8]

LEVELS = 7
REACH_SD = 3.0
_MOST_ANISOTROPIC = 2.0
_FINE_ENOUGH_MM = 1.5
_MANY_VOXELS = 2_000_000
_HOLDS = 2.5
_SMOOTHEST = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OffsetBoundary:
    """One structure at several boundary shifts.

    Parameters
    ----------
    shifts_mm : (R,) array
        Ascending, evenly spaced, around 0.
    levels : tuple of VolumeIndex
        The structure at each shift, as functional tissue.
    """

    shifts_mm: FloatArray
    levels: tuple[VolumeIndex, ...]

    def __post_init__(self) -> None:
        read_only(self.shifts_mm)

    @classmethod
    def build(cls, mask: Mask, within: Mask, grid: Grid, sd_mm: float) -> Self:
        """Shift a (k, j, i) mask's surface by some 3 standard deviations; keep what lies within.

        What the smoothing takes from a curved surface is given back: the levels' shifts are moved
        together so that the volume at 0 is the mask's.
        """
        smoothing = max(REACH_SD * sd_mm / _HOLDS, _SMOOTHEST * max(grid.spacing_mm))
        distance = signed_distance_mm(mask, grid.spacing_mm, smoothing)
        shifts = np.linspace(-REACH_SD, REACH_SD, LEVELS) * sd_mm
        levels = tuple(_level(distance - np.float32(shift), within, grid) for shift in shifts)
        volume_ml = np.count_nonzero(mask & within) * grid.voxel_ml
        lost = np.interp(volume_ml, [level.functional_ml for level in levels], shifts)
        return cls(shifts_mm=shifts - lost, levels=levels)

    def volumes_ml(self, shifts_mm: FloatArray) -> FloatArray:
        """(M,) boundary shifts to (M,) whole volumes, mL."""
        return np.interp(shifts_mm, self.shifts_mm, [level.functional_ml for level in self.levels])

    def remnants_ml(
        self, normals: FloatArray, offsets_mm: FloatArray, shifts_mm: FloatArray
    ) -> FloatArray:
        """Volume that stays for (M, P) planes at (M,) boundary shifts, mL."""
        step = self.shifts_mm[1] - self.shifts_mm[0]
        place = np.clip((shifts_mm - self.shifts_mm[0]) / step, 0, len(self.levels) - 1)
        total = np.zeros(len(shifts_mm))
        for number, level in enumerate(self.levels):
            share = 1 - np.abs(place - number)
            mine = np.flatnonzero(share > 0)
            if mine.size:
                left = level.remnants_ml_of(normals[mine], offsets_mm[mine])
                total[mine] += share[mine] * left
        return total


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BoundaryOffsets:
    """A segmentation's two: the liver without its lesions, and the lesions within the liver.

    ``lesions`` is None where there is none.
    """

    liver: OffsetBoundary
    lesions: OffsetBoundary | None
    errors: ErrorModel

    @classmethod
    def build(cls, segmentation: Segmentation, *, errors: ErrorModel | None = None) -> Self:
        """Build both for given errors, or for those of the segmentation's provenance.

        Distances follow the grid's spacing; a sheared grid is taken as if its axes were at right
        angles.
        """
        labels, grid = _cropped(segmentation.labels, segmentation.grid, room_mm=0.0)
        errors = errors or errors_for(segmentation, np.unique(labels[labels > 1]).tolist())
        labels, grid = _evenly_spaced(labels, grid)
        return cls(
            liver=_liver_boundary(labels, grid, errors.liver.sd),
            lesions=_lesion_boundary(labels, grid, errors.lesion.sd),
            errors=errors,
        )


def _liver_boundary(labels: Labels, grid: Grid, sd_mm: float) -> OffsetBoundary:
    labels, grid = _cropped(*_thinned(labels, grid), room_mm=REACH_SD * sd_mm)
    return OffsetBoundary.build(labels > 0, labels <= 1, grid, sd_mm)


def _lesion_boundary(labels: Labels, grid: Grid, sd_mm: float) -> OffsetBoundary | None:
    tumour = labels > 1
    if not tumour.any():
        return None
    labels, grid = _cropped(labels, grid, room_mm=REACH_SD * sd_mm, around=tumour)
    return OffsetBoundary.build(labels > 1, labels > 0, grid, sd_mm)


def signed_distance_mm(
    mask: Mask, spacing_mm: tuple[float, float, float], smoothing_mm: float
) -> NDArray[np.float32]:
    """(k, j, i) distance of each voxel's centre to the mask's surface, mm; negative inside.

    A flat edge smoothed by a Gaussian of standard deviation s is ``Phi(-distance / s)``, in any
    direction and between voxels too; so the distance is read off the smoothed mask. It holds to
    about 2.5 s from the surface.
    """
    width = [smoothing_mm / s for s in spacing_mm]
    share = gaussian_filter(mask.astype(np.float32), width, mode="constant", truncate=3.5)
    reach = np.float32(4 * smoothing_mm)
    distance = ndtri(np.clip(share, 0, 1)) * np.float32(-smoothing_mm)
    return np.asarray(np.clip(distance, -reach, reach), dtype=np.float32)


def _level(height: NDArray[np.float32], within: Mask, grid: Grid) -> VolumeIndex:
    ends = end_points((height <= 0) & within, (0, 0, 0), height)
    lengths = [-float((e.weights * e.points[e.axis]).sum(dtype=np.float64)) for e in ends]
    volume_ml = float(np.mean(lengths)) * grid.voxel_ml
    return VolumeIndex(
        grid=grid,
        functional_ml=volume_ml,
        liver_ml=volume_ml,
        tumour_ml=0.0,
        ends=ends,
        lesions=(),
    )


def _cropped(
    labels: Labels, grid: Grid, *, room_mm: float, around: Mask | None = None
) -> tuple[Labels, Grid]:
    """Crop to what is labelled (or to a mask), with room to grow, also past the grid's border."""
    box = bounding_box(labels if around is None else around.view(np.uint8))
    room = [int(np.ceil(room_mm / s)) + 1 for s in grid.spacing_mm]
    start = [b.start - r for b, r in zip(box, room, strict=True)]
    stop = [b.stop + r for b, r in zip(box, room, strict=True)]
    inside = tuple(
        slice(max(a, 0), min(b, n)) for a, b, n in zip(start, stop, labels.shape, strict=True)
    )
    missing = [(s.start - a, b - s.stop) for s, a, b in zip(inside, start, stop, strict=True)]
    return np.pad(labels[inside], missing), grid.crop(start, stop)


def _thinned(labels: Labels, grid: Grid) -> tuple[Labels, Grid]:
    """Skip voxels of a large structure where that keeps them within 1.5 mm of each other."""
    if labels.size < _MANY_VOXELS:
        return labels, grid
    times = [max(1, int(_FINE_ENOUGH_MM / s)) for s in grid.spacing_mm]
    affine = grid.affine.copy()
    affine[:3, :3] *= times
    k, j, i = times
    thin = labels[::k, ::j, ::i]
    return thin, Grid(shape=thin.shape, affine=affine, frame_uid=grid.frame_uid)


def _evenly_spaced(labels: Labels, grid: Grid) -> tuple[Labels, Grid]:
    """Repeat voxels along axes that are coarser than twice the finest: distances need that."""
    finest = min(grid.spacing_mm)
    times = [max(1, round(s / finest / _MOST_ANISOTROPIC + 0.49)) for s in grid.spacing_mm]
    affine = grid.affine.copy()
    affine[:3, :3] /= times
    affine[:3, 3] = grid.to_mm([(1 / n - 1) / 2 for n in times])
    for axis, count in enumerate(times):
        labels = np.repeat(labels, count, axis=axis) if count > 1 else labels
    k, j, i = labels.shape
    return labels, Grid(shape=(k, j, i), affine=affine, frame_uid=grid.frame_uid)
