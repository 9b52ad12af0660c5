"""On which side of a plan's cuts points lie, for pictures: any cuts, one function of space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.resection import Plan, Plane
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation import Segmentation
from liverplan.segmentation.boxes import bounding_box
from liverplan.volume import FloatArray, Grid
from liverplan.volumetry.shapes.margins import removal

FINE_MM = 1.5
"""The border of segments and sheets is drawn about this fine."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Border:
    """Distance to what whole voxels are taken, mm, on a lattice over the liver."""

    grid: Grid
    distance_mm: FloatArray

    def __call__(self, points_mm: FloatArray) -> FloatArray:
        """(N, 3) LPS mm to (N,) mm, negative where the tissue is taken."""
        index = self.grid.to_index(points_mm).T
        near = scipy.ndimage.map_coordinates(
            self.distance_mm, index, np.float64, order=1, mode="nearest"
        )
        return np.asarray(near)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """Where a plan leaves tissue: called with points, it gives mm, positive on the side that stays.

    Parameters
    ----------
    plan : Plan
    border : _Border or None
        Of the plan's segment sets, territories and sheets.
    """

    plan: Plan
    border: _Border | None = None

    @classmethod
    def of(
        cls, segmentation: Segmentation, plan: Plan, maps: Mapping[str, PartMap] | None = None
    ) -> Self:
        """Make ready a plan on a liver; parts of maps that are not at hand count as staying."""
        known = dict(maps or {})
        cuts = [cut for cut in plan.voxels if cut.needs_map in {None, *known}]
        taken = np.zeros(segmentation.grid.shape, bool)
        for cut in cuts:
            taken |= cut.mask(segmentation, known)
        border = _border(segmentation, taken) if cuts else None
        return cls(plan=plan, border=border)

    @property
    def planned(self) -> bool:
        """Whether anything is cut."""
        return bool(self.plan.cuts)

    @property
    def planes(self) -> tuple[Plane, ...]:
        """The plan's flat cuts."""
        return self.plan.planes

    @property
    def bent(self) -> bool:
        """Whether any cut is not flat."""
        return not self.plan.is_flat

    def __call__(self, points_mm: FloatArray) -> FloatArray:
        """(..., 3) LPS mm to (...) mm; infinite without cuts."""
        flat = points_mm.reshape(-1, 3)
        side = removal(self.plan)(flat)
        if self.border is not None:
            side = np.minimum(side, self.border(flat))
        return np.asarray(side.reshape(points_mm.shape[:-1]))


def _border(segmentation: Segmentation, taken: NDArray[np.bool_]) -> _Border:
    """Measure distances to the voxels taken, and to those of the liver that are left.

    The liver's own surface is no part of that border.
    """
    box = bounding_box(segmentation.labels)
    times = [max(1, int(FINE_MM / s + 1e-6)) for s in segmentation.grid.spacing_mm]
    inside = tuple(slice(b.start, b.stop, t) for b, t in zip(box, times, strict=True))
    liver, gone = segmentation.liver[inside], taken[inside]
    affine = segmentation.grid.affine.copy()
    affine[:3, 3] = segmentation.grid.to_mm([b.start for b in box])
    affine[:3, :3] *= times
    k, j, i = liver.shape
    grid = Grid(shape=(k, j, i), affine=affine, frame_uid=segmentation.grid.frame_uid)
    to_gone, to_left = (
        scipy.ndimage.distance_transform_edt(~side, sampling=grid.spacing_mm)
        if side.any()
        else np.full(liver.shape, 1e3)
        for side in (gone & liver, liver & ~gone)
    )
    half = float(np.cbrt(np.prod(grid.spacing_mm))) / 2
    distance = to_gone - to_left
    return _Border(grid=grid, distance_mm=distance - np.sign(distance) * half)
