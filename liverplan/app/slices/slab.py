"""Several slices shown as one: the brightest, darkest or mean density of what lies behind."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from liverplan.app.kit.language import en, tr
from liverplan.app.slices.contours import slice_of
from liverplan.app.slices.convert import ViewAxes
from liverplan.app.slices.slicing import Look
from liverplan.findings import Slab
from liverplan.findings.annotations import Projection
from liverplan.volume import Grid

NAMES: Mapping[Projection, str] = {
    "maximum": en("MIP"),
    "minimum": en("MinIP"),
    "average": en("Average"),
}
_ALONG: Mapping[Projection, Callable[..., NDArray[Any]]] = {
    "maximum": np.max,
    "minimum": np.min,
    "average": np.mean,
}
CHOICES_MM = (3.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 60.0)


class SlabShown(QObject):
    """Whether slabs are shown in place of slices, of what, and how thick.

    Attributes
    ----------
    projection : {"maximum", "minimum", "average"} or None
        None: each slice alone.
    thickness_mm : float
        As asked for; shown is the least odd number of whole slices that is as thick.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.projection: Projection | None = None
        self.thickness_mm = 10.0

    def show(self, projection: Projection | None) -> None:
        """Show slabs of this kind, or slices alone."""
        self.projection = projection
        self.changed.emit()

    def cycle(self) -> None:
        """Go on to the next kind; after the last come slices alone."""
        kinds: list[Projection | None] = [None, *NAMES]
        self.show(kinds[(kinds.index(self.projection) + 1) % len(kinds)])

    def set_thickness(self, thickness_mm: float) -> None:
        """Show slabs as thick, one of `CHOICES_MM`."""
        self.thickness_mm = thickness_mm
        self.changed.emit()

    def thicken(self, steps: int) -> None:
        """Go on to the next thickness that can be chosen, or back."""
        at = CHOICES_MM.index(self.thickness_mm) + steps
        self.set_thickness(CHOICES_MM[min(max(at, 0), len(CHOICES_MM) - 1)])

    def half(self, spacing_mm: float) -> int:
        """How many slices lie on either side of the middle one."""
        if self.projection is None:
            return 0
        return max(0, math.ceil((self.thickness_mm / spacing_mm - 1) / 2 - 1e-9))

    def shown(self, grid: Grid, axes: ViewAxes, index: int) -> Slab | None:
        """Return what is shown about a slice; at the scan's end a slab has fewer slices."""
        if self.projection is None:
            return None
        first, last = self._span(grid, axes, index)
        thickness = (last - first + 1) * grid.spacing_mm[axes.along]
        return Slab(projection=self.projection, thickness_mm=thickness)

    def flat(self, hu: NDArray[Any], grid: Grid, axes: ViewAxes, index: int) -> NDArray[Any]:
        """Return the (down, right) densities that are shown about a slice of (k, j, i) ``hu``."""
        if self.projection is None:
            return slice_of(hu, axes, index)
        first, last = self._span(grid, axes, index)
        behind = np.take(hu, range(first, last + 1), axis=axes.along)
        flat = _ALONG[self.projection](behind, axis=axes.along)
        return flat if axes.down < axes.right else flat.T

    def density(self, hu: NDArray[Any], look: Look, index: tuple[int, int, int]) -> float:
        """Return the density, HU, that is shown at a voxel (k, j, i) of the slice shown."""
        if self.projection is None:
            return float(hu[index])
        along = look.axes.along
        first, last = self._span(look.grid, look.axes, index[along])
        behind: list[int | slice] = list(index)
        behind[along] = slice(first, last + 1)
        return float(_ALONG[self.projection](hu[tuple(behind)]))

    def _span(self, grid: Grid, axes: ViewAxes, index: int) -> tuple[int, int]:
        half = self.half(grid.spacing_mm[axes.along])
        return max(0, index - half), min(grid.shape[axes.along] - 1, index + half)


def slab_words(slab: Slab | None) -> str:
    """Say a slab in two words; nothing where a slice is shown alone."""
    if slab is None:
        return ""
    return f"{tr(NAMES[slab.projection])} {tr('{mm:.1f} mm', mm=slab.thickness_mm)}"
