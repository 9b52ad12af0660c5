"""The boundary ladder: the liver, and its lesions, with their surfaces shifted in or out.

A rung is the tissue whose signed distance to the mask's surface is at most a shift in mm; a volume
at a shift between two rungs is interpolated. Positive shifts grow a mask.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import edt
import numpy as np
from numpy.typing import NDArray

from liverplan.segmentation.labels import Segmentation
from liverplan.volume import FloatArray, Grid
from liverplan.volumetry.index import VolumeIndex
from liverplan.volumetry.runs import bounding_box

RUNGS = 7
REACH_SD = 3.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ladder:
    """One structure at several boundary shifts.

    Parameters
    ----------
    shifts_mm : (R,) array
        Ascending, evenly spaced, with 0 in the middle.
    rungs : tuple of VolumeIndex
        The structure at each shift, as functional tissue.
    """

    shifts_mm: FloatArray
    rungs: tuple[VolumeIndex, ...]

    @classmethod
    def build(
        cls, mask: NDArray[np.bool_], within: NDArray[np.bool_], grid: Grid, sd: float
    ) -> Self:
        """Shift a mask's surface by up to 3 standard deviations; keep what lies within."""
        shifts = np.linspace(-REACH_SD, REACH_SD, RUNGS) * sd
        distance = signed_distance_mm(mask, grid.spacing_mm)
        rungs = tuple(
            VolumeIndex.build(
                Segmentation(grid=grid, labels=((distance <= shift) & within).astype(np.uint8))
            )
            for shift in shifts
        )
        return cls(shifts_mm=shifts, rungs=rungs)

    def volumes_ml(self, shifts_mm: FloatArray) -> FloatArray:
        """(M,) boundary shifts to (M,) whole volumes, mL."""
        return np.interp(shifts_mm, self.shifts_mm, [rung.functional_ml for rung in self.rungs])

    def remnants_ml(
        self, normals: FloatArray, offsets_mm: FloatArray, shifts_mm: FloatArray
    ) -> FloatArray:
        """Volume that stays for (M, P) planes at (M,) boundary shifts, mL."""
        step = self.shifts_mm[1] - self.shifts_mm[0]
        place = np.clip((shifts_mm - self.shifts_mm[0]) / step, 0, len(self.rungs) - 1)
        total = np.zeros(len(shifts_mm))
        for level, rung in enumerate(self.rungs):
            share = 1 - np.abs(place - level)
            mine = np.flatnonzero(share > 0)
            total[mine] += share[mine] * rung.remnants_ml_of(normals[mine], offsets_mm[mine])
        return total


def ladders(segmentation: Segmentation, liver_sd: float, lesion_sd: float) -> tuple[Ladder, Ladder]:
    """Build the liver's ladder (without its lesions) and the lesions' (within the liver).

    Distances follow the grid's spacing; a sheared grid is taken as if its axes were at right
    angles.
    """
    reach = REACH_SD * max(liver_sd, lesion_sd)
    labels, grid = _with_room(segmentation, reach)
    liver, tumour = labels > 0, labels > 1
    return (
        Ladder.build(liver, ~tumour, grid, liver_sd),
        Ladder.build(tumour, liver, grid, lesion_sd),
    )


def signed_distance_mm(
    mask: NDArray[np.bool_], spacing_mm: tuple[float, float, float]
) -> FloatArray:
    """Distance of each voxel's centre to the mask's surface, mm; negative inside."""
    half = min(spacing_mm) / 2
    outside = edt.edt(~mask, anisotropy=spacing_mm, black_border=False)
    inside = edt.edt(mask, anisotropy=spacing_mm, black_border=False)
    return np.asarray(np.where(mask, half - inside, outside - half))


def _with_room(segmentation: Segmentation, reach_mm: float) -> tuple[NDArray[np.uint8], Grid]:
    """Crop the labels to their bounding box with room to grow, also past the grid's border."""
    box = bounding_box(segmentation.labels)
    room = [int(np.ceil(reach_mm / s)) + 1 for s in segmentation.grid.spacing_mm]
    labels = np.pad(segmentation.labels[box], [(r, r) for r in room])
    start = [b.start - r for b, r in zip(box, room, strict=True)]
    stop = [b.stop + r for b, r in zip(box, room, strict=True)]
    return labels, segmentation.grid.crop(start, stop)
