"""The proposed cut against brute force over the sphere."""

import numpy as np
import pytest

from liverplan.errors import PlanError
from liverplan.volumetry import best_plane, front, lesion_margins, measure
from liverplan.volumetry.search.planes import sphere
from tests.volumetry.shapes import ellipsoid, index_of, spaced

AFFINE = spaced(3.0, 2.0, 2.0)


@pytest.fixture(scope="module")
def index():
    """A small liver with two lesions toward one side."""
    shape, centre = (40, 60, 80), np.array([80.0, 60.0, 60.0])
    labels = ellipsoid(AFFINE, shape, centre, (70, 45, 50)).astype(np.uint8)
    labels[ellipsoid(AFFINE, shape, centre - (40, 0, 10), (10, 10, 10))] = 2
    labels[ellipsoid(AFFINE, shape, centre - (20, 20, -15), (7, 7, 7))] = 3
    return index_of(labels, AFFINE)


def brute_force_fraction(index, margin, count=60_000):
    normals = sphere(count)
    offsets = index.support_mm(normals).max(axis=1) + margin
    return index.remnant_ml(normals, offsets).max() / index.functional_ml


def test_the_front_is_as_good_as_brute_force(index):
    margins = [0.0, 5.0, 12.0]
    found = front(index, margins, normals=3000)
    assert [s.margin_mm for s in found] == margins
    for suggestion in found:
        best = brute_force_fraction(index, suggestion.margin_mm)
        assert suggestion.remnant_fraction > best - 5e-4


def test_a_suggestion_keeps_its_margin_and_says_what_it_leaves(index):
    found = best_plane(index, 8.0, normals=2000)
    margins = lesion_margins(index, [found.plane])
    assert min(m.margin_mm for m in margins) == pytest.approx(8.0, abs=1e-6)
    assert not any(m.in_remnant for m in margins)
    assert found.remnant_ml == measure(index, [found.plane]).remnant_ml
    assert found.remnant_fraction == found.remnant_ml / index.functional_ml


def test_its_point_lies_in_the_middle_of_the_cut(index):
    plane = best_plane(index, 8.0, normals=2000).plane
    assert np.all(np.abs(plane.point_mm - [80.0, 60.0, 60.0]) < [70, 45, 50])


def test_a_larger_margin_never_leaves_more(index):
    margins = np.arange(0.0, 160.0, 8.0)
    left = [s.remnant_ml for s in front(index, margins, normals=2000)]
    assert np.all(np.diff(left) <= 1e-6)
    assert left[0] > 0
    assert left[-1] == 0


def test_the_order_of_the_margins_does_not_matter(index):
    up = front(index, [0.0, 6.0, 9.0], normals=2000)
    down = front(index, [9.0, 6.0, 0.0], normals=2000)
    assert [s.remnant_ml for s in up] == [s.remnant_ml for s in down[::-1]]


def test_the_sphere_is_even():
    normals = sphere(5000)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1)
    np.testing.assert_allclose(normals.T @ normals / 5000, np.eye(3) / 3, atol=1e-3)


def test_a_liver_without_lesions_gets_no_suggestion():
    with pytest.raises(PlanError, match="at least one lesion"):
        best_plane(index_of(np.ones((4, 4, 4), np.uint8)), 10.0)


def test_a_margin_that_leaves_nothing_is_refused(index):
    with pytest.raises(PlanError, match="No flat cut leaves any liver at a margin of 300 mm"):
        best_plane(index, 300.0, normals=500)


def test_a_margin_that_is_no_number_is_refused(index):
    with pytest.raises(PlanError, match="Margins must be numbers"):
        front(index, [10.0, np.nan])
