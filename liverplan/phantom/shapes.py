"""Shapes to paint: each tells how far a point lies outside it, about right near its surface.

Only +, -, *, / and square roots are used on pixels, so that the same code paints the same pixels
on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from liverplan.volume import FloatArray

Pixels = NDArray[np.float32]
Box = tuple[FloatArray, FloatArray]
"""Two corners, LPS mm: the smallest x, y, z and the largest."""

EVERYWHERE: Box = (np.full(3, -np.inf), np.full(3, np.inf))
_TINY = np.float32(1e-6)


class Shape(Protocol):
    """Something to paint."""

    @property
    def box(self) -> Box:
        """Where the shape may lie."""
        ...

    def distance_mm(self, x: Pixels, y: Pixels, z: Pixels) -> Pixels:
        """(N,) coordinates, LPS mm, to (N,) roughly signed distances, mm, negative inside.

        Coordinates of any shapes that broadcast together are taken.
        """
        ...


@dataclass(frozen=True, kw_only=True, eq=False)
class Egg:
    """An ellipsoid whose semi-axes may differ on the two sides of each axis.

    Parameters
    ----------
    centre_mm : (3,) array
        LPS mm.
    low_mm, high_mm : (3,) array
        Semi-axes toward smaller and larger coordinates.
    turn : (3, 3) array
        Columns are the axes' unit directions.
    """

    centre_mm: FloatArray
    low_mm: FloatArray
    high_mm: FloatArray
    turn: FloatArray = field(default_factory=lambda: np.eye(3))

    @property
    def box(self) -> Box:
        """Where the shape may lie."""
        reach = np.linalg.norm(self.turn * np.maximum(self.low_mm, self.high_mm), axis=1)
        return self.centre_mm - reach, self.centre_mm + reach

    def distance_mm(self, x: Pixels, y: Pixels, z: Pixels) -> Pixels:
        """(N,) coordinates to (N,) mm, roughly: the function's value over its slope."""
        p = [v - np.float32(c) for v, c in zip((x, y, z), self.centre_mm, strict=True)]
        value: Pixels = np.full(1, -1, dtype=np.float32)
        slope: Pixels = np.full(1, _TINY)
        for axis, low, high in zip(self.turn.T, self.low_mm, self.high_mm, strict=True):
            # left out where it counts for nothing, a coordinate need not be spread over all points
            u = sum(v * np.float32(a) for v, a in zip(p, axis, strict=True) if a)
            inverse = np.where(u < 0, np.float32(1 / low), np.float32(1 / high))
            scaled = u * inverse
            gradient = scaled * inverse
            value = value + scaled * scaled
            slope = slope + gradient * gradient
        return np.asarray(value / (2 * np.sqrt(slope)), dtype=np.float32)


def ellipsoid(
    centre_mm: Sequence[float], axes_mm: Sequence[float], turn: FloatArray | None = None
) -> Egg:
    """Return an ellipsoid by its centre and semi-axes, (3,) each, mm; turned by a (3, 3) matrix."""
    axes = np.array(axes_mm, dtype=np.float64)
    return Egg(
        centre_mm=np.array(centre_mm, dtype=np.float64),
        low_mm=axes,
        high_mm=axes,
        turn=np.eye(3) if turn is None else turn,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Tube:
    """A straight piece of a vessel with round ends; its radius changes from start to end."""

    start_mm: FloatArray
    end_mm: FloatArray
    start_radius_mm: float
    end_radius_mm: float

    @property
    def box(self) -> Box:
        """Where the shape may lie."""
        radius = max(self.start_radius_mm, self.end_radius_mm)
        ends = np.stack([self.start_mm, self.end_mm])
        return ends.min(axis=0) - radius, ends.max(axis=0) + radius

    def distance_mm(self, x: Pixels, y: Pixels, z: Pixels) -> Pixels:
        """(N,) coordinates to (N,) mm: the distance to the axis less the radius there."""
        along = self.end_mm - self.start_mm
        p = [v - np.float32(s) for v, s in zip((x, y, z), self.start_mm, strict=True)]
        share = sum(v * np.float32(a) for v, a in zip(p, along / (along @ along), strict=True))
        share = np.clip(share, np.float32(0), np.float32(1))
        off = [v - share * np.float32(a) for v, a in zip(p, along, strict=True)]
        radius = np.float32(self.start_radius_mm) + share * np.float32(
            self.end_radius_mm - self.start_radius_mm
        )
        squared = off[0] * off[0] + off[1] * off[1] + off[2] * off[2]
        return np.asarray(np.sqrt(squared) - radius, dtype=np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class Beyond:
    """The points with normal . x <= offset."""

    normal: FloatArray
    offset_mm: float

    @property
    def box(self) -> Box:
        """Everywhere: a half-space has no box worth a name."""
        return EVERYWHERE

    def distance_mm(self, x: Pixels, y: Pixels, z: Pixels) -> Pixels:
        """(N,) coordinates to (N,) signed distances, mm."""
        nx, ny, nz = (np.float32(v) for v in self.normal)
        return np.asarray(x * nx + y * ny + z * nz - np.float32(self.offset_mm))


@dataclass(frozen=True, kw_only=True, eq=False)
class Common:
    """The points that lie in every part."""

    parts: tuple[Shape, ...]

    @property
    def box(self) -> Box:
        """Where the parts' boxes overlap."""
        boxes = [part.box for part in self.parts]
        return np.max([b[0] for b in boxes], axis=0), np.min([b[1] for b in boxes], axis=0)

    def distance_mm(self, x: Pixels, y: Pixels, z: Pixels) -> Pixels:
        """(N,) coordinates to (N,) mm: the largest of the parts' distances."""
        distance = self.parts[0].distance_mm(x, y, z)
        for part in self.parts[1:]:
            distance = np.maximum(distance, part.distance_mm(x, y, z))
        return distance


@dataclass(frozen=True, kw_only=True, eq=False)
class Together:
    """The points that lie in any part."""

    parts: tuple[Shape, ...]

    @property
    def box(self) -> Box:
        """Box around all parts."""
        boxes = [part.box for part in self.parts]
        return np.min([b[0] for b in boxes], axis=0), np.max([b[1] for b in boxes], axis=0)

    def distance_mm(self, x: Pixels, y: Pixels, z: Pixels) -> Pixels:
        """(N,) coordinates to (N,) mm: the smallest of the parts' distances."""
        distance = self.parts[0].distance_mm(x, y, z)
        for part in self.parts[1:]:
            distance = np.minimum(distance, part.distance_mm(x, y, z))
        return distance


@dataclass(frozen=True, kw_only=True, eq=False)
class Without:
    """The points of one shape that do not lie in another."""

    whole: Shape
    hole: Shape

    @property
    def box(self) -> Box:
        """Box of the whole."""
        return self.whole.box

    def distance_mm(self, x: Pixels, y: Pixels, z: Pixels) -> Pixels:
        """(N,) coordinates to (N,) signed distances, mm, roughly."""
        return np.maximum(self.whole.distance_mm(x, y, z), -self.hole.distance_mm(x, y, z))
