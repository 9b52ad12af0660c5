"""One axial slice of a CT beside the case's own views: painted plainly, without OpenGL."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from liverplan.app.kit import theme
from liverplan.app.slices.contours import slice_of
from liverplan.app.slices.convert import lps_to_napari, view_axes
from liverplan.app.slices.cut_painting import to_canvas
from liverplan.app.slices.overlay import Drawing, paint_words
from liverplan.app.slices.slicing import Look
from liverplan.app.slices.views import step_sign
from liverplan.volume import FloatArray, Grid, Volume

FIT = 0.94
ZOOMS = (0.2, 20.0)


class CtPane(QWidget):
    """Shows the axial slice through a point; the wheel steps.

    Attributes
    ----------
    title : str
        Stands alone while no CT is shown.
    volume : Volume or None
        The CT.
    grid : Grid or None
        Its lattice, which may be known without it.
    point_mm : (3,) array or None
        The point on show, LPS mm.
    limits_hu : (float, float)
        Darkest and brightest density of its window.
    magnified : float
        1: the whole slice fits.
    """

    moved = Signal(object)
    """LPS mm in this pane's own CT."""
    zoomed = Signal(float)

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title
        self.volume: Volume | None = None
        self.grid: Grid | None = None
        self.point_mm: FloatArray | None = None
        self.limits_hu = (-135.0, 215.0)
        self.magnified = 1.0
        self.setMinimumSize(160, 140)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def show_point(self, point_mm: FloatArray | None) -> None:
        """Show the slice through a (3,) LPS point, mm, which keeps its place on the screen."""
        self.point_mm = point_mm
        self.update()

    @property
    def look(self) -> Look | None:
        """Where the pane looks: the point's slice, the scan's middle at the centre."""
        grid = self.grid
        if grid is None or self.point_mm is None:
            return None
        axes = view_axes(grid, "Axial")
        shape, mm = grid.shape, grid.spacing_mm
        high, wide = shape[axes.down] * mm[axes.down], shape[axes.right] * mm[axes.right]
        zoom = FIT * self.magnified * min(self.width() / wide, self.height() / high)
        centre = np.array([(high - mm[axes.down]) / 2, (wide - mm[axes.right]) / 2])
        world = lps_to_napari(grid, self.point_mm)
        if self.magnified > 1:
            centre = world[[axes.down, axes.right]]
        last = shape[axes.along] - 1
        return Look(
            grid=grid,
            axes=axes,
            index=int(np.clip(np.rint(world[axes.along] / mm[axes.along]), 0, last)),
            centre=(float(centre[0]), float(centre[1])),
            zoom=zoom,
            width=self.width(),
            height=self.height(),
        )

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """CT, what lies over it, crosshair, words."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0))
        look = self.look
        if look is None:
            painter.setPen(QColor(*theme.SECONDARY))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.title)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ct(painter, look)
        self.paint_over(painter, look)
        self._paint_point(painter, look)
        paint_words(painter, self.words(look), look)
        painter.end()

    def paint_over(self, painter: QPainter, look: Look) -> None:
        """Paint what lies between the CT and the crosshair."""

    def words(self, look: Look) -> Drawing:
        """Return the words in the corners."""
        return Drawing(look=look)

    def _paint_ct(self, painter: QPainter, look: Look) -> None:
        if self.volume is None:
            return
        grey = grey_of(slice_of(self.volume.hu, look.axes, look.index), self.limits_hu)
        high, wide = grey.shape
        image = QImage(grey.data, wide, high, wide, QImage.Format.Format_Grayscale8)
        _, down, right = look.spacing
        painter.save()
        painter.setTransform(to_canvas(look))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(-right / 2, -down / 2, wide * right, high * down), image)
        painter.restore()

    def _paint_point(self, painter: QPainter, look: Look) -> None:
        if self.point_mm is None:
            return
        x, y = look.lps_to_pixel(self.point_mm)
        painter.setPen(QPen(QColor(*theme.CROSSHAIR, 170), 1))
        for a, b in ((-26, -10), (10, 26)):
            painter.drawLine(QPointF(x + a, y), QPointF(x + b, y))
            painter.drawLine(QPointF(x, y + a), QPointF(x, y + b))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Step through the slices; with Ctrl, zoom both panes."""
        notches = event.angleDelta().y() / 120
        look = self.look
        if look is None or self.point_mm is None or not notches:
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoomed.emit(float(np.clip(self.magnified * 1.15**notches, *ZOOMS)))
            return
        index = look.grid.to_index(self.point_mm)
        axis = look.axes.along
        to = look.index + round(notches) * step_sign(look.grid, "Axial")
        index[axis] = np.clip(to, 0, look.grid.shape[axis] - 1)
        self.moved.emit(look.grid.to_mm(index))


def grey_of(
    hu: NDArray[np.int16] | NDArray[np.float32], limits_hu: tuple[float, float]
) -> NDArray[np.uint8]:
    """Window an (M, N) slice: HU to 0-255, rows aligned as QImage takes them."""
    low, high = limits_hu
    scaled = (hu.astype(np.float32) - low) * (255.0 / max(high - low, 1e-6))
    grey: NDArray[np.uint8] = np.ascontiguousarray(np.clip(scaled, 0, 255).astype(np.uint8))
    return grey
