"""Curved cuts: a height field over a flat frame, bicubic between its control points."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Final, Self

import numpy as np
from numpy.typing import ArrayLike

from liverplan.errors import PlanError
from liverplan.findings import CutFinding
from liverplan.resection.cuts.base import FlatFrame, Shape
from liverplan.resection.cuts.catmull_rom import cells_of, even_weights, steepness, weights_at
from liverplan.resection.cuts.checks import frame_of
from liverplan.resection.cuts.handle import (
    ARM_MM,
    LEAST_IN_PLANE,
    Handle,
    SlicePlane,
    length,
    moving,
    turning,
)
from liverplan.resection.cuts.net import Extent
from liverplan.resection.cuts.rigid import around, square
from liverplan.resection.primitives import HEIGHT, Primitive
from liverplan.volume import FloatArray, read_only

MIN_CONTROLS, MAX_CONTROLS = 2, 64

MOST_CONTROLS: Final = 5
"""Rows of bending handles along each side; a finer net shows every second or so."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CurvedCut(Shape):
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

    kind: ClassVar[str] = "surface"
    can_lie_flat: ClassVar[bool] = True

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
    ) -> Self:
        """Return a level surface round a (3,) point, LPS mm; the normal points to what stays."""
        axes = frame_of(normal)
        step = size_mm / (controls - 1)
        origin = np.asarray(centre_mm, dtype=np.float64) - size_mm / 2 * (axes[0] + axes[1])
        return cls(
            origin_mm=origin,
            axes=axes,
            step_mm=(step, step),
            heights_mm=np.zeros((controls, controls)),
        )

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

    def beyond_rim_mm(self, points_mm: FloatArray) -> FloatArray:
        """(..., 3) LPS to (...) mm by which points lie beyond the rim, seen along w; 0 within."""
        local = (points_mm - self.origin_mm) @ self.axes[:2].T
        outside = np.maximum(-local, local - np.array(self.size_mm))
        return np.asarray(np.linalg.norm(np.maximum(outside, 0.0), axis=-1))

    def steepest(self) -> float:
        """Bound on the surface's slope, mm per mm."""
        return steepness(self.heights_mm, self.step_mm)[0]

    def sharpest(self) -> float:
        """Bound on the surface's second derivative in any direction, per mm; its rim left out."""
        return steepness(self.heights_mm, self.step_mm)[1]

    def primitives(self) -> tuple[Primitive, ...]:
        """One height field."""
        a, b = self.heights_mm.shape
        steepest, sharpest = steepness(self.heights_mm, self.step_mm)
        scale = 1 / np.hypot(1, steepest)
        numbers = (*self.origin_mm, *self.axes.ravel(), *self.step_mm, a - 1, b - 1, 0)
        numbers = (*numbers, scale, scale * sharpest)
        return (
            Primitive(
                kind=HEIGHT, numbers=[float(v) for v in numbers], cells=cells_of(self.heights_mm)
            ),
        )

    def finding(self, removes_ml: float) -> CutFinding:
        """Return it as results name it."""
        return CutFinding(kind=self.kind, removes_ml=removes_ml)

    def moved(self, by_mm: FloatArray) -> Self:
        """Return the surface elsewhere, by a (3,) vector, LPS mm."""
        return replace(self, origin_mm=self.origin_mm + by_mm)

    def turned(self, pivot_mm: FloatArray, rotation: FloatArray) -> Self:
        """Return the surface turned about a point, (3,) LPS mm, by a (3, 3) rotation."""
        origin = around(self.origin_mm, pivot_mm, rotation)
        return replace(self, origin_mm=origin, axes=square(self.axes @ rotation.T))

    def flipped(self) -> Self:
        """Return the surface of which the other side stays."""
        return replace(
            self,
            origin_mm=self.origin_mm + self.size_mm[1] * self.axes[1],
            axes=self.axes * np.array([[1.0], [-1.0], [-1.0]]),
            heights_mm=-self.heights_mm[:, ::-1],
        )

    def bent(self, at: tuple[float, float], by_mm: float) -> Self:
        """Return the surface lifted by a length at a place (u, v) of its net, as little as need be.

        The control points share the lift by their weights there, so the surface itself, not only a
        control point, follows.
        """
        counts = self.heights_mm.shape
        weights = np.outer(*(weights_at(at[n], counts[n]) for n in (0, 1)))
        return replace(self, heights_mm=self.heights_mm + by_mm * weights / (weights**2).sum())

    def point_mm(self, at: tuple[float, float]) -> FloatArray:
        """(3,) LPS point of the surface at a place (u, v) of its net."""
        u, v = (weights_at(at[n], self.heights_mm.shape[n]) for n in (0, 1))
        height = u @ self.heights_mm @ v
        local = np.array([at[0] * self.step_mm[0], at[1] * self.step_mm[1], height])
        return np.asarray(self.origin_mm + local @ self.axes)

    @property
    def middle_mm(self) -> FloatArray:
        """(3,) LPS point of the surface over the middle of its frame."""
        place = (np.array(self.heights_mm.shape) - 1) / 2
        return self.point_mm((float(place[0]), float(place[1])))

    def net_mm(self, fineness: int) -> tuple[FloatArray, FloatArray]:
        """Return (U, V, 2) places in its net and its (U, V, 3) LPS points there.

        ``fineness``: how many steps from one control point to the next.
        """
        counts = self.heights_mm.shape
        rows, columns = (np.arange((n - 1) * fineness + 1) / fineness for n in counts)
        across, down = (even_weights(n, fineness) for n in counts)
        u, v = np.meshgrid(rows, columns, indexing="ij")
        heights = across @ self.heights_mm @ down.T
        local = np.stack([u * self.step_mm[0], v * self.step_mm[1], heights], axis=-1)
        return np.stack([u, v], axis=-1), np.asarray(self.origin_mm + local @ self.axes)

    def crossing(self, on: SlicePlane, fineness: int = 8) -> tuple[FloatArray, FloatArray]:
        """Where it crosses a slice: (N, 2) places in its net and (N, 3) LPS points."""
        places, points = self.net_mm(fineness)
        off = on.height_mm(points)
        found_places, found_points = [np.empty((0, 2))], [np.empty((0, 3))]
        for axis in (0, 1):
            near, far = [slice(None)] * 2, [slice(None)] * 2
            near[axis], far[axis] = slice(None, -1), slice(1, None)
            one, two = tuple(near), tuple(far)
            hit = (off[one] > 0) != (off[two] > 0)
            t = (off[one][hit] / (off[one][hit] - off[two][hit]))[:, None]
            for kept, values in ((found_places, places), (found_points, points)):
                kept.append(values[one][hit] + t * (values[two][hit] - values[one][hit]))
        return np.concatenate(found_places), np.concatenate(found_points)

    def handles(self) -> tuple[Handle, ...]:
        """Its middle moves it along its normal, an arm turns it, control points bend it."""
        w, middle = self.axes[2], self.middle_mm
        net = self.control_points_mm()
        rows, columns = (_shown(n) for n in self.heights_mm.shape)
        bends = (
            Handle(what="bend", at_mm=net[a, b], foot_mm=net[a, b], along=w, part=(a, b))
            for a in rows
            for b in columns
        )
        return (moving(middle, w), turning(middle + 2 * ARM_MM * w, middle), *bends)

    def handles_on(self, on: SlicePlane) -> tuple[Handle, ...]:
        """Return the same on its line in a slice, where it does not lie in it."""
        places, points = self.crossing(on)
        if len(points) < 2 or length(on.within(self.axes[2])) < LEAST_IN_PLANE:
            return ()
        foot = points[int(np.argmin(np.linalg.norm(points - self.middle_mm, axis=1)))]
        ends = self._ends(on, points, foot)
        bends = self._bends(on, places, points, [foot, *ends])
        turns = (turning(end, foot) for end in ends)
        return (moving(foot, self.axes[2]), *turns, *bends)

    def handle_on_line(self, on: SlicePlane, point_mm: FloatArray) -> Handle:
        """Taken by its line it bends there, at a (3,) LPS point, mm."""
        places, points = self.crossing(on)
        if not len(points):
            return moving(point_mm)
        nearest = places[int(np.argmin(np.linalg.norm(points - point_mm, axis=1)))]
        at = (float(nearest[0]), float(nearest[1]))
        return Handle(what="bend", at_mm=point_mm, foot_mm=point_mm, part=at)

    def nets_mm(self, extent: Extent) -> list[FloatArray]:
        """Return its surface as a (U, V, 3) net, LPS mm."""
        del extent
        return [self.net_mm(8)[1]]

    def flat_frame(self, step_mm: float) -> FlatFrame:
        """Return points of its frame, which the surface lies over."""
        u, v = (np.arange(0, size + step_mm / 2, step_mm) for size in self.size_mm)
        points = self.origin_mm + u[:, None, None] * self.axes[0] + v[None, :, None] * self.axes[1]
        reach = float(np.abs(self.heights_mm).max()) * 1.6 + 1.0
        return FlatFrame(points_mm=points, normal=self.axes[2], reach_mm=reach)

    def seen_from(self, near_mm: FloatArray) -> FloatArray:
        """(3,) LPS mm: its middle."""
        del near_mm
        return self.middle_mm

    def _pulled(self, handle: Handle, to_mm: FloatArray) -> Self:
        return self.bent(handle.part, float((to_mm - handle.at_mm) @ self.axes[2]))

    def _ends(self, on: SlicePlane, points: FloatArray, foot: FloatArray) -> list[FloatArray]:
        """Points of its line in a slice to both sides of a foot, an arm's length away."""
        off = points - foot
        side, reach = (
            off @ np.cross(on.normal, on.within(self.axes[2])),
            np.linalg.norm(off, axis=1),
        )
        arm = 80 * on.mm_per_pixel
        sides = (np.flatnonzero(side < 0), np.flatnonzero(side > 0))
        return [points[n[np.argmin(np.abs(reach[n] - arm))]] for n in sides if n.size]

    def _bends(
        self, on: SlicePlane, places: FloatArray, points: FloatArray, shown: list[FloatArray]
    ) -> list[Handle]:
        """Return handles where its line crosses its net, none close to another."""
        bends = []
        for place, point in zip(places, points, strict=True):
            near = min(length(point - other) for other in shown)
            if on_net(place, self.heights_mm.shape) and near > 20 * on.mm_per_pixel:
                shown.append(point)
                at = (float(place[0]), float(place[1]))
                bends.append(Handle(what="bend", at_mm=point, foot_mm=point, part=at))
        return bends


def on_net(place: FloatArray, counts: tuple[int, ...]) -> bool:
    """Whether a place, (2,), lies on a line of the net that has handles."""
    return any(abs(place[n] - line) < 1e-6 for n in (0, 1) for line in _shown(counts[n]))


def _shown(count: int) -> list[int]:
    """Return which of a net's rows have handles."""
    return sorted({round(float(n)) for n in np.linspace(0, count - 1, min(count, MOST_CONTROLS))})


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
