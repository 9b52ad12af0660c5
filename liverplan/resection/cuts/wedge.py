"""A metastasis with its margin and everything from there out to the liver's surface."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Self

import numpy as np

from liverplan.errors import PlanError
from liverplan.findings import CutFinding
from liverplan.resection.cuts.base import Shape, Size, point_of
from liverplan.resection.cuts.checks import checked_length, checked_point, frame_of, is_unit
from liverplan.resection.cuts.handle import (
    ARM_MM,
    LEAST_IN_PLANE,
    RADII_MM,
    Handle,
    SlicePlane,
    length,
    moving,
    pulled_radius_mm,
    sliding,
    turning,
)
from liverplan.resection.cuts.net import ROUND, Extent
from liverplan.resection.cuts.rigid import around
from liverplan.resection.primitives import CONE, Primitive
from liverplan.volume import FloatArray, read_only

MAX_HALF_ANGLE_DEG: Final = 80.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wedge(Shape):
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

    kind: ClassVar[str] = "wedge"

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
        if not is_unit(direction):
            direction /= length
        read_only(direction)
        object.__setattr__(self, "tip_mm", checked_point(self.tip_mm, "A wedge's tip"))
        object.__setattr__(self, "direction", direction)
        object.__setattr__(self, "radius_mm", checked_length(self.radius_mm, "A wedge's radius"))

    def primitives(self) -> tuple[Primitive, ...]:
        """One round-tipped cone."""
        angle = np.radians(self.half_angle_deg)
        numbers = (*self.tip_mm, *self.direction, self.radius_mm, np.sin(angle), np.cos(angle))
        return (Primitive(kind=CONE, numbers=[float(v) for v in numbers]),)

    def finding(self, removes_ml: float) -> CutFinding:
        """Return it as results name it, with its deepest ball."""
        return CutFinding(
            kind=self.kind,
            removes_ml=removes_ml,
            centre_mm=point_of(self.tip_mm),
            radius_mm=self.radius_mm,
        )

    def moved(self, by_mm: FloatArray) -> Self:
        """Return the wedge elsewhere, by a (3,) vector, LPS mm."""
        return replace(self, tip_mm=self.tip_mm + by_mm)

    def turned(self, pivot_mm: FloatArray, rotation: FloatArray) -> Self:
        """Return the wedge turned about a point, (3,) LPS mm, by a (3, 3) rotation."""
        tip = around(self.tip_mm, pivot_mm, rotation)
        return replace(self, tip_mm=tip, direction=rotation @ self.direction)

    def sizes(self) -> tuple[Size, ...]:
        """Return its deepest ball's radius, and how far it opens."""
        low, high = RADII_MM
        return (
            Size(name="radius", value=self.radius_mm, low=low, high=high),
            Size(name="opening", value=self.half_angle_deg, low=0, high=MAX_HALF_ANGLE_DEG),
        )

    def resized(self, number: int, value: float) -> Self:
        """Return the wedge with another radius, mm, or half angle, degrees."""
        return replace(self, half_angle_deg=value) if number else replace(self, radius_mm=value)

    def handles(self) -> tuple[Handle, ...]:
        """Its tip moves it; a point ahead turns it, its ball resizes it, its side opens it."""
        u, v, w = frame_of(self.direction)
        ahead = self.radius_mm + ARM_MM
        axis = self.tip_mm + ahead * w
        side = axis + self._side_mm(ahead) * u
        spread = Handle(what="spread", at_mm=side, foot_mm=axis, along=u)
        size = sliding("resize", self.tip_mm + self.radius_mm * v, self.tip_mm)
        return (moving(self.tip_mm), turning(axis, self.tip_mm), size, spread)

    def handles_on(self, on: SlicePlane) -> tuple[Handle, ...]:
        """Return the same on a slice, those ahead only where the wedge lies rather in it."""
        foot, off = on.onto(self.tip_mm), float(on.height_mm(self.tip_mm))
        ahead = on.within(self.direction)
        lean = length(ahead)
        found: list[Handle] = []
        if lean > LEAST_IN_PLANE and abs(off) < self.radius_mm + ARM_MM:
            ahead = ahead / lean
            found = [turning(foot + (self.radius_mm + ARM_MM) * ahead, foot)]
            found += self._spread_on(on, foot, ahead)
        if abs(off) >= self.radius_mm:
            return tuple(found)
        back = foot - np.sqrt(self.radius_mm**2 - off**2) * (ahead / length(ahead))
        round_end = -self.radius_mm * np.sin(np.radians(self.half_angle_deg))
        if lean > LEAST_IN_PLANE and (back - self.tip_mm) @ self.direction < round_end:
            found.append(Handle(what="resize", at_mm=back, foot_mm=foot))
        return (moving(foot), *found)

    def nets_mm(self, extent: Extent) -> list[FloatArray]:
        """Return its round tip and straight sides out to where the liver ends, (U, V, 3) LPS mm."""
        angle, u_v_w = np.radians(self.half_angle_deg), frame_of(self.direction)
        reach = self._reach_mm(extent.vertices_mm)
        turn = np.linspace(0, np.pi / 2 - angle, 10)
        along = np.append(-self.radius_mm * np.cos(turn), reach)
        side = (self.radius_mm + reach * np.sin(angle)) / np.cos(angle)
        out = np.append(self.radius_mm * np.sin(turn), side)
        about = np.linspace(0, 2 * np.pi, ROUND + 1)
        local = np.stack(
            [
                out[:, None] * np.cos(about),
                out[:, None] * np.sin(about),
                np.repeat(along[:, None], about.size, axis=1),
            ],
            axis=-1,
        )
        return [np.asarray(self.tip_mm + local @ u_v_w)]

    def seen_from(self, near_mm: FloatArray) -> FloatArray:
        """(3,) LPS mm: its tip."""
        del near_mm
        return self.tip_mm

    def _pulled(self, handle: Handle, to_mm: FloatArray) -> Self:
        if handle.what == "spread":
            return self._opened_to(to_mm)
        return replace(self, radius_mm=pulled_radius_mm(length(to_mm - self.tip_mm)))

    def _opened_to(self, to_mm: FloatArray) -> Self:
        """Open it so that its side passes through a point."""
        off = to_mm - self.tip_mm
        ahead = float(off @ self.direction)
        beside = math.sqrt(max(float(off @ off) - ahead**2, 0.0))
        reach = math.hypot(ahead, beside)
        lean = math.acos(min(self.radius_mm / max(reach, 1e-9), 1.0))
        angle = math.degrees(lean - math.atan2(ahead, beside))
        return replace(self, half_angle_deg=min(max(angle, 0.0), MAX_HALF_ANGLE_DEG))

    def _side_mm(self, ahead_mm: float) -> float:
        """Distance of its side from its axis, so far ahead of its tip."""
        angle = np.radians(self.half_angle_deg)
        return float((self.radius_mm + ahead_mm * np.sin(angle)) / np.cos(angle))

    def _spread_on(self, on: SlicePlane, foot: FloatArray, ahead: FloatArray) -> list[Handle]:
        """Return the handle on its side, where that side crosses a slice."""
        off, lean = -float(on.height_mm(self.tip_mm)), float(self.direction @ ahead)
        reach = self.radius_mm + 0.6 * ARM_MM
        along = (reach - off * float(self.direction @ on.normal)) / lean
        beside2 = self._side_mm(reach) ** 2 + reach**2 - along**2 - off**2
        if beside2 <= 0:
            return []
        at = foot + along * ahead + np.sqrt(beside2) * np.cross(on.normal, ahead)
        return [Handle(what="spread", at_mm=at, foot_mm=foot)]

    def _reach_mm(self, vertices_mm: FloatArray) -> float:
        """How far along its axis the liver goes on inside it, and a little more."""
        angle = np.radians(self.half_angle_deg)
        off = vertices_mm - self.tip_mm
        ahead = off @ self.direction
        beside = np.sqrt(np.maximum((off**2).sum(axis=1) - ahead**2, 0))
        inside = beside * np.cos(angle) - ahead * np.sin(angle) < self.radius_mm
        return float(ahead[inside & (ahead > 0)].max(initial=self.radius_mm)) + 4
