"""Cuts as values: where the knife goes, and which side stays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from liverplan.errors import PlanError
from liverplan.resection.primitives import PLANE, Primitive
from liverplan.volume import FloatArray, read_only


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plane:
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

    def shifted(self, distance_mm: float) -> Plane:
        """Return the plane moved along its normal, into the tissue that stays if positive."""
        return Plane(point_mm=self.point_mm + distance_mm * self.normal, normal=self.normal)


def plane_primitive(plane: Plane) -> Primitive:
    """Return the half-space that a plane removes."""
    return Primitive(kind=PLANE, numbers=(*plane.normal.tolist(), plane.offset_mm))


def _unit(vector: FloatArray) -> FloatArray:
    largest = float(np.abs(vector).max())
    if largest == 0:
        raise PlanError("A plane's normal has no length, so it has no direction.")
    if largest <= 1 and abs(float(vector @ vector) - 1.0) < 4 * np.finfo(np.float64).eps:
        return vector  # a stored unit vector comes back to the last bit
    scaled = vector / largest  # so that very small and very large normals keep their direction
    return np.asarray(scaled / np.linalg.norm(scaled), dtype=np.float64)
