"""Drawn axes: what fits them, and which strokes cross."""

import numpy as np
import pytest

from liverplan.segmentation.lesions.ellipsoids import DrawnAxes, ellipsoid_radius
from liverplan.segmentation.lesions.stroke import axes_cross
from tests.segmentation.shapes import grid_of

START, END = np.array([-20.0, 3, 50]), np.array([20.0, 3, 50])
SHORT = ((0.0, -9, 50), (0.0, 15, 50))


def test_a_strokes_middle_directions_and_halves_are_read():
    drawn = DrawnAxes.of(START, END, SHORT)
    assert drawn.middle == pytest.approx((0, 3, 50))
    assert (drawn.long_half_mm, drawn.short_half_mm) == (20, 12)
    assert drawn.axes @ drawn.axes.T == pytest.approx(np.eye(3))
    assert np.abs(drawn.axes[1]) == pytest.approx((0, 1, 0))


def test_a_short_axis_off_the_middle_moves_the_middle_half_way_and_never_along_the_long_one():
    drawn = DrawnAxes.of(START, END, ((5.0, 7, 50), (5.0, 15, 50)))
    assert drawn.middle == pytest.approx((0, 7, 50))
    assert drawn.short_half_mm == 4


def test_without_a_short_axis_across_lies_in_the_axial_slice():
    drawn = DrawnAxes.of(START, END, None)
    assert drawn.short_half_mm is None
    assert drawn.axes[1, 2] == pytest.approx(0)
    upright = DrawnAxes.of(np.zeros(3), np.array([0.0, 0, 30]), None)
    assert np.isfinite(upright.axes).all()


@pytest.mark.parametrize("short", [None, SHORT])
def test_every_candidate_goes_through_the_drawn_ends(short):
    drawn = DrawnAxes.of(START, END, short)
    candidates = drawn.candidates()
    assert len(candidates) == 35 * (4 if short is None else 1)
    ends = np.array([[20.0, 0, 0], [-20, 0, 0]])
    for shape in candidates:
        assert ellipsoid_radius(ends, shape) == pytest.approx([1, 1])
        if short is not None:
            assert ellipsoid_radius(np.array([0.0, 12, 0]), shape) == pytest.approx(1)


def test_a_radius_is_1_on_the_surface_and_grows_outward():
    shape = DrawnAxes.of(START, END, SHORT).guess()
    points = np.array([[0, 0, 0], [10.0, 0, 0], [0, 12, 0], [0, 0, 24.0]])
    assert ellipsoid_radius(points, shape) == pytest.approx([0, 0.5, 1, 2])


GRID = grid_of((20, 100, 100))


def ends(*indices):
    a, b = (GRID.to_mm(index) for index in indices)
    return a, b


LONG = ends((8, 50, 20), (8, 50, 80))


@pytest.mark.parametrize(
    ("stroke", "crosses"),
    [
        (ends((8, 40, 50), (8, 60, 50)), True),
        (ends((8, 40, 10), (8, 60, 10)), False),  # beyond the axis's end
        (ends((8, 52, 50), (8, 60, 50)), False),  # short of it
        (ends((8, 50, 30), (8, 50, 70)), False),  # along it
        (ends((9, 40, 50), (9, 60, 50)), False),  # on another slice
        (ends((8.4, 40, 50), (8, 60, 50)), True),
    ],
)
def test_only_a_stroke_across_the_axis_in_its_slice_is_its_short_axis(stroke, crosses):
    assert axes_cross(GRID, LONG, stroke) == crosses
