"""The slice of a second CT beside the axial view: as large, at the same place, its own window."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent

from liverplan.app.kit.language import language, tr
from liverplan.app.session.whose import dashed, patient_lines
from liverplan.app.slices.convert import lps_to_napari
from liverplan.app.slices.overlay import Corners, Drawing
from liverplan.app.slices.slicing import Look
from liverplan.app.steps.compare.beside import Second
from liverplan.app.steps.compare.ct_pane import CtPane
from liverplan.findings import SeriesSummary
from liverplan.plain import clean
from liverplan.volume import FloatArray
from liverplan.words import words_of

HU_PER_PIXEL = 2.0


class BesidePicture(CtPane):
    """Wheel: its slices. Left drag: its window. Shift and move: the crosshair in both."""

    pressed = Signal()
    """The left button went down: an armed tool is meant for the case's own CT."""
    stretched = Signal(float)
    """Zoom both by this factor."""
    windowed = Signal()
    """Its window was set with the mouse."""

    def __init__(self) -> None:
        super().__init__("")
        self.second: Second | None = None
        self.hidden = False
        self.centre_mm: FloatArray | None = None
        self.zoom = 1.0
        self._held: tuple[QPointF, float, float] | None = None
        self._rising: QPointF | None = None
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def show_second(self, second: Second | None) -> None:
        """Show another CT, or none."""
        self.second = second
        self.volume = None if second is None else second.volume
        self.grid = None if second is None else second.volume.grid
        if second is None:
            self.point_mm, self.centre_mm = None, None
        self.update()

    def show_window(self, level_hu: float, width_hu: float) -> None:
        """Set its own window."""
        level, width = float(np.clip(level_hu, -1000, 3000)), float(np.clip(width_hu, 1, 4000))
        self.limits_hu = level - width / 2, level + width / 2
        self.update()

    @property
    def window_hu(self) -> tuple[float, float]:
        """Level and width."""
        low, high = self.limits_hu
        return (low + high) / 2, high - low

    @property
    def look(self) -> Look | None:
        """Where it looks: the point's slice, as far magnified and about the same place."""
        whole = super().look
        if whole is None or self.centre_mm is None:
            return whole
        world = lps_to_napari(whole.grid, self.centre_mm)
        centre = float(world[whole.axes.down]), float(world[whole.axes.right])
        return replace(whole, centre=centre, zoom=self.zoom)

    def words(self, look: Look) -> Drawing:
        """Whose and which CT; what must be known of how it lies on the other."""
        second = self.second
        if second is None or second.record.series is None:
            return Drawing(look=look)
        series = second.record.series
        who = (*patient_lines(second.record, hidden=self.hidden), *which_of(series))
        level, width = self.window_hu
        corners = Corners(
            top_left=who,
            top_right=(tr("{mm:.1f} mm", mm=look.spacing[0]), phase_words(series.phase)),
            bottom_left=(f"L {level:.0f} W {width:.0f}",),
            bottom_right=(f"{look.index + 1}/{look.grid.shape[look.axes.along]}",),
        )
        return Drawing(look=look, corners=corners, tool_words=warning_of(second))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Step through its slices; with Ctrl, zoom both."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.stretched.emit(1.15 ** (event.angleDelta().y() / 120))
        else:
            super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take hold of the window, or of the zoom."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = event.position(), *self.window_hu
            self.pressed.emit()
        elif event.button() == Qt.MouseButton.RightButton:
            self._rising = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Set the window or the zoom by how far the mouse has gone; with Shift take the point."""
        at = event.position()
        if self._held is not None:
            start, level, width = self._held
            far = (at - start) * HU_PER_PIXEL
            self.show_window(level - far.y(), width + far.x())
            self.windowed.emit()
        elif self._rising is not None:
            self.stretched.emit(float(np.exp((self._rising.y() - at.y()) / 150)))
            self._rising = at
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self.look is not None:
            self.moved.emit(self.look.pixel_to_lps(at.x(), at.y()))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let go."""
        self._held = self._rising = None


def which_of(series: SeriesSummary) -> tuple[str, ...]:
    """Return the day and the name of a series, as far as they are known."""
    return tuple(filter(None, (dashed(series.study_date), clean(series.description))))


def phase_words(phase: str) -> str:
    """Return a contrast phase in the window's language; "" where it is not known."""
    return words_of(language())[f"phase.{phase}"] if phase else ""


def warning_of(second: Second) -> str:
    """Say what keeps the two from being the same place of the same person."""
    whose = tr("Another patient") if second.stranger else ""
    match second.way:
        case "frame":
            where = ""
        case "livers":
            where = tr("Laid on by the livers")
        case _:
            where = tr("Other frame of reference")
    return " \N{MIDDLE DOT} ".join(filter(None, (whose, where)))
