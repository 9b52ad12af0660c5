"""Where a slice view looks: pixels to the lattice and back, and a plane as a line on the slice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from liverplan.app.slices.convert import (
    ViewAxes,
    lps_to_napari,
    napari_to_lps,
    plane_on_lattice,
    unit_directions,
)
from liverplan.resection.cuts.plane import Plane
from liverplan.volume import FloatArray, Grid

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One slice view at one moment.

    Parameters
    ----------
    grid : Grid
        The CT's lattice.
    axes : ViewAxes
        Which of its axes run across the screen.
    index : int
        The slice shown.
    centre : (float, float)
        Millimetres along (down, right) axes at the middle of the canvas.
    zoom : float
        Canvas pixels per mm.
    width, height : int
        Canvas size, pixels.
    """

    grid: Grid
    axes: ViewAxes
    index: int
    centre: Point
    zoom: float
    width: int
    height: int

    @property
    def spacing(self) -> tuple[float, float, float]:
        """Voxel size along (through, down, right), mm."""
        mm = self.grid.spacing_mm
        return mm[self.axes.along], mm[self.axes.down], mm[self.axes.right]

    def flat_to_pixel(self, down_mm: float, right_mm: float) -> Point:
        """Lattice mm on the slice to (x, y) canvas pixels."""
        x = (right_mm - self.centre[1]) * self.zoom * self.axes.right_sign + self.width / 2
        y = (down_mm - self.centre[0]) * self.zoom * self.axes.down_sign + self.height / 2
        return x, y

    def pixel_to_flat(self, x: float, y: float) -> Point:
        """(x, y) canvas pixels to (down, right) lattice mm: the inverse of `flat_to_pixel`."""
        right = (x - self.width / 2) / (self.zoom * self.axes.right_sign) + self.centre[1]
        down = (y - self.height / 2) / (self.zoom * self.axes.down_sign) + self.centre[0]
        return down, right

    def world(self, down_mm: float, right_mm: float) -> FloatArray:
        """Lattice mm on the slice to napari's world (k, j, i)."""
        world = np.empty(3)
        world[self.axes.along] = self.index * self.grid.spacing_mm[self.axes.along]
        world[self.axes.down] = down_mm
        world[self.axes.right] = right_mm
        return world

    def pixel_to_lps(self, x: float, y: float) -> FloatArray:
        """(x, y) canvas pixels to LPS mm on the slice."""
        return napari_to_lps(self.grid, self.world(*self.pixel_to_flat(x, y)))

    def lps_to_pixel(self, point_mm: ArrayLike) -> Point:
        """(3,) LPS mm to canvas pixels; a point off the slice goes along the lattice onto it."""
        world = lps_to_napari(self.grid, point_mm)
        return self.flat_to_pixel(float(world[self.axes.down]), float(world[self.axes.right]))

    def holds(self, point_mm: ArrayLike) -> bool:
        """Return whether a (3,) LPS point, mm, lies in this very slice."""
        return round(float(self.grid.to_index(point_mm)[self.axes.along])) == self.index

    @property
    def pixels_to_basis(self) -> tuple[FloatArray, FloatArray]:
        """Two orthonormal (3,) LPS vectors that span the slice: the screen's right, and down."""
        directions = unit_directions(self.grid)
        right = directions[self.axes.right] * self.axes.right_sign
        down = directions[self.axes.down] * self.axes.down_sign
        down = down - (down @ right) * right
        return right, down / np.linalg.norm(down)

    def half_plane(self, plane: Plane) -> tuple[float, float, float]:
        """(gx, gy, g0): at canvas pixel (x, y) the plane's signed distance is gx x + gy y + g0."""
        a, e = plane_on_lattice(self.grid, plane.normal, plane.offset_mm)
        per_mm = a / np.array(self.grid.spacing_mm)
        gx = per_mm[self.axes.right] / (self.zoom * self.axes.right_sign)
        gy = per_mm[self.axes.down] / (self.zoom * self.axes.down_sign)
        at_centre = (
            per_mm[self.axes.right] * self.centre[1]
            + per_mm[self.axes.down] * self.centre[0]
            + a[self.axes.along] * self.index
            - e
        )
        return float(gx), float(gy), float(at_centre - gx * self.width / 2 - gy * self.height / 2)

    def cut_line(self, plane: Plane) -> tuple[Point, Point] | None:
        """Return the ends of the plane's line on the canvas; None where it does not cross it."""
        gx, gy, g0 = self.half_plane(plane)
        corners = [(0.0, 0.0), (self.width, 0.0), (self.width, self.height), (0.0, self.height)]
        values = [gx * x + gy * y + g0 for x, y in corners]
        ends: list[Point] = []
        for n in range(4):
            (x0, y0), (x1, y1) = corners[n], corners[(n + 1) % 4]
            v0, v1 = values[n], values[(n + 1) % 4]
            if (v0 > 0) != (v1 > 0):
                t = v0 / (v0 - v1)
                ends.append((x0 + t * (x1 - x0), y0 + t * (y1 - y0)))
        return (ends[0], ends[1]) if len(ends) == 2 else None

    def staying_region(self, planes: tuple[Plane, ...]) -> list[Point]:
        """Corners of the part of the canvas that lies on the staying side of all planes."""
        region: list[Point] = [
            (0.0, 0.0),
            (self.width, 0.0),
            (self.width, self.height),
            (0.0, self.height),
        ]
        for plane in planes:
            region = _clip(region, self.half_plane(plane))
        return region


def _clip(region: list[Point], half_plane: tuple[float, float, float]) -> list[Point]:
    """Sutherland and Hodgman: the part of a convex polygon where gx x + gy y + g0 >= 0."""
    gx, gy, g0 = half_plane
    kept: list[Point] = []
    for n, (x1, y1) in enumerate(region):
        x0, y0 = region[n - 1]
        v0, v1 = gx * x0 + gy * y0 + g0, gx * x1 + gy * y1 + g0
        if (v0 >= 0) != (v1 >= 0):
            t = v0 / (v0 - v1)
            kept.append((x0 + t * (x1 - x0), y0 + t * (y1 - y0)))
        if v1 >= 0:
            kept.append((x1, y1))
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """Handles of a plane on a slice, canvas pixels: push in the middle, turn at the ends."""

    middle: Point
    ends: tuple[Point, Point]


ARM_PIXELS = 80.0
"""Distance of the turning knobs from the middle one."""


def knobs_of(look: Look, plane: Plane) -> Knobs | None:
    """Place a plane's handles on its line; None where the line is not on the canvas."""
    line = look.cut_line(plane)
    if line is None:
        return None
    start, end = np.array(line[0]), np.array(line[1])
    length = float(np.linalg.norm(end - start))
    if length < 20:
        return None
    along = (end - start) / length
    anchor = float((np.array(look.lps_to_pixel(plane.point_mm)) - start) @ along)
    arm = min(ARM_PIXELS, 0.4 * length)
    at = float(np.clip(anchor, arm + 8, length - arm - 8)) if length > 2 * arm + 16 else length / 2
    middle = start + at * along
    return Knobs(
        middle=_point(middle),
        ends=(_point(middle - arm * along), _point(middle + arm * along)),
    )


def _point(xy: FloatArray) -> Point:
    return float(xy[0]), float(xy[1])
