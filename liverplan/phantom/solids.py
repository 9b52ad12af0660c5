"""Solids whose volume beyond any plane is known: balls under an affine map, cut by flat faces.

A half-space of an ellipsoid is a closed form. An ellipsoid with flat faces is cut in thin slices
along the plane's normal: each slice is a disc with straight sides, whose area is a closed form
too; between the heights where a face or a corner comes in, the area is a smooth function and
Gauss-Legendre quadrature integrates it to about 1e-9 of the volume.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from liverplan.volume import FloatArray

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
_PARALLEL = 1e-9
"""A face whose normal leaves the plane's by less than this (in sine) is parallel to it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Solid:
    """The points centre + matrix @ u with |u| <= 1 and faces @ u <= reach.

    Parameters
    ----------
    centre_mm : (3,) array
        LPS mm.
    matrix : (3, 3) array
        Unit ball to mm; its columns are the semi-axes.
    faces : (K, 3) array
        Unit normals of the flat faces in the ball's space, pointing out.
    reach : (K,) array
        Distance of each face from the ball's centre, in radii; at most 1 in size.
    """

    centre_mm: FloatArray
    matrix: FloatArray
    faces: FloatArray = field(default_factory=lambda: np.empty((0, 3)))
    reach: FloatArray = field(default_factory=lambda: np.empty(0))

    @cached_property
    def scale_ml(self) -> float:
        """Volume of the ball's unit cube, mL."""
        return float(abs(np.linalg.det(self.matrix))) / 1000.0

    @cached_property
    def volume_ml(self) -> float:
        """Volume of the whole solid, mL."""
        return self.beyond_ml((0.6, 0.64, 0.48), -np.inf)

    def beyond_ml(self, normal: ArrayLike, offset_mm: float) -> float:
        """Volume where normal . x >= offset, mL; ``normal`` is a (3,) unit vector, LPS."""
        n = np.asarray(normal, dtype=np.float64)
        stretched = self.matrix.T @ n
        length = float(np.linalg.norm(stretched))
        start = (offset_mm - float(n @ self.centre_mm)) / length
        if start >= 1:
            return 0.0
        if len(self.faces) == 0:
            s = max(start, -1.0)
            return self.scale_ml * np.pi * (2 - 3 * s + s**3) / 3
        return self.scale_ml * _faced_ball(stretched / length, start, self.faces, self.reach)

    def support_mm(self, normal: ArrayLike) -> float:
        """Largest normal . x over the solid's ball, mm, by a (3,) unit normal; without faces."""
        n = np.asarray(normal, dtype=np.float64)
        return float(n @ self.centre_mm + np.linalg.norm(self.matrix.T @ n))


def faced(
    centre_mm: ArrayLike, matrix: ArrayLike, planes: list[tuple[FloatArray, float]]
) -> Solid | None:
    """Cut an ellipsoid to the points with normal . x <= offset for every plane.

    Parameters
    ----------
    centre_mm : (3,) array
        LPS mm.
    matrix : (3, 3) array
        From the unit ball to the ellipsoid, mm.
    planes : list of ((3,) array, float)
        Unit normals and offsets, mm.

    Returns
    -------
    Solid or None
        None where nothing is left.
    """
    centre, m = np.asarray(centre_mm, dtype=np.float64), np.asarray(matrix, dtype=np.float64)
    faces, reach = [], []
    for normal, offset in planes:
        stretched = m.T @ normal
        length = float(np.linalg.norm(stretched))
        distance = (offset - float(normal @ centre)) / length
        if distance <= -1:
            return None
        if distance < 1:
            faces.append(stretched / length)
            reach.append(distance)
    solid = Solid(
        centre_mm=centre,
        matrix=m,
        faces=np.array(faces).reshape(-1, 3),
        reach=np.array(reach),
    )
    return solid if solid.volume_ml > 0 else None


def _faced_ball(axis: FloatArray, start: float, faces: FloatArray, reach: FloatArray) -> float:
    """Volume of the unit ball's part with axis . u >= start and faces @ u <= reach."""
    along = faces @ axis
    across = faces - along[:, None] * axis
    sine = np.linalg.norm(across, axis=1)
    level = sine < _PARALLEL
    low = max([start, -1.0, *(reach[level & (along < 0)] / along[level & (along < 0)])])
    high = min([1.0, *(reach[level & (along > 0)] / along[level & (along > 0)])])
    if low >= high:
        return 0.0
    heights = _heights(axis, faces, reach)
    knots = np.concatenate([[low], np.sort(heights[(heights > low) & (heights < high)]), [high]])
    t, weight = _nodes_between(knots)
    sides = ~level
    frame = np.linalg.svd(axis[None, :])[2][1:]
    normals = (across[sides] / sine[sides, None]) @ frame.T
    offsets = (reach[sides] - along[sides] * t[:, None]) / sine[sides]
    return float(weight @ _disc_area(np.sqrt(1 - t**2), normals, offsets))


