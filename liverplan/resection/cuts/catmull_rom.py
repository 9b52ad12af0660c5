"""Catmull-Rom splines: curves through their control points, bicubic over two axes."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np

from liverplan.volume import FloatArray

_CATMULL_ROM: Final = 0.5 * np.array(
    [[0.0, 2.0, 0.0, 0.0], [-1.0, 0.0, 1.0, 0.0], [2.0, -5.0, 4.0, -1.0], [-1.0, 3.0, -3.0, 1.0]]
)
"""Row p: weights of four neighbours in the coefficient of t**p."""

_SLOPES: Final = 16
"""Points along each side of a cell at which the surface's slope is looked at."""

_AT: Final = (np.arange(_SLOPES)[:, None] + 0.5) / _SLOPES
_VALUE: Final = _AT ** np.arange(4.0)
_SLOPE: Final = np.arange(4.0) * _AT ** np.array([0.0, 0.0, 1.0, 2.0])


def cells_of(heights: FloatArray) -> FloatArray:
    """Turn (A, B) heights into (A-1, B-1, 4, 4) coefficients of s**p t**q in each cell.

    s and t run from 0 to 1 between control points; beyond the rim the last height repeats.
    """
    tall = np.concatenate([heights[:1], heights, heights[-1:]])
    padded = np.concatenate([tall[:, :1], tall, tall[:, -1:]], axis=1)
    near = np.lib.stride_tricks.sliding_window_view(padded, (4, 4))
    return np.asarray(_CATMULL_ROM @ near @ _CATMULL_ROM.T)


def weights_at(place: float, count: int) -> FloatArray:
    """(count,) weights of control points in a curve at a place from 0 to count - 1."""
    at = float(np.clip(place, 0, count - 1))
    first = min(int(at), count - 2)
    t = at - first
    near = 0.5 * np.array(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3]
    )
    weights = np.zeros(count)
    np.add.at(weights, np.clip(np.arange(first - 1, first + 3), 0, count - 1), near)
    return weights


@cache
def even_weights(count: int, fineness: int) -> FloatArray:
    """(N, count) weights of control points at even steps, ``fineness`` from one to the next."""
    places = np.arange((count - 1) * fineness + 1) / fineness
    return np.array([weights_at(float(at), count) for at in places])


def steepness(heights: FloatArray, step_mm: tuple[float, float]) -> tuple[float, float]:
    """Bounds on the slope (mm per mm) and second derivative (per mm) of (A, B) heights, mm.

    Slopes on a fine lattice in each cell, and what they can change by up to the next point: at
    most the second derivatives. Along one axis these are largest at control points, and the
    spline's weights across it sum to at most 1.25 in size; the mixed one is at most 1.5 x 1.5
    times the largest mixed difference of neighbours.
    """
    cells, (su, sv) = cells_of(heights), step_mm
    across = heights[1:] - heights[:-1]
    mixed = 2.25 * float(np.abs(across[:, 1:] - across[:, :-1]).max())
    bend_u, bend_v = 1.25 * _bend(heights), 1.25 * _bend(heights.T)
    along_u, along_v = _SLOPE @ cells @ _VALUE.T, _VALUE @ cells @ _SLOPE.T
    u = (np.abs(along_u).max(axis=(2, 3)) + (bend_u + mixed) / (2 * _SLOPES)) / su
    v = (np.abs(along_v).max(axis=(2, 3)) + (bend_v + mixed) / (2 * _SLOPES)) / sv
    steepest = float(np.sqrt((u**2 + v**2).max()))
    return steepest, max(bend_u / su**2, bend_v / sv**2) + mixed / (su * sv)


def _bend(heights: FloatArray) -> float:
    """Largest second derivative along the first axis at control points, per step squared."""
    h = np.concatenate([heights[:1], heights, heights[-1:]])
    a, b, c, d = h[:-3], h[1:-2], h[2:-1], h[3:]
    return float(
        max(np.abs(2 * a - 5 * b + 4 * c - d).max(), np.abs(2 * d - 5 * c + 4 * b - a).max())
    )
