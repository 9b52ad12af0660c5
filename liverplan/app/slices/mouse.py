"""Which tool each event of the mouse on a slice is for."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QCursor, QMouseEvent, QWheelEvent

from liverplan.app.session.session import Session
from liverplan.app.slices.cut_tool import CutTool
from liverplan.app.slices.navigation import (
    CrosshairTool,
    PanTool,
    WindowTool,
    ZoomTool,
    zoom_about,
)
from liverplan.app.slices.slicing import Look
from liverplan.app.slices.tool import Spot, Tool
from liverplan.app.slices.view import SliceView
from liverplan.app.slices.views import ThreeViews

NOTCH = 120
"""Of a wheel, in eighths of a degree."""


class Mouse(QObject):
    """Middle or Shift pans, right zooms, left is for the armed tool, else cuts, else the window.

    Attributes
    ----------
    hovered : SliceView
        The view that the mouse was over last: the arrow keys go through its slices.
    """

    maximise = Signal(object)

    def __init__(self, session: Session, views: ThreeViews) -> None:
        super().__init__()
        self._session, self._views = session, views
        self._pan, self._zoom = PanTool(views), ZoomTool(views)
        self._window, self._crosshair = WindowTool(views), CrosshairTool(views)
        self._cuts = CutTool(session)
        self._held: tuple[Tool, Look] | None = None
        self.hovered: SliceView = views.views["Axial"]
        for view in views.views.values():
            view.mouse.connect(self._answer)
        views.armed.connect(self._show_armed)

    @property
    def dragging(self) -> bool:
        """Whether a mouse button is held on a slice."""
        return self._held is not None

    def abandon(self) -> None:
        """Give up the drag under way."""
        held, self._held = self._held, None
        self._views.held = False
        if held is not None:
            held[0].abandon()
        self._session.cancel_drag()
        self._views.redraw()

    def _answer(self, view: SliceView, event: QEvent) -> None:
        look = view.look
        if look is None:
            return
        match event.type():
            case QEvent.Type.Resize:
                self._views.redraw(view)
            case QEvent.Type.Leave:
                self._leave(view)
            case QEvent.Type.MouseButtonDblClick:
                self.maximise.emit(view)
            case QEvent.Type.Wheel:
                self._wheel(view, look, cast("QWheelEvent", event))
            case QEvent.Type.MouseButtonPress:
                self._press(view, look, cast("QMouseEvent", event))
            case QEvent.Type.MouseMove:
                self._move(view, look, cast("QMouseEvent", event))
            case QEvent.Type.MouseButtonRelease:
                self._release(view, cast("QMouseEvent", event))

    def _press(self, view: SliceView, look: Look, event: QMouseEvent) -> None:
        view.canvas.setFocus()
        spot = _spot(view, look, event)
        tool = self._tool_for(spot, event)
        if tool is None:
            return
        self._held = tool, look
        self._views.held = True
        tool.press(spot)
        view.canvas.setCursor(tool.cursor)
        self._used()

    def _tool_for(self, spot: Spot, event: QMouseEvent) -> Tool | None:
        button, shift = event.button(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if button == Qt.MouseButton.MiddleButton or (button == Qt.MouseButton.LeftButton and shift):
            return self._pan
        if button == Qt.MouseButton.RightButton:
            return self._zoom
        if button != Qt.MouseButton.LeftButton:
            return None
        if self._views.tool is not None:
            return self._views.tool
        return self._cuts if self._cuts.grabs(spot) else self._window

    def _release(self, view: SliceView, event: QMouseEvent) -> None:
        held, self._held = self._held, None
        self._views.held = False
        if held is not None:
            tool, look = held
            tool.release(_spot(view, look, event))
            view.canvas.setCursor(self._cursor(_spot(view, look, event)))
            self._used()

    def _used(self) -> None:
        self._views.tool_used.emit()
        self._views.redraw()

    def _move(self, view: SliceView, look: Look, event: QMouseEvent) -> None:
        self.hovered = view
        self._views.pointer = view, (event.position().x(), event.position().y())
        if self._held is not None:
            tool, look = self._held
            tool.move(_spot(view, look, event))
            self._views.redraw(view)
            return
        spot = _spot(view, look, event)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._crosshair.hover(spot)
        if self._views.tool is not None:
            self._views.tool.hover(spot)
        view.canvas.setCursor(self._cursor(spot))
        self._views.redraw(view)

    def _show_armed(self) -> None:
        """Show at once, wherever the mouse is, what it would do."""
        tool = self._views.tool or self._window
        for view in self._views.views.values():
            view.canvas.setCursor(tool.cursor)

    def _cursor(self, spot: Spot) -> QCursor | Qt.CursorShape:
        if self._views.tool is not None:
            return self._views.tool.cursor
        return self._cuts.cursor if self._cuts.is_over(spot) else self._window.cursor

    def _leave(self, view: SliceView) -> None:
        self._views.pointer = None
        if self._views.tool is not None:
            self._views.tool.hover(None)
        self._views.redraw(view)

    def _wheel(self, view: SliceView, look: Look, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        notches = turned.y() / NOTCH or turned.x() / NOTCH
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            at = event.position().x(), event.position().y()
            zoom_about(self._views, view, look, at, 1.15**notches)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            if self._views.tool is not None:
                self._views.tool.wheel(notches)
                self._views.redraw(view)
        else:
            self._views.step(view, round(notches) or (1 if notches > 0 else -1))


def _spot(view: SliceView, look: Look, event: QMouseEvent) -> Spot:
    return Spot(view=view, look=look, at=(event.position().x(), event.position().y()))
