"""Cuts on a slice: what stays and what goes in two colours, lines, and the active cut's handles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from liverplan.app.kit import theme
from liverplan.app.session.display import Masks
from liverplan.app.slices.cut_drags import slice_plane
from liverplan.app.slices.cut_regions import Region, region_of
from liverplan.app.slices.severed_painting import Lit, paint_lit
from liverplan.app.slices.slicing import Knobs, Look, Point, knobs_of
from liverplan.resection import Cut, Plan, Plane
from liverplan.resection.cuts.handle import Handle


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cuts:
    """A plan as a slice shows it.

    Parameters
    ----------
    plan : Plan
    active : int
        Which cut has the handles (-1: none).
    locked : bool
        Whether handles are hidden.
    taken : (k, j, i) bool array or None
        Voxels that the plan's named parts and sheets take.
    lit : Lit
        The vessels that it divides.
    """

    plan: Plan = field(default_factory=lambda: Plan(cuts=()))
    active: int = -1
    locked: bool = False
    taken: NDArray[np.bool_] | None = None
    lit: Lit = field(default_factory=Lit)


def region_on(cuts: Cuts, look: Look, liver_flat: QPainterPath) -> Region | None:
    """Return what a plan takes on a slice; None for planes alone, which are drawn as they are."""
    if cuts.plan.is_flat:
        return None
    return region_of(cuts.plan, look, liver_flat.boundingRect(), cuts.taken)


def to_canvas(look: Look) -> QTransform:
    """Transform from lattice mm (x right, y down) to canvas pixels."""
    sx, sy = look.zoom * look.axes.right_sign, look.zoom * look.axes.down_sign
    dx = look.width / 2 - look.centre[1] * sx
    dy = look.height / 2 - look.centre[0] * sy
    return QTransform(sx, 0, 0, sy, dx, dy)


def paint_sides(
    painter: QPainter,
    cuts: Cuts,
    region: Region | None,
    look: Look,
    liver: QPainterPath,
    masks: Masks,
) -> None:
    """Tint what stays and what goes of the liver, canvas pixels; ablated tissue is crossed."""
    everything = QPainterPath()
    everything.addRect(QRectF(0, 0, look.width, look.height))
    if region is None:
        staying = _staying_of_planes(cuts, look)
        removed, ablated = everything.subtracted(staying), QPainterPath()
    else:
        transform = to_canvas(look)
        removed, ablated = transform.map(region.removed), transform.map(region.ablated)
        staying = QPainterPath(everything)  # odd-even: what is drawn twice is not filled
        staying.addPath(removed)
    _tint(painter, staying, liver, masks, theme.REMNANT, None)
    _tint(painter, removed, liver, masks, theme.RESECTED, Qt.BrushStyle.BDiagPattern)
    if not ablated.isEmpty():
        _tint(painter, ablated, liver, masks, theme.RESECTED, Qt.BrushStyle.DiagCrossPattern)


def _staying_of_planes(cuts: Cuts, look: Look) -> QPainterPath:
    staying = QPainterPath()
    region = look.staying_region(cuts.plan.planes if cuts.plan.is_flat else ())
    if len(region) >= 3:
        staying.addPolygon(QPolygonF([QPointF(*p) for p in region]))
        staying.closeSubpath()
    return staying


def _tint(
    painter: QPainter,
    clip: QPainterPath,
    liver: QPainterPath,
    masks: Masks,
    colour: Sequence[int],
    hatch: Qt.BrushStyle | None,
) -> None:
    """Tint, or outline alone; what goes is told by its hatch, or by a thicker line."""
    painter.save()
    painter.setClipPath(clip)
    if masks.style == "outlines":
        painter.strokePath(liver, QPen(rgba(colour), 3.6 if hatch else 1.6))
        painter.restore()
        return
    painter.fillPath(liver, rgba(colour, masks.opacity * (0.6 if hatch else 1)))
    if hatch:
        strength = min(0.9 * masks.opacity / theme.TINT_OPACITY, 0.9)
        painter.fillPath(liver, QBrush(rgba(colour, strength), hatch))
    painter.strokePath(liver, QPen(rgba(colour), 1.2))
    painter.restore()


def paint_cuts(painter: QPainter, cuts: Cuts, region: Region | None, look: Look) -> None:
    """Draw each cut's line; the active one with its handles."""
    transform = to_canvas(look)
    for number, cut in enumerate(cuts.plan.cuts):
        active = number == cuts.active
        if isinstance(cut, Plane):
            _paint_plane_line(painter, cut, look, active=active)
        elif region is not None:
            _paint_line(painter, transform.map(region.lines[number]), active=active)
    paint_lit(painter, cuts.lit)
    if 0 <= cuts.active < len(cuts.plan.cuts) and not cuts.locked:
        _paint_handles(painter, cuts.plan.cuts[cuts.active], look)


