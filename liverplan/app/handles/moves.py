"""Cuts in motion: moved and turned as rigid bodies, and curved surfaces bent."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, singledispatch

import numpy as np

from liverplan.resection import Ablation, Cleft, Cut, Plane, Sheet, Sphere, Surface, Wedge
from liverplan.volume import FloatArray


@singledispatch
def moved(cut: Cut, by_mm: FloatArray) -> Cut:
    """Return the cut elsewhere; named parts of the liver stay where they are."""
    del by_mm
    return cut


@moved.register
def _(cut: Plane, by_mm: FloatArray) -> Plane:
    return cut.shifted(float(by_mm @ cut.normal))


@moved.register
def _(cut: Sphere | Ablation, by_mm: FloatArray) -> Sphere | Ablation:
    return replace(cut, centre_mm=cut.centre_mm + by_mm)


@moved.register
def _(cut: Wedge, by_mm: FloatArray) -> Wedge:
    return replace(cut, tip_mm=cut.tip_mm + by_mm)


@moved.register
def _(cut: Surface, by_mm: FloatArray) -> Surface:
    return replace(cut, origin_mm=cut.origin_mm + by_mm)


@moved.register
def _(cut: Sheet, by_mm: FloatArray) -> Sheet:
    return replace(cut, control_mm=cut.control_mm + by_mm)


@moved.register
def _(cut: Cleft, by_mm: FloatArray) -> Cleft:
    return Cleft(planes=tuple(replace(p, point_mm=p.point_mm + by_mm) for p in cut.planes))


@singledispatch
def turned(cut: Cut, pivot_mm: FloatArray, rotation: FloatArray) -> Cut:
    """Return the cut turned about a point by a (3, 3) rotation."""
    del pivot_mm, rotation
    return cut


@turned.register
def _(cut: Plane, pivot_mm: FloatArray, rotation: FloatArray) -> Plane:
    return Plane(point_mm=pivot_mm, normal=rotation @ cut.normal)


@turned.register
def _(cut: Sphere, pivot_mm: FloatArray, rotation: FloatArray) -> Sphere:
    return replace(cut, centre_mm=_around(cut.centre_mm, pivot_mm, rotation))


@turned.register
def _(cut: Ablation, pivot_mm: FloatArray, rotation: FloatArray) -> Ablation:
    centre = _around(cut.centre_mm, pivot_mm, rotation)
    return replace(cut, centre_mm=centre, axes=_square(cut.axes @ rotation.T))


@turned.register
def _(cut: Wedge, pivot_mm: FloatArray, rotation: FloatArray) -> Wedge:
    tip = _around(cut.tip_mm, pivot_mm, rotation)
    return replace(cut, tip_mm=tip, direction=rotation @ cut.direction)


@turned.register
def _(cut: Surface, pivot_mm: FloatArray, rotation: FloatArray) -> Surface:
    origin = _around(cut.origin_mm, pivot_mm, rotation)
    return replace(cut, origin_mm=origin, axes=_square(cut.axes @ rotation.T))


@turned.register
def _(cut: Sheet, pivot_mm: FloatArray, rotation: FloatArray) -> Sheet:
    net = _around(cut.control_mm, pivot_mm, rotation)
    return Sheet(control_mm=net, stays_toward=rotation @ cut.stays_toward)


@turned.register
def _(cut: Cleft, pivot_mm: FloatArray, rotation: FloatArray) -> Cleft:
    return Cleft(
        planes=tuple(
            Plane(point_mm=_around(p.point_mm, pivot_mm, rotation), normal=rotation @ p.normal)
            for p in cut.planes
        )
    )


def _around(points_mm: FloatArray, pivot_mm: FloatArray, rotation: FloatArray) -> FloatArray:
    return np.asarray(pivot_mm + (points_mm - pivot_mm) @ rotation.T)


def _square(axes: FloatArray) -> FloatArray:
    """Return nearly square axes as square as numbers can be: turning adds no error over time."""
    left, _, right = np.linalg.svd(axes)
    return np.asarray(left @ right)


def rotation_between(a: FloatArray, b: FloatArray) -> FloatArray:
    """(3, 3) rotation that takes unit vector a to unit vector b by the shortest way."""
    axis, cosine = np.cross(a, b), float(a @ b)
    if cosine < -1 + 1e-9:
        return -np.eye(3)
    skew = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    rotation: FloatArray = np.eye(3) + skew + skew @ skew / (1 + cosine)
    return rotation


def bent(cut: Surface, at: tuple[float, float], by_mm: float) -> Surface:
    """Return the surface lifted by a length at a place (u, v) of its net, as little as need be.

    The control points share the lift by their weights there, so the surface itself, not only a
    control point, follows the mouse.
    """
    counts = cut.heights_mm.shape
    across = (spline_weights(at[n], counts[n]) for n in (0, 1))
    weights = np.outer(*across)
    return replace(cut, heights_mm=cut.heights_mm + by_mm * weights / (weights**2).sum())


def spline_weights(at: float, count: int) -> FloatArray:
    """(count,) weights of control points in a Catmull-Rom curve at a place from 0 to count - 1."""
    place = float(np.clip(at, 0, count - 1))
    first = min(int(place), count - 2)
    t = place - first
    near = 0.5 * np.array(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3]
    )
    weights = np.zeros(count)
    np.add.at(weights, np.clip(np.arange(first - 1, first + 3), 0, count - 1), near)
    return weights


def surface_point_mm(cut: Surface, at: tuple[float, float]) -> FloatArray:
    """(3,) LPS point of the surface at a place (u, v) of its net."""
    u, v = (spline_weights(at[n], cut.heights_mm.shape[n]) for n in (0, 1))
    local = np.array([at[0] * cut.step_mm[0], at[1] * cut.step_mm[1], u @ cut.heights_mm @ v])
    return np.asarray(cut.origin_mm + local @ cut.axes)


def middle_of(cut: Surface) -> FloatArray:
    """(3,) LPS point of the surface over the middle of its frame."""
    place = (np.array(cut.heights_mm.shape) - 1) / 2
    return surface_point_mm(cut, (float(place[0]), float(place[1])))


def surface_net_mm(cut: Surface, fineness: int) -> tuple[FloatArray, FloatArray]:
    """Return (U, V, 2) places in a surface's net and its (U, V, 3) LPS points there.

    ``fineness``: how many steps from one control point to the next.
    """
    counts = cut.heights_mm.shape
    rows, columns = (np.arange((n - 1) * fineness + 1) / fineness for n in counts)
    across, down = (_lattice_weights(n, fineness) for n in counts)
    u, v = np.meshgrid(rows, columns, indexing="ij")
    heights = across @ cut.heights_mm @ down.T
    local = np.stack([u * cut.step_mm[0], v * cut.step_mm[1], heights], axis=-1)
    return np.stack([u, v], axis=-1), np.asarray(cut.origin_mm + local @ cut.axes)


@cache
def _lattice_weights(count: int, fineness: int) -> FloatArray:
    """(N, count) weights of the control points at even steps along one axis."""
    places = np.arange((count - 1) * fineness + 1) / fineness
    return np.array([spline_weights(float(at), count) for at in places])