def _nodes_between(knots: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights that integrate between knots, where roots may start at either end."""
    half, middle = np.diff(knots)[:, None] / 2, (knots[1:] + knots[:-1])[:, None] / 2
    angle = _NODES * np.pi / 2
    t = middle + half * np.sin(angle)
    weight = half * np.cos(angle) * (np.pi / 2) * _WEIGHTS
    return np.clip(t.ravel(), -1, 1), weight.ravel()


def _heights(axis: FloatArray, faces: FloatArray, reach: FloatArray) -> FloatArray:
    """Every height along the axis at which the section's outline may change its kind."""
    along = faces @ axis
    tip = np.sqrt((1 - reach**2) * np.clip(1 - along**2, 0, None))
    found = [reach * along - tip, reach * along + tip]
    for pair in combinations(range(len(faces)), 2):
        found.append(_edge_heights(axis, faces[list(pair)], reach[list(pair)]))
    for corner in combinations(range(len(faces)), 3):
        normals = faces[list(corner)]
        if abs(np.linalg.det(normals)) > _PARALLEL:
            found.append(np.atleast_1d(axis @ np.linalg.solve(normals, reach[list(corner)])))
    return np.concatenate(found)


def _edge_heights(axis: FloatArray, normals: FloatArray, reach: FloatArray) -> FloatArray:
    """Heights of the two points where two faces and the sphere meet; empty if they do not."""
    direction = np.cross(normals[0], normals[1])
    length = np.linalg.norm(direction)
    if length < _PARALLEL:
        return np.empty(0)
    nearest = np.linalg.lstsq(normals, reach, rcond=None)[0]
    left = 1 - nearest @ nearest
    if left <= 0:
        return np.empty(0)
    step = np.sqrt(left) * float(axis @ direction) / length
    return float(axis @ nearest) + np.array([-step, step])


def _disc_area(radius: FloatArray, normals: FloatArray, offsets: FloatArray) -> FloatArray:
    """Area of discs of (T,) radius kept where normals (K, 2) . p <= offsets (T, K)."""
    return (_chords(radius, normals, offsets) + radius**2 * _arc(radius, normals, offsets)) / 2


def _chords(radius: FloatArray, normals: FloatArray, offsets: FloatArray) -> FloatArray:
    """Twice the signed area between the disc's centre and its straight sides."""
    total = np.zeros_like(radius)
    for i, normal in enumerate(normals):
        b = offsets[:, i]
        end = np.sqrt(np.clip(radius**2 - b**2, 0, None))
        low, high = -end, end
        for j, other in enumerate(normals):
            cosine = float(normal @ other)
            sine = float(other[1] * normal[0] - other[0] * normal[1])
            room = offsets[:, j] - cosine * b
            if j == i:
                continue
            if abs(sine) < _PARALLEL:
                high = np.where((room < 0) | ((cosine > 0) & (room == 0) & (j < i)), low, high)
            elif sine > 0:
                high = np.minimum(high, room / sine)
            else:
                low = np.maximum(low, room / sine)
        total += b * np.clip(high - low, 0, None)
    return total


def _arc(radius: FloatArray, normals: FloatArray, offsets: FloatArray) -> FloatArray:
    """Angle of the circle that no side cuts off."""
    centre = np.arctan2(normals[:, 1], normals[:, 0])
    half = np.arccos(np.clip(offsets / np.maximum(radius, 1e-300)[:, None], -1, 1))
    turn = 2 * np.pi
    ends = np.sort(np.concatenate([centre - half, centre + half], axis=1) % turn, axis=1)
    following = np.concatenate([ends[:, 1:], ends[:, :1] + turn], axis=1)
    middle = (ends + following) / 2
    point = radius[:, None, None] * np.stack([np.cos(middle), np.sin(middle)], axis=-1)
    kept = np.all(point @ normals.T <= offsets[:, None, :], axis=-1)
    return np.asarray(((following - ends) * kept).sum(axis=1))
