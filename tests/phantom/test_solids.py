"""Solids against closed forms, additivity and random sampling."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liverplan.phantom.solids import Solid, faced

ORIGIN = np.zeros(3)
X, Y, Z = np.eye(3)
BALL_ML = 4 / 3 * np.pi * 1000.0  # radius 100 mm


def unit(vector):
    return np.asarray(vector) / np.linalg.norm(vector)


DIRECTIONS = [
    X,
    -Y,
    Z,
    unit((1, 1e-12, 0)),
    unit((1, 1e-7, 0)),
    unit((1, 0.0175, 0)),
    unit((1, 2, 3)),
]


@pytest.mark.parametrize("normal", DIRECTIONS)
def test_an_ellipsoid_is_halved_by_a_plane_through_its_centre(normal):
    solid = Solid(centre_mm=np.array([3.0, 4.0, 5.0]), matrix=np.diag([30.0, 40.0, 50.0]))
    assert solid.volume_ml == pytest.approx(4 / 3 * np.pi * 60.0, abs=1e-12)
    assert solid.beyond_ml(normal, normal @ solid.centre_mm) == pytest.approx(
        solid.volume_ml / 2, abs=1e-10
    )


def test_a_cap_of_a_ball_has_its_textbook_volume():
    solid = Solid(centre_mm=ORIGIN, matrix=np.eye(3) * 100)
    height = 30.0
    cap = np.pi * height**2 * (300 - height) / 3 / 1000
    assert solid.beyond_ml(unit((1, 2, -2)), 70.0) == pytest.approx(cap, abs=1e-10)


@pytest.mark.parametrize("normal", DIRECTIONS)
def test_eight_octants_make_a_ball_in_every_direction(normal):
    octants = [
        faced(ORIGIN, np.eye(3) * 100, [(a * X, 0.0), (b * Y, 0.0), (c * Z, 0.0)])
        for a in (-1, 1)
        for b in (-1, 1)
        for c in (-1, 1)
    ]
    assert sum(o.beyond_ml(normal, -1e3) for o in octants) == pytest.approx(BALL_ML, abs=1e-6)
    cap = Solid(centre_mm=ORIGIN, matrix=np.eye(3) * 100).beyond_ml(normal, 20.0)
    assert sum(o.beyond_ml(normal, 20.0) for o in octants) == pytest.approx(cap, abs=1e-6)


def test_a_wedge_of_a_ball_has_its_angle_s_share():
    angle = np.radians(37.0)
    sides = [(-X, 0.0), (np.array([np.cos(angle), -np.sin(angle), 0.0]), 0.0)]
    wedge = faced(ORIGIN, np.eye(3) * 100, sides)
    # x >= 0 and x cos <= y sin leaves the angle between the two faces' lines
    assert wedge.volume_ml == pytest.approx(
        BALL_ML * (np.pi - (np.pi - angle)) / (2 * np.pi), abs=1e-6
    )


def test_faces_that_leave_nothing_give_no_solid():
    assert faced(ORIGIN, np.eye(3), [(X, -2.0)]) is None
    assert faced(ORIGIN, np.eye(3), [(X, -0.1), (-X, -0.1)]) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.floats(-30, 30))
def test_what_lies_on_the_two_sides_of_a_plane_adds_up(seed, offset):
    """And one more face is the same as a plane, whatever the order of slicing."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(3, 3)) * 15 + np.eye(3) * 50
    planes = [(unit(n), rng.uniform(-20, 40)) for n in rng.normal(size=(4, 3))]
    solid = faced(ORIGIN, matrix, planes)
    if solid is None:
        return
    normal = unit(rng.normal(size=3))
    beyond = solid.beyond_ml(normal, offset)
    below = solid.beyond_ml(-normal, -offset)
    assert beyond + below == pytest.approx(solid.volume_ml, abs=1e-6)
    cut = faced(ORIGIN, matrix, [*planes, (-normal, -offset)])
    assert (cut.volume_ml if cut else 0.0) == pytest.approx(beyond, abs=1e-6)


def test_a_faced_solid_agrees_with_random_points():
    rng = np.random.default_rng(5)
    matrix = rng.normal(size=(3, 3)) * 15 + np.eye(3) * 50
    planes = [(unit(n), 15.0) for n in rng.normal(size=(3, 3))]
    solid = faced(ORIGIN, matrix, planes)
    points = rng.normal(size=(400_000, 3))
    points *= rng.random((len(points), 1)) ** (1 / 3) / np.linalg.norm(points, axis=1)[:, None]
    points = points @ matrix.T
    kept = np.all([points @ n <= d for n, d in planes], axis=0) & (points @ Z >= 5.0)
    whole = 4 / 3 * np.pi * abs(np.linalg.det(matrix)) / 1000
    error = whole * np.sqrt(kept.mean() / len(points))
    assert solid.beyond_ml(Z, 5.0) == pytest.approx(whole * kept.mean(), abs=5 * error)
