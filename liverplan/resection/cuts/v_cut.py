"""What lies beyond several planes: a V, or a convex piece."""

from __future__ import annotations

from dataclasses import dataclass

from liverplan.errors import PlanError
from liverplan.resection.cuts.plane import Plane, plane_primitive
from liverplan.resection.primitives import Primitive


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cleft:
    """Remove what lies beyond every one of two or more planes: a V, or a convex piece.

    Parameters
    ----------
    planes : tuple of Plane
        Each normal points toward the tissue that stays.
    """

    planes: tuple[Plane, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "planes", tuple(self.planes))
        if len(self.planes) < 2:
            raise PlanError(f"A cleft needs two planes or more, not {len(self.planes)}.")

    def primitives(self) -> tuple[Primitive, ...]:
        """Functions that are all negative where the cut removes tissue."""
        return tuple(plane_primitive(plane) for plane in self.planes)
