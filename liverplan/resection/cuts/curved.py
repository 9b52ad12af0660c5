"""Curved cuts: a height field over a flat frame, bicubic between its control points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import RBFInterpolator

from liverplan.errors import PlanError
from liverplan.resection.cuts.folded import Sheet
from liverplan.resection.primitives import HEIGHT, Primitive, cells_of
from liverplan.volume import FloatArray, read_only

MIN_CONTROLS, MAX_CONTROLS = 2, 64
CONTOUR_CONTROLS = 12
CONTOUR_RIM_FRACTION = 0.15
"""How far a surface reaches beyond the contour that it was made from."""

_SLOPES = 16
"""Points along each side of a cell at which the surface's slope is looked at."""
_AT = (np.arange(_SLOPES)[:, None] + 0.5) / _SLOPES
_VALUE, _SLOPE = _AT ** np.arange(4.0), np.arange(4.0) * _AT ** np.array([0.0, 0.0, 1.0, 2.0])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surface:
    """A curved cut through control points over a flat frame.

    The frame's first two axes u, v span it; its third, w, points toward the tissue that stays.
    Control point (a, b) lies at ``origin + a step[0] u + b step[1] v + heights[a, b] w``; between
    them the height is a bicubic (Catmull-Rom: it passes through each, and a dragged point moves
    the surface up to two steps away). Beyond its rim the surface goes on level with the rim for
    measuring, and `liverplan.volumetry` refuses it if the liver reaches that far.

    Parameters
    ----------
    origin_mm : (3,) array
        LPS.
    axes : (3, 3) array
        Rows u, v, w: unit vectors at right angles.
    step_mm : (float, float)
        Distance between control points along u and v.
    heights_mm : (A, B) array
        2 to 64 along each axis.
    """

    origin_mm: FloatArray
    axes: FloatArray
    step_mm: tuple[float, float]
    heights_mm: FloatArray

    def __post_init__(self) -> None:
        origin = np.array(self.origin_mm, dtype=np.float64).reshape(-1)
        axes = np.array(self.axes, dtype=np.float64)
        heights = np.array(self.heights_mm, dtype=np.float64)
        step = (float(self.step_mm[0]), float(self.step_mm[1]))
        faults = _faults(origin, axes, step, heights)
        if faults:
            raise PlanError(f"This is no usable curved cut: {'; '.join(faults)}.")
        for name, array in (("origin_mm", origin), ("axes", axes), ("heights_mm", heights)):
            read_only(array)
            object.__setattr__(self, name, array)
        object.__setattr__(self, "step_mm", step)

    @classmethod
    def flat(
        cls,
        centre_mm: ArrayLike,
        normal: ArrayLike,
        *,
        size_mm: float = 240.0,
        controls: int = 4,
    ) -> Surface:
        """Return a level surface round a point, to be bent; the normal points to what stays."""
        axes = frame_of(normal)
        step = size_mm / (controls - 1)
        origin = np.asarray(centre_mm, dtype=np.float64) - size_mm / 2 * (axes[0] + axes[1])
        return cls(
            origin_mm=origin,
            axes=axes,
            step_mm=(step, step),
            heights_mm=np.zeros((controls, controls)),
        )

    @classmethod
    def through_contour(cls, points_mm: ArrayLike, stays_toward: ArrayLike) -> Surface:
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

    @property
    def size_mm(self) -> tuple[float, float]:
        """Extent along u and v."""
        a, b = self.heights_mm.shape
        return (a - 1) * self.step_mm[0], (b - 1) * self.step_mm[1]

    def control_points_mm(self) -> FloatArray:
        """Return (A, B, 3) LPS mm."""
        a, b = np.indices(self.heights_mm.shape)
        local = np.stack([a * self.step_mm[0], b * self.step_mm[1], self.heights_mm], axis=-1)
        return self.origin_mm + local @ self.axes

    def as_sheet(self) -> Sheet:
        """Return the same surface as a sheet, whose control points may be dragged anywhere."""
        return Sheet(control_mm=self.control_points_mm(), stays_toward=self.axes[2])

    def lifted(self, control: tuple[int, int], by_mm: float) -> Surface:
        """Return the surface with one control point moved along w."""
        heights = self.heights_mm.copy()
        heights[control] += by_mm
        return Surface(
            origin_mm=self.origin_mm, axes=self.axes, step_mm=self.step_mm, heights_mm=heights
        )

    def beyond_rim_mm(self, points_mm: FloatArray) -> FloatArray:
        """(..., 3) LPS to (...) mm by which points lie beyond the rim, seen along w; 0 within."""
        local = (points_mm - self.origin_mm) @ self.axes[:2].T
        outside = np.maximum(-local, local - np.array(self.size_mm))
        return np.asarray(np.linalg.norm(np.maximum(outside, 0.0), axis=-1))

    def steepest(self) -> float:
        """Bound on the surface's slope, mm per mm.

        Slopes on a fine lattice in each cell, and what they can change by up to the next point: at
        most the second derivatives. Along one axis these are largest at control points, and the
        spline's weights across it sum to at most 1.25 in size; the mixed one is at most 1.5 x 1.5
        times the largest mixed difference of neighbours.
        """
        return self._slope_and_bend()[0]

    def sharpest(self) -> float:
        """Bound on the surface's second derivative in any direction, per mm; its rim left out."""
        return self._slope_and_bend()[1]

    def _slope_and_bend(self) -> tuple[float, float]:
        cells, (su, sv) = cells_of(self.heights_mm), self.step_mm
        across = self.heights_mm[1:] - self.heights_mm[:-1]
        mixed = 2.25 * float(np.abs(across[:, 1:] - across[:, :-1]).max())
        bend_u, bend_v = 1.25 * _bend(self.heights_mm), 1.25 * _bend(self.heights_mm.T)
        along_u, along_v = _SLOPE @ cells @ _VALUE.T, _VALUE @ cells @ _SLOPE.T
        u = (np.abs(along_u).max(axis=(2, 3)) + (bend_u + mixed) / (2 * _SLOPES)) / su
        v = (np.abs(along_v).max(axis=(2, 3)) + (bend_v + mixed) / (2 * _SLOPES)) / sv
        steepest = float(np.sqrt((u**2 + v**2).max()))
        return steepest, max(bend_u / su**2, bend_v / sv**2) + mixed / (su * sv)

    def primitives(self) -> tuple[Primitive, ...]:
        """Functions that are all negative where the cut removes tissue."""
        a, b = self.heights_mm.shape
        steepest, sharpest = self._slope_and_bend()
        scale = 1 / np.hypot(1, steepest)
        numbers = (*self.origin_mm, *self.axes.ravel(), *self.step_mm, a - 1, b - 1, 0)
        numbers = (*numbers, scale, scale * sharpest)
        return (
            Primitive(
                kind=HEIGHT, numbers=[float(v) for v in numbers], cells=cells_of(self.heights_mm)
            ),
        )


