"""Handles of a cut: where the mouse can take it, and what the cut becomes when it is pulled.

Every kind is moved and turned as a rigid body; beyond that a sphere, a wedge and an ablation zone
change their size, a curved surface bends and each side of a V turns. The same handles serve the
slices and the 3D view: a handle knows where it stands, and `pulled` where the cut goes when it is
brought elsewhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from liverplan.app.handles.moves import (
    bent,
    middle_of,
    moved,
    rotation_between,
    surface_net_mm,
    turned,
)
from liverplan.resection import Ablation, Cleft, Cut, Plane, Sphere, Surface, Wedge
from liverplan.resection.cuts.curved import frame_of
from liverplan.resection.cuts.wedge import MAX_HALF_ANGLE_DEG
from liverplan.volume import FloatArray

What = Literal["move", "turn", "resize", "spread", "bend"]

RADII_MM = (2.0, 150.0)
LEAST_IN_PLANE = 0.35
"""Of a direction's length: what leans more out of the slice has no handle on it."""

LEAST_EDGE = 0.05
"""A V flatter than this, or an edge that nearly lies in the slice, has no handles."""

MOST_CONTROLS = 5
"""Rows of bending handles along each side of a surface; a finer net shows every second or so."""

ARM_MM = 28.0
"""From a body's surface to the handle that turns it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Handle:
    """One spot to take a cut by.

    Parameters
    ----------
    what : str
        What pulling does; it names the undoable step.
    at_mm : (3,) array
        Where it stands, LPS.
    foot_mm : (3,) array
        The end of its arm: turning is about it, sizes grow from it.
    along : (3,) array or None
        The only direction in which it slides; None: it goes with the mouse.
    part : (float, float)
        Which semi-axis it sizes, where in a surface's net it bends, or which side of a V it turns.
    """

    what: What
    at_mm: FloatArray
    foot_mm: FloatArray
    along: FloatArray | None = None
    part: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SlicePlane:
    """The slice on which handles are wanted: a point of it, its directions, and its scale."""

    point_mm: FloatArray
    right: FloatArray
    down: FloatArray
    mm_per_pixel: float

    @property
    def normal(self) -> FloatArray:
        """Unit vector square to the slice."""
        return np.asarray(np.cross(self.right, self.down))

    def height_mm(self, points_mm: FloatArray) -> FloatArray:
        """(..., 3) to (...): signed distance from the slice."""
        return np.asarray((points_mm - self.point_mm) @ self.normal)

    def onto(self, point_mm: FloatArray) -> FloatArray:
        """Return the slice's point nearest to a point."""
        return np.asarray(point_mm - self.height_mm(point_mm) * self.normal)

    def within(self, vector: FloatArray) -> FloatArray:
        """Return what of a vector lies in the slice."""
        return np.asarray(vector - (vector @ self.normal) * self.normal)


def pulled(cut: Cut, handle: Handle, to_mm: FloatArray) -> Cut:
    """Return the cut when one of its handles is brought to an LPS point."""
    if handle.what == "move":
        way = to_mm - handle.at_mm
        return moved(cut, way if handle.along is None else (way @ handle.along) * handle.along)
    if handle.what == "turn":
        before, after = handle.at_mm - handle.foot_mm, to_mm - handle.foot_mm
        rotation = rotation_between(before / _length(before), after / _length(after))
        if isinstance(cut, Cleft):
            return _side_turned(cut, int(handle.part[0]), handle.foot_mm, rotation)
        return turned(cut, handle.foot_mm, rotation)
    if handle.what == "bend" and isinstance(cut, Surface):
        return bent(cut, handle.part, float((to_mm - handle.at_mm) @ cut.axes[2]))
    if handle.what == "spread" and isinstance(cut, Wedge):
        return _spread(cut, to_mm)
    return _resized(cut, handle, to_mm)


