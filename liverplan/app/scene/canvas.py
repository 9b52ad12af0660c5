"""The 3D picture: shows the scene, hands it the mouse, drags the active cut's handles."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from liverplan.app.kit import theme
from liverplan.app.kit.language import tr
from liverplan.app.scene.grab import Grab
from liverplan.app.scene.legend import paint_legend, paint_names
from liverplan.app.scene.renderer import Image, Scene
from liverplan.app.scene.touching import vessel_under
from liverplan.app.session.session import Session

GRAB_PIXELS = 16.0
STILL_PIXELS = 4
"""A mouse that has moved no farther while its button was held has clicked, not turned the view."""
SLOW_S = 0.03
"""A full picture that takes longer is drawn coarser while the view turns or a cut is dragged."""

COARSE = 0.5
REST_MS = 150
"""After the wheel the full picture is drawn when nothing has turned for so long."""

BUTTONS = {
    Qt.MouseButton.LeftButton: "Left",
    Qt.MouseButton.MiddleButton: "Middle",
    Qt.MouseButton.RightButton: "Right",
}
"""As VTK calls them."""


class SceneCanvas(QWidget):
    """Paints the scene; left rotates, right zooms, middle pans, handles move the cut."""

    maximise = Signal(object)
    touched = Signal(object)
    """A vessel was clicked: its (3,) LPS point, mm."""

    def __init__(self, session: Session, scene: Scene) -> None:
        super().__init__()
        self.session = session
        self.scene = scene
        self.message = tr("The 3D view appears once the liver is found.")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMinimumSize(160, 120)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._grab: Grab | None = None
        self._pressed = QPointF()
        self.beside: Callable[[int, int, float], Image | None] | None = None
        self.names = ("", "")
        self._slow = self._held = False
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(REST_MS)
        self._resting.timeout.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Small, so that the splitters decide."""
        return QSize(300, 300)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Render and copy the picture onto the screen."""
        painter = QPainter(self)
        if self.message:
            painter.fillRect(self.rect(), QColor(theme.palette().scene))
            painter.setPen(QColor(theme.palette().scene_text))
            words = self.rect().adjusted(20, 20, -20, -20)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(words, int(flags), self.message)
            return
        coarse = self.moving and self._slow
        began = time.perf_counter()
        pixels = self.picture(scale=COARSE if coarse else 1.0)
        if not coarse:
            self._slow = time.perf_counter() - began > SLOW_S
        high, wide = pixels.shape[:2]
        image = QImage(pixels.data, wide, high, 4 * wide, QImage.Format.Format_RGBX8888)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, coarse)
        painter.drawImage(self.rect(), image)
        if self.beside is not None:
            paint_names(painter, self.width(), self.names)
        if self.scene.bands is not None:
            paint_legend(painter, self.height(), self.scene.bands)
        painter.end()

    @property
    def moving(self) -> bool:
        """Whether the view turns or a cut is dragged: then a picture that lags is worse."""
        return self.session.dragging or self._held or self._resting.isActive()

    def stir(self) -> None:
        """Draw anew at once, coarse where that is slow, and in full when nothing stirs."""
        self._resting.start()
        self.update()

    def picture(self, *, scale: float = 1.0) -> Image:
        """Return (height, width, 4) bytes, the uppermost row first; below 1 also coarser bodies."""
        ratio = self.devicePixelRatioF()
        wide, high = round(self.width() * ratio), round(self.height() * ratio)
        if self.beside is not None:
            wide //= 2
        drawn = self.scene.render(wide, high, scale, fine=scale >= 1)
        other = None if self.beside is None else self.beside(wide, high, scale)
        if other is not None:
            drawn = np.concatenate([drawn, other], axis=1)
        return np.ascontiguousarray(drawn[::-1])

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Grab the handle if it is under the mouse, else turn, zoom or pan."""
        if self.message:
            return
        self._pressed = event.position()
        if event.button() == Qt.MouseButton.LeftButton:
            self._grab = self.grab_at(event.position())
            if self._grab is not None:
                return
        self._held = True
        self._hand_on(event, "Press")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the drag."""
        if self.message:
            return
        if self._grab is not None:
            cut = self._grab.moved(self.scene, event.position())
            if cut is not None:
                self.session.drag_cut(cut)
            return
        if event.buttons() == Qt.MouseButton.NoButton:
            over = self.grab_at(event.position()) is not None
            shape = Qt.CursorShape.OpenHandCursor if over else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)
            return
        self._tell(event)
        self.scene.interactor.MouseMoveEvent()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """End the drag; a cut's drag becomes one step."""
        if self._grab is not None:
            grab, self._grab = self._grab, None
            self.session.finish_drag(grab.name)
            return
        self._held = False
        self.update()
        if self.message:
            return
        self._hand_on(event, "Release")
        if event.button() == Qt.MouseButton.LeftButton:
            self._touch(event.position())

    def _touch(self, at: QPointF) -> None:
        """Say which vessel was clicked, where the mouse has not turned the view."""
        if (at - self._pressed).manhattanLength() > STILL_PIXELS:
            return
        ratio = self.devicePixelRatioF()
        point = vessel_under(self.scene, at.x() * ratio, at.y() * ratio)
        if point is not None:
            self.touched.emit(point)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Show this pane alone, or all again."""
        self.maximise.emit(self)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zoom."""
        if self.message:
            return
        camera = self.scene.renderer.GetActiveCamera()
        camera.Dolly(1.12 ** (event.angleDelta().y() / 120))
        self.stir()

    def grab_at(self, at: QPointF) -> Grab | None:
        """Return what of the active cut's handles lies under the mouse."""
        cut = self.session.work.active_cut
        if cut is None:
            return None
        ratio = self.devicePixelRatioF()
        away = [
            float(np.hypot(x / ratio - at.x(), y / ratio - at.y()))
            for x, y in (self.scene.to_pixel(handle.at_mm) for handle in self.scene.handles)
        ]
        if not away or min(away) > GRAB_PIXELS:
            return None
        handle = self.scene.handles[int(np.argmin(away))]
        origin, direction = self.scene.ray(at.x() * ratio, at.y() * ratio)
        return Grab(cut, handle, origin, direction, ratio)

    def give_up(self) -> None:
        """Abandon a drag."""
        self._grab = None

    def _hand_on(self, event: QMouseEvent, what: Literal["Press", "Release"]) -> None:
        """Let VTK turn, zoom or pan by a button."""
        self._tell(event)
        if name := BUTTONS.get(event.button()):
            getattr(self.scene.interactor, f"{name}Button{what}Event")()

    def _tell(self, event: QMouseEvent) -> None:
        ratio = self.devicePixelRatioF()
        at = event.position()
        self.scene.interactor.SetSize(round(self.width() * ratio), round(self.height() * ratio))
        self.scene.interactor.SetEventInformationFlipY(
            round(at.x() * ratio), round(at.y() * ratio), 0, 0, "\0", 0, None
        )
