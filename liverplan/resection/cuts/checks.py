"""What every kind of cut asks of its numbers, and the frame that it makes of a direction."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from liverplan.errors import PlanError
from liverplan.volume import FloatArray, read_only


def checked_point(value: ArrayLike, what: str) -> FloatArray:
    """(3,) read-only array of finite coordinates; ``what`` begins the refusal."""
    point = np.array(value, dtype=np.float64).reshape(-1)
    if point.shape != (3,) or not np.isfinite(point).all():
        raise PlanError(f"{what} must be three numbers, not {value!r}.")
    read_only(point)
    return point


def checked_length(value: float, what: str) -> float:
    """Return a length in mm, more than 0 and less than 1000; ``what`` begins the refusal."""
    length = float(value)
    if not (np.isfinite(length) and 0 < length < 1000):
        raise PlanError(f"{what} must be between 0 and 1000 mm, not {length:g}.")
    return length


def is_unit(vector: FloatArray) -> bool:
    """Whether a (3,) vector has length 1: a stored one then comes back to the last bit."""
    return bool(abs(float(vector @ vector) - 1.0) < 4 * np.finfo(np.float64).eps)


def frame_of(normal: ArrayLike) -> FloatArray:
    """(3, 3) rows u, v, w of a right-handed frame whose w is a direction, (3,) of any length."""
    w = np.asarray(normal, dtype=np.float64)
    length = float(np.linalg.norm(w))
    if w.shape != (3,) or not np.isfinite(length) or length == 0:
        raise PlanError("A curved cut's normal must be three numbers that are not all zero.")
    w = w / length
    u = np.cross(np.eye(3)[int(np.argmin(np.abs(w)))], w)
    u /= np.linalg.norm(u)
    return np.stack([u, np.cross(w, u), w])
