"""Words over a slice: readable on air and on bone alike."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from liverplan.app.kit import theme


def elided(font: QFont, text: str, room: float) -> str:
    """Return as much of a text as has room, pixels: it never lies under other words."""
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room)


def haloed(
    painter: QPainter,
    font: QFont,
    text: str,
    x: float,
    y: float,
    align: str,
    colour: tuple[int, int, int] = theme.TEXT,
) -> None:
    """Text with a dark halo, centred on y."""
    if not text:
        return
    metrics = QFontMetricsF(font)
    width = metrics.horizontalAdvance(text)
    start = {"left": x, "right": x - width, "centre": x - width / 2}[align]
    base = y + metrics.ascent() / 2 - 1
    painter.setFont(font)
    painter.setPen(QColor(0, 0, 0, 220))
    for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        painter.drawText(QPointF(start + dx, base + dy), text)
    painter.setPen(QColor(*colour))
    painter.drawText(QPointF(start, base), text)


def beside(
    painter: QPainter,
    font: QFont,
    text: str,
    at: tuple[float, float],
    room: tuple[int, int],
    *,
    above: bool = False,
) -> None:
    """Lines of text to the right of a place, below or above it; before it where no room is left."""
    lines, metrics = text.split("\n"), QFontMetricsF(font)
    step = metrics.lineSpacing()
    wide, high = max(map(metrics.horizontalAdvance, lines)), step * len(lines)
    x, y = at
    left = x + 14 if x + 14 + wide < room[0] else x - 14 - wide
    high_up = (above and y > high + 14) or y + 14 + high >= room[1]
    top = y - 10 - high if high_up else y + 14
    left, top = max(left, 4.0), max(top, 4.0)
    for row, line in enumerate(lines):
        haloed(painter, font, line, left, top + step * (row + 0.5), "left", theme.MARGIN)
