"""A ball of tissue, e.g. round a metastasis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from liverplan.findings import CutFinding
from liverplan.resection.cuts.base import Shape, Size, point_of
from liverplan.resection.cuts.checks import checked_length, checked_point
from liverplan.resection.cuts.handle import (
    RADII_MM,
    Handle,
    SlicePlane,
    length,
    moving,
    pulled_radius_mm,
    sliding,
)
from liverplan.resection.cuts.net import Extent, unit_ball
from liverplan.resection.cuts.rigid import around
from liverplan.resection.primitives import BALL, Primitive
from liverplan.volume import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sphere(Shape):
    """Remove a ball of tissue, e.g. round a lesion.

    Parameters
    ----------
    centre_mm : (3,) array
        LPS.
    radius_mm : float
    """

    kind: ClassVar[str] = "sphere"

    centre_mm: FloatArray
    radius_mm: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "centre_mm", checked_point(self.centre_mm, "A sphere's centre"))
        object.__setattr__(self, "radius_mm", checked_length(self.radius_mm, "A sphere's radius"))

    def primitives(self) -> tuple[Primitive, ...]:
        """One ball."""
        return (Primitive(kind=BALL, numbers=(*self.centre_mm.tolist(), self.radius_mm)),)

    def finding(self, removes_ml: float) -> CutFinding:
        """Return it as results name it."""
        return CutFinding(
            kind=self.kind,
            removes_ml=removes_ml,
            centre_mm=point_of(self.centre_mm),
            radius_mm=self.radius_mm,
        )

    def moved(self, by_mm: FloatArray) -> Self:
        """Return the ball elsewhere, by a (3,) vector, LPS mm."""
        return replace(self, centre_mm=self.centre_mm + by_mm)

    def turned(self, pivot_mm: FloatArray, rotation: FloatArray) -> Self:
        """Return the ball turned about a point, (3,) LPS mm, by a (3, 3) rotation."""
        return replace(self, centre_mm=around(self.centre_mm, pivot_mm, rotation))

    def sizes(self) -> tuple[Size, ...]:
        """Return its radius."""
        low, high = RADII_MM
        return (Size(name="radius", value=self.radius_mm, low=low, high=high),)

    def resized(self, number: int, value: float) -> Self:
        """Return the ball with another radius, mm."""
        del number
        return replace(self, radius_mm=value)

    def handles(self) -> tuple[Handle, ...]:
        """Its centre moves it, a point toward the left resizes it."""
        end = self.centre_mm + self.radius_mm * np.array([1.0, 0, 0])
        return (moving(self.centre_mm), sliding("resize", end, self.centre_mm))

    def handles_on(self, on: SlicePlane) -> tuple[Handle, ...]:
        """Return the same where a slice cuts the ball."""
        foot, off = on.onto(self.centre_mm), float(on.height_mm(self.centre_mm))
        if abs(off) >= self.radius_mm:
            return ()
        side = foot + np.sqrt(self.radius_mm**2 - off**2) * on.right
        return (moving(foot), Handle(what="resize", at_mm=side, foot_mm=foot))

    def _pulled(self, handle: Handle, to_mm: FloatArray) -> Self:
        del handle
        return replace(self, radius_mm=pulled_radius_mm(length(to_mm - self.centre_mm)))

    def nets_mm(self, extent: Extent) -> list[FloatArray]:
        """Return the ball's surface as a (U, V, 3) net, LPS mm."""
        del extent
        return [self.centre_mm + self.radius_mm * unit_ball()]

    def seen_from(self, near_mm: FloatArray) -> FloatArray:
        """(3,) LPS mm: its centre."""
        del near_mm
        return self.centre_mm
