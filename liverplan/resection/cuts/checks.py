"""What every kind of cut asks of its numbers."""

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
