"""A metastasis from its drawn axes: the ellipsoid that fits both them and the densities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from liverplan.errors import SegmentationError
from liverplan.segmentation.lesions.ellipsoids import DrawnAxes, Ellipsoid, ellipsoid_radius
from liverplan.segmentation.lesions.outline import outlined
from liverplan.segmentation.lesions.region import Region, checked_in_liver, weigh
from liverplan.segmentation.morphology import Float32
from liverplan.segmentation.results import LesionResult, Mask
from liverplan.volume import FloatArray, Grid, Volume

Ends = tuple[FloatArray, FloatArray]

METHOD = "liverplan lesion from stroke"
SHORTEST_MM, LONGEST_MM = 1.0, 300.0
REACH, ROOM_MM = 0.75, 12.0
"""How far is looked from the stroke's middle: so many lengths, and so many mm more."""
SEED, CORE, BEYOND = 0.3, 0.6, 1.3
"""In radii of the likeliest ellipsoid: what is surely lesion, what is likely so, what is not."""
SAME_SLICE = 0.5
"""Points lie on one slice if their indices differ by no more than this."""
FITS_RIM, FITS_ODD = 0.4, 0.15
"""How much liver a fitting ellipsoid may hold, and the price of a shifted or stretched one."""


def lesion_from_stroke(
    volume: Volume,
    liver_mask: Mask,
    start_mm: ArrayLike,
    end_mm: ArrayLike,
    *,
    short_axis_mm: tuple[ArrayLike, ArrayLike] | None = None,
) -> LesionResult:
    """Find the lesion from its long axis, and its short axis if that is drawn too.

    Parameters
    ----------
    volume : Volume
        The CT.
    liver_mask : (k, j, i) bool array
        The liver on the CT's grid.
    start_mm, end_mm : (3,) arrays
        Ends of the long axis, LPS mm.
    short_axis_mm : two (3,) arrays
        Ends of the short axis, LPS mm.

    Raises
    ------
    SegmentationError
        If the stroke has no length, or its middle lies outside the CT, the body or the liver.
    """
    start, end = np.asarray(start_mm, dtype=float), np.asarray(end_mm, dtype=float)
    length = float(np.linalg.norm(end - start))
    if not SHORTEST_MM <= length <= LONGEST_MM:
        raise SegmentationError(f"A long axis of {length:.0f} mm is no lesion's.")
    middle = checked_in_liver(volume, liver_mask, (start + end) / 2)
    region = Region.around(volume, liver_mask, middle, length * REACH + ROOM_MM)
    drawn = DrawnAxes.of(start, end, short_axis_mm)
    points = (region.points_mm - drawn.middle) @ drawn.axes.T
    likely = ellipsoid_radius(points, drawn.guess())
    seed = likely <= max(SEED, float(likely.min()) + 1e-6)
    evidence = weigh(region, seed | (likely <= CORE), likely > BEYOND)
    tried = drawn.candidates()
    near = (np.abs(points) <= _reach_mm(tried)).all(axis=-1)
    values, places = evidence.values[near], points[near]
    shape = min(tried, key=lambda one: _misfit(values, evidence.trust, places, one))
    outside_mm = (ellipsoid_radius(points, shape) - 1) * shape.size_mm
    ends = {"start": start, "end": end}
    return outlined(volume.grid, region, evidence, outside_mm, seed, method=METHOD, points_mm=ends)


def axes_cross(grid: Grid, long_mm: Ends, short_mm: Ends) -> bool:
    """Whether a stroke crosses a long axis in the slice that both were drawn on.

    Parameters
    ----------
    grid : Grid
        The CT's, on whose slices strokes are drawn.
    long_mm, short_mm : two (3,) arrays
        Ends of the long axis and of the stroke, LPS mm.
    """
    at = grid.to_index(np.array([*long_mm, *short_mm]))
    spread = np.ptp(at, axis=0)
    through = int(np.argmin(spread))
    if spread[through] > SAME_SLICE:
        return False
    a, b, c, d = np.delete(at * np.array(grid.spacing_mm), through, axis=1)
    sides = np.stack([b - a, c - d], axis=1)
    if abs(np.linalg.det(sides)) < 1e-9:
        return False
    s, t = np.linalg.solve(sides, c - a)
    return bool(0 <= s <= 1 and 0 <= t <= 1)


def _reach_mm(shapes: Sequence[Ellipsoid]) -> FloatArray:
    """(3,) how far the largest of several ellipsoids reaches along the drawn axes, mm."""
    half = np.array([shape.half_mm for shape in shapes])
    half[:, 2] += np.abs([shape.shift_mm for shape in shapes])
    return np.asarray(half.max(axis=0))


def _misfit(values: Float32, trust: float, points: FloatArray, shape: Ellipsoid) -> float:
    """Liver inside minus lesion inside, the rim that experts add allowed for; and odd shapes."""
    inside = ellipsoid_radius(points, shape) <= 1
    tall = abs(float(np.log(shape.half_mm[2] / shape.half_mm[1])))
    odd = FITS_ODD * (abs(shape.shift_mm) / shape.half_mm[2] + tall)
    size, misfit = float(inside.sum()), float(values[inside].sum())
    return misfit + (odd - FITS_RIM * trust) * size
