"""Rigid motion: points about a pivot, axes kept square, and the rotations themselves."""

from __future__ import annotations

import numpy as np

from liverplan.volume import FloatArray


def around(points_mm: FloatArray, pivot_mm: FloatArray, rotation: FloatArray) -> FloatArray:
    """(..., 3) LPS points turned about a pivot, (3,) LPS mm, by a (3, 3) rotation."""
    return np.asarray(pivot_mm + (points_mm - pivot_mm) @ rotation.T)


def square(axes: FloatArray) -> FloatArray:
    """(3, 3) nearly square axes as square as numbers can be: turning adds no error over time."""
    left, _, right = np.linalg.svd(axes)
    return np.asarray(left @ right)


def rotation_between(a: FloatArray, b: FloatArray) -> FloatArray:
    """(3, 3) rotation that takes unit vector a, (3,), to unit vector b by the shortest way."""
    axis, cosine = np.cross(a, b), float(a @ b)
    if cosine < -1 + 1e-9:
        return -np.eye(3)
    skew = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    rotation: FloatArray = np.eye(3) + skew + skew @ skew / (1 + cosine)
    return rotation
