"""Cuts from clicks: they pass where was clicked, and the side that was meant stays."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from liverplan.errors import PlanError
from liverplan.resection import Parts, Plane, Sphere
from liverplan.resection.clicked import (
    CENTRAL_MM,
    LEAST_AREA_MM2,
    SURFACE_RIM_MM,
    level_surface,
    plane_of_three,
    plane_through,
)
from liverplan.resection.edits import taken_parts, taking_parts
from liverplan.segmentation import Segmentation
from liverplan.volumetry.search.placing import misses_liver

from .conftest import segmented

CENTRE = np.array([10.0, -20.0, 30.0])


def off(x_mm, y_mm, z_mm):
    return CENTRE + np.array([float(x_mm), float(y_mm), float(z_mm)])


COORDINATE = st.floats(-200, 200, allow_nan=False)
POINT = st.tuples(COORDINATE, COORDINATE, COORDINATE).map(np.array)


@given(point=POINT)
def test_a_clicked_plane_passes_through_the_click_and_the_middle_stays(point):
    plane = plane_through(point, centre_mm=CENTRE)
    assert plane.signed_distance_mm(point) == pytest.approx(0, abs=1e-9)
    if np.linalg.norm(CENTRE - point) >= CENTRAL_MM:
        assert plane.signed_distance_mm(CENTRE) > 0


def test_through_the_middle_the_side_away_from_the_lesions_stays():
    lesions = [off(*[-60, 0, 0]), off(*[-40, 20, 0])]
    plane = plane_through(CENTRE, centre_mm=CENTRE, lesions_mm=lesions)
    assert all(plane.signed_distance_mm(lesion) < 0 for lesion in lesions)
    alone = plane_through(CENTRE, centre_mm=CENTRE)
    np.testing.assert_array_equal(alone.normal, [1, 0, 0])


def test_a_clicked_plane_stands_rather_upright():
    plane = plane_through(off(*[50, 0, 50]), centre_mm=CENTRE)
    assert abs(plane.normal[2]) < abs(plane.normal[0])


@given(points=st.tuples(POINT, POINT, POINT))
def test_a_plane_of_three_points_holds_all_three(points):
    first, second, third = points
    assume(np.linalg.norm(np.cross(second - first, third - first)) > LEAST_AREA_MM2)
    plane = plane_of_three(points)
    for point in points:
        assert plane.signed_distance_mm(point) == pytest.approx(0, abs=1e-6)


def test_three_points_on_one_line_are_refused():
    with pytest.raises(PlanError, match="click three that span a plane"):
        plane_of_three([CENTRE, off(*[10, 0, 0]), off(*[30, 0, 0])])


@pytest.fixture(scope="module")
def liver():
    return segmented((4.0, 3.0, 3.0), radii=(80.0, 60.0, 50.0))


def test_a_level_surface_lies_in_its_plane_and_reaches_just_beyond_the_liver(liver):
    plane = Plane(point_mm=np.array([5.0, 0, 0]), normal=np.array([1.0, 0.4, 0.2]))
    surface = level_surface(plane, liver, np.zeros(3))
    net = surface.control_points_mm()
    np.testing.assert_allclose(plane.signed_distance_mm(net), 0, atol=1e-9)
    voxels = liver.grid.to_mm(np.argwhere(liver.labels > 0))
    assert surface.beyond_rim_mm(voxels).max() == 0
    assert max(surface.size_mm) < 2 * (80 + 10 + SURFACE_RIM_MM)


def test_without_a_liver_a_level_surface_has_its_usual_size(liver):
    nothing = Segmentation(grid=liver.grid, labels=np.zeros(liver.grid.shape, np.uint8))
    plane = Plane(point_mm=np.zeros(3), normal=np.array([0.0, 1, 0]))
    assert level_surface(plane, nothing, np.zeros(3)).size_mm == (240.0, 240.0)


def test_of_one_map_a_plan_holds_one_cut_with_all_its_parts():
    plane = Plane(point_mm=CENTRE, normal=np.array([1.0, 0, 0]))
    cuts = taking_parts((plane,), "couinaud", ("5", "6"))
    cuts = taking_parts(cuts, "portal", ("1.2",))
    assert taken_parts(cuts, "couinaud") == ("5", "6")
    again = taking_parts(cuts, "couinaud", ("7",))
    assert [type(cut) for cut in again] == [Plane, Parts, Parts]
    assert (taken_parts(again, "couinaud"), taken_parts(again, "portal")) == (("7",), ("1.2",))
    assert taking_parts(taking_parts(again, "couinaud", ()), "portal", ()) == (plane,)
    assert taken_parts((plane,), "couinaud") == ()


def test_a_cut_misses_the_liver_where_it_takes_nothing_or_does_not_part_it(tiny):
    far, x = np.array([500.0, 0, 0]), np.array([1.0, 0, 0])
    assert misses_liver(tiny, Sphere(centre_mm=far, radius_mm=20))
    assert misses_liver(tiny, Plane(point_mm=far, normal=x))
    assert misses_liver(tiny, Plane(point_mm=far, normal=-x))
    assert not misses_liver(tiny, Plane(point_mm=np.zeros(3), normal=x))
    assert not misses_liver(tiny, Sphere(centre_mm=np.zeros(3), radius_mm=500))
