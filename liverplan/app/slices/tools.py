"""What the mouse does on a slice: the active tool, a plane's handles, window, pan, zoom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, cast

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent

from liverplan.app.session.session import Session
from liverplan.app.slices import adapter, cut_drags
from liverplan.app.slices.slicing import Look, Point
from liverplan.app.slices.views import SliceView, ThreeViews
from liverplan.volume import FloatArray

ToolName = Literal[
    "",
    "inside",
    "outside",
    "brush",
    "eraser",
    "outline",
    "lesion",
    "axis",
    "merge",
    "split",
    "portal vein",
    "hepatic veins",
    "plane",
    "three points",
    "curved",
    "contour",
    "ablation",
    "landmarks",
    "cut vessel",
]

PAINTING: frozenset[str] = frozenset({"brush", "eraser"})
STROKING: frozenset[str] = PAINTING | {"outline", "axis"}
BRUSH_MM = (1.0, 40.0)


class Drag(Protocol):
    """What happens between a button's press and its release."""

    def move(self, x: float, y: float) -> None:
        """Follow the mouse to canvas pixel (x, y)."""

    def end(self) -> None:
        """Finish when the button is released."""


@dataclass
class WindowDrag:
    """Horizontal: width. Vertical: level."""

    views: ThreeViews
    start: Point
    level_hu: float
    width_hu: float

    def move(self, x: float, y: float) -> None:
        """Two HU a pixel."""
        width = self.width_hu + 2 * (x - self.start[0])
        self.views.set_window(self.level_hu - 2 * (y - self.start[1]), width)

    def end(self) -> None:
        """Nothing is left to do."""


@dataclass
class PanDrag:
    """Move the picture with the mouse."""

    views: ThreeViews
    view: SliceView
    start: Point
    look: Look

    def move(self, x: float, y: float) -> None:
        """Keep the point that was grabbed under the mouse."""
        grabbed = self.look.pixel_to_flat(*self.start)
        now = self.look.pixel_to_flat(x, y)
        down = self.look.centre[0] + grabbed[0] - now[0]
        right = self.look.centre[1] + grabbed[1] - now[1]
        adapter.set_camera(self.view.model, down, right, self.look.zoom)
        self.views.redraw(self.view)

    def end(self) -> None:
        """Nothing is left to do."""


@dataclass
class ZoomDrag:
    """Up: larger. Down: smaller. About the point that was grabbed."""

    views: ThreeViews
    view: SliceView
    start: Point
    look: Look

    def move(self, _x: float, y: float) -> None:
        """One factor of e in 150 pixels."""
        factor = float(np.exp((self.start[1] - y) / 150))
        zoom_about(self.views, self.view, self.look, self.start, factor)

    def end(self) -> None:
        """Nothing is left to do."""


@dataclass
class StrokeDrag:
    """Paint while the button is down."""

    paint: Callable[[FloatArray], None]
    finish: Callable[[], None]
    look: Look

    def move(self, x: float, y: float) -> None:
        """Paint here."""
        self.paint(self.look.pixel_to_lps(x, y))

    def end(self) -> None:
        """Make it one step."""
        self.finish()


def zoom_about(views: ThreeViews, view: SliceView, look: Look, at: Point, factor: float) -> None:
    """Zoom so that the point under ``at`` stays there."""
    zoom = float(np.clip(look.zoom * factor, 0.1, 60))
    down, right = look.pixel_to_flat(*at)
    ratio = look.zoom / zoom
    centre = (down + (look.centre[0] - down) * ratio, right + (look.centre[1] - right) * ratio)
    adapter.set_camera(view.model, *centre, zoom)
    views.redraw(view)


