"""A slice as it is seen now, as a picture to keep: all but whose CT it is."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from liverplan.app.slices import adapter
from liverplan.app.slices.overlay import Drawing
from liverplan.app.slices.view import SliceView


def picture_of(view: SliceView) -> QImage:
    """Return what a view shows: the CT, masks, cuts, what was measured; no patient, no date.

    What is of the moment is left out as well: the armed tool's words, its brush, the density under
    the mouse.
    """
    image = adapter.drawn_ct(view.qt_viewer)
    overlay, seen = view.overlay, view.overlay.drawing
    painter = QPainter(image)
    try:
        overlay.drawing = unnamed(seen)
        overlay.render(painter, QPoint(), QRegion(), QWidget.RenderFlag(0))
    finally:
        overlay.drawing = seen
        painter.end()
    return image.convertToFormat(QImage.Format.Format_RGB888)


def unnamed(seen: Drawing) -> Drawing:
    """Return a drawing without whose CT it is, and without what is of the moment."""
    corners = replace(seen.corners, top_left=(), bottom_left=seen.corners.bottom_left[:1])
    return replace(seen, corners=corners, tool_words="", brush=None, beside=None)