def handles_in_space(cut: Cut) -> tuple[Handle, ...]:
    """Return the handles for the 3D view."""
    if isinstance(cut, Sphere):
        end = cut.centre_mm + cut.radius_mm * np.array([1.0, 0, 0])
        return (_move(cut.centre_mm), _slide("resize", end, cut.centre_mm))
    if isinstance(cut, Ablation):
        ends = cut.centre_mm + cut.radii_mm[:, None] * cut.axes
        sizes = (_slide("resize", e, cut.centre_mm, (n, 0)) for n, e in enumerate(ends))
        longest = int(np.argmax(cut.radii_mm))
        tip = cut.centre_mm - (cut.radii_mm[longest] + ARM_MM) * cut.axes[longest]
        return (_move(cut.centre_mm), *sizes, _turn(tip, cut.centre_mm))
    if isinstance(cut, Wedge):
        return _wedge_in_space(cut)
    if isinstance(cut, Surface):
        return _surface_in_space(cut)
    return _cleft_handles(cut, None) if isinstance(cut, Cleft) else ()


def handles_on_slice(cut: Cut, on: SlicePlane) -> tuple[Handle, ...]:
    """Return the handles for a slice: each stands in it, none where the cut does not cross it."""
    if isinstance(cut, Sphere):
        return _sphere_on_slice(cut, on)
    if isinstance(cut, Wedge):
        return _wedge_on_slice(cut, on)
    if isinstance(cut, Ablation):
        return _ablation_on_slice(cut, on)
    if isinstance(cut, Surface):
        return _surface_on_slice(cut, on)
    return _cleft_handles(cut, on) if isinstance(cut, Cleft) else ()


def _move(at: FloatArray, along: FloatArray | None = None) -> Handle:
    return Handle(what="move", at_mm=at, foot_mm=at, along=along)


def _turn(at: FloatArray, foot: FloatArray) -> Handle:
    return Handle(what="turn", at_mm=at, foot_mm=foot)


def _slide(
    what: What, at: FloatArray, foot: FloatArray, part: tuple[float, float] = (0, 0)
) -> Handle:
    arm = at - foot
    return Handle(what=what, at_mm=at, foot_mm=foot, along=arm / _length(arm), part=part)


def _length(vector: FloatArray) -> float:
    return float(np.linalg.norm(vector)) or 1.0


def _resized(cut: Cut, handle: Handle, to_mm: FloatArray) -> Cut:
    if isinstance(cut, Sphere):
        return replace(cut, radius_mm=_radius(_length(to_mm - cut.centre_mm)))
    if isinstance(cut, Wedge):
        return replace(cut, radius_mm=_radius(_length(to_mm - cut.tip_mm)))
    if isinstance(cut, Ablation):
        arm = handle.at_mm - handle.foot_mm
        radii = cut.radii_mm.copy()
        axis = int(handle.part[0])
        radii[axis] = _radius(radii[axis] * float((to_mm - handle.foot_mm) @ arm) / (arm @ arm))
        return replace(cut, radii_mm=radii)
    return cut


def _radius(mm: float) -> float:
    return min(max(mm, RADII_MM[0]), RADII_MM[1])


def _spread(cut: Wedge, to_mm: FloatArray) -> Wedge:
    """Open the wedge so that its side passes through a point."""
    off = to_mm - cut.tip_mm
    ahead = float(off @ cut.direction)
    beside = math.sqrt(max(float(off @ off) - ahead**2, 0.0))
    reach = math.hypot(ahead, beside)
    lean = math.acos(min(cut.radius_mm / max(reach, 1e-9), 1.0))
    angle = math.degrees(lean - math.atan2(ahead, beside))
    return replace(cut, half_angle_deg=min(max(angle, 0.0), MAX_HALF_ANGLE_DEG))


def _side_mm(cut: Wedge, ahead_mm: float) -> float:
    """Distance of the wedge's side from its axis, so far ahead of its tip."""
    angle = np.radians(cut.half_angle_deg)
    return float((cut.radius_mm + ahead_mm * np.sin(angle)) / np.cos(angle))


