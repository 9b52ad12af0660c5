"""An ablation zone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from liverplan.errors import PlanError
from liverplan.findings import CutFinding
from liverplan.resection.cuts.base import Shape, Size, point_of
from liverplan.resection.cuts.checks import checked_length, checked_point
from liverplan.resection.cuts.handle import (
    ARM_MM,
    RADII_MM,
    Handle,
    SlicePlane,
    length,
    moving,
    pulled_radius_mm,
    sliding,
    turning,
)
from liverplan.resection.cuts.net import Extent, unit_ball
from liverplan.resection.cuts.rigid import around, square
from liverplan.resection.primitives import ELLIPSOID, Primitive
from liverplan.volume import FloatArray, read_only


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ablation(Shape):
    """An ablation zone: an ellipsoid whose tissue stays in place but works no more.

    Parameters
    ----------
    centre_mm : (3,) array
        LPS.
    axes : (3, 3) array
        Its rows are the unit directions of the semi-axes, square to one another.
    radii_mm : (3,) array
        The semi-axes.
    """

    kind: ClassVar[str] = "ablation"
    ablates: ClassVar[bool] = True

    centre_mm: FloatArray
    radii_mm: FloatArray
    axes: FloatArray

    def __post_init__(self) -> None:
        axes = np.array(self.axes, dtype=np.float64)
        if axes.shape != (3, 3) or not np.isfinite(axes).all():
            raise PlanError("An ablation zone's axes must be three directions.")
        if np.abs(axes @ axes.T - np.eye(3)).max() > 1e-6:
            raise PlanError(
                "An ablation zone's axes must be unit vectors at right angles to one another."
            )
        radii = checked_point(self.radii_mm, "An ablation zone's radii").copy()
        for radius in radii:
            checked_length(float(radius), "An ablation zone's radius")
        read_only(axes)
        read_only(radii)
        object.__setattr__(
            self, "centre_mm", checked_point(self.centre_mm, "An ablation zone's centre")
        )
        object.__setattr__(self, "axes", axes)
        object.__setattr__(self, "radii_mm", radii)

    def primitives(self) -> tuple[Primitive, ...]:
        """One ellipsoid."""
        to_ball = self.axes / self.radii_mm[:, None]
        numbers = (*self.centre_mm, *to_ball.ravel(), self.radii_mm.min())
        return (Primitive(kind=ELLIPSOID, numbers=[float(v) for v in numbers]),)

    def finding(self, removes_ml: float) -> CutFinding:
        """Return it as results name it, with its longest semi-axis."""
        return CutFinding(
            kind=self.kind,
            removes_ml=removes_ml,
            centre_mm=point_of(self.centre_mm),
            radius_mm=float(self.radii_mm.max()),
        )

    def moved(self, by_mm: FloatArray) -> Self:
        """Return the zone elsewhere, by a (3,) vector, LPS mm."""
        return replace(self, centre_mm=self.centre_mm + by_mm)

    def turned(self, pivot_mm: FloatArray, rotation: FloatArray) -> Self:
        """Return the zone turned about a point, (3,) LPS mm, by a (3, 3) rotation."""
        centre = around(self.centre_mm, pivot_mm, rotation)
        return replace(self, centre_mm=centre, axes=square(self.axes @ rotation.T))

    def sizes(self) -> tuple[Size, ...]:
        """Return its three diameters."""
        low, high = (2 * r for r in RADII_MM)
        return tuple(
            Size(name="diameter", value=2 * float(radius), low=low, high=high)
            for radius in self.radii_mm
        )

    def resized(self, number: int, value: float) -> Self:
        """Return the zone with another diameter, mm, along one axis."""
        radii = self.radii_mm.copy()
        radii[number] = value / 2
        return replace(self, radii_mm=radii)

    def handles(self) -> tuple[Handle, ...]:
        """Its centre moves it, the end of each semi-axis resizes it, an arm turns it."""
        ends = self.centre_mm + self.radii_mm[:, None] * self.axes
        sizes = (sliding("resize", e, self.centre_mm, (n, 0)) for n, e in enumerate(ends))
        longest = int(np.argmax(self.radii_mm))
        tip = self.centre_mm - (self.radii_mm[longest] + ARM_MM) * self.axes[longest]
        return (moving(self.centre_mm), *sizes, turning(tip, self.centre_mm))

    def handles_on(self, on: SlicePlane) -> tuple[Handle, ...]:
        """Return the same on a slice, for the semi-axes that lie rather in it."""
        foot = on.onto(self.centre_mm)
        if abs(float(on.height_mm(self.centre_mm))) >= self.radii_mm.max():
            return ()
        found = [moving(foot)]
        arms = [on.within(r * axis) for r, axis in zip(self.radii_mm, self.axes, strict=True)]
        for n, arm in enumerate(arms):
            if length(arm) > 0.6 * self.radii_mm[n]:
                found.append(Handle(what="resize", at_mm=foot + arm, foot_mm=foot, part=(n, 0)))
        longest = arms[int(np.argmax([length(arm) for arm in arms]))]
        tip = foot - longest * (1 + 26 * on.mm_per_pixel / length(longest))
        return (*found, turning(tip, foot))

    def _pulled(self, handle: Handle, to_mm: FloatArray) -> Self:
        arm = handle.at_mm - handle.foot_mm
        radii = self.radii_mm.copy()
        axis = int(handle.part[0])
        pulled = radii[axis] * float((to_mm - handle.foot_mm) @ arm) / (arm @ arm)
        radii[axis] = pulled_radius_mm(pulled)
        return replace(self, radii_mm=radii)

    def nets_mm(self, extent: Extent) -> list[FloatArray]:
        """Return the zone's surface as a (U, V, 3) net, LPS mm."""
        del extent
        return [self.centre_mm + (unit_ball() * self.radii_mm) @ self.axes]

    def seen_from(self, near_mm: FloatArray) -> FloatArray:
        """(3,) LPS mm: its centre."""
        del near_mm
        return self.centre_mm
