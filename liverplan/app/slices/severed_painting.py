"""Divided vessels on a slice: lit from where the cut crosses them on, and a ring at that place.

Those that are kept are dashed, with a square: told from the others by colour and by shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from liverplan.app.kit import theme
from liverplan.app.session.severed import Divided
from liverplan.app.slices.cut_drags import slice_plane
from liverplan.app.slices.slicing import Look, Point

NEAR_MM = 2.5
"""What runs so near to a slice is drawn on it."""

RING = 8.0
"""Pixels of its radius, and half a square's side."""

DASH = [2.2, 1.8]
"""Of a kept vessel's line, in its widths."""

Piece = tuple[Point, Point]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lit:
    """Divided and kept vessels as one slice shows them, canvas pixels.

    Of divided ones pieces of lines, and rings; of kept ones lines as a whole, and squares.
    """

    pieces: tuple[Piece, ...] = ()
    rings: tuple[Point, ...] = ()
    kept: tuple[tuple[Point, ...], ...] = ()
    squares: tuple[Point, ...] = ()


def lit_on(divided: Sequence[Divided], look: Look) -> Lit:
    """Return what lies in a slice or near it."""
    plane = slice_plane(look)
    pieces: list[Piece] = []
    rings: list[Point] = []
    kept: list[tuple[Point, ...]] = []
    squares: list[Point] = []
    for one in divided:
        at = np.array(one.point_mm)
        if abs(float(plane.height_mm(at))) <= NEAR_MM:
            (squares if one.kept else rings).append(look.lps_to_pixel(at))
        for line in one.lines_mm:
            near = np.abs(plane.height_mm(line)) <= NEAR_MM
            both = np.flatnonzero(near[1:] & near[:-1])
            for run in np.split(both, np.flatnonzero(np.diff(both) > 1) + 1) if both.size else ():
                points = [look.lps_to_pixel(point) for point in line[run[0] : run[-1] + 2]]
                if one.kept:
                    kept.append(tuple(points))
                else:
                    pieces += pairwise(points)
    return Lit(pieces=tuple(pieces), rings=tuple(rings), kept=tuple(kept), squares=tuple(squares))


def paint_lit(painter: QPainter, lit: Lit) -> None:
    """Draw them over the cuts."""
    halo, bright, kept = QColor(0, 0, 0, 190), QColor(*theme.SEVERED), QColor(*theme.KEPT)
    _paint_kept(painter, lit, halo, kept)
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


def _paint_kept(painter: QPainter, lit: Lit, halo: QColor, kept: QColor) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, wide in ((halo, 6.0), (kept, 3.6)):
        pen = QPen(colour, wide)
        if colour is kept:
            pen.setDashPattern(DASH)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        for line in lit.kept:
            painter.drawPolyline([QPointF(*point) for point in line])
    for colour, wide in ((halo, 5.6), (kept, 3.0)):
        painter.setPen(QPen(colour, wide))
        for x, y in lit.squares:
            painter.drawRect(QRectF(x - RING, y - RING, 2 * RING, 2 * RING))
