"""A handle in the 3D view held by the mouse, and what the cut becomes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF

from liverplan.app.scene.renderer import Scene
from liverplan.app.session.cut_words import deed
from liverplan.resection import Cut
from liverplan.resection.cuts.handle import Handle
from liverplan.volume import FloatArray


class Grab:
    """A handle held by the mouse: it slides, turns about its foot, or moves across the sight."""

    def __init__(
        self,
        cut: Cut,
        handle: Handle,
        origin: FloatArray,
        direction: FloatArray,
        ratio: float,
    ) -> None:
        self.cut, self.handle, self._ratio = cut, handle, ratio
        arm = handle.at_mm - handle.foot_mm
        self._arm = float(np.linalg.norm(arm)) or 1.0
        self._behind = float(arm @ direction) > 0
        self._sight = direction
        self._start = self._measure(origin, direction)

    @property
    def name(self) -> str:
        """What the drag is called in the list of steps."""
        return deed(self.handle.what, self.cut)

    def moved(self, scene: Scene, at: QPointF) -> Cut | None:
        """Return the cut for a mouse position; None where the position says nothing."""
        now = self._measure(*scene.ray(at.x() * self._ratio, at.y() * self._ratio))
        if now is None or self._start is None:
            return None
        handle = self.handle
        if handle.what == "turn":  # by the angle between two lines of sight: nothing jumps
            handle = replace(handle, at_mm=handle.foot_mm + self._arm * self._start)
            return self.cut.pulled(handle, handle.foot_mm + self._arm * now)
        return self.cut.pulled(handle, handle.at_mm + now - self._start)

    def _measure(self, origin: FloatArray, direction: FloatArray) -> FloatArray | None:
        handle = self.handle
        if handle.what == "turn":
            return toward_sphere(origin, direction, handle.foot_mm, self._arm, behind=self._behind)
        if handle.along is not None:
            return nearest_on_axis(origin, direction, handle.at_mm, handle.along)
        depth = float((handle.at_mm - origin) @ self._sight) / float(direction @ self._sight)
        return np.asarray(origin + depth * direction)


def nearest_on_axis(
    origin: FloatArray, direction: FloatArray, foot: FloatArray, axis: FloatArray
) -> FloatArray | None:
    """Point of the line (foot, axis) nearest to a line of sight; None if they are parallel."""
    across = np.cross(axis, direction)
    square = float(across @ across)
    if square < 1e-6:
        return None
    distance = float(np.cross(origin - foot, direction) @ across) / square
    nearest: FloatArray = foot + distance * axis
    return nearest


def toward_sphere(
    origin: FloatArray,
    direction: FloatArray,
    centre: FloatArray,
    radius: float,
    *,
    behind: bool = False,
) -> FloatArray:
    """Return the (3,) unit vector to where a line of sight meets, or passes nearest, a sphere.

    ``behind``: the far side of the sphere is meant, as when the arrow points away from the eye.
    """
    closest = origin + float((centre - origin) @ direction) * direction
    miss = float(np.linalg.norm(closest - centre))
    if miss < radius:
        depth = np.sqrt(radius**2 - miss**2)
        closest = closest + (depth if behind else -depth) * direction
    toward: FloatArray = closest - centre
    toward /= float(np.linalg.norm(toward))
    return toward