def _wedge_in_space(cut: Wedge) -> tuple[Handle, ...]:
    u, v, w = frame_of(cut.direction)
    ahead = cut.radius_mm + ARM_MM
    axis = cut.tip_mm + ahead * w
    spread = Handle(what="spread", at_mm=axis + _side_mm(cut, ahead) * u, foot_mm=axis, along=u)
    size = _slide("resize", cut.tip_mm + cut.radius_mm * v, cut.tip_mm)
    return (_move(cut.tip_mm), _turn(axis, cut.tip_mm), size, spread)


def _surface_in_space(cut: Surface) -> tuple[Handle, ...]:
    w, middle = cut.axes[2], middle_of(cut)
    net = cut.control_points_mm()
    rows, columns = (shown_controls(n) for n in cut.heights_mm.shape)
    bends = (
        Handle(what="bend", at_mm=net[a, b], foot_mm=net[a, b], along=w, part=(a, b))
        for a in rows
        for b in columns
    )
    return (_move(middle, w), _turn(middle + 2 * ARM_MM * w, middle), *bends)


def shown_controls(count: int) -> list[int]:
    """Return which of a net's rows have handles."""
    return sorted({round(float(n)) for n in np.linspace(0, count - 1, min(count, MOST_CONTROLS))})


def _side_turned(cut: Cleft, side: int, pivot_mm: FloatArray, rotation: FloatArray) -> Cleft:
    """Turn one side of a V about a point of its edge."""
    planes = list(cut.planes)
    planes[side] = Plane(point_mm=pivot_mm, normal=rotation @ planes[side].normal)
    return replace(cut, planes=tuple(planes))


def _cleft_handles(cut: Cleft, on: SlicePlane | None) -> tuple[Handle, ...]:
    """Return a V's handles: its edge moves it, each side turns about the edge."""
    if len(cut.planes) != 2:
        return ()
    normals = np.array([plane.normal for plane in cut.planes])
    edge = np.cross(*normals)
    square = edge / _length(edge) if on is None else on.normal
    if abs(float(edge @ square)) < LEAST_EDGE:
        return ()
    middle = np.mean([plane.point_mm for plane in cut.planes], axis=0)
    offsets = [plane.normal @ plane.point_mm for plane in cut.planes]
    offsets.append(square @ (middle if on is None else on.point_mm))
    apex = np.linalg.solve(np.vstack([normals, square]), np.array(offsets))
    arm = 2 * ARM_MM if on is None else 80 * on.mm_per_pixel
    found = [_move(apex)]
    for side in (0, 1):
        along = np.cross(square, normals[side])
        along = -np.sign(along @ normals[1 - side]) * along / _length(along)
        end = apex + arm * along
        found.append(Handle(what="turn", at_mm=end, foot_mm=apex, part=(side, 0)))
    return tuple(found)


def _sphere_on_slice(cut: Sphere, on: SlicePlane) -> tuple[Handle, ...]:
    foot, off = on.onto(cut.centre_mm), float(on.height_mm(cut.centre_mm))
    if abs(off) >= cut.radius_mm:
        return ()
    side = foot + np.sqrt(cut.radius_mm**2 - off**2) * on.right
    return (_move(foot), Handle(what="resize", at_mm=side, foot_mm=foot))


def _wedge_on_slice(cut: Wedge, on: SlicePlane) -> tuple[Handle, ...]:
    foot, off = on.onto(cut.tip_mm), float(on.height_mm(cut.tip_mm))
    ahead = on.within(cut.direction)
    lean = _length(ahead)
    found: list[Handle] = []
    if lean > LEAST_IN_PLANE and abs(off) < cut.radius_mm + ARM_MM:
        ahead = ahead / lean
        found = [_turn(foot + (cut.radius_mm + ARM_MM) * ahead, foot)]
        found += _spread_on_slice(cut, on, foot, ahead)
    if abs(off) >= cut.radius_mm:
        return tuple(found)
    back = foot - np.sqrt(cut.radius_mm**2 - off**2) * (ahead / _length(ahead))
    round_end = -cut.radius_mm * np.sin(np.radians(cut.half_angle_deg))
    if lean > LEAST_IN_PLANE and (back - cut.tip_mm) @ cut.direction < round_end:
        found.append(Handle(what="resize", at_mm=back, foot_mm=foot))
    return (_move(foot), *found)


