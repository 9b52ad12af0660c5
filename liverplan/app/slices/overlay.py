"""What is drawn over a slice: outlines, tints, cuts, letters, ruler, words in the corners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from liverplan.app.kit import theme
from liverplan.app.session.display import Masks
from liverplan.app.slices.contours import Outlines
from liverplan.app.slices.cut_painting import (
    Cuts,
    paint_cuts,
    paint_sides,
    region_on,
    rgba,
    to_canvas,
)
from liverplan.app.slices.cut_regions import Region
from liverplan.app.slices.figures import Figure, paint_figure
from liverplan.app.slices.halo import beside, elided, haloed
from liverplan.app.slices.slicing import Look, Point

TOOL_ROOM = 24.0
"""Pixels on either side of the armed tool's words that stay free."""
APART = 10.0
"""Pixels between the words in a corner and the ruler."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corners:
    """Words in the four corners."""

    top_left: tuple[str, ...] = ()
    top_right: tuple[str, ...] = ()
    bottom_left: tuple[str, ...] = ()
    bottom_right: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawing:
    """Everything that one slice's overlay shows."""

    look: Look | None = None
    outlines: Outlines = field(default_factory=Outlines)
    cuts: Cuts = field(default_factory=Cuts)
    masks_shown: bool = True
    masks: Masks = field(default_factory=Masks)
    crosshair: Point | None = None
    axes_mm: tuple[tuple[Point, Point], ...] = ()
    points: tuple[Point, ...] = ()
    path: tuple[Point, ...] = ()
    brush: tuple[Point, float] | None = None
    corners: Corners = field(default_factory=Corners)
    tool_words: str = ""
    figures: tuple[Figure, ...] = ()
    beside: tuple[Point, str] | None = None
    """Where the mouse is, and what the armed tool says there."""


