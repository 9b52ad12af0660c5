"""Cuts that remove a shape: spheres and wedges round a lesion, clefts, ablation zones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from liverplan.errors import PlanError
from liverplan.resection.cuts import Plane
from liverplan.resection.primitives import BALL, CONE, ELLIPSOID, PLANE, Primitive
from liverplan.volume import FloatArray, read_only

MAX_HALF_ANGLE_DEG = 80.0


def _point(value: ArrayLike, what: str) -> FloatArray:
    point = np.array(value, dtype=np.float64).reshape(-1)
    if point.shape != (3,) or not np.isfinite(point).all():
        raise PlanError(f"{what} must be three numbers, not {value!r}.")
    read_only(point)
    return point


def _length(value: float, what: str) -> float:
    length = float(value)
    if not (np.isfinite(length) and 0 < length < 1000):
        raise PlanError(f"{what} must be between 0 and 1000 mm, not {length:g}.")
    return length


def plane_primitive(plane: Plane) -> Primitive:
    """Return the half-space that a plane removes."""
    return Primitive(kind=PLANE, numbers=(*plane.normal.tolist(), plane.offset_mm))


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
        object.__setattr__(self, "centre_mm", _point(self.centre_mm, "A sphere's centre"))
        object.__setattr__(self, "radius_mm", _length(self.radius_mm, "A sphere's radius"))

    def primitives(self) -> tuple[Primitive, ...]:
        """Functions that are all negative where the cut removes tissue."""
        return (Primitive(kind=BALL, numbers=(*self.centre_mm.tolist(), self.radius_mm)),)


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
        direction = _point(self.direction, "A wedge's direction").copy()
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
        object.__setattr__(self, "tip_mm", _point(self.tip_mm, "A wedge's tip"))
        object.__setattr__(self, "direction", direction)
        object.__setattr__(self, "radius_mm", _length(self.radius_mm, "A wedge's radius"))

    def primitives(self) -> tuple[Primitive, ...]:
        """Functions that are all negative where the cut removes tissue."""
        angle = np.radians(self.half_angle_deg)
        numbers = (*self.tip_mm, *self.direction, self.radius_mm, np.sin(angle), np.cos(angle))
        return (Primitive(kind=CONE, numbers=[float(v) for v in numbers]),)


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ablation:
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
        radii = _point(self.radii_mm, "An ablation zone's radii").copy()
        for radius in radii:
            _length(float(radius), "An ablation zone's radius")
        read_only(axes)
        read_only(radii)
        object.__setattr__(self, "centre_mm", _point(self.centre_mm, "An ablation zone's centre"))
        object.__setattr__(self, "axes", axes)
        object.__setattr__(self, "radii_mm", radii)

    def primitives(self) -> tuple[Primitive, ...]:
        """Functions that are all negative where the cut removes tissue."""
        to_ball = self.axes / self.radii_mm[:, None]
        numbers = (*self.centre_mm, *to_ball.ravel(), self.radii_mm.min())
        return (Primitive(kind=ELLIPSOID, numbers=[float(v) for v in numbers]),)
