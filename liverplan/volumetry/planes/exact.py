"""The exact volume of a mask on one side of a plane, or of several: the oracle of the fast path.

A voxel is a parallelepiped. Let ``t(p) = n.x(p) - d`` be the signed distance (mm) of index point
p to the plane ``n.x = d``; along index axis c it changes by ``a_c`` a voxel, with ``a = A^T n``
for the affine's 3 x 3 part A. With k the axis of the largest ``|a_k|``, the divergence theorem
turns the volume where ``t >= 0`` into a sum over the end points p of the runs along k, with their
weights w::

    V = -|det A| / a_k * sum w S(t(p)),    S(t) = mean of max(t + a_i u + a_j v, 0)

with u, v uniform in [-1/2, 1/2]: the ramp, smoothed over the end's face. S is the ramp itself but
for ``|t| < (|a_i| + |a_j|) / 2``. Where several planes cross one voxel, the voxel is cut into
tetrahedra and these are clipped. Only numpy is used, nothing is approximated.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from liverplan.volume import FloatArray, Grid
from liverplan.volumetry.planes.runs import EndPoints


def index_planes(
    grid: Grid, normals: FloatArray, offsets_mm: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Planes in index space: (M, 3) slopes a and (M,) offsets e, with t(p) = a.p - e in mm."""
    return normals @ grid.affine[:3, :3], offsets_mm - normals @ grid.affine[:3, 3]


def half_space_ml(
    ends: tuple[EndPoints, ...], slope: FloatArray, offset: float, voxel_ml: float
) -> float:
    """Volume of the mask where ``slope.p >= offset``, mL, exact to rounding.

    Parameters
    ----------
    ends : three EndPoints
        The mask's, along each axis.
    slope : (3,) array
        mm a voxel along (k, j, i).
    offset : float
        mm, as `index_planes` gives it.
    voxel_ml : float
        Volume of one voxel.
    """
    axis = int(np.argmax(np.abs(slope)))
    narrow, wide = np.sort(np.abs(np.delete(slope, axis)))
    distance = ends[axis].distances(slope, offset)
    ramp = np.maximum(distance, 0.0)
    near = np.flatnonzero(np.abs(distance) < (wide + narrow) / 2)
    ramp[near] = smooth_ramp(distance[near], wide, narrow)
    return max(-voxel_ml / float(slope[axis]) * float((ends[axis].weights * ramp).sum()), 0.0)


def smooth_ramp(
    t: FloatArray, wide: FloatArray | np.float64, narrow: FloatArray | np.float64
) -> FloatArray:
    """Return the mean of ``max(t + r, 0)``, r the sum of two uniform variables centred on 0.

    Parameters
    ----------
    t : (N,) array
    wide, narrow : (N,) arrays or floats
        The full widths over which the two variables are uniform, ``wide >= narrow >= 0``.
    """
    size = np.abs(t)
    tail = np.maximum((wide + narrow) / 2 - size, 0.0)
    positive = np.maximum(wide, np.finfo(np.float64).tiny)
    middle = np.maximum(wide / 2 - size, 0.0) ** 2 / (2 * positive) + narrow**2 / (24 * positive)
    # At the edge tail <= narrow, so dividing first neither overflows nor loses digits.
    ratio = np.minimum(tail / np.maximum(narrow, np.finfo(np.float64).tiny), 1.0)
    edge = tail**2 / (6 * positive) * ratio
    return np.asarray(np.maximum(t, 0.0) + np.where(size < (wide - narrow) / 2, middle, edge))


def polyhedron_ml(
    starts: FloatArray,
    lengths: FloatArray,
    axis: int,
    slopes: FloatArray,
    offsets: FloatArray,
    voxel_ml: float,
) -> float:
    """Volume of the mask where ``slopes.p >= offsets`` for all of P planes, mL, exact to rounding.

    Parameters
    ----------
    starts : (R, 3) array
        First ends of the mask's runs along axis.
    lengths : (R,) array
        Of those runs, voxels.
    axis : int
        Best the `common_axis` of the slopes.
    slopes : (P, 3) array
    offsets : (P,) array
    voxel_ml : float
    """
    size = np.ones_like(starts)
    size[:, axis] = lengths
    centre = starts.copy()
    centre[:, axis] += lengths / 2
    return _boxes(centre, size, axis, slopes, offsets) * voxel_ml


def common_axis(slopes: FloatArray) -> int:
    """Return the axis that no plane of (..., P, 3) slopes runs along, as far as can be."""
    return int(np.argmax(np.abs(slopes).reshape(-1, 3).min(axis=0)))


