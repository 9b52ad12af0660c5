"""One axial slice of one of two compared CTs, with its masks."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen

from liverplan.app.kit import theme
from liverplan.app.kit.language import tr
from liverplan.app.slices.contours import Outlines, outlines_of
from liverplan.app.slices.cut_painting import to_canvas
from liverplan.app.slices.overlay import Corners, Drawing
from liverplan.app.slices.slicing import Look
from liverplan.app.steps.compare.ct_pane import CtPane
from liverplan.followup import Examination


class ComparePane(CtPane):
    """Shows an examination; a click moves the point."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.examination: Examination | None = None
        self.chosen: int | None = None
        self._outlines: tuple[int, Outlines] | None = None

    def show_examination(self, examination: Examination | None) -> None:
        """Show another CT, or none."""
        if examination is not self.examination:
            self.examination = examination
            self.volume = None if examination is None else examination.volume
            self.grid = None if examination is None else examination.segmentation.grid
            self._outlines, self.point_mm, self.chosen = None, None, None
        self.update()

    def words(self, look: Look) -> Drawing:
        """Which CT it is, and which slice."""
        one = self.examination
        about = (str(one.date or ""), one.series.description[:28]) if one and one.series else ()
        corners = Corners(
            top_left=tuple(filter(None, about)),
            top_right=(self.title, tr("{mm:.1f} mm", mm=look.spacing[0])),
            bottom_right=(f"{look.index + 1}/{look.grid.shape[look.axes.along]}",),
        )
        return Drawing(look=look, corners=corners)

    def paint_over(self, painter: QPainter, look: Look) -> None:
        """Outlines and long axes."""
        one = self.examination
        if one is None:
            return
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
