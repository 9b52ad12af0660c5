"""Divided vessels on a slice: lit from where the cut crosses them on, and a ring at that place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from liverplan.app.kit import theme
from liverplan.app.session.severed import Divided
from liverplan.app.slices.cut_drags import slice_plane
from liverplan.app.slices.slicing import Look, Point

NEAR_MM = 2.5
"""What runs so near to a slice is drawn on it."""

RING = 8.0
"""Pixels of its radius."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lit:
    """Divided vessels as one slice shows them, canvas pixels: pieces of lines, and rings."""

    pieces: tuple[tuple[Point, Point], ...] = ()
    rings: tuple[Point, ...] = ()


def lit_on(divided: Sequence[Divided], look: Look) -> Lit:
    """Return what lies in a slice or near it."""
    plane = slice_plane(look)
    pieces, rings = [], []
    for one in divided:
        at = np.array(one.point_mm)
        if abs(float(plane.height_mm(at))) <= NEAR_MM:
            rings.append(look.lps_to_pixel(at))
        for line in one.lines_mm:
            near = np.abs(plane.height_mm(line)) <= NEAR_MM
            for n in np.flatnonzero(near[1:] & near[:-1]):
                pieces.append((look.lps_to_pixel(line[n]), look.lps_to_pixel(line[n + 1])))
    return Lit(pieces=tuple(pieces), rings=tuple(rings))


def paint_lit(painter: QPainter, lit: Lit) -> None:
    """Draw them over the cuts."""
    halo, bright = QColor(0, 0, 0, 190), QColor(*theme.SEVERED)
    for colour, wide in ((halo, 6.0), (bright, 3.2)):
        pen = QPen(colour, wide)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        for start, end in lit.pieces:
            painter.drawLine(QPointF(*start), QPointF(*end))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, wide in ((halo, 5.0), (bright, 2.4)):
        painter.setPen(QPen(colour, wide))
        for at in lit.rings:
            painter.drawEllipse(QPointF(*at), RING, RING)
