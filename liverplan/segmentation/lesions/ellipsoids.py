"""Ellipsoids whose section in the drawn slice has the drawn axes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from liverplan.volume import FloatArray

USUAL_SHORT = 0.75
SHORT_FRACTIONS = (0.55, 0.7, 0.85, 1.0)
"""Short axes that are tried, of the long one, where none was drawn."""
HEIGHTS = (0.7, 0.9, 1.1, 1.35, 1.6)
"""Half axes across the slice that are tried, of the short one."""
TALLEST = 1.1
"""The half axis across the slice is at most so many times the long one."""
SHIFTS = (-0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6)
"""How far the middle may lie off the slice, of the half axis across it."""


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """Half axes along the long axis, the short one and across the slice, and its shift there."""

    half_mm: tuple[float, float, float]
    shift_mm: float = 0.0

    @property
    def size_mm(self) -> float:
        """Mean half axis."""
        return float(np.cbrt(np.prod(self.half_mm)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrawnAxes:
    """A stroke's axes.

    Parameters
    ----------
    middle : (3,) array
        LPS mm.
    axes : (3, 3) array
        Unit rows: along the long axis, across it, and out of their slice.
    long_half_mm, short_half_mm : float
        Half lengths, mm; the short one is None where it was not drawn.
    """

    middle: FloatArray
    axes: FloatArray
    long_half_mm: float
    short_half_mm: float | None

    @classmethod
    def of(
        cls,
        start: FloatArray,
        end: FloatArray,
        short_axis_mm: tuple[ArrayLike, ArrayLike] | None,
    ) -> DrawnAxes:
        """Read (3,) ends, LPS mm; without a short axis, across lies in the axial slice."""
        length = float(np.linalg.norm(end - start))
        along = (end - start) / length
        head = np.array((0.0, 0.0, 1.0)) if abs(along[2]) < 0.9 else np.array((0.0, 1.0, 0.0))
        across = np.cross(head, along)
        middle, short_half = (start + end) / 2, None
        if short_axis_mm is not None:
            a, b = (np.asarray(p, dtype=float) for p in short_axis_mm)
            short_half = min(max(float(np.linalg.norm(b - a)) / 2, 0.5), length / 2)
            across = (b - a) - ((b - a) @ along) * along
            middle = middle + 0.5 * _across((a + b) / 2 - middle, along)
        across /= np.linalg.norm(across)
        axes = np.stack([along, across, np.cross(along, across)])
        return cls(middle=middle, axes=axes, long_half_mm=length / 2, short_half_mm=short_half)

    def guess(self) -> Ellipsoid:
        """Return the likeliest ellipsoid before the CT is looked at."""
        across = self.short_half_mm or USUAL_SHORT * self.long_half_mm
        return Ellipsoid((self.long_half_mm, across, across))

    def candidates(self) -> list[Ellipsoid]:
        """Ellipsoids whose section in the drawn slice has the drawn axes."""
        return [
            self._ellipsoid(short, height, shift)
            for short in self._short_halves_mm()
            for height in HEIGHTS
            for shift in SHIFTS
        ]

    def _short_halves_mm(self) -> list[float]:
        if self.short_half_mm:
            return [self.short_half_mm]
        return [fraction * self.long_half_mm for fraction in SHORT_FRACTIONS]

    def _ellipsoid(self, short_mm: float, height: float, shift: float) -> Ellipsoid:
        """Return the ellipsoid that the slice cuts so far off its middle that its axes fit."""
        deep = min(height * short_mm, TALLEST * self.long_half_mm)
        grow = 1 / np.sqrt(1 - shift**2)
        return Ellipsoid((self.long_half_mm * grow, short_mm * grow, deep), shift * deep)


def ellipsoid_radius(points: FloatArray, shape: Ellipsoid) -> FloatArray:
    """Distance from an ellipsoid's middle in units of its radius: 1 on its surface.

    Parameters
    ----------
    points : (..., 3) array
        Along the drawn axes, mm from their middle.
    shape : Ellipsoid

    Returns
    -------
    (...) array
    """
    a, b, c = shape.half_mm
    x, y, z = np.moveaxis(points, -1, 0)
    return np.asarray(np.sqrt((x / a) ** 2 + (y / b) ** 2 + ((z - shape.shift_mm) / c) ** 2))


def _across(vector: FloatArray, along: FloatArray) -> FloatArray:
    return np.asarray(vector - (vector @ along) * along)