def _boxes(
    centre: FloatArray, size: FloatArray, axis: int, slopes: FloatArray, offsets: FloatArray
) -> float:
    """Sum the volume (voxels) of index boxes inside all planes, halving those that two cross."""
    total = 0.0
    while len(centre):
        distance = slopes @ centre.T - offsets[:, None]  # planes first: sums over them are quick
        reach = np.abs(slopes) @ size.T / 2
        alive = np.flatnonzero(np.all(distance > -reach, axis=0))
        centre, size, distance = centre[alive], size[alive], distance[:, alive]
        crossed = distance < reach[:, alive]
        often = crossed.sum(axis=0) > 1
        single = np.flatnonzero(~often)
        total += _crossed_once(size[single], distance[:, single], crossed[:, single], slopes)
        centre, size = centre[often], size[often]
        small = size[:, axis] <= 1
        total += _crossed_often(centre[small], size[small], slopes, offsets)
        centre, size = _halved(centre[~small], size[~small], axis)
    return total


def _crossed_once(
    size: FloatArray, distance: FloatArray, crossed: NDArray[np.bool_], slopes: FloatArray
) -> float:
    total = float(_voxels(size[~crossed.any(axis=0)]).sum())
    for away, mine, slope in zip(distance, crossed, slopes, strict=True):
        total += float(_box_volumes(size[mine], away[mine], slope).sum())
    return total


def _voxels(size: FloatArray) -> FloatArray:
    """(N,) volumes of (N, 3) index boxes, voxels."""
    return size[:, 0] * size[:, 1] * size[:, 2]


def _box_volumes(size: FloatArray, distance: FloatArray, slope: FloatArray) -> FloatArray:
    """(N,) volumes (voxels) of (N, 3) index boxes on the positive side of one plane."""
    widths = np.sort(np.abs(slope) * size, axis=1)
    narrow, wide, widest = widths.T
    ends = [smooth_ramp(distance + side * widest / 2, wide, narrow) for side in (1, -1)]
    return np.asarray((ends[0] - ends[1]) / widest * _voxels(size))


def _halved(centre: FloatArray, size: FloatArray, axis: int) -> tuple[FloatArray, FloatArray]:
    """Cut boxes in two along their axis, between voxels."""
    first, second = size.copy(), size.copy()
    first[:, axis] = np.floor(size[:, axis] / 2)
    second[:, axis] -= first[:, axis]
    left, right = centre.copy(), centre.copy()
    left[:, axis] -= second[:, axis] / 2
    right[:, axis] += first[:, axis] / 2
    return np.concatenate([left, right]), np.concatenate([first, second])


_CORNERS = np.array(list(np.ndindex(2, 2, 2))) - 0.5
_TETRAHEDRA = np.array(
    [(0, 1, 3, 7), (0, 1, 5, 7), (0, 2, 3, 7), (0, 2, 6, 7), (0, 4, 5, 7), (0, 4, 6, 7)]
)


def _crossed_often(
    centre: FloatArray, size: FloatArray, slopes: FloatArray, offsets: FloatArray
) -> float:
    corners = centre[:, None] + _CORNERS * size[:, None]
    solids = corners[:, _TETRAHEDRA].reshape(-1, 4, 3)
    for slope, offset in zip(slopes, offsets, strict=True):
        solids = _clipped(solids, slope, float(offset))
    edges = solids[:, 1:] - solids[:, :1]
    return float(np.abs(np.linalg.det(edges)).sum()) / 6


def _clipped(solids: FloatArray, slope: FloatArray, offset: float) -> FloatArray:
    """(N, 4, 3) tetrahedra to those that fill their part with ``slope.p >= offset``."""
    distance = solids @ slope - offset
    order = np.argsort(-distance, axis=1)
    distance = np.take_along_axis(distance, order, axis=1)
    solids = np.take_along_axis(solids, order[:, :, None], axis=1)
    inside = (distance > 0).sum(axis=1)
    parts = [solids[inside == 4]]
    for count in (1, 2, 3):
        v, t = solids[inside == count], distance[inside == count]
        cut = {
            (p, q): v[:, p] + (t[:, p] / (t[:, p] - t[:, q]))[:, None] * (v[:, q] - v[:, p])
            for p in range(count)
            for q in range(count, 4)
        }
        parts += _pieces(v, cut, count)
    return np.concatenate(parts)


def _pieces(v: FloatArray, cut: dict[tuple[int, int], FloatArray], inside: int) -> list[FloatArray]:
    """Tetrahedra of what stays of one whose first 1, 2 or 3 vertices are inside."""
    if inside == 1:
        return [np.stack([v[:, 0], cut[0, 1], cut[0, 2], cut[0, 3]], axis=1)]
    if inside == 2:
        top, bottom = (v[:, 0], cut[0, 2], cut[0, 3]), (v[:, 1], cut[1, 2], cut[1, 3])
    else:
        top, bottom = (v[:, 0], v[:, 1], v[:, 2]), (cut[0, 3], cut[1, 3], cut[2, 3])
    prism = (*top, *bottom)
    return [np.stack(prism[p : p + 4], axis=1) for p in range(3)]
