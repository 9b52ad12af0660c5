"""A ball of tissue, e.g. round a metastasis."""

from __future__ import annotations

from dataclasses import dataclass

from liverplan.resection.cuts.checks import checked_length, checked_point
from liverplan.resection.primitives import BALL, Primitive
from liverplan.volume import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sphere:
    """Remove a ball of tissue, e.g. round a lesion.

    Parameters
    ----------
    centre_mm : (3,) array
        LPS.
    radius_mm : float
    """

    centre_mm: FloatArray
    radius_mm: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "centre_mm", checked_point(self.centre_mm, "A sphere's centre"))
        object.__setattr__(self, "radius_mm", checked_length(self.radius_mm, "A sphere's radius"))

    def primitives(self) -> tuple[Primitive, ...]:
        """Functions that are all negative where the cut removes tissue."""
        return (Primitive(kind=BALL, numbers=(*self.centre_mm.tolist(), self.radius_mm)),)
