"""The functions of `liverplan.resection.primitives`, compiled, with their gradients."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from liverplan.compiled import compiled
from liverplan.resection.primitives import BALL, CONE, ELLIPSOID, PLANE

Array: TypeAlias = Any
"""An array, or a tuple of them, as the compiler sees it."""

Values: TypeAlias = Any
"""(4,) floats: f in mm and its gradient along x, y, z."""

_TINY = 1e-12


@compiled(inline="always")
def _ball(q: Array, n: int, x: float, y: float, z: float) -> Values:
    dx, dy, dz = x - q[n, 0], y - q[n, 1], z - q[n, 2]
    length = np.sqrt(dx * dx + dy * dy + dz * dz) + _TINY
    return length, dx / length, dy / length, dz / length


@compiled(inline="always")
def _cone(q: Array, n: int, x: float, y: float, z: float) -> Values:
    dx, dy, dz = x - q[n, 0], y - q[n, 1], z - q[n, 2]
    along = dx * q[n, 3] + dy * q[n, 4] + dz * q[n, 5]
    ax, ay, az = dx - along * q[n, 3], dy - along * q[n, 4], dz - along * q[n, 5]
    across = np.sqrt(ax * ax + ay * ay + az * az) + _TINY
    sine, cosine = q[n, 7], q[n, 8]
    if along * cosine + across * sine <= 0.0:
        f, gx, gy, gz = _ball(q, n, x, y, z)
        return f - q[n, 6], gx, gy, gz
    side = cosine / across
    return (
        across * cosine - along * sine - q[n, 6],
        ax * side - sine * q[n, 3],
        ay * side - sine * q[n, 4],
        az * side - sine * q[n, 5],
    )


@compiled(inline="always")
def _ellipsoid(q: Array, n: int, x: float, y: float, z: float) -> Values:
    dx, dy, dz = x - q[n, 0], y - q[n, 1], z - q[n, 2]
    u = q[n, 3] * dx + q[n, 4] * dy + q[n, 5] * dz
    v = q[n, 6] * dx + q[n, 7] * dy + q[n, 8] * dz
    w = q[n, 9] * dx + q[n, 10] * dy + q[n, 11] * dz
    length = np.sqrt(u * u + v * v + w * w) + _TINY
    s = q[n, 12] / length
    return (
        (length - 1.0) * q[n, 12],
        s * (u * q[n, 3] + v * q[n, 6] + w * q[n, 9]),
        s * (u * q[n, 4] + v * q[n, 7] + w * q[n, 10]),
        s * (u * q[n, 5] + v * q[n, 8] + w * q[n, 11]),
    )


@compiled(inline="always")
def _height(q: Array, n: int, cells: Array, x: float, y: float, z: float) -> Values:
    dx, dy, dz = x - q[n, 0], y - q[n, 1], z - q[n, 2]
    u = (dx * q[n, 3] + dy * q[n, 4] + dz * q[n, 5]) / q[n, 12]
    v = (dx * q[n, 6] + dy * q[n, 7] + dz * q[n, 8]) / q[n, 13]
    na, nb = int(q[n, 14]), int(q[n, 15])
    s, t = min(max(u, 0.0), q[n, 14]), min(max(v, 0.0), q[n, 15])
    on_u, on_v = s == u, t == v
    a, b = min(int(s), na - 1), min(int(t), nb - 1)
    s, t = s - a, t - b
    at = int(q[n, 16]) + 16 * (a * nb + b)
    h = hu = hv = 0.0
    for p in range(3, -1, -1):
        o = at + 4 * p
        row = ((cells[o + 3] * t + cells[o + 2]) * t + cells[o + 1]) * t + cells[o]
        slope = (3.0 * cells[o + 3] * t + 2.0 * cells[o + 2]) * t + cells[o + 1]
        hu = hu * s + h
        h = h * s + row
        hv = hv * s + slope
    hu = hu / q[n, 12] if on_u else 0.0
    hv = hv / q[n, 13] if on_v else 0.0
    scale = q[n, 17]
    return (
        scale * (dx * q[n, 9] + dy * q[n, 10] + dz * q[n, 11] - h),
        scale * (q[n, 9] - hu * q[n, 3] - hv * q[n, 6]),
        scale * (q[n, 10] - hu * q[n, 4] - hv * q[n, 7]),
        scale * (q[n, 11] - hu * q[n, 5] - hv * q[n, 8]),
    )


@compiled(inline="always")
def _bicubic(cells: Array, at: int, s: float, t: float) -> float:
    """Height in the cell whose 16 numbers start at a place."""
    h = 0.0
    for p in range(3, -1, -1):
        o = at + 4 * p
        h = h * s + (((cells[o + 3] * t + cells[o + 2]) * t + cells[o + 1]) * t + cells[o])
    return h


@compiled()
def heights(q: Array, n: int, cells: Array, points: Array, out: Array) -> None:
    """Write the larger of ``out`` and a height field at points in blocks of 8.

    It is quick where one cell holds a block.
    """
    s, t, level = np.empty(8), np.empty(8), np.empty(8)
    for first in range(0, points.shape[0], 8):
        for c in range(8):
            p = first + c
            dx, dy, dz = points[p, 0] - q[n, 0], points[p, 1] - q[n, 1], points[p, 2] - q[n, 2]
            u = (dx * q[n, 3] + dy * q[n, 4] + dz * q[n, 5]) / q[n, 12]
            v = (dx * q[n, 6] + dy * q[n, 7] + dz * q[n, 8]) / q[n, 13]
            s[c], t[c] = min(max(u, 0.0), q[n, 14]), min(max(v, 0.0), q[n, 15])
            level[c] = dx * q[n, 9] + dy * q[n, 10] + dz * q[n, 11]
        a, b = min(int(s[0]), int(q[n, 14]) - 1), min(int(t[0]), int(q[n, 15]) - 1)
        one = True
        for c in range(8):
            one &= (s[c] >= a) & (s[c] <= a + 1) & (t[c] >= b) & (t[c] <= b + 1)
        if one:
            at = int(q[n, 16]) + 16 * (a * int(q[n, 15]) + b)
            for c in range(8):
                f = q[n, 17] * (level[c] - _bicubic(cells, at, s[c] - a, t[c] - b))
                out[first + c] = max(out[first + c], f)
            continue
        for c in range(8):
            a, b = min(int(s[c]), int(q[n, 14]) - 1), min(int(t[c]), int(q[n, 15]) - 1)
            at = int(q[n, 16]) + 16 * (a * int(q[n, 15]) + b)
            f = q[n, 17] * (level[c] - _bicubic(cells, at, s[c] - a, t[c] - b))
            out[first + c] = max(out[first + c], f)


@compiled()
def evaluate(kind: int, q: Array, n: int, cells: Array, points: Array, out: Array) -> None:
    """Write one function at (N, 3) points, and its gradient, into the four rows of ``out``."""
    for p in range(points.shape[0]):
        x, y, z = points[p, 0], points[p, 1], points[p, 2]
        if kind == PLANE:
            out[0, p] = x * q[n, 0] + y * q[n, 1] + z * q[n, 2] - q[n, 3]
            out[1, p], out[2, p], out[3, p] = q[n, 0], q[n, 1], q[n, 2]
        elif kind == BALL:
            out[0, p], out[1, p], out[2, p], out[3, p] = _ball(q, n, x, y, z)
            out[0, p] -= q[n, 3]
        elif kind == CONE:
            out[0, p], out[1, p], out[2, p], out[3, p] = _cone(q, n, x, y, z)
        elif kind == ELLIPSOID:
            out[0, p], out[1, p], out[2, p], out[3, p] = _ellipsoid(q, n, x, y, z)
        else:
            out[0, p], out[1, p], out[2, p], out[3, p] = _height(q, n, cells, x, y, z)


@compiled()
def fill(kind: int, q: Array, n: int, cells: Array, points: Array, out: Array) -> None:
    """Write the larger of ``out`` and f at each of (N, 3) points; the kind is asked once."""
    if kind == PLANE:
        for p in range(points.shape[0]):
            f = points[p, 0] * q[n, 0] + points[p, 1] * q[n, 1] + points[p, 2] * q[n, 2] - q[n, 3]
            out[p] = max(out[p], f)
    elif kind == BALL:
        for p in range(points.shape[0]):
            dx, dy, dz = points[p, 0] - q[n, 0], points[p, 1] - q[n, 1], points[p, 2] - q[n, 2]
            out[p] = max(out[p], np.sqrt(dx * dx + dy * dy + dz * dz) - q[n, 3])
    elif kind == CONE:
        for p in range(points.shape[0]):
            out[p] = max(out[p], _cone(q, n, points[p, 0], points[p, 1], points[p, 2])[0])
    elif kind == ELLIPSOID:
        for p in range(points.shape[0]):
            out[p] = max(out[p], _ellipsoid(q, n, points[p, 0], points[p, 1], points[p, 2])[0])
    else:
        for p in range(points.shape[0]):
            f = _height(q, n, cells, points[p, 0], points[p, 1], points[p, 2])[0]
            out[p] = max(out[p], f)


@compiled()
def union(cut: Array, points: Array) -> Array:
    """(N,) smallest over the groups of the largest f in each: negative where anything removes."""
    kinds, groups, q, cells = cut
    best = np.full(points.shape[0], np.inf)
    group = np.empty(points.shape[0])
    for n in range(kinds.size):
        if n == 0 or groups[n] != groups[n - 1]:
            group[:] = -np.inf
        fill(kinds[n], q, n, cells, points, group)
        if n == kinds.size - 1 or groups[n + 1] != groups[n]:
            for p in range(best.size):
                best[p] = min(best[p], group[p])
    return best