def _bend(heights: FloatArray) -> float:
    """Largest second derivative along the first axis at control points, per step squared."""
    h = np.concatenate([heights[:1], heights, heights[-1:]])
    a, b, c, d = h[:-3], h[1:-2], h[2:-1], h[3:]
    return float(
        max(np.abs(2 * a - 5 * b + 4 * c - d).max(), np.abs(2 * d - 5 * c + 4 * b - a).max())
    )


def frame_of(normal: ArrayLike) -> FloatArray:
    """Return rows u, v, w of a right-handed frame whose w is a direction."""
    w = np.asarray(normal, dtype=np.float64)
    length = float(np.linalg.norm(w))
    if w.shape != (3,) or not np.isfinite(length) or length == 0:
        raise PlanError("A curved cut's normal must be three numbers that are not all zero.")
    w = w / length
    u = np.cross(np.eye(3)[int(np.argmin(np.abs(w)))], w)
    u /= np.linalg.norm(u)
    return np.stack([u, np.cross(w, u), w])


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
    """Return rows u, v, w of the frame that a contour lies in best, w toward what stays."""
    centred = points - points.mean(axis=0)
    u, v, w = np.linalg.svd(centred, full_matrices=False)[2]
    if w @ (stays_toward - points.mean(axis=0)) < 0:
        w = -w
    del v
    return np.stack([u, np.cross(w, u), w])


def _fit(centre: FloatArray, axes: FloatArray, local: FloatArray) -> Surface:
    """Lay a thin plate through a contour's points and read off its heights."""
    low, high = local[:, :2].min(axis=0), local[:, :2].max(axis=0)
    rim = CONTOUR_RIM_FRACTION * (high - low)
    low, size = low - rim, high - low + 2 * rim
    step = size / (CONTOUR_CONTROLS - 1)
    lattice = low + np.indices((CONTOUR_CONTROLS, CONTOUR_CONTROLS)).reshape(2, -1).T * step
    plate = RBFInterpolator(local[:, :2], local[:, 2], kernel="thin_plate_spline", smoothing=1e-6)
    heights = np.asarray(plate(lattice)).reshape(CONTOUR_CONTROLS, CONTOUR_CONTROLS)
    return Surface(
        origin_mm=centre + low @ axes[:2],
        axes=axes,
        step_mm=(float(step[0]), float(step[1])),
        heights_mm=heights,
    )


def _faults(
    origin: FloatArray, axes: FloatArray, step: tuple[float, float], heights: FloatArray
) -> list[str]:
    faults = []
    if origin.shape != (3,) or not np.isfinite(origin).all():
        faults.append("its origin is not three numbers")
    if axes.shape != (3, 3) or not np.allclose(axes @ axes.T, np.eye(3), atol=1e-6):
        faults.append("its axes are not three unit vectors at right angles")
    if not all(np.isfinite(s) and s > 0 for s in step):
        faults.append("its steps are not lengths")
    if heights.ndim != 2 or not all(MIN_CONTROLS <= n <= MAX_CONTROLS for n in heights.shape):
        faults.append(f"it has {heights.shape} control points, not 2 to 64 along each axis")
    elif not np.isfinite(heights).all():
        faults.append("its heights are not all numbers")
    return faults
