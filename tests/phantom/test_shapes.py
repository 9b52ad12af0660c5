"""The phantom's shapes: distances along known lines, and boxes that hold them."""

import numpy as np
import pytest

from liverplan.phantom.liver import turn_about
from liverplan.phantom.shapes import Beyond, Common, Egg, Together, Tube, Without, ellipsoid

BALL = ellipsoid((10, 20, 30), (8, 8, 8))
OTHER = ellipsoid((16, 20, 30), (6, 6, 6))
EGG = Egg(
    centre_mm=np.array([1.0, 2, 3]),
    low_mm=np.array([10.0, 20, 30]),
    high_mm=np.array([15.0, 25, 5]),
    turn=turn_about(2, 30.0),
)
TUBE = Tube(
    start_mm=np.array([0.0, 0, 0]),
    end_mm=np.array([0.0, 0, 40]),
    start_radius_mm=6.0,
    end_radius_mm=2.0,
)


def at(shape, *points):
    x, y, z = np.array(points, np.float32).T
    return shape.distance_mm(x, y, z)


def test_a_balls_distance_is_exact_on_its_surface_and_has_the_right_sign():
    directions = np.random.default_rng(2).normal(size=(50, 3))
    directions /= np.linalg.norm(directions, axis=1)[:, None]
    centre = np.array([10, 20, 30])
    assert at(BALL, *(centre + 8 * directions)) == pytest.approx(0, abs=1e-4)
    assert (at(BALL, *(centre + 7.9 * directions)) < 0).all()
    assert (at(BALL, *(centre + 8.1 * directions)) > 0).all()
    assert at(BALL, *(centre + 8.1 * directions)) == pytest.approx(0.1, rel=0.03)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("sign", [-1, 1])
def test_an_eggs_semi_axes_differ_on_the_two_sides(axis, sign):
    reach = (EGG.low_mm if sign < 0 else EGG.high_mm)[axis]
    tip = EGG.centre_mm + sign * reach * EGG.turn[:, axis]
    assert at(EGG, tip)[0] == pytest.approx(0, abs=1e-4)


def test_a_tubes_distance_is_to_its_axis_less_the_radius_there_and_its_ends_are_round():
    found = at(TUBE, (10, 0, 0), (0, 10, 40), (5, 0, 20), (0, 0, 45), (0, 0, -10))
    assert found == pytest.approx([4, 8, 1, 3, 4])


def test_a_half_space_is_signed_along_its_normal():
    half = Beyond(normal=np.array([0.0, 0.6, 0.8]), offset_mm=10.0)
    assert at(half, (0, 0, 0), (5, 6, 8), (1, 60, 80)) == pytest.approx([-10, 0, 90], abs=1e-4)


def test_shapes_are_joined_met_and_hollowed_like_sets():
    points = np.random.default_rng(3).uniform((0, 10, 20), (25, 30, 40), (500, 3))
    ball, other = (at(shape, *points) <= 0 for shape in (BALL, OTHER))
    assert np.array_equal(at(Together(parts=(BALL, OTHER)), *points) <= 0, ball | other)
    assert np.array_equal(at(Common(parts=(BALL, OTHER)), *points) <= 0, ball & other)
    assert np.array_equal(at(Without(whole=BALL, hole=OTHER), *points) < 0, ball & ~other)


@pytest.mark.parametrize(
    "shape",
    [BALL, EGG, TUBE, Together(parts=(BALL, OTHER)), Common(parts=(BALL, OTHER)),
     Without(whole=BALL, hole=OTHER)],
)  # fmt: skip
def test_a_box_holds_its_shape(shape):
    points = np.random.default_rng(4).uniform(-60, 60, (60000, 3))
    inside = points[at(shape, *points) <= 0]
    low, high = shape.box
    assert len(inside) > 10
    assert (inside >= low).all()
    assert (inside <= high).all()


def test_a_turn_is_a_rotation_by_its_angle():
    for axis in range(3):
        turn = turn_about(axis, 40.0)
        assert turn @ turn.T == pytest.approx(np.eye(3))
        assert np.linalg.det(turn) == pytest.approx(1)
        assert np.trace(turn) == pytest.approx(1 + 2 * np.cos(np.radians(40)))
        assert turn[:, axis] == pytest.approx(np.eye(3)[axis])
