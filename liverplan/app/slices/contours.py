"""Outlines of the labels on one slice, as paths in lattice millimetres."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPolygonF
from skimage.measure import find_contours

from liverplan.app.session.zone import DistanceField
from liverplan.app.slices.convert import ViewAxes
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation.labels import FIRST_LESION, LIVER
from liverplan.volume import Grid


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outlines:
    """Liver, lesions, vessels and the margin zone on one slice; x is right, y is down."""

    functional: QPainterPath = field(default_factory=QPainterPath)
    lesions: dict[int, QPainterPath] = field(default_factory=dict)
    vessels: dict[str, QPainterPath] = field(default_factory=dict)
    zone: QPainterPath = field(default_factory=QPainterPath)


def slice_of(array: NDArray[Any], axes: ViewAxes, index: int) -> NDArray[Any]:
    """(down, right) slice of a (k, j, i) array."""
    taken: NDArray[Any] = np.take(array, index, axis=axes.along)
    return taken if axes.down < axes.right else taken.T


def outlines_of(
    grid: Grid,
    axes: ViewAxes,
    index: int,
    labels: NDArray[np.uint8],
    zone: tuple[DistanceField, float] | None,
    vessels: PartMap | None = None,
) -> Outlines:
    """Outlines of (k, j, i) labels on one slice; the zone at its distance field's level, mm."""
    flat = slice_of(labels, axes, index)
    spacing = (grid.spacing_mm[axes.down], grid.spacing_mm[axes.right])
    present = [int(v) for v in np.unique(flat) if v >= FIRST_LESION]
    return Outlines(
        functional=_path(flat == LIVER, 0.5, spacing, (0, 0)),
        lesions={label: _path(flat == label, 0.5, spacing, (0, 0)) for label in present},
        vessels=_vessel_paths(axes, index, vessels, spacing) if vessels else {},
        zone=_zone_path(axes, index, zone, spacing) if zone else QPainterPath(),
    )


def _vessel_paths(
    axes: ViewAxes, index: int, vessels: PartMap, spacing: tuple[float, float]
) -> dict[str, QPainterPath]:
    flat = slice_of(vessels.labels, axes, index)
    return {
        name: _path(flat == number, 0.5, spacing, (0, 0))
        for number, name in enumerate(vessels.names, 1)
    }


def _zone_path(
    axes: ViewAxes, index: int, zone: tuple[DistanceField, float], spacing: tuple[float, float]
) -> QPainterPath:
    distance, level = zone
    inside = index - distance.start[axes.along]
    if not 0 <= inside < distance.distance_mm.shape[axes.along]:
        return QPainterPath()
    flat = slice_of(distance.distance_mm, axes, inside)
    start = (distance.start[axes.down], distance.start[axes.right])
    return _path(flat, level, spacing, start)


def _path(
    values: NDArray[Any], level: float, spacing: tuple[float, float], start: tuple[int, int]
) -> QPainterPath:
    """Return closed outlines of a slice at a level, with what they enclose odd-even filled."""
    path = QPainterPath()
    if values.dtype == bool:
        rows, columns = np.flatnonzero(values.any(1)), np.flatnonzero(values.any(0))
        if rows.size == 0:
            return path
        top, left = int(rows[0]), int(columns[0])
        values = values[top : rows[-1] + 1, left : columns[-1] + 1].astype(np.float32)
        start = (start[0] + top, start[1] + left)
        outside = 0.0
    else:
        outside = float(values.max(initial=level)) + 1.0
    padded = np.pad(values, 1, constant_values=outside)
    for contour in find_contours(padded, level):
        mm = (contour - 1 + start) * spacing
        path.addPolygon(QPolygonF([QPointF(x, y) for y, x in mm.tolist()]))
        path.closeSubpath()
    return path
