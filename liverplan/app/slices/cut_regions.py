"""What any plan takes on one slice, and each cut's line there, as paths in lattice millimetres.

The plan's own function is asked on a fine lattice over the liver's part of the slice, and drawn
where it is zero: what is drawn is what is measured. Named parts of the liver are whole voxels and
are drawn along the voxels' edges, as the liver itself is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF
from skimage.measure import find_contours

from liverplan.app.slices.contours import slice_of
from liverplan.app.slices.convert import napari_to_lps
from liverplan.app.slices.slicing import Look
from liverplan.resection import Plan
from liverplan.resection.cuts.base import Shape
from liverplan.volume import FloatArray
from liverplan.volumetry.shapes.margins import removal_of

STEP_MM = 1.0
"""Between the points at which the cuts are asked; a ball of 10 mm is drawn to 0.02 mm."""

RIM_MM = 12.0
"""Cuts are drawn this far beyond the liver."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Region:
    """A plan on one slice: what it takes, what it ablates, and the line of each cut."""

    removed: QPainterPath = field(default_factory=QPainterPath)
    ablated: QPainterPath = field(default_factory=QPainterPath)
    lines: tuple[QPainterPath, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lattice:
    """Points over a part of a slice: the first, their distance, and how many (down, right)."""

    start_mm: tuple[float, float]
    step_mm: tuple[float, float]
    shape: tuple[int, int]

    def points_mm(self, look: Look) -> FloatArray:
        """(N, 3) LPS, row by row."""
        down, right = (
            s + d * np.arange(n)
            for s, d, n in zip(self.start_mm, self.step_mm, self.shape, strict=True)
        )
        at = self.start_mm
        flat = ((at[0], at[1]), (at[0] + 1, at[1]), (at[0], at[1] + 1))
        corner, below, beside = (napari_to_lps(look.grid, look.world(*place)) for place in flat)
        one_down, one_right = below - corner, beside - corner
        rows = corner + (down - down[0])[:, None, None] * one_down
        return np.asarray((rows + (right - right[0])[None, :, None] * one_right).reshape(-1, 3))


def region_of(plan: Plan, look: Look, around_mm: QRectF, taken: NDArray[np.bool_] | None) -> Region:
    """Return what a plan takes on a slice.

    Parameters
    ----------
    plan : Plan
    look : Look
    around_mm : QRectF
        The liver's place on the slice, lattice mm.
    taken : (k, j, i) bool array or None
        The voxels that its named parts and sheets take.
    """
    if around_mm.isEmpty():
        return Region(lines=tuple(QPainterPath() for _ in plan.cuts))
    voxels = None if taken is None else slice_of(taken, look.axes, look.index)
    lattice = lattice_over(around_mm, look, by_voxel=voxels is not None)
    points = lattice.points_mm(look)

    def field_of(shapes: Sequence[Shape]) -> FloatArray:
        values = removal_of(shapes)(points).reshape(lattice.shape)
        return np.asarray(values)

    shapes = plan.shapes
    whole = field_of([cut for cut in shapes if not cut.ablates])
    if voxels is not None:
        whole = with_voxels(whole, voxels, lattice)
    ablated = field_of([cut for cut in shapes if cut.ablates])
    return Region(
        removed=closed_path(whole, lattice),
        ablated=closed_path(ablated, lattice),
        lines=tuple(
            open_path(field_of([cut]), lattice) if isinstance(cut, Shape) else QPainterPath()
            for cut in plan.cuts
        ),
    )


def lattice_over(around_mm: QRectF, look: Look, *, by_voxel: bool) -> Lattice:
    """Lay a lattice over a rectangle: every millimetre, or the middles of the voxels."""
    _, down_mm, right_mm = look.spacing
    step = (down_mm, right_mm) if by_voxel else (STEP_MM, STEP_MM)
    low = (around_mm.top() - RIM_MM, around_mm.left() - RIM_MM)
    high = (around_mm.bottom() + RIM_MM, around_mm.right() + RIM_MM)
    first = [int(np.floor(a / d)) for a, d in zip(low, step, strict=True)]
    last = [int(np.ceil(b / d)) for b, d in zip(high, step, strict=True)]
    return Lattice(
        start_mm=(first[0] * step[0], first[1] * step[1]),
        step_mm=step,
        shape=(last[0] - first[0] + 1, last[1] - first[1] + 1),
    )


def with_voxels(values: FloatArray, voxels: NDArray[np.bool_], lattice: Lattice) -> FloatArray:
    """Take (M, N) voxels away as well: half a step inside is the edge, between the two.

    The functions are kept to within a step, which moves their zero nowhere: they change by less
    than the step from point to point.
    """
    reach = max(lattice.step_mm)
    first = [round(s / d) for s, d in zip(lattice.start_mm, lattice.step_mm, strict=True)]
    rows, columns = (f + np.arange(n) for f, n in zip(first, lattice.shape, strict=True))
    on_rows = (rows >= 0) & (rows < voxels.shape[0])
    on_columns = (columns >= 0) & (columns < voxels.shape[1])
    taken = np.zeros(lattice.shape, dtype=np.bool_)
    taken[np.ix_(on_rows, on_columns)] = voxels[np.ix_(rows[on_rows], columns[on_columns])]
    return np.where(taken, -reach, np.clip(values, -reach, reach))


def closed_path(values: FloatArray, lattice: Lattice) -> QPainterPath:
    """Return the outline of where (M, N) values are negative, closed along the lattice's rim."""
    path = QPainterPath()
    if not (values < 0).any():
        return path
    padded = np.pad(values, 1, constant_values=max(lattice.step_mm))
    for contour in find_contours(padded, 0.0):
        path.addPolygon(_polygon(contour - 1, lattice))
        path.closeSubpath()
    return path


def open_path(values: FloatArray, lattice: Lattice) -> QPainterPath:
    """Return the line along which (M, N) values on a lattice are zero."""
    path = QPainterPath()
    for contour in find_contours(values, 0.0):
        path.addPolygon(_polygon(contour, lattice))
    return path


def _polygon(contour: FloatArray, lattice: Lattice) -> QPolygonF:
    mm = contour * lattice.step_mm + lattice.start_mm
    return QPolygonF([QPointF(x, y) for y, x in mm.tolist()])
