"""The functions of `liverplan.resection.primitives`, compiled, with their gradients."""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from typing import Any, TypeAlias

import numba
import numpy as np

from liverplan.resection.primitives import BALL, CONE, ELLIPSOID, PLANE

Array: TypeAlias = Any
"""An array, or a tuple of them, as the compiler sees it."""

Values: TypeAlias = Any
"""(4,) floats: f in mm and its gradient along x, y, z."""

_TINY = 1e-12


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _ball(q: Array, n: int, x: float, y: float, z: float) -> Values:
    dx, dy, dz = x - q[n, 0], y - q[n, 1], z - q[n, 2]
    length = np.sqrt(dx * dx + dy * dy + dz * dz) + _TINY
    return length, dx / length, dy / length, dz / length


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
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


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
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


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
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


@numba.njit(cache=True, nogil=True, error_model="numpy")
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


@numba.njit(cache=True, nogil=True, error_model="numpy")
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


@numba.njit(cache=True, nogil=True, error_model="numpy")
def clip(kind: int, q: Array, n: int, cells: Array, points: Array, m: Array, out: Array) -> None:
    """Write the fraction of each voxel (its centre one of (N, 3) points) that f < 0 removes.

    Where a shape is too thin for its tangent plane to say, -1 is written.
    """
    count = points.shape[0]
    f, g = np.empty(count), np.empty((3, count))
    for p in range(count):
        x, y, z = points[p, 0], points[p, 1], points[p, 2]
        if kind == PLANE:
            f[p] = x * q[n, 0] + y * q[n, 1] + z * q[n, 2] - q[n, 3]
            g[0, p], g[1, p], g[2, p] = q[n, 0], q[n, 1], q[n, 2]
        elif kind == BALL:
            f[p], g[0, p], g[1, p], g[2, p] = _ball(q, n, x, y, z)
            f[p] -= q[n, 3]
        elif kind == CONE:
            f[p], g[0, p], g[1, p], g[2, p] = _cone(q, n, x, y, z)
        elif kind == ELLIPSOID:
            f[p], g[0, p], g[1, p], g[2, p] = _ellipsoid(q, n, x, y, z)
        else:
            f[p], g[0, p], g[1, p], g[2, p] = _height(q, n, cells, x, y, z)
    _clip_boxes(f, g, m, out)
    coarse = 2 * np.sqrt(np.sum(m[:3, :3] ** 2))
    for p in range(count):
        if kind in (BALL, CONE, ELLIPSOID):
            thickness = f[p] + (q[n, 3] if kind == BALL else q[n, 6] if kind == CONE else q[n, 12])
            if thickness < coarse:
                out[p] = -1.0


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _cube(d: float) -> float:
    d = max(d, 0.0)
    return d * d * d


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _clip_boxes(f: Array, g: Array, m: Array, out: Array) -> None:
    """Fractions of voxels with f + g . offset < 0: where three uniform variables' sum is below -f.

    The share on the smaller side comes from the cubes of the corners that lie there; the other
    side is what is left of 1.
    """
    for p in range(f.size):
        wa = abs(g[0, p] * m[0, 0] + g[1, p] * m[1, 0] + g[2, p] * m[2, 0])
        wb = abs(g[0, p] * m[0, 1] + g[1, p] * m[1, 1] + g[2, p] * m[2, 1])
        wc = abs(g[0, p] * m[0, 2] + g[1, p] * m[1, 2] + g[2, p] * m[2, 2])
        floor = 2e-5 * (wa + wb + wc)  # keeps the cubes' difference accurate
        wa, wb, wc = max(wa, floor), max(wb, floor), max(wc, floor)
        d = (wa + wb + wc) / 2 - abs(f[p])
        total = _cube(d) - _cube(d - wa) - _cube(d - wb) - _cube(d - wc)
        total += _cube(d - wa - wb) + _cube(d - wa - wc) + _cube(d - wb - wc)
        part = min(max(total / (6.0 * wa * wb * wc), 0.0), 1.0)
        out[p] = 1.0 - part if f[p] < 0.0 else part
