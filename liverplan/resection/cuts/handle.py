"""Handles: where a cut can be taken, and the slice on which that is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from liverplan.volume import FloatArray

What = Literal["move", "turn", "resize", "spread", "bend"]

RADII_MM: Final = (2.0, 150.0)
"""A handle makes nothing smaller or larger."""

LEAST_IN_PLANE: Final = 0.35
"""Of a direction's length: what leans more out of the slice has no handle on it."""

ARM_MM: Final = 28.0
"""From a body's surface to the handle that turns it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Handle:
    """One spot to take a cut by.

    Parameters
    ----------
    what : str
        What pulling does; it names the undoable step.
    at_mm : (3,) array
        Where it stands, LPS.
    foot_mm : (3,) array
        The end of its arm, LPS: turning is about it, sizes grow from it.
    along : (3,) array or None
        Unit vector, the only direction in which it slides; None: it goes with the mouse.
    part : (float, float)
        Which semi-axis it sizes, where in a surface's net it bends, or which side of a V it turns.
    """

    what: What
    at_mm: FloatArray
    foot_mm: FloatArray
    along: FloatArray | None = None
    part: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SlicePlane:
    """The slice on which handles are wanted.

    Parameters
    ----------
    point_mm : (3,) array
        Any point of it, LPS.
    right, down : (3,) arrays
        Unit vectors along it.
    mm_per_pixel : float
    """

    point_mm: FloatArray
    right: FloatArray
    down: FloatArray
    mm_per_pixel: float

    @property
    def normal(self) -> FloatArray:
        """(3,) unit vector square to the slice."""
        return np.asarray(np.cross(self.right, self.down))

    def height_mm(self, points_mm: FloatArray) -> FloatArray:
        """(..., 3) LPS points to (...) mm: signed distance from the slice."""
        return np.asarray((points_mm - self.point_mm) @ self.normal)

    def onto(self, point_mm: FloatArray) -> FloatArray:
        """(3,) point of the slice nearest to a point, LPS mm."""
        return np.asarray(point_mm - self.height_mm(point_mm) * self.normal)

    def within(self, vector: FloatArray) -> FloatArray:
        """(3,) what of a vector lies in the slice."""
        return np.asarray(vector - (vector @ self.normal) * self.normal)


def moving(at_mm: FloatArray, along: FloatArray | None = None) -> Handle:
    """Return the handle that moves a cut from a point, (3,) LPS mm."""
    return Handle(what="move", at_mm=at_mm, foot_mm=at_mm, along=along)


def turning(at_mm: FloatArray, foot_mm: FloatArray) -> Handle:
    """Return the handle that turns a cut about a point, (3,) LPS mm."""
    return Handle(what="turn", at_mm=at_mm, foot_mm=foot_mm)


def sliding(
    what: What, at_mm: FloatArray, foot_mm: FloatArray, part: tuple[float, float] = (0, 0)
) -> Handle:
    """Return a handle that slides along its arm, from its (3,) foot to where it stands, LPS mm."""
    arm = at_mm - foot_mm
    return Handle(what=what, at_mm=at_mm, foot_mm=foot_mm, along=arm / length(arm), part=part)


def length(vector: FloatArray) -> float:
    """Length of a (3,) vector; 1 where it has none, so that it can be divided by."""
    return float(np.linalg.norm(vector)) or 1.0


def pulled_radius_mm(mm: float) -> float:
    """Return a radius as large as a handle may make it."""
    return min(max(mm, RADII_MM[0]), RADII_MM[1])