def _spread_on_slice(
    cut: Wedge, on: SlicePlane, foot: FloatArray, ahead: FloatArray
) -> list[Handle]:
    """Return the handle on the wedge's side, where that side crosses the slice."""
    off, lean = -float(on.height_mm(cut.tip_mm)), float(cut.direction @ ahead)
    reach = cut.radius_mm + 0.6 * ARM_MM
    along = (reach - off * float(cut.direction @ on.normal)) / lean
    square = _side_mm(cut, reach) ** 2 + reach**2 - along**2 - off**2
    if square <= 0:
        return []
    at = foot + along * ahead + np.sqrt(square) * np.cross(on.normal, ahead)
    return [Handle(what="spread", at_mm=at, foot_mm=foot)]


def _ablation_on_slice(cut: Ablation, on: SlicePlane) -> tuple[Handle, ...]:
    foot = on.onto(cut.centre_mm)
    if abs(float(on.height_mm(cut.centre_mm))) >= cut.radii_mm.max():
        return ()
    found = [_move(foot)]
    arms = [on.within(radius * axis) for radius, axis in zip(cut.radii_mm, cut.axes, strict=True)]
    for n, arm in enumerate(arms):
        if _length(arm) > 0.6 * cut.radii_mm[n]:
            found.append(Handle(what="resize", at_mm=foot + arm, foot_mm=foot, part=(n, 0)))
    longest = arms[int(np.argmax([_length(arm) for arm in arms]))]
    tip = foot - longest * (1 + 26 * on.mm_per_pixel / _length(longest))
    return (*found, _turn(tip, foot))


def _surface_on_slice(cut: Surface, on: SlicePlane) -> tuple[Handle, ...]:
    places, points = crossing(cut, on)
    if len(points) < 2 or _length(on.within(cut.axes[2])) < LEAST_IN_PLANE:
        return ()
    middle = int(np.argmin(np.linalg.norm(points - middle_of(cut), axis=1)))
    foot = points[middle]
    off = points - foot
    line = np.cross(on.normal, on.within(cut.axes[2]))
    side, reach = off @ line, np.linalg.norm(off, axis=1)
    arm = 80 * on.mm_per_pixel
    ends = [
        points[mine[np.argmin(np.abs(reach[mine] - arm))]]
        for mine in (np.flatnonzero(side < 0), np.flatnonzero(side > 0))
        if mine.size
    ]
    shown = [foot, *ends]
    bends = []
    for place, point in zip(places, points, strict=True):
        near = min(_length(point - other) for other in shown)
        if on_net(place, cut.heights_mm.shape) and near > 20 * on.mm_per_pixel:
            shown.append(point)
            at = (float(place[0]), float(place[1]))
            bends.append(Handle(what="bend", at_mm=point, foot_mm=point, part=at))
    return (_move(foot, cut.axes[2]), *(_turn(end, foot) for end in ends), *bends)


def on_net(place: FloatArray, counts: tuple[int, ...]) -> bool:
    """Whether a place lies on a line of the net that has handles."""
    return any(abs(place[n] - line) < 1e-6 for n in (0, 1) for line in shown_controls(counts[n]))


def crossing(cut: Surface, on: SlicePlane, fineness: int = 8) -> tuple[FloatArray, FloatArray]:
    """Where a surface crosses a slice: (N, 2) places in its net and (N, 3) LPS points."""
    places, points = surface_net_mm(cut, fineness)
    off = on.height_mm(points)
    found_places, found_points = [np.empty((0, 2))], [np.empty((0, 3))]
    for axis in (0, 1):
        near, far = [slice(None)] * 2, [slice(None)] * 2
        near[axis], far[axis] = slice(None, -1), slice(1, None)
        one, two = tuple(near), tuple(far)
        hit = (off[one] > 0) != (off[two] > 0)
        t = (off[one][hit] / (off[one][hit] - off[two][hit]))[:, None]
        for kept, values in ((found_places, places), (found_points, points)):
            kept.append(values[one][hit] + t * (values[two][hit] - values[one][hit]))
    return np.concatenate(found_places), np.concatenate(found_points)
