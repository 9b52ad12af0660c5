"""How far everything lies from the lesions: the margin's zone is drawn at one level of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liverplan.segmentation import Segmentation
from liverplan.segmentation.boxes import bounding_box
from liverplan.segmentation.labels import FIRST_LESION

FIELD_MM = 26.0
"""How far around the lesions the distance field reaches; margins beyond are not drawn."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DistanceField:
    """Distance to the nearest lesion in a box of the lattice, mm; beyond the box it is far."""

    start: tuple[int, int, int]
    distance_mm: NDArray[np.float32]

    def at(self, index: tuple[int, int, int]) -> float:
        """Distance of a voxel (k, j, i) to the nearest lesion, mm; beyond the box infinite."""
        inside = tuple(n - start for n, start in zip(index, self.start, strict=True))
        shape = self.distance_mm.shape
        if not all(0 <= n < end for n, end in zip(inside, shape, strict=True)):
            return float("inf")
        return float(self.distance_mm[inside])


def distance_field(segmentation: Segmentation) -> DistanceField | None:
    """Distance to the nearest lesion voxel's centre, in a box around the lesions."""
    lesions = segmentation.labels >= FIRST_LESION
    if not lesions.any():
        return None
    spacing = segmentation.grid.spacing_mm
    wide = bounding_box(lesions, margin=[int(FIELD_MM / mm) + 1 for mm in spacing])
    away = _distance(~lesions[wide], spacing)
    return DistanceField(start=tuple(part.start for part in wide), distance_mm=away)


def _distance(outside: NDArray[np.bool_], spacing: tuple[float, ...]) -> NDArray[np.float32]:
    import edt  # noqa: PLC0415 - compiled, and only needed once there are lesions

    field: NDArray[np.float32] = edt.edt(
        np.ascontiguousarray(outside), anisotropy=spacing, black_border=False, parallel=2
    )
    return field
