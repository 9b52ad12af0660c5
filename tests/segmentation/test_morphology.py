"""Distances, openings and components, in millimetres."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liverplan.segmentation.morphology import (
    FAR_MM,
    closed,
    closed_beyond,
    component_with_most,
    components,
    components_touching,
    dilated,
    distance_transform_mm,
    eroded,
    filled_by_slice,
    largest_component,
    mean_near,
    opened,
    signed_distance_mm,
)
from tests.segmentation.shapes import ball


def test_depths_are_in_millimetres():
    mask = ball((30, 60, 60), (30, 30, 30), 20, (2.0, 1.0, 1.0))
    assert distance_transform_mm(mask, (2.0, 1.0, 1.0)).max() == pytest.approx(20, abs=1)
    signed = signed_distance_mm(mask, (2.0, 1.0, 1.0))
    assert np.array_equal(signed > 0, mask)


def test_opening_takes_thin_things_and_closing_fills_thin_gaps():
    mask = np.zeros((30, 30, 30), bool)
    mask[5:25, 5:25, 5:25] = True
    thin = mask.copy()
    thin[14, 14, 25:29] = True
    assert np.count_nonzero(opened(thin, 3, (1.0, 1.0, 1.0))[:, :, 26:]) == 0
    gap = mask.copy()
    gap[:, 14, :] = False
    assert closed(gap, 3, (1.0, 1.0, 1.0))[14, 14, 14]


ONE = (1.0, 1.0, 1.0)
MASKS = st.integers(0, 2**32 - 1).map(
    lambda seed: np.random.default_rng(seed).random((5, 6, 7)) < 0.4
)


def brute_distance(mask, spacing):
    """Every voxel's distance to the nearest voxel outside, by looking at all of them."""
    outside = np.argwhere(~mask) * spacing
    found = np.zeros(mask.shape)
    for at in np.argwhere(mask):
        found[tuple(at)] = np.linalg.norm(outside - at * spacing, axis=1).min()
    return found


@given(MASKS, st.tuples(*(st.floats(0.5, 3.0) for _ in range(3))))
@settings(max_examples=30, deadline=None)
def test_the_distance_transform_is_the_distance_to_the_nearest_voxel_outside(mask, spacing):
    found = distance_transform_mm(mask, spacing)
    assert np.allclose(found, brute_distance(mask, spacing), rtol=1e-5)


def test_where_nothing_lies_outside_everything_is_far_from_it():
    assert (distance_transform_mm(np.ones((2, 3, 4), bool), ONE) == FAR_MM).all()
    assert not distance_transform_mm(np.zeros((2, 3, 4), bool), ONE).any()


@given(MASKS, st.sampled_from([0.5, 1.0, 1.5, 2.0]))
@settings(max_examples=30, deadline=None)
def test_eroding_is_dilating_the_outside(mask, radius):
    assert np.array_equal(eroded(mask, radius, ONE), ~dilated(~mask, radius, ONE))


@given(MASKS, st.sampled_from([1.0, 1.5, 2.0]))
@settings(max_examples=30, deadline=None)
def test_opening_only_takes_and_closing_only_adds_and_twice_is_once(mask, radius):
    less, more = opened(mask, radius, ONE), closed(mask, radius, ONE)
    assert not (less & ~mask).any()
    assert not (mask & ~more).any()
    assert np.array_equal(opened(less, radius, ONE), less)
    assert np.array_equal(closed(more, radius, ONE), more)


def test_a_dilated_voxel_is_a_ball_of_that_radius_in_millimetres():
    mask = np.zeros((9, 9, 9), bool)
    mask[4, 4, 4] = True
    spacing = (2.0, 1.0, 0.5)
    found = np.argwhere(dilated(mask, 2.0, spacing)) - 4
    away = np.linalg.norm(found * spacing, axis=1)
    assert away.max() == pytest.approx(2.0)
    assert set(map(tuple, found[np.abs(found).sum(axis=1) == np.abs(found).max(axis=1)])) == {
        (0, 0, 0), (1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 2, 0), (0, -2, 0),
        *((0, 0, n) for n in (-4, -3, -2, -1, 1, 2, 3, 4)),
    }  # fmt: skip


def test_closing_fills_a_dent_to_within_a_voxel_and_does_not_swell_the_rest_at_the_arrays_edge():
    mask = np.zeros((20, 20, 20), bool)
    mask[5:15, :15, 5:15] = True
    dented = mask.copy()
    dented[8:12, 12:15, 8:12] = False
    found = closed_beyond(dented, 6.0, ONE)
    assert not (found & ~mask).any()
    assert found[8:12, 12:14, 8:12].all()


def test_holes_are_filled_slice_by_slice_only():
    mask = np.ones((3, 5, 5), bool)
    mask[1, 2, 2] = mask[0, 0, 2] = False
    found = filled_by_slice(mask)
    assert found[1, 2, 2]
    assert not found[0, 0, 2]


@pytest.fixture
def three():
    """Three components of 8, 3 and 1 voxels; the last touches the first over an edge only."""
    mask = np.zeros((6, 6, 6), bool)
    mask[0:2, 0:2, 0:2] = True
    mask[2, 2, 1] = True
    mask[5, 5, 3:6] = True
    return mask


def test_components_touch_over_faces_and_are_counted(three):
    numbers, counts = components(three)
    assert counts[0] == 0
    assert sorted(counts[1:]) == [1, 3, 8]
    assert np.array_equal(numbers > 0, three)


def test_the_largest_component_is_kept(three):
    assert np.count_nonzero(largest_component(three)) == 8


def test_the_component_with_most_of_a_region_is_kept_not_the_largest(three):
    region = np.zeros_like(three)
    region[5], region[0, 0, 0] = True, True
    assert np.array_equal(np.argwhere(component_with_most(three, region))[:, 0], [5, 5, 5])
    assert not component_with_most(three, ~three).any()


def test_all_components_that_touch_a_region_are_kept(three):
    region = np.zeros_like(three)
    region[2, 2, 1] = region[5, 5, 5] = True
    assert np.count_nonzero(components_touching(three, region)) == 4
    assert not components_touching(three, ~three).any()


def test_a_mean_nearby_knows_only_what_is_in_the_mask():
    values = np.where(np.indices((9, 9, 40))[2] < 20, 50.0, 1000.0).astype(np.float32)
    mask = np.indices(values.shape)[2] < 20
    mean = mean_near(values, mask, 3.0, ONE)
    assert np.allclose(mean[mask], 50)
    assert np.allclose(mean[4, 4, 20:24], 50)
    assert np.isnan(mean[4, 4, 39])
