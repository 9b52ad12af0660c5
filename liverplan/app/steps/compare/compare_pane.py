"""One axial slice of one of two compared CTs: painted plainly, without OpenGL."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from liverplan.app.kit import theme
from liverplan.app.kit.language import tr
from liverplan.app.slices.contours import Outlines, outlines_of, slice_of
from liverplan.app.slices.convert import lps_to_napari, view_axes
from liverplan.app.slices.cut_painting import to_canvas
from liverplan.app.slices.overlay import Corners, Drawing, paint_words
from liverplan.app.slices.slicing import Look
from liverplan.app.slices.views import step_sign
from liverplan.followup import Examination
from liverplan.volume import FloatArray

FIT = 0.94
ZOOMS = (0.2, 20.0)


class ComparePane(QWidget):
    """Shows the slice through a point; the wheel steps, a click moves the point."""

    moved = Signal(object)
    """LPS mm in this pane's own CT."""
    zoomed = Signal(float)

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title
        self.examination: Examination | None = None
        self.point_mm: FloatArray | None = None
        self.chosen: int | None = None
        self.limits_hu = (-135.0, 215.0)
        self.magnified = 1.0
        self._outlines: tuple[int, Outlines] | None = None
        self.setMinimumSize(160, 140)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def show_examination(self, examination: Examination | None) -> None:
        """Show another CT, or none."""
        if examination is not self.examination:
            self.examination = examination
            self._outlines, self.point_mm, self.chosen = None, None, None
        self.update()

    def show_point(self, point_mm: FloatArray) -> None:
        """Show the slice through a (3,) LPS point, mm, which keeps its place on the screen."""
        self.point_mm = point_mm
        self.update()

    @property
    def look(self) -> Look | None:
        """Where the pane looks: the point's slice, the liver's middle at the centre."""
        one = self.examination
        if one is None or self.point_mm is None:
            return None
        grid = one.segmentation.grid
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
        """CT, outlines, long axes, crosshair, words."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0))
        one, look = self.examination, self.look
        if one is None or look is None:
            painter.setPen(QColor(*theme.SECONDARY))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.title)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ct(painter, one, look)
        self._paint_masks(painter, one, look)
        self._paint_point(painter, look)
        about = (str(one.date or ""), one.series.description[:28] if one.series else "")
        corners = Corners(
            top_left=tuple(filter(None, about)),
            top_right=(self.title, tr("{mm:.1f} mm", mm=look.spacing[0])),
            bottom_right=(f"{look.index + 1}/{look.grid.shape[look.axes.along]}",),
        )
        paint_words(painter, Drawing(look=look, corners=corners), look)
        painter.end()

    def _paint_ct(self, painter: QPainter, one: Examination, look: Look) -> None:
        if one.volume is None:
            return
        grey = grey_of(slice_of(one.volume.hu, look.axes, look.index), self.limits_hu)
        high, wide = grey.shape
        image = QImage(grey.data, wide, high, wide, QImage.Format.Format_Grayscale8)
        _, down, right = look.spacing
        painter.save()
        painter.setTransform(to_canvas(look))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(-right / 2, -down / 2, wide * right, high * down), image)
        painter.restore()

    def _paint_masks(self, painter: QPainter, one: Examination, look: Look) -> None:
        if self._outlines is None or self._outlines[0] != look.index:
            labels = one.segmentation.labels
            self._outlines = (
                look.index,
                outlines_of(look.grid, look.axes, look.index, labels, None),
            )
        found, transform = self._outlines[1], to_canvas(look)
        painter.strokePath(transform.map(found.functional), QPen(QColor(*theme.LIVER), 1))
        for label, path in found.lesions.items():
            outline = transform.map(path)
            colour = theme.MARGIN if label == self.chosen else theme.LESION
            painter.strokePath(outline, QPen(QColor(0, 0, 0, 200), 3.6))
            painter.strokePath(outline, QPen(QColor(*colour), 1.8))
            box = outline.boundingRect()
            painter.drawText(QPointF(box.right() + 4, box.top()), f"M{label - 1}")
        painter.setPen(QPen(QColor(255, 255, 255), 1.4))
        for axes in one.axes.values():
            if axes.slice_k == look.index:
                start, end = (QPointF(*look.lps_to_pixel(p)) for p in axes.long_ends_mm)
                painter.drawLine(start, end)

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

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Move the point to where the mouse is."""
        self._move(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Drag the point along."""
        if self.magnified <= 1:  # a magnified slice would run away from the mouse
            self._move(event)

    def _move(self, event: QMouseEvent) -> None:
        look = self.look
        if look is not None and event.buttons() & Qt.MouseButton.LeftButton:
            at = event.position()
            self.moved.emit(look.pixel_to_lps(at.x(), at.y()))


def grey_of(
    hu: NDArray[np.int16] | NDArray[np.float32], limits_hu: tuple[float, float]
) -> NDArray[np.uint8]:
    """Window an (M, N) slice: HU to 0-255, rows aligned as QImage takes them."""
    low, high = limits_hu
    scaled = (hu.astype(np.float32) - low) * (255.0 / max(high - low, 1e-6))
    grey: NDArray[np.uint8] = np.ascontiguousarray(np.clip(scaled, 0, 255).astype(np.uint8))
    return grey
