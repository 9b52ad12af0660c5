"""Small drawings of what a tool does: on its button, and beside the mouse while it is armed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QCursor,
    QGuiApplication,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import QPushButton

from liverplan.app.kit.widgets import set_tip

Glyph = Literal[
    "point",
    "stroke",
    "brush",
    "eraser",
    "ruler",
    "angle",
    "region",
    "arrow",
    "list",
    "masks",
    "play",
    "stop",
    "tilted",
]

SIDE = 32
"""Pixels of the mouse's picture."""
HOT = 9
"""Where in it the point lies that is clicked."""
BADGE = 15.0
"""Pixels of the drawing beside it."""


LINES: Mapping[Glyph, tuple[tuple[float, ...], ...]] = MappingProxyType(
    {
        "stroke": ((0.05, 0.7, 0.25, 0.35, 0.45, 0.45, 0.6, 0.7, 0.8, 0.6, 0.95, 0.25),),
        "eraser": ((0.25, 0.75, 0.75, 0.25),),
        "ruler": (
            (0.1, 0.9, 0.9, 0.1),
            (0.0, 0.8, 0.2, 1.0),
            (0.8, 0.0, 1.0, 0.2),
            (0.43, 0.43, 0.57, 0.57),
        ),
        "angle": ((0.95, 0.9, 0.05, 0.9, 0.75, 0.1), (0.55, 0.9, 0.5, 0.68, 0.38, 0.52)),
        "region": ((0.5, 0.5, 0.82, 0.5),),
        "arrow": (
            (0.05, 0.95, 0.55, 0.45),
            (0.05, 0.62, 0.05, 0.95, 0.38, 0.95),
            (0.55, 0.1, 0.98, 0.1),
            (0.765, 0.1, 0.765, 0.5),
        ),
        "list": tuple(
            ends for y in (0.15, 0.5, 0.85) for ends in ((0.0, y, 0.1, y), (0.3, y, 1.0, y))
        ),
        "play": ((0.2, 0.05, 0.95, 0.5, 0.2, 0.95, 0.2, 0.05),),
        "stop": ((0.15, 0.15, 0.85, 0.15, 0.85, 0.85, 0.15, 0.85, 0.15, 0.15),),
        "tilted": ((0.1, 0.75, 0.35, 0.15, 0.95, 0.35, 0.7, 0.95, 0.1, 0.75),),
    }
)
"""Lines of each, as x, y, x, y, ... in a square from 0 to 1."""
DISCS: Mapping[Glyph, tuple[tuple[float, float, float, float], ...]] = MappingProxyType(
    {
        "point": ((0.5, 0.5, 0.16, 0.16),),
        "brush": ((0.5, 0.5, 0.42, 0.42), (0.5, 0.5, 0.12, 0.12)),
        "eraser": ((0.5, 0.5, 0.42, 0.42),),
        "region": ((0.5, 0.5, 0.45, 0.45),),
        "masks": ((0.37, 0.5, 0.34, 0.42), (0.63, 0.5, 0.34, 0.42)),
    }
)
"""Ellipses of each: the middle and half the width and height."""


def path_of(glyph: Glyph) -> QPainterPath:
    """Return a drawing's lines in a square from 0 to 1."""
    path = QPainterPath()
    for line in LINES.get(glyph, ()):
        points = [QPointF(x, y) for x, y in zip(line[::2], line[1::2], strict=True)]
        path.addPolygon(QPolygonF(points))
    for x, y, wide, high in DISCS.get(glyph, ()):
        path.addEllipse(QPointF(x, y), wide, high)
    return path


def paint_glyph(painter: QPainter, glyph: Glyph, place: QRectF, pen: QPen) -> None:
    """Draw one into a square."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(place.topLeft())
    painter.scale(place.width(), place.height())
    pen.setCosmetic(True)
    painter.strokePath(path_of(glyph), pen)
    painter.restore()


@cache
def cursor_of(glyph: Glyph) -> QCursor:
    """Return the mouse over a slice: a cross where it clicks, and the tool's drawing beside it."""
    app = QGuiApplication.instance()
    ratio = app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0
    picture = QPixmap(round(SIDE * ratio), round(SIDE * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    place = QRectF(SIDE - BADGE - 1, SIDE - BADGE - 1, BADGE, BADGE)
    for colour, width in ((QColor(0, 0, 0), 3.0), (QColor(255, 255, 255), 1.2)):
        pen = QPen(colour, width * ratio)
        painter.setPen(pen)
        for away in (-1, 1):
            near, far = HOT + 2.5 * away, HOT + 8 * away
            painter.drawLine(QLineF(near, HOT, far, HOT))
            painter.drawLine(QLineF(HOT, near, HOT, far))
        paint_glyph(painter, glyph, place, pen)
    painter.end()
    return QCursor(picture, HOT, HOT)


class GlyphButton(QPushButton):
    """A button with a drawing; what it does stands in its tip, and is said to who cannot see it."""

    def __init__(self, glyph: Glyph, text: str) -> None:
        super().__init__()
        self.glyph: Glyph = glyph
        self.setAccessibleName(text)
        set_tip(self, text)
        self.setFixedSize(30, 28)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the button, then its drawing in the colour of its text."""
        super().paintEvent(event)
        painter = QPainter(self)
        side = 14.0
        place = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        pen = QPen(self.palette().buttonText().color(), 1.5)
        paint_glyph(painter, self.glyph, place, pen)
        painter.end()
