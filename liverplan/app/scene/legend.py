"""What the colours of a cut face mean, in the corner of the 3D picture."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from liverplan.app.kit import theme
from liverplan.app.kit.language import tr
from liverplan.app.scene.faces import NEAR, THROUGH, Bands

ROW, SWATCH, EDGE = 20.0, 12.0, 10.0
"""Pixels."""


def legend_of(bands: Bands) -> Sequence[tuple[tuple[int, int, int], str]]:
    """Return each colour and what it says, the nearest first."""
    near, far = f"{bands.near_mm:.0f}", f"{bands.far_mm:.0f}"
    return (
        (THROUGH, tr("through a metastasis")),
        (NEAR, tr("under {mm} mm from one", mm=near)),
        (theme.MARGIN, tr("under {mm} mm", mm=far)),
    )


def paint_legend(painter: QPainter, height: int, bands: Bands) -> None:
    """Paint it in the lower left corner of a picture of this height."""
    rows = legend_of(bands)
    painter.setFont(theme.font(theme.BODY_PT))
    metrics = QFontMetricsF(painter.font())
    wide = max(metrics.horizontalAdvance(text) for _, text in rows)
    top = height - EDGE - ROW * len(rows)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillRect(
        QRectF(EDGE - 4, top - 4, SWATCH + wide + 16, ROW * len(rows) + 8), QColor(19, 19, 22, 200)
    )
    for number, (rgb, text) in enumerate(rows):
        y = top + ROW * number
        painter.fillRect(QRectF(EDGE, y + (ROW - SWATCH) / 2, SWATCH, SWATCH), QColor(*rgb))
        painter.setPen(QColor(*theme.TEXT))
        base = y + (ROW + metrics.ascent() - metrics.descent()) / 2
        painter.drawText(int(EDGE + SWATCH + 6), int(base), text)


def paint_names(painter: QPainter, width: int, names: tuple[str, str]) -> None:
    """Paint which of two plans stands in which half of a picture of this width."""
    painter.setFont(theme.font(theme.TITLE_PT, bold=True))
    metrics = QFontMetricsF(painter.font())
    for number, name in enumerate(names):
        said = metrics.elidedText(name, Qt.TextElideMode.ElideRight, width / 2 - 4 * EDGE)
        box = QRectF(EDGE + number * width / 2, EDGE, metrics.horizontalAdvance(said) + 12, 26)
        painter.fillRect(box, QColor(19, 19, 22, 200))
        painter.setPen(QColor(*theme.TEXT))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), said)
    painter.setPen(QColor(*theme.SECONDARY))
    painter.drawLine(width // 2, 0, width // 2, painter.device().height())
