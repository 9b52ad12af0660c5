"""A curved cut from a closed contour drawn on the liver's surface, folded or not."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array
from scipy.sparse.linalg import spsolve

from liverplan.resection.cuts.curved import Surface, contour_frame, contour_points, crosses_itself
from liverplan.resection.cuts.folded import Sheet
from liverplan.volume import FloatArray

NET: Final = 13
"""Control points along each side of a sheet laid through a contour."""

BEYOND_MM: Final = 15.0
"""How far a sheet's edge reaches beyond its contour."""


def cut_through_contour(points_mm: ArrayLike, stays_toward: ArrayLike) -> Surface | Sheet:
    """Return the cut through a closed contour: live where it can be, else a sheet that may fold.

    Parameters
    ----------
    points_mm : (N, 3) array
        LPS, in the order in which they were drawn; at least 4.
    stays_toward : (3,) array
        A point on the side that stays, LPS.

    Returns
    -------
    Surface or Sheet
        A height field; or, for a contour that crosses itself as seen along its own normal, a net
        hung in it like a soap film. That is measured by brute force (a plan's notes say so), and
        `liverplan.volumetry.shapes.faults` refuses it where it does not part the liver.

    Raises
    ------
    PlanError
        If the contour is too short or not of numbers.
    """
    points, toward = contour_points(points_mm), np.asarray(stays_toward, dtype=np.float64)
    axes = contour_frame(points, toward)
    if not crosses_itself((points - points.mean(axis=0)) @ axes[:2].T):
        return Surface.through_contour(points, toward)
    return Sheet(control_mm=_film(points), stays_toward=axes[2])


def _film(contour: FloatArray) -> FloatArray:
    """(NET, NET, 3) points: the contour along the second ring from outside, each inner point the
    mean of its neighbours, the outermost ring beyond.
    """  # noqa: D205 - one sentence
    inner = NET - 2
    ring = _ring(inner)
    film = np.zeros((inner, inner, 3))
    film[tuple(ring.T)] = _even(contour, len(ring))
    place = np.arange(inner**2).reshape(inner, inner)
    free = place[1:-1, 1:-1].ravel()
    sides = np.array([1, -1, inner, -inner])
    rows = np.repeat(np.arange(len(free)), 4)
    near = (free[:, None] + sides).ravel()
    mean = csr_array((np.full(len(rows), 0.25), (rows, near)), shape=(len(free), inner**2))
    fixed = mean @ film.reshape(-1, 3)
    within = csr_array(np.eye(len(free))) - mean[:, free]
    film.reshape(-1, 3)[free] = np.asarray(spsolve(within.tocsc(), fixed))
    return _widened(film)


def _ring(n: int) -> FloatArray:
    """(4n - 4, 2) places round the edge of a net, in order."""
    side = np.arange(n - 1)
    last = np.full(n - 1, n - 1)
    none = np.zeros(n - 1, dtype=int)
    corners = [(side, none), (last, side), (n - 1 - side, last), (none, n - 1 - side)]
    return np.concatenate([np.stack(pair, axis=1) for pair in corners])


def _even(contour: FloatArray, count: int) -> FloatArray:
    """Points evenly spaced along a closed contour."""
    closed = np.concatenate([contour, contour[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    at = np.arange(count) / count * along[-1]
    return np.stack([np.interp(at, along, closed[:, c]) for c in range(3)], axis=1)


def _widened(film: FloatArray) -> FloatArray:
    """Add a ring outside, away from the middle of the contour."""
    wide = np.pad(film, ((1, 1), (1, 1), (0, 0)), mode="edge")
    ring = tuple(_ring(len(wide)).T)
    out = wide[ring] - film[tuple(_ring(len(film)).T)].mean(axis=0)
    wide[ring] += BEYOND_MM * out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-6)
    return wide
