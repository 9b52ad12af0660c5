"""Cuts as nets of points, to be drawn: (U, V, 3) LPS mm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from liverplan.volume import FloatArray

ROUND: Final = 36
"""Sides of what is round, once about."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Extent:
    """The liver that cuts are drawn in.

    Parameters
    ----------
    vertices_mm : (N, 3) array
        Points of its surface, LPS.
    centre_mm : (3,) array
        LPS.
    half_mm : float
        Half a side of the square that shows a plane.
    """

    vertices_mm: FloatArray
    centre_mm: FloatArray
    half_mm: float


def unit_ball() -> FloatArray:
    """(R, C, 3) points of a ball of radius 1, R half of ROUND and C ROUND, and one more each."""
    down = np.linspace(0, np.pi, ROUND // 2 + 1)[:, None]
    about = np.linspace(0, 2 * np.pi, ROUND + 1)[None, :]
    return np.stack(
        [np.sin(down) * np.cos(about), np.sin(down) * np.sin(about), np.cos(down) + 0 * about],
        axis=-1,
    )


def across(normal: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Two (3,) unit vectors that, with a unit normal, (3,), make a right-handed frame."""
    helper = np.eye(3)[int(np.argmin(np.abs(normal)))]
    first = np.cross(normal, helper)
    first = first / np.linalg.norm(first)
    return first, np.cross(normal, first)
