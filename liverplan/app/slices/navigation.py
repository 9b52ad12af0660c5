"""Tools that are always at hand: window and level, pan, zoom, the crosshair."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt

from liverplan.app.slices import adapter
from liverplan.app.slices.slicing import Look, Point
from liverplan.app.slices.tool import Spot, Tool
from liverplan.app.slices.view import SliceView
from liverplan.app.slices.views import ThreeViews


class WindowTool(Tool):
    """Horizontal: width. Vertical: level. Two HU a pixel."""

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, views: ThreeViews) -> None:
        self._views = views
        self._start: tuple[Point, float, float] | None = None

    def press(self, spot: Spot) -> None:
        """Take hold of the window as it is."""
        self._start = spot.at, self._views.level_hu, self._views.width_hu

    def move(self, spot: Spot) -> None:
        """Set it by how far the mouse has gone."""
        if self._start is None:
            return
        (x, y), level, width = self._start
        self._views.set_window(level - 2 * (spot.at[1] - y), width + 2 * (spot.at[0] - x))


class HoldingTool(Tool):
    """Holds the point that was pressed."""

    def __init__(self, views: ThreeViews) -> None:
        self._views = views
        self._start: Point | None = None

    def press(self, spot: Spot) -> None:
        """Take hold of a point."""
        self._start = spot.at


class PanTool(HoldingTool):
    """Moves the picture with the mouse."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def move(self, spot: Spot) -> None:
        """Keep that point under the mouse."""
        if self._start is None:
            return
        look = spot.look
        grabbed, now = look.pixel_to_flat(*self._start), look.pixel_to_flat(*spot.at)
        down, right = (c + g - n for c, g, n in zip(look.centre, grabbed, now, strict=True))
        adapter.set_camera(spot.view.model, down, right, look.zoom)
        self._views.redraw(spot.view)


class ZoomTool(HoldingTool):
    """Up: larger. Down: smaller. About the point that was pressed; a factor of e in 150 pixels."""

    cursor = Qt.CursorShape.SizeVerCursor

    def move(self, spot: Spot) -> None:
        """Zoom about it."""
        if self._start is None:
            return
        factor = float(np.exp((self._start[1] - spot.at[1]) / 150))
        zoom_about(self._views, spot.view, spot.look, self._start, factor)


class CrosshairTool(Tool):
    """Takes the crosshair along: Shift and the mouse, no button held."""

    def __init__(self, views: ThreeViews) -> None:
        self._views = views

    def hover(self, spot: Spot | None) -> None:
        """Show the slices through the point under the mouse."""
        if spot is not None:
            self._views.move_crosshair(spot.point_mm)


def zoom_about(views: ThreeViews, view: SliceView, look: Look, at: Point, factor: float) -> None:
    """Zoom so that the point under ``at`` stays there."""
    zoom = float(np.clip(look.zoom * factor, 0.1, 60))
    down, right = look.pixel_to_flat(*at)
    ratio = look.zoom / zoom
    centre = (down + (look.centre[0] - down) * ratio, right + (look.centre[1] - right) * ratio)
    adapter.set_camera(view.model, *centre, zoom)
    views.redraw(view)
