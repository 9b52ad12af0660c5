"""A curved cut from a closed contour drawn on the liver's surface, folded or not."""

from __future__ import annotations

from typing import Final

import numpy as np
import scipy
from numpy.typing import ArrayLike

from liverplan.errors import PlanError
from liverplan.resection.cuts.curved import CurvedCut
from liverplan.resection.cuts.folded import FoldedCut
from liverplan.volume import FloatArray

CONTROLS: Final = 12
"""Control points along each side of a curved cut laid through a contour."""

RIM_FRACTION: Final = 0.15
"""How far a curved cut reaches beyond the contour that it was made from."""

NET: Final = 13
"""Control points along each side of a sheet laid through a contour."""

BEYOND_MM: Final = 15.0
"""How far a sheet's edge reaches beyond its contour."""


def cut_through_contour(points_mm: ArrayLike, stays_toward: ArrayLike) -> CurvedCut | FoldedCut:
    """Return the cut through a closed contour: live where it can be, else a sheet that may fold.

    Parameters
    ----------
    points_mm : (N, 3) array
        LPS, in the order in which they were drawn; at least 4.
    stays_toward : (3,) array
        A point on the side that stays, LPS.

    Returns
    -------
    CurvedCut or FoldedCut
        A height field; or, for a contour that crosses itself as seen along its own normal, a net
        hung in it like a soap film. That is measured by brute force (a plan's notes say so), and
        a plan's faults say refuses it where it does not part the liver.

    Raises
    ------
    PlanError
        If the contour is too short or not of numbers.
    """
    points, toward = contour_points(points_mm), np.asarray(stays_toward, dtype=np.float64)
    axes = contour_frame(points, toward)
    if not crosses_itself((points - points.mean(axis=0)) @ axes[:2].T):
        return curved_through_contour(points, toward)
    return FoldedCut(control_mm=_film(points), stays_toward=axes[2])


def curved_through_contour(points_mm: ArrayLike, stays_toward: ArrayLike) -> CurvedCut:
    """Return the smoothest surface through a closed contour drawn on the liver.

    Parameters
    ----------
    points_mm : (N, 3) array
        LPS, in the order in which they were drawn; at least 4.
    stays_toward : (3,) array
        A point or direction's end on the side that stays, LPS.

    Raises
    ------
    PlanError
        If the contour is too short, or folds: seen along its own normal it crosses itself, so
        that no height field holds it.
    """
    points = contour_points(points_mm)
    axes = contour_frame(points, np.asarray(stays_toward, dtype=np.float64))
    local = (points - points.mean(axis=0)) @ axes.T
    if crosses_itself(local[:, :2]):
        raise PlanError(
            "The contour folds over itself, so no curved surface with one height at each "
            "point holds it; draw it as two cuts."
        )
    return _fit(points.mean(axis=0), axes, local)


def crosses_itself(outline: FloatArray) -> bool:
    """Whether a closed outline of (N, 2) points crosses itself."""
    start, end = outline, np.roll(outline, -1, axis=0)
    edge = end - start

    def side(p: FloatArray) -> FloatArray:
        """Return (N, M): on which side of edge n a point m lies."""
        off = p[None] - start[:, None]
        return np.asarray(edge[:, None, 0] * off[..., 1] - edge[:, None, 1] * off[..., 0])

    crossing = side(start) * side(end) < 0
    return bool(np.any(crossing & crossing.T))


def contour_points(points_mm: ArrayLike) -> FloatArray:
    """Return a contour's (N, 3) points, checked."""
    points = np.asarray(points_mm, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 3 or len(points) < 4:
        raise PlanError("A contour needs at least 4 points of three coordinates.")
    if not np.isfinite(points).all():
        raise PlanError("A contour's coordinates must be numbers.")
    return points


def contour_frame(points: FloatArray, stays_toward: FloatArray) -> FloatArray:
    """Return (3, 3) rows u, v, w of the frame of an (M, 3) contour, w toward what stays."""
    centred = points - points.mean(axis=0)
    u, v, w = np.linalg.svd(centred, full_matrices=False)[2]
    if w @ (stays_toward - points.mean(axis=0)) < 0:
        w = -w
    del v
    return np.stack([u, np.cross(w, u), w])


def _fit(centre: FloatArray, axes: FloatArray, local: FloatArray) -> CurvedCut:
    """Lay a thin plate through a contour's points and read off its heights."""
    low, high = local[:, :2].min(axis=0), local[:, :2].max(axis=0)
    rim = RIM_FRACTION * (high - low)
    low, size = low - rim, high - low + 2 * rim
    step = size / (CONTROLS - 1)
    lattice = low + np.indices((CONTROLS, CONTROLS)).reshape(2, -1).T * step

    plate = scipy.interpolate.RBFInterpolator(
        local[:, :2], local[:, 2], kernel="thin_plate_spline", smoothing=1e-6
    )
    heights = np.asarray(plate(lattice)).reshape(CONTROLS, CONTROLS)
    return CurvedCut(
        origin_mm=centre + low @ axes[:2],
        axes=axes,
        step_mm=(float(step[0]), float(step[1])),
        heights_mm=heights,
    )


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
    mean = scipy.sparse.csr_array(
        (np.full(len(rows), 0.25), (rows, near)), shape=(len(free), inner**2)
    )
    fixed = mean @ film.reshape(-1, 3)
    within = scipy.sparse.csr_array(np.eye(len(free))) - mean[:, free]
    film.reshape(-1, 3)[free] = np.asarray(scipy.sparse.linalg.spsolve(within.tocsc(), fixed))
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
