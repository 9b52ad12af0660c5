"""Brush and eraser: discs on a slice, or balls, stamped along a path."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liverplan.errors import SegmentationError
from liverplan.segmentation.edit.provenance import edited
from liverplan.segmentation.labels import FIRST_LESION, LAST_LABEL, LIVER, Segmentation
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray, Volume

Kind = Literal["brush", "eraser"]

LARGEST_MM = 100.0
SOFT_TISSUE_HU, NEARLY_ALL_PERCENT = (0.0, 200.0), (2, 98)
STEP = 0.4
"""Distance between stamps, in radii."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brush:
    """What is stamped.

    Parameters
    ----------
    label : int
        The mask that is painted or erased. Painting the liver leaves lesions alone, painting a
        lesion leaves other lesions alone; erasing a lesion gives its voxels back to the liver.
    radius_mm : float
        Of the disc or ball; up to 100.
    kind : {"brush", "eraser"}
        Whether it paints or erases.
    across : {0, 1, 2} or None
        The array axis that the discs lie across, each on one slice; None stamps balls.
    limits_hu : (float, float) or None
        Lowest and highest density that changes, HU; None changes all.

    Raises
    ------
    SegmentationError
        If the label or axis is none, the radius not between 0 and 100 mm, or the limits crossed.
    """

    label: int = LIVER
    radius_mm: float
    kind: Kind = "brush"
    across: int | None = None
    limits_hu: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if not LIVER <= self.label <= LAST_LABEL:
            raise SegmentationError(f"Nothing can be painted with the label {self.label}.")
        if self.across not in {None, 0, 1, 2}:
            raise SegmentationError(f"A label map has no axis {self.across}.")
        if not 0 < self.radius_mm <= LARGEST_MM:
            raise SegmentationError(
                f"A brush has a radius of up to {LARGEST_MM:.0f} mm, not {self.radius_mm:g} mm."
            )
        if self.limits_hu is not None and self.limits_hu[0] > self.limits_hu[1]:
            raise SegmentationError("The lower threshold lies above the upper one.")


class Stroke:
    """One stroke: a private copy of the labels that grows along its path.

    Parameters
    ----------
    start : Segmentation
        The labels before the stroke; they are not touched.
    brush : Brush
        What is stamped.
    volume : Volume or None
        The CT, asked where the brush has limits.
    """

    def __init__(self, start: Segmentation, brush: Brush, volume: Volume | None = None) -> None:
        if brush.limits_hu is not None and volume is None:
            raise SegmentationError("A brush with limits of density needs a CT.")
        self.start = start
        self.brush = brush
        self._hu = None if volume is None else volume.hu
        self._labels = start.labels.copy()
        self._last: FloatArray | None = None

    @property
    def segmentation(self) -> Segmentation:
        """The labels as painted so far; the array is shared with the stroke."""
        return Segmentation(
            grid=self.start.grid, labels=self._labels.view(), provenance=self.start.provenance
        )

    def to(self, point_mm: ArrayLike) -> None:
        """Stamp from the last point to this one, (3,) LPS mm."""
        grid = self.start.grid
        here = grid.to_index(point_mm) * np.array(grid.spacing_mm)
        if here.shape != (3,) or not np.isfinite(here).all():
            raise SegmentationError("A point is three coordinates in millimetres.")
        first = here if self._last is None else self._last
        steps = int(np.linalg.norm(here - first) / (STEP * self.brush.radius_mm)) + 1
        for n in range(1, steps + 1):
            self._stamp(first + (here - first) * n / steps)
        self._last = here

    def done(self) -> Segmentation | None:
        """Return what was painted, counted as an edit; None where nothing changed."""
        if np.array_equal(self._labels, self.start.labels):
            return None
        return edited(self.start, self._labels.copy(), [self.brush.label])

    def _stamp(self, centre: FloatArray) -> None:
        """Stamp once around a (3,) place, mm along the lattice."""
        low, high = self._reach(centre)
        if np.any(low >= high):
            return
        box = tuple(slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
        inside = self._footprint(centre, low, high)
        if self._hu is not None and self.brush.limits_hu is not None:
            lowest, highest = self.brush.limits_hu
            inside &= (self._hu[box] >= lowest) & (self._hu[box] <= highest)
        _apply(self.brush, self._labels[box], inside)

    def _reach(self, centre: FloatArray) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
        """Return the first voxel that a stamp may reach, and the one after the last."""
        spacing = np.array(self.start.grid.spacing_mm)
        shape = np.array(self.start.grid.shape)
        reach = self.brush.radius_mm
        low = np.maximum(np.ceil((centre - reach) / spacing - 1e-6), 0).astype(int)
        high = np.minimum(np.floor((centre + reach) / spacing + 1e-6) + 1, shape).astype(int)
        if (across := self.brush.across) is not None:
            here = round(float(centre[across] / spacing[across]))
            low[across], high[across] = max(here, 0), min(here + 1, shape[across])
        return low, high

    def _footprint(self, centre: FloatArray, low: NDArray[np.int_], high: NDArray[np.int_]) -> Mask:
        """(k, j, i) which voxels of a box a stamp covers; of discs, the box is one slice."""
        spacing = self.start.grid.spacing_mm
        k, j, i = (
            np.zeros(1) if axis == self.brush.across else (np.arange(a, b) * mm - c) ** 2
            for axis, (a, b, mm, c) in enumerate(zip(low, high, spacing, centre, strict=True))
        )
        squares = k[:, None, None] + j[None, :, None] + i[None, None, :]
        return np.asarray(squares <= self.brush.radius_mm**2)


def paint(
    segmentation: Segmentation,
    brush: Brush,
    points_mm: Iterable[ArrayLike],
    volume: Volume | None = None,
) -> Segmentation:
    """Paint or erase along a path.

    Parameters
    ----------
    segmentation : Segmentation
        The labels to change.
    brush : Brush
        What is stamped.
    points_mm : (n, 3) array
        The path, LPS mm.
    volume : Volume or None
        The CT, asked where the brush has limits.

    Returns
    -------
    Segmentation
        The same one where nothing changed.
    """
    stroke = Stroke(segmentation, brush, volume)
    for point in points_mm:
        stroke.to(point)
    return stroke.done() or segmentation


def liver_limits_hu(volume: Volume, segmentation: Segmentation) -> tuple[float, float]:
    """Densities between which nearly all of the liver's tissue lies, HU, in steps of 5.

    Without a liver, those of soft tissue.
    """
    thin = (slice(None, None, 2), slice(None, None, 4), slice(None, None, 4))
    tissue = volume.hu[thin][segmentation.labels[thin] == LIVER]
    if not tissue.size:
        return SOFT_TISSUE_HU
    low, high = np.percentile(tissue, NEARLY_ALL_PERCENT)
    return float(np.floor(low / 5) * 5), float(np.ceil(high / 5) * 5)


def _apply(brush: Brush, part: NDArray[np.uint8], inside: Mask) -> None:
    if brush.kind == "eraser":
        behind = LIVER if brush.label >= FIRST_LESION else 0
        part[inside & (part == brush.label)] = behind
    elif brush.label == LIVER:
        part[inside & (part == 0)] = LIVER
    else:
        part[inside & (part <= LIVER)] = brush.label
