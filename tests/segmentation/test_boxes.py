"""Boxes and voxels of masks, against numpy's own search of the whole grid."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from liverplan.segmentation.boxes import bounding_box, box_around, ends_of, slices_of, voxels_of
from tests.segmentation.shapes import grid_of

SHAPES = st.tuples(*(st.integers(1, 6) for _ in range(3)))


@given(SHAPES, st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_a_box_holds_every_voxel_and_touches_one_on_each_side(shape, seed, share):
    rng = np.random.default_rng(seed)
    mask = rng.random(shape) < share**4
    found, truth = voxels_of(mask), np.argwhere(mask)
    np.testing.assert_array_equal(found, truth)
    box = bounding_box(mask)
    assert box == bounding_box(mask.astype(np.uint8) * 7)
    if len(truth):
        assert [part.start for part in box] == truth.min(axis=0).tolist()
        assert [part.stop for part in box] == (truth.max(axis=0) + 1).tolist()
    else:
        assert mask[box].size == 0


@given(SHAPES, st.integers(0, 2**32 - 1), st.tuples(*(st.integers(0, 4) for _ in range(3))))
def test_a_margin_makes_a_box_larger_as_far_as_the_array_goes(shape, seed, margin):
    mask = np.random.default_rng(seed).random(shape) < 0.2
    mask.flat[seed % mask.size] = True
    start, stop = ends_of(bounding_box(mask))
    low, high = ends_of(bounding_box(mask, margin))
    assert low == tuple(max(a - m, 0) for a, m in zip(start, margin, strict=True))
    assert high == tuple(min(b + m, n) for b, m, n in zip(stop, margin, shape, strict=True))


@given(
    st.tuples(*(st.floats(-5, 15) for _ in range(3))),
    st.floats(0, 9),
    st.tuples(*(st.sampled_from([0.5, 1.0, 2.5]) for _ in range(3))),
)
def test_a_box_around_a_place_holds_all_that_is_near_and_lies_on_the_grid(index, reach, spacing):
    grid = grid_of((6, 8, 10), spacing)
    start, stop = box_around(grid, index, reach)
    assert all(0 <= a < b <= n for a, b, n in zip(start, stop, grid.shape, strict=True))
    voxels = np.argwhere(np.ones(grid.shape))
    near = voxels[np.abs((voxels - index) * spacing).max(axis=1) <= reach]
    assert (near >= start).all()
    assert (near < stop).all()


def test_a_box_and_its_ends_are_the_same():
    box = (slice(1, 3), slice(0, 2), slice(4, 5))
    assert slices_of(*ends_of(box)) == box