class Overlay(QWidget):
    """A glass pane over a napari canvas; the mouse goes through it."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.drawing = Drawing()
        self._kept: tuple[tuple[object, ...], Region | None] = ((), None)

    def show_drawing(self, drawing: Drawing) -> None:
        """Draw this from now on."""
        self.drawing = drawing
        self.update()

    def paintEvent(self, _event: object) -> None:  # noqa: N802 - Qt's name
        """Draw from the lowest to the uppermost."""
        drawing = self.drawing
        if drawing.look is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        region = self._region(drawing, drawing.look)
        if drawing.masks_shown:
            paint_tissue(painter, drawing, region, drawing.look)
        paint_cuts(painter, drawing.cuts, region, drawing.look)
        paint_marks(painter, drawing, drawing.look)
        for figure in drawing.figures:
            paint_figure(painter, figure, drawing.look)
        paint_words(painter, drawing, drawing.look)
        if self._canvas.hasFocus():
            painter.setPen(QPen(rgba(theme.CROSSHAIR), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _region(self, drawing: Drawing, look: Look) -> Region | None:
        """Return what the plan takes here; asked again only when plan or slice are others."""
        cuts, outlines = drawing.cuts, drawing.outlines
        key = (*cuts.plan.cuts, id(cuts.taken), id(outlines), look.index, id(look.grid))
        if key != self._kept[0]:
            self._kept = (key, region_on(cuts, look, outlines.functional))
        return self._kept[1]


def paint_tissue(painter: QPainter, drawing: Drawing, region: Region | None, look: Look) -> None:
    """Tint what stays and what goes on either side of the cuts; outline the lesions."""
    transform, masks = to_canvas(look), drawing.masks
    filled, strength = masks.style != "outlines", masks.opacity / theme.TINT_OPACITY
    liver = transform.map(drawing.outlines.functional)
    if drawing.cuts.plan.cuts:
        paint_sides(painter, drawing.cuts, region, look, liver, masks)
    else:
        if filled:
            painter.fillPath(liver, rgba(theme.LIVER, masks.opacity))
        painter.strokePath(liver, QPen(rgba(theme.LIVER, 0.9), 1 if filled else 1.6))
    for name, path in drawing.outlines.vessels.items():
        colour = theme.VESSELS.get(name, theme.OTHER_VESSEL)
        vessel = transform.map(path)
        if filled:
            painter.fillPath(vessel, rgba(colour, min(0.5 * strength, 1)))
        painter.strokePath(vessel, QPen(rgba(colour), 1.2))
    zone = transform.map(drawing.outlines.zone)
    dashed = QPen(rgba(theme.MARGIN), 1.4, Qt.PenStyle.DashLine)
    painter.strokePath(zone, dashed)
    for path in drawing.outlines.lesions.values():
        outline = transform.map(path)
        if masks.style == "all filled":
            painter.fillPath(outline, rgba(theme.LESION, masks.opacity))
        painter.strokePath(outline, QPen(rgba((0, 0, 0), 0.8), 3.6))
        painter.strokePath(outline, QPen(rgba(theme.LESION), 1.6))


def paint_marks(painter: QPainter, drawing: Drawing, look: Look) -> None:
    """Crosshair, long axes, what is being drawn, clicked points and the brush."""
    if drawing.crosshair:
        _paint_crosshair(painter, drawing.crosshair, look)
    for start, end in drawing.axes_mm:
        painter.setPen(QPen(QColor(0, 0, 0, 200), 3))
        painter.drawLine(QPointF(*start), QPointF(*end))
        painter.setPen(QPen(QColor(255, 255, 255), 1.4))
        painter.drawLine(QPointF(*start), QPointF(*end))
    if len(drawing.path) > 1:
        path = QPolygonF([QPointF(*p) for p in drawing.path])
        for pen in (QPen(QColor(0, 0, 0, 200), 3.4), QPen(rgba(theme.MARGIN), 1.6)):
            painter.setPen(pen)
            painter.drawPolyline(path)
    for point in drawing.points:
        painter.setPen(QPen(QColor(0, 0, 0), 1))
        painter.setBrush(rgba(theme.MARGIN))
        painter.drawEllipse(QPointF(*point), 4.5, 4.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    if drawing.brush:
        centre, radius = drawing.brush
        painter.setPen(QPen(QColor(0, 0, 0, 160), 3))
        painter.drawEllipse(QPointF(*centre), radius, radius)
        painter.setPen(QPen(QColor(255, 255, 255), 1.4))
        painter.drawEllipse(QPointF(*centre), radius, radius)


def _paint_crosshair(painter: QPainter, at: Point, look: Look) -> None:
    x, y = at
    gap = 14.0
    painter.setPen(QPen(rgba(theme.CROSSHAIR, 0.75), 1))
    painter.drawLine(QPointF(0, y), QPointF(x - gap, y))
    painter.drawLine(QPointF(x + gap, y), QPointF(look.width, y))
    painter.drawLine(QPointF(x, 0), QPointF(x, y - gap))
    painter.drawLine(QPointF(x, y + gap), QPointF(x, look.height))


def paint_words(painter: QPainter, drawing: Drawing, look: Look) -> None:
    """Orientation letters, corner words and the ruler."""
    width, height = look.width, look.height
    left, right, top, bottom = look.axes.letters
    letters = theme.font(theme.LETTER_PT, bold=True)
    for text, x, y in (
        (left, 14.0, height / 2),
        (right, width - 14.0, height / 2),
        (top, width / 2, 16.0),
        (bottom, width / 2, height - 46.0),
    ):
        haloed(painter, letters, text, x, y, "centre")
    small = theme.font(theme.BODY_PT)
    line = QFontMetricsF(small).lineSpacing()
    corners = drawing.corners
    for row, text in enumerate(corners.top_left):
        haloed(painter, small, elided(small, text, width / 2 - 32), 8, 14 + line * row, "left")
    for row, text in enumerate(corners.top_right):
        haloed(painter, small, text, width - 8, 14 + line * row, "right")
    for row, text in enumerate(reversed(corners.bottom_left)):
        haloed(painter, small, text, 8, height - 14 - line * row, "left")
    for row, text in enumerate(reversed(corners.bottom_right)):
        haloed(painter, small, text, width - 8, height - 14 - line * row, "right")
    words = elided(small, drawing.tool_words, width - 2 * TOOL_ROOM)
    below = max(54.0, 24.0 + line * max(len(corners.top_left), len(corners.top_right)))
    haloed(painter, small, words, width / 2, below, "centre", theme.MARGIN)
    if drawing.beside:
        at, said = drawing.beside
        beside(painter, small, said, at, (width, height), above=True)
    taken = [
        8 + max(map(QFontMetricsF(small).horizontalAdvance, texts), default=0.0)
        for texts in (corners.bottom_left, corners.bottom_right)
    ]
    above = line * max(len(corners.bottom_left), len(corners.bottom_right))
    _paint_ruler(painter, look, taken, above)


def ruler_mm(zoom: float, room_pixels: float) -> int:
    """Longest round length that fits: 1, 2, 5, 10, 20, 50, 100 or 200 mm."""
    fitting = [n for n in (1, 2, 5, 10, 20, 50, 100, 200) if n * zoom <= room_pixels]
    return fitting[-1] if fitting else 1


def _paint_ruler(painter: QPainter, look: Look, taken: Sequence[float], above: float) -> None:
    """Draw how long millimetres are: in the middle, beside the words on the left, or above others.

    ``taken`` are the pixels that words take on the left and on the right, ``above`` their height.
    """
    length_mm = ruler_mm(look.zoom, look.width * 0.25)
    half = length_mm * look.zoom / 2
    words = f"{length_mm} mm"
    wide = QFontMetricsF(theme.font(theme.BODY_PT)).horizontalAdvance(words) / 2
    left, right = (side + APART + max(half, wide) for side in taken)
    middle, y = max(look.width / 2, left), look.height - 10.0
    if middle > look.width - right:
        middle, y = look.width - 8 - max(half, wide), y - above
    for colour, thickness in ((QColor(0, 0, 0, 200), 4.0), (QColor(255, 255, 255), 1.6)):
        painter.setPen(QPen(colour, thickness))
        painter.drawLine(QPointF(middle - half, y), QPointF(middle + half, y))
        for x in (middle - half, middle + half):
            painter.drawLine(QPointF(x, y - 5), QPointF(x, y + 1))
    haloed(painter, theme.font(theme.BODY_PT), words, middle, y - 14, "centre")
