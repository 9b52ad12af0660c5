"""Planes: a point and the side that stays."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from liverplan.errors import PlanError
from liverplan.resection import Plane

coordinate = st.floats(-300, 300)
vector = st.tuples(coordinate, coordinate, coordinate)


@given(vector, vector, st.floats(-50, 50))
def test_a_shift_moves_the_plane_into_the_side_that_stays(point, normal, distance):
    assume(np.linalg.norm(normal) > 1e-3)
    plane = Plane(point_mm=point, normal=normal)
    assert np.linalg.norm(plane.normal) == pytest.approx(1)
    assert plane.signed_distance_mm(plane.point_mm) == pytest.approx(0, abs=1e-9)
    assert plane.signed_distance_mm(plane.shifted(distance).point_mm) == pytest.approx(distance)


@given(vector)
def test_a_unit_normal_is_kept_to_the_last_bit(normal):
    assume(np.linalg.norm(normal) > 1e-3)
    once = Plane(point_mm=(0, 0, 0), normal=normal)
    assert np.array_equal(Plane(point_mm=(0, 0, 0), normal=once.normal).normal, once.normal)


@pytest.mark.parametrize("size", [1e-300, 1e-6, 1.0, 1e300])
def test_the_length_of_the_normal_does_not_matter(size):
    plane = Plane(point_mm=(1, 2, 3), normal=(size, size, 0))
    assert np.allclose(plane.normal, (2**-0.5, 2**-0.5, 0))


@pytest.mark.parametrize(
    ("point", "normal", "words"),
    [
        ((0, 0, 0), (0, 0, 0), "no length"),
        ((np.nan, 0, 0), (0, 0, 1), "NaN"),
        ((0, 0, 0), (0, np.inf, 1), "infinity"),
        ((0, 0), (0, 0, 1), "three coordinates"),
    ],
)
def test_a_plane_without_meaning_is_refused(point, normal, words):
    with pytest.raises(PlanError, match=words):
        Plane(point_mm=point, normal=normal)
