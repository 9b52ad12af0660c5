"""What lies beyond several planes: a V, or a convex piece."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Self

import numpy as np

from liverplan.errors import PlanError
from liverplan.findings import CutFinding
from liverplan.resection.cuts.base import Shape
from liverplan.resection.cuts.handle import ARM_MM, Handle, SlicePlane, length, moving
from liverplan.resection.cuts.net import Extent
from liverplan.resection.cuts.plane import Plane
from liverplan.resection.cuts.rigid import around
from liverplan.resection.primitives import Primitive
from liverplan.volume import FloatArray

LEAST_EDGE: Final = 0.05
"""A V flatter than this, or an edge that nearly lies in the slice, has no handles."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VCut(Shape):
    """Remove what lies beyond every one of two or more planes: a V, or a convex piece.

    Parameters
    ----------
    planes : tuple of Plane
        Each normal points toward the tissue that stays.
    """

    kind: ClassVar[str] = "cleft"

    planes: tuple[Plane, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "planes", tuple(self.planes))
        if len(self.planes) < 2:
            raise PlanError(f"A cleft needs two planes or more, not {len(self.planes)}.")

    def to_json(self) -> dict[str, Any]:
        """Return its kind and its planes, mm in LPS."""
        return {"kind": self.kind, "planes": [plane.to_json() for plane in self.planes]}

    @classmethod
    def _of(cls, values: Mapping[str, Any], where: str) -> Self:
        planes: Sequence[Mapping[str, Any]] = values["planes"]
        return cls(planes=tuple(Plane.from_json(plane, where) for plane in planes))

    def primitives(self) -> tuple[Primitive, ...]:
        """One half-space a plane."""
        return tuple(primitive for plane in self.planes for primitive in plane.primitives())

    def finding(self, removes_ml: float) -> CutFinding:
        """Return it as results name it."""
        return CutFinding(kind=self.kind, removes_ml=removes_ml)

    def moved(self, by_mm: FloatArray) -> Self:
        """Return the V elsewhere, by a (3,) vector, LPS mm."""
        return type(self)(
            planes=tuple(replace(p, point_mm=p.point_mm + by_mm) for p in self.planes)
        )

    def turned(self, pivot_mm: FloatArray, rotation: FloatArray) -> Self:
        """Return the V turned about a point, (3,) LPS mm, by a (3, 3) rotation."""
        return type(self)(
            planes=tuple(
                Plane(point_mm=around(p.point_mm, pivot_mm, rotation), normal=rotation @ p.normal)
                for p in self.planes
            )
        )

    def handles(self) -> tuple[Handle, ...]:
        """Its edge moves it, each side turns about the edge."""
        return self._handles(None)

    def handles_on(self, on: SlicePlane) -> tuple[Handle, ...]:
        """Return the same where its edge crosses a slice."""
        return self._handles(on)

    def nets_mm(self, extent: Extent) -> list[FloatArray]:
        """Return a square a plane, (2, 2, 3) LPS mm."""
        return [net for plane in self.planes for net in plane.nets_mm(extent)]

    def _handles(self, on: SlicePlane | None) -> tuple[Handle, ...]:
        apex, along = self._edge(on)
        if apex is None:
            return ()
        arm = 2 * ARM_MM if on is None else 80 * on.mm_per_pixel
        found = [moving(apex)]
        for side in (0, 1):
            end = apex + arm * along[side]
            found.append(Handle(what="turn", at_mm=end, foot_mm=apex, part=(side, 0)))
        return tuple(found)

    def _edge(self, on: SlicePlane | None) -> tuple[FloatArray | None, tuple[FloatArray, ...]]:
        """Where its edge crosses a slice (or its own middle), and the way along each side."""
        if len(self.planes) != 2:
            return None, ()
        normals = np.array([plane.normal for plane in self.planes])
        edge = np.cross(*normals)
        across = edge / length(edge) if on is None else on.normal
        if abs(float(edge @ across)) < LEAST_EDGE:
            return None, ()
        middle = np.mean([plane.point_mm for plane in self.planes], axis=0)
        offsets = [plane.normal @ plane.point_mm for plane in self.planes]
        offsets.append(across @ (middle if on is None else on.point_mm))
        apex = np.linalg.solve(np.vstack([normals, across]), np.array(offsets))
        return apex, tuple(_side_way(across, normals, side) for side in (0, 1))

    def _pulled_round(self, handle: Handle, rotation: FloatArray) -> Self:
        """Turn one side about a point of the edge."""
        planes, side = list(self.planes), int(handle.part[0])
        planes[side] = Plane(point_mm=handle.foot_mm, normal=rotation @ planes[side].normal)
        return type(self)(planes=tuple(planes))


def _side_way(across: FloatArray, normals: FloatArray, side: int) -> FloatArray:
    """(3,) unit vector from the edge along one side, away from what stays beyond the other."""
    along = np.cross(across, normals[side])
    return np.asarray(-np.sign(along @ normals[1 - side]) * along / length(along))
