"""Runs, their end points and the tree over them, against a count of every voxel."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from liverplan.volumetry.planes import kernels
from liverplan.volumetry.planes.exact import common_axis, polyhedron_ml, smooth_ramp
from liverplan.volumetry.planes.runs import end_points
from liverplan.volumetry.planes.tree import MomentTree
from tests.volumetry.shapes import unit

MASKS = arrays.arrays(bool, st.tuples(*[st.integers(1, 5)] * 3), elements=st.booleans())


def runs_one_by_one(mask, axis, start):
    """(start, end) of every unbroken row along an axis, found voxel by voxel."""
    found = set()
    for at in np.argwhere(mask):
        before = at.copy()
        before[axis] -= 1
        if before[axis] >= 0 and mask[tuple(before)]:
            continue
        length = 0
        while at[axis] + length < mask.shape[axis]:
            there = at.copy()
            there[axis] += length
            if not mask[tuple(there)]:
                break
            length += 1
        first = at + np.array(start, dtype=float)
        first[axis] -= 0.5
        last = first.copy()
        last[axis] += length
        found.add((tuple(first), tuple(last)))
    return found


@given(mask=MASKS)
def test_runs_are_the_unbroken_rows_of_voxels(mask):
    for axis, ends in enumerate(end_points(mask, (3, 0, 7))):
        starts, stops = ends.paired()
        found = set(zip(map(tuple, starts), map(tuple, stops), strict=True))
        assert found == runs_one_by_one(mask, axis, (3, 0, 7))


@given(mask=MASKS)
def test_the_lengths_of_the_runs_are_the_voxels_along_any_axis(mask):
    for axis, ends in enumerate(end_points(mask, (0, 0, 0))):
        assert ends.weights.sum() == 0
        assert -(ends.weights * ends.points[axis]).sum() == np.count_nonzero(mask)


@pytest.mark.parametrize("zero", [0.125, 0.5, 0.875])
def test_a_run_ends_where_its_field_is_zero(zero):
    field = np.array([[[zero - 2, zero - 1, zero, zero + 1]]], np.float32)
    (starts, stops) = end_points(field > 0, (0, 0, 0), field)[2].paired()
    assert starts[0, 2] == pytest.approx(2 - zero)
    assert stops[0, 2] == 3.5


@pytest.mark.parametrize("count", [1, 5, 40])
def test_the_tree_sums_what_its_points_sum(count):
    mask = np.random.default_rng(count).random((count, 6, 7)) < 0.5
    mask[0, 0, 0] = True
    for axis, ends in enumerate(end_points(mask, (5, 6, 7))):
        tree = MomentTree.build(ends)
        slopes = unit(6, seed=count)
        middle = ends.points.mean(axis=1)
        offsets = np.array([0.0, 1, -1, 2, -2, 0.5])
        widths, sums = np.full(6, 1e-6), np.empty(6)
        shifts = offsets + slopes @ (middle - tree.centre)
        kernels.moment_sums(tree.nodes, tree.first, tree.blocks, slopes, shifts, widths, sums)
        for slope, shift, found in zip(slopes, shifts, sums, strict=True):
            distance = ends.distances(slope, shift + slope @ tree.centre)
            expected = (ends.weights * np.maximum(distance, 0)).sum()
            assert found == pytest.approx(expected, abs=2e-3), axis


@pytest.mark.parametrize("widths", [(1.0, 0.0), (1.0, 1.0), (0.8, 0.3)])
def test_the_smooth_ramp_is_the_mean_over_an_ends_face(widths):
    wide, narrow = widths
    u = (np.arange(400) + 0.5) / 400 - 0.5
    spread = wide * u[:, None] + narrow * u
    for t in (-1.5, -0.6, -0.2, 0.0, 0.1, 0.45, 0.7, 2.0):
        found = smooth_ramp(np.array([t]), np.float64(wide), np.float64(narrow))[0]
        assert found == pytest.approx(np.maximum(t + spread, 0).mean(), abs=1e-5)


def test_a_corner_cut_off_a_box_is_a_tetrahedron():
    """x + y + z <= s within a box of 4 x 4 x 4 voxels, by three planes that meet there too."""
    starts, _ = end_points(np.ones((4, 4, 4), bool), (0, 0, 0))[0].paired()
    toward = np.full((1, 3), -1.0)
    for size in (0.5, 1.0, 3.25):
        offset = -(size - 1.5)  # the box's corner lies at -0.5 along each axis
        one = np.array([offset])
        found = polyhedron_ml(starts, np.full(16, 4.0), 0, toward, one, 1.0)
        assert found == pytest.approx(size**3 / 6)
        twice = np.repeat(toward, 2, axis=0)
        again = polyhedron_ml(starts, np.full(16, 4.0), 0, twice, np.repeat(one, 2), 1.0)
        assert again == pytest.approx(size**3 / 6)


def test_planes_along_the_lattice_leave_a_block_of_it():
    starts, _ = end_points(np.ones((4, 4, 4), bool), (0, 0, 0))[0].paired()
    lengths, octant = np.full(16, 4.0), np.eye(3)
    offsets = np.array([1.0, 0.25, 2.0])
    expected = np.prod(3.5 - offsets)
    assert polyhedron_ml(starts, lengths, 0, octant, offsets, 1.0) == pytest.approx(expected)
    found = np.empty(1)
    along = np.array([[[1.0, 0, 0]]])
    kernels.run_lengths(starts, lengths, 0, along, np.array([[1.0]]), found)
    assert found[0] == pytest.approx(2.5 * 16)


def test_the_axis_that_planes_share_is_one_that_none_runs_along():
    assert common_axis(np.array([[1.0, 0.2, 0], [0.0, 0.9, 0.4]])) == 1
    assert common_axis(np.array([[0.5, 0.1, 0.8]])) == 2
