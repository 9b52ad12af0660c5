"""Cuts as values: where the knife goes, and which side stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Self

import numpy as np
from numpy.typing import ArrayLike

from liverplan.errors import PlanError
from liverplan.findings import CutFinding
from liverplan.resection.cuts.base import FlatFrame, Shape, point_of
from liverplan.resection.cuts.checks import frame_of, is_unit
from liverplan.resection.cuts.net import Extent, across
from liverplan.resection.primitives import PLANE, Primitive
from liverplan.volume import FloatArray, read_only

FLAT_HALF_MM: Final = 200.0
"""Half the width of the map of a plane before it is cut to the liver."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plane(Shape):
    """A flat cut.

    Parameters
    ----------
    point_mm : (3,) array
        Any point of the plane, LPS mm.
    normal : (3,) array
        Points toward the tissue that stays; any length but zero, stored as a unit vector.

    Raises
    ------
    PlanError
        If a coordinate is not a number or the normal has no length.
    """

    kind: ClassVar[str] = "plane"
    can_lie_flat: ClassVar[bool] = True

    point_mm: FloatArray
    normal: FloatArray

    def __post_init__(self) -> None:
        point = np.array(self.point_mm, dtype=np.float64).reshape(-1)
        normal = np.array(self.normal, dtype=np.float64).reshape(-1)
        if point.shape != (3,) or normal.shape != (3,):
            raise PlanError("A plane is a point and a normal of three coordinates each.")
        if not (np.isfinite(point).all() and np.isfinite(normal).all()):
            raise PlanError("A plane's coordinates must be numbers, not NaN or infinity.")
        normal = _unit(normal)
        read_only(point)
        read_only(normal)
        object.__setattr__(self, "point_mm", point)
        object.__setattr__(self, "normal", normal)

    @property
    def offset_mm(self) -> float:
        """Signed distance of the plane from the origin, mm: tissue with n.x >= offset stays."""
        return float(self.normal @ self.point_mm)

    def signed_distance_mm(self, points_mm: ArrayLike) -> FloatArray:
        """(..., 3) LPS mm to (...) mm, positive on the side that stays."""
        return np.asarray(points_mm, dtype=np.float64) @ self.normal - self.offset_mm

    def primitives(self) -> tuple[Primitive, ...]:
        """Return the half-space that it removes."""
        return (Primitive(kind=PLANE, numbers=(*self.normal.tolist(), self.offset_mm)),)

    def finding(self, removes_ml: float) -> CutFinding:
        """Return it as results name it."""
        return CutFinding(kind=self.kind, removes_ml=removes_ml, centre_mm=point_of(self.point_mm))

    def shifted(self, distance_mm: float) -> Self:
        """Return the plane moved along its normal, into the tissue that stays if positive."""
        return type(self)(point_mm=self.point_mm + distance_mm * self.normal, normal=self.normal)

    def moved(self, by_mm: FloatArray) -> Self:
        """Return the plane moved by what of a (3,) vector, LPS mm, lies along its normal."""
        return self.shifted(float(by_mm @ self.normal))

    def turned(self, pivot_mm: FloatArray, rotation: FloatArray) -> Self:
        """Return the plane turned about a point, (3,) LPS mm, by a (3, 3) rotation.

        It is held at the pivot, if that lies on it, so that it can be turned on from there.
        """
        normal = rotation @ self.normal
        point = pivot_mm - float(self.signed_distance_mm(pivot_mm)) * normal
        return type(self)(point_mm=point, normal=normal)

    def tilted(self, pivot_mm: FloatArray, axis: FloatArray, angle_rad: float) -> Self:
        """Return the plane through a point of it, (3,) LPS mm, turned about a unit axis, (3,)."""
        n, cosine = self.normal, np.cos(angle_rad)
        turned = (
            n * cosine + np.cross(axis, n) * np.sin(angle_rad) + axis * (axis @ n) * (1 - cosine)
        )
        return type(self)(point_mm=pivot_mm, normal=turned)

    def flipped(self) -> Self:
        """Return the plane of which the other side stays."""
        return type(self)(point_mm=self.point_mm, normal=-self.normal)

    def nearest_mm(self, point_mm: FloatArray) -> FloatArray:
        """(3,) LPS point of the plane nearest to a point."""
        return np.asarray(point_mm - self.signed_distance_mm(point_mm) * self.normal)

    def nets_mm(self, extent: Extent) -> list[FloatArray]:
        """Return a square nearest to the liver's centre, (2, 2, 3) LPS mm."""
        a, b, c, d = self.square_mm(extent.centre_mm, extent.half_mm)
        return [np.array([[a, b], [d, c]])]

    def square_mm(self, centre_mm: FloatArray, half_mm: float) -> tuple[FloatArray, ...]:
        """Four corners, (3,) LPS mm, of a square in it, nearest to a point, one after the other."""
        foot = self.nearest_mm(centre_mm)
        u, v = across(self.normal)
        return (
            foot - half_mm * (u + v),
            foot + half_mm * (u - v),
            foot + half_mm * (u + v),
            foot - half_mm * (u - v),
        )

    def flat_frame(self, step_mm: float) -> FlatFrame:
        """Return points of a square round its own point."""
        axes = frame_of(self.normal)
        u = np.arange(-FLAT_HALF_MM, FLAT_HALF_MM + step_mm / 2, step_mm)
        points = self.point_mm + u[:, None, None] * axes[0] + u[None, :, None] * axes[1]
        return FlatFrame(points_mm=points, normal=self.normal)

    def seen_from(self, near_mm: FloatArray) -> FloatArray:
        """(3,) LPS mm: its point nearest to a point."""
        return self.nearest_mm(near_mm)


def _unit(vector: FloatArray) -> FloatArray:
    largest = float(np.abs(vector).max())
    if largest == 0:
        raise PlanError("A plane's normal has no length, so it has no direction.")
    if largest <= 1 and is_unit(vector):
        return vector
    scaled = vector / largest  # so that very small and very large normals keep their direction
    return np.asarray(scaled / np.linalg.norm(scaled), dtype=np.float64)
