"""A metastasis with its margin and everything from there out to the liver's surface."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from liverplan.errors import PlanError
from liverplan.resection.cuts.checks import checked_length, checked_point
from liverplan.resection.primitives import CONE, Primitive
from liverplan.volume import FloatArray, read_only

MAX_HALF_ANGLE_DEG = 80.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wedge:
    """Remove a lesion with its margin and everything from there out to the liver's surface.

    A round-tipped cone: the balls whose centres run from ``tip_mm`` along ``direction`` and whose
    radii grow from ``radius_mm`` at the half angle.

    Parameters
    ----------
    tip_mm : (3,) array
        Centre of the deepest ball, LPS; the lesion's centre, as a rule.
    direction : (3,) array
        Toward the surface; any length but zero, stored as a unit vector.
    radius_mm : float
        Of the deepest ball: the lesion's radius and the margin.
    half_angle_deg : float
        0 (a round-ended cylinder) to 80.
    """

    tip_mm: FloatArray
    direction: FloatArray
    radius_mm: float
    half_angle_deg: float = 20.0

    def __post_init__(self) -> None:
        direction = checked_point(self.direction, "A wedge's direction").copy()
        length = float(np.linalg.norm(direction))
        if length == 0:
            raise PlanError("A wedge's direction has no length.")
        if not 0 <= self.half_angle_deg <= MAX_HALF_ANGLE_DEG:
            raise PlanError(
                f"A wedge's half angle must be between 0 and {MAX_HALF_ANGLE_DEG:g} degrees, "
                f"not {self.half_angle_deg:g}."
            )
        direction /= length
        read_only(direction)
        object.__setattr__(self, "tip_mm", checked_point(self.tip_mm, "A wedge's tip"))
        object.__setattr__(self, "direction", direction)
        object.__setattr__(self, "radius_mm", checked_length(self.radius_mm, "A wedge's radius"))

    def primitives(self) -> tuple[Primitive, ...]:
        """Functions that are all negative where the cut removes tissue."""
        angle = np.radians(self.half_angle_deg)
        numbers = (*self.tip_mm, *self.direction, self.radius_mm, np.sin(angle), np.cos(angle))
        return (Primitive(kind=CONE, numbers=[float(v) for v in numbers]),)