class Tools(QObject):
    """Which tool is active, and what each mouse event on a slice means."""

    clicked = Signal(str, object, object)
    """(tool, LPS point, view) of a click with a clicking tool."""
    stroked = Signal(str, object, object)
    """(tool, LPS point, view); no point: the stroke has ended."""
    changed = Signal()
    maximise = Signal(object)

    def __init__(self, session: Session, views: ThreeViews) -> None:
        super().__init__()
        self.session = session
        self.views = views
        self.name: ToolName = ""
        self.radius_mm = 8.0
        self.hovered: SliceView = views.views["Axial"]
        self._drag: Drag | None = None
        for view in views.views.values():
            view.mouse.connect(self._mouse)

    def choose(self, name: ToolName) -> None:
        """Make a tool the active one; no name means none."""
        self.name = name
        self.views.points_mm, self.views.path_mm = [], []
        self.views.brush = None
        self.changed.emit()
        self.views.redraw()

    def resize_brush(self, factor: float) -> None:
        """Make the brush larger or smaller."""
        self.radius_mm = float(np.clip(self.radius_mm * factor, *BRUSH_MM))
        if self.views.brush:
            view, at, _ = self.views.brush
            self.views.brush = (view, at, self.radius_mm)
        self.changed.emit()
        self.views.redraw()

    @property
    def dragging(self) -> bool:
        """Whether a mouse button is held on a slice."""
        return self._drag is not None

    def abandon(self) -> None:
        """Give up the drag under way."""
        self._drag = None
        self.views.path_mm = []
        self.session.cancel_drag()

    def _mouse(self, view: SliceView, event: QEvent) -> None:
        look = view.look
        if look is None:
            return
        kind = event.type()
        if kind == QEvent.Type.Resize:
            self.views.redraw(view)
        elif kind == QEvent.Type.Wheel:
            self._wheel(view, look, cast("QWheelEvent", event))
        elif kind == QEvent.Type.Leave:
            self._leave(view)
        elif kind == QEvent.Type.MouseButtonDblClick:
            self.maximise.emit(view)
        elif kind == QEvent.Type.MouseButtonPress:
            self._drag = self._press(view, look, cast("QMouseEvent", event))
        elif kind == QEvent.Type.MouseMove:
            self._move(view, look, cast("QMouseEvent", event))
        elif self._drag is not None:
            drag, self._drag = self._drag, None
            drag.end()

    def _press(self, view: SliceView, look: Look, event: QMouseEvent) -> Drag | None:
        view.canvas.setFocus()
        at = event.position().x(), event.position().y()
        button, shift = event.button(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if button == Qt.MouseButton.MiddleButton or (button == Qt.MouseButton.LeftButton and shift):
            return PanDrag(self.views, view, at, look)
        if button == Qt.MouseButton.RightButton:
            return ZoomDrag(self.views, view, at, look)
        if button != Qt.MouseButton.LeftButton:
            return None
        if self.name:
            return self._use_tool(view, look, at)
        return cut_drags.grab(self.session, look, at) or WindowDrag(
            self.views, at, self.views.level_hu, self.views.width_hu
        )

    def _use_tool(self, view: SliceView, look: Look, at: Point) -> Drag | None:
        point = look.pixel_to_lps(*at)
        tool = self.name
        if tool not in STROKING:
            self.clicked.emit(tool, point, view)
            return None
        self.stroked.emit(tool, point, view)
        return StrokeDrag(
            paint=lambda p: self.stroked.emit(tool, p, view),
            finish=lambda: self.stroked.emit(tool, None, view),
            look=look,
        )

    def _move(self, view: SliceView, look: Look, event: QMouseEvent) -> None:
        self.hovered = view
        x, y = event.position().x(), event.position().y()
        if self.name in PAINTING:
            self.views.brush = (view, (x, y), self.radius_mm)
            self.views.redraw(view)
        if self._drag is not None:
            self._drag.move(x, y)
            return
        point = look.pixel_to_lps(x, y)
        self.views.pointer_hu = self._hu(point)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.views.move_crosshair(point)
        self._show_cursor(view, look, QPointF(x, y))
        self.views.redraw(view)

    def _show_cursor(self, view: SliceView, look: Look, at: QPointF) -> None:
        shape = Qt.CursorShape.CrossCursor if self.name else Qt.CursorShape.ArrowCursor
        if not self.name and cut_drags.over_handle(self.session.work, look, (at.x(), at.y())):
            shape = Qt.CursorShape.OpenHandCursor
        view.canvas.setCursor(shape)

    def _hu(self, point_mm: FloatArray) -> float | None:
        volume = self.session.work.volume
        index = volume.grid.nearest_index(point_mm) if volume else None
        return None if volume is None or index is None else float(volume.hu[index])

    def _leave(self, view: SliceView) -> None:
        self.views.pointer_hu = None
        self.views.brush = None
        self.views.redraw(view)

    def _wheel(self, view: SliceView, look: Look, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120 or event.angleDelta().x() / 120
        modifiers = event.modifiers()
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            at = event.position().x(), event.position().y()
            zoom_about(self.views, view, look, at, 1.15**notches)
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.resize_brush(1.15**notches)
        else:
            self.views.step(view, round(notches) or (1 if notches > 0 else -1))
