"""What was measured and written, as it stands on one slice: lines, an arrow's head, words."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from liverplan.app.kit import theme
from liverplan.app.kit.language import tr
from liverplan.app.slices.halo import beside
from liverplan.app.slices.slab import slab_words
from liverplan.app.slices.slicing import Point
from liverplan.findings import Annotation

CORNERS = 48
"""Of the polygon that is drawn for a circle."""
ARC = 20.0
"""Radius of the arc at an angle's corner, pixels."""
HEAD = 11.0
"""Length of an arrow's head, pixels."""
TICK = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One annotation in canvas pixels.

    Parameters
    ----------
    lines : tuple of polylines
    words : str
        What stands beside it, in lines.
    at : (float, float)
        Where they begin.
    chosen : bool
        Whether it is chosen in the list.
    """

    lines: tuple[tuple[Point, ...], ...]
    words: str
    at: Point
    chosen: bool = False


def words_of(annotation: Annotation) -> str:
    """Return what stands beside an annotation: what was measured, and in what of."""
    match annotation.kind:
        case "ruler":
            said = tr("{mm:.1f} mm", mm=annotation.length_mm)
        case "angle":
            said = tr("{degrees:.1f}°", degrees=annotation.angle_deg)
        case "region":
            said = _region_words(annotation)
        case "arrow":
            return annotation.text
    slab = slab_words(annotation.slab)
    return "\n".join(words for words in (said, slab, annotation.text) if words)


def _region_words(region: Annotation) -> str:
    inside, cm2 = region.densities, region.area_mm2 / 100
    if inside is None:
        return tr("No voxel lies in it.")
    mean, spread = inside.mean_hu, inside.sd_hu
    density = tr("Mean {mean:.0f} HU, SD {spread:.0f}", mean=mean, spread=spread)
    size = tr("{cm2:.1f} cm² ({count} voxels)", cm2=cm2, count=inside.voxels)
    return f"{density}\n{size}"


class Placed(Protocol):
    """Where a slice of any kind looks."""

    @property
    def width(self) -> int:
        """Pixels."""
        ...

    @property
    def height(self) -> int:
        """Pixels."""
        ...

    def lps_to_pixel(self, point_mm: ArrayLike, /) -> Point:
        """(3,) LPS mm to (x, y) pixels."""
        ...


def figure_of(annotation: Annotation, look: Placed, *, chosen: bool = False) -> Figure:
    """Return an annotation as it stands where a view looks."""
    points = tuple(look.lps_to_pixel(point) for point in annotation.points_mm)
    words = words_of(annotation)
    match annotation.kind:
        case "ruler":
            lines, at = (points, *_ticks(*points)), points[1]
        case "angle":
            lines, at = (points, _arc(*points)), points[1]
        case "region":
            middle, rim = points
            radius = math.dist(middle, rim)
            lines, at = (_ring(middle, radius),), (middle[0] + 0.71 * radius, middle[1])
        case "arrow":
            lines, at = (points, _head(*points)), points[1]
    return Figure(lines=lines, words=words, at=at, chosen=chosen)


def _ticks(start: Point, end: Point) -> tuple[tuple[Point, ...], ...]:
    """Return short lines across a ruler's ends."""
    length = math.dist(start, end) or 1.0
    dx, dy = -(end[1] - start[1]) / length * TICK, (end[0] - start[0]) / length * TICK
    return tuple(((x - dx, y - dy), (x + dx, y + dy)) for x, y in (start, end))


def _ring(middle: Point, radius: float) -> tuple[Point, ...]:
    turns = np.linspace(0, 2 * np.pi, CORNERS + 1).tolist()
    x, y = middle
    return tuple((x + radius * math.cos(a), y + radius * math.sin(a)) for a in turns)


def _arc(end: Point, corner: Point, other: Point) -> tuple[Point, ...]:
    """Return the arc between an angle's arms, the short way round."""
    x, y = corner
    first = math.atan2(end[1] - y, end[0] - x)
    turn = (math.atan2(other[1] - y, other[0] - x) - first + math.pi) % (2 * math.pi) - math.pi
    steps = [first + turn * n / 12 for n in range(13)]
    return tuple((x + ARC * math.cos(a), y + ARC * math.sin(a)) for a in steps)


def _head(tip: Point, tail: Point) -> tuple[Point, ...]:
    back = math.atan2(tail[1] - tip[1], tail[0] - tip[0])
    ends = [(tip[0] + HEAD * math.cos(back + a), tip[1] + HEAD * math.sin(back + a)) for a in WINGS]
    return ends[0], tip, ends[1]


WINGS = (-0.45, 0.45)
"""Half the opening of an arrow's head, radians."""


def paint_figure(painter: QPainter, figure: Figure, look: Placed) -> None:
    """Draw one, in yellow on black; the chosen one is thicker."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    wide = 2.6 if figure.chosen else 1.6
    for pen in (QPen(QColor(0, 0, 0, 200), wide + 1.8), QPen(QColor(*theme.MARGIN), wide)):
        painter.setPen(pen)
        for line in figure.lines:
            painter.drawPolyline(QPolygonF([QPointF(*point) for point in line]))
    if figure.words:
        room = look.width, look.height
        beside(
            painter, theme.font(theme.BODY_PT, bold=figure.chosen), figure.words, figure.at, room
        )


def is_on(figure: Figure, at: Point, reach: float = 6.0) -> bool:
    """Return whether a place, pixels, lies on one of a figure's lines."""
    return any(
        _away(at, start, end) <= reach
        for line in figure.lines
        for start, end in itertools.pairwise(line)
    )


def _away(at: Point, start: Point, end: Point) -> float:
    """Distance of a point from a line between two, pixels."""
    p, a, b = np.array(at), np.array(start), np.array(end)
    along = b - a
    share = float(np.clip((p - a) @ along / max(float(along @ along), 1e-12), 0, 1))
    return float(np.linalg.norm(p - a - share * along))
