"""Brush and eraser: discs on a slice, or balls, stamped along the mouse's way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from liverplan.app.slices.convert import ViewAxes, lps_to_napari
from liverplan.segmentation import Segmentation
from liverplan.segmentation.labels import FIRST_LESION, LIVER
from liverplan.volume import FloatArray, Grid

Kind = Literal["brush", "eraser"]


@dataclass(eq=False)
class Stroke:
    """One stroke: a private copy of the labels that grows under the mouse.

    Parameters
    ----------
    start : Segmentation
        The labels before the stroke; they are not touched.
    label : int
        The mask that is painted or erased. Painting the liver leaves lesions alone; erasing a
        lesion gives its voxels back to the liver.
    kind : {"brush", "eraser"}
        What the stroke does.
    axes : ViewAxes or None
        The view whose slices the discs lie in; None paints balls.
    radius_mm : float
        Of the disc or ball.
    limits : (hu, lowest, highest) or None
        The CT and the densities, HU, between which alone voxels change.
    """

    start: Segmentation
    label: int
    kind: Kind
    axes: ViewAxes | None
    radius_mm: float
    limits: tuple[NDArray[Any], float, float] | None = None
    _labels: NDArray[np.uint8] = field(init=False)
    _last: FloatArray | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._labels = self.start.labels.copy()

    @property
    def segmentation(self) -> Segmentation:
        """The labels as painted so far; the array is shared with the stroke."""
        return Segmentation(
            grid=self.start.grid, labels=self._labels.view(), provenance=self.start.provenance
        )

    def to(self, point_mm: FloatArray) -> None:
        """Stamp from the last point to this one."""
        grid = self.start.grid
        here = lps_to_napari(grid, point_mm)
        first = here if self._last is None else self._last
        steps = int(np.linalg.norm(here - first) / (0.4 * self.radius_mm)) + 1
        for n in range(1, steps + 1):
            self._stamp(grid, first + (here - first) * n / steps)
        self._last = here

    def _stamp(self, grid: Grid, centre: FloatArray) -> None:
        spacing = np.array(grid.spacing_mm)
        reach = np.full(3, self.radius_mm)
        if self.axes is not None:
            reach[self.axes.along] = 0.0
        low = np.maximum(np.ceil((centre - reach) / spacing - 1e-6), 0).astype(int)
        high = np.minimum(np.floor((centre + reach) / spacing + 1e-6) + 1, grid.shape).astype(int)
        if self.axes is not None:
            along = self.axes.along
            low[along] = round(float(centre[along] / spacing[along]))
            high[along] = low[along] + 1
            if not 0 <= low[along] < grid.shape[along]:
                return
        if np.any(low >= high):
            return
        squares = [
            (np.arange(a, b) * mm - c) ** 2
            for a, b, mm, c in zip(low, high, spacing, centre)  # noqa: B905
        ]
        if self.axes is not None:
            squares[self.axes.along] = np.zeros(1)
        inside = (
            squares[0][:, None, None] + squares[1][None, :, None] + squares[2][None, None, :]
            <= self.radius_mm**2
        )
        box = tuple(slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
        if self.limits is not None:
            hu, lowest, highest = self.limits
            inside &= (hu[box] >= lowest) & (hu[box] <= highest)
        self._apply(self._labels[box], inside)

    def _apply(self, part: NDArray[np.uint8], inside: NDArray[np.bool_]) -> None:
        if self.kind == "eraser":
            behind = LIVER if self.label >= FIRST_LESION else 0
            part[inside & (part == self.label)] = behind
        elif self.label == LIVER:
            part[inside & (part == 0)] = LIVER
        else:
            part[inside & (part <= LIVER)] = self.label