def _paint_plane_line(painter: QPainter, plane: Plane, look: Look, *, active: bool) -> None:
    line = look.cut_line(plane)
    if line is None:
        return
    painter.setPen(QPen(rgba((0, 0, 0), 0.7), 4.5 if active else 3))
    painter.drawLine(QPointF(*line[0]), QPointF(*line[1]))
    painter.setPen(QPen(QColor(255, 255, 255), 2 if active else 1))
    painter.drawLine(QPointF(*line[0]), QPointF(*line[1]))


def _paint_line(painter: QPainter, path: QPainterPath, *, active: bool) -> None:
    painter.strokePath(path, QPen(rgba((0, 0, 0), 0.7), 4.5 if active else 3))
    painter.strokePath(path, QPen(QColor(255, 255, 255), 2 if active else 1))


def _paint_handles(painter: QPainter, cut: Cut, look: Look) -> None:
    if isinstance(cut, Plane):
        knobs = knobs_of(look, cut)
        if knobs:
            _paint_knobs(painter, knobs, look.half_plane(cut))
        return
    for handle in cut.handles_on(slice_plane(look)):
        _paint_handle(painter, handle, look)


def _paint_knobs(painter: QPainter, knobs: Knobs, half_plane: tuple[float, float, float]) -> None:
    gx, gy, _ = half_plane
    length = (gx * gx + gy * gy) ** 0.5 or 1.0
    middle = QPointF(*knobs.middle)
    tip = middle + QPointF(gx, gy) * (26 / length)
    painter.setPen(QPen(rgba(theme.REMNANT), 3))
    painter.drawLine(middle, tip)
    painter.setPen(QPen(QColor(0, 0, 0), 1.5))
    painter.setBrush(rgba(theme.REMNANT))
    painter.drawEllipse(tip, 4, 4)
    painter.setBrush(QColor(255, 255, 255))
    _square_at(painter, knobs.middle)
    for end in knobs.ends:
        painter.drawEllipse(QPointF(*end), 7, 7)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_handle(painter: QPainter, handle: Handle, look: Look) -> None:
    """Square moves, disc turns, diamond changes the size or bends."""
    at = look.lps_to_pixel(handle.at_mm)
    if handle.what == "turn":
        foot = look.lps_to_pixel(handle.foot_mm)
        painter.setPen(QPen(rgba((0, 0, 0), 0.7), 3))
        painter.drawLine(QPointF(*foot), QPointF(*at))
        painter.setPen(QPen(rgba(theme.REMNANT), 1.4, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(*foot), QPointF(*at))
    painter.setPen(QPen(QColor(0, 0, 0), 1.5))
    painter.setBrush(QColor(255, 255, 255))
    if handle.what == "move":
        _square_at(painter, at)
    elif handle.what == "turn":
        painter.drawEllipse(QPointF(*at), 7, 7)
    else:
        painter.setBrush(rgba(theme.REMNANT))
        _diamond_at(painter, at)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _square_at(painter: QPainter, at: Point) -> None:
    painter.drawRect(QRectF(at[0] - 6, at[1] - 6, 12, 12))


def _diamond_at(painter: QPainter, at: Point) -> None:
    x, y = at
    painter.drawPolygon(
        QPolygonF([QPointF(x, y - 8), QPointF(x + 8, y), QPointF(x, y + 8), QPointF(x - 8, y)])
    )


def rgba(rgb: Sequence[int], opacity: float = 1.0) -> QColor:
    """Return a colour with an opacity from 0 to 1."""
    return QColor(rgb[0], rgb[1], rgb[2], round(255 * opacity))
