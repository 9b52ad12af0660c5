"""Block means, thin slices, and the way back to voxels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liverplan.segmentation.blocks import (
    blocks_of,
    resampled,
    share_in_blocks,
    voxels_in_blocks,
    with_thin_slices,
)
from liverplan.volume import Volume
from tests.segmentation.shapes import grid_of


def test_blocks_are_means_and_lie_at_their_centres():
    grid = grid_of((4, 6, 6), (1.5, 0.75, 0.75))
    hu = np.arange(144, dtype=np.int16).reshape(4, 6, 6)
    blocks = blocks_of(Volume(grid=grid, hu=hu), 1.5)
    assert blocks.factors == (1, 2, 2)
    assert blocks.hu[0, 0, 0] == pytest.approx(hu[0, :2, :2].mean())
    assert np.allclose(blocks.grid.to_mm((0, 0, 0)), grid.to_mm((0, 0.5, 0.5)))


def test_a_ramp_is_resampled_exactly():
    ramp = np.arange(10, dtype=np.float32)[:, None, None] * np.ones((1, 3, 3), np.float32)
    where = [np.array([0.25, 4.5]), np.arange(3), np.arange(3)]
    assert resampled(ramp, where)[:, 0, 0] == pytest.approx([0.25, 4.5])


def test_thick_slices_are_interpolated_and_keep_their_own_in_the_middle():
    hu = np.arange(0, 60, 6, dtype=np.int16)[:, None, None] + np.zeros((1, 4, 5), np.int16)
    volume = Volume(grid=grid_of((10, 4, 5), (5.0, 1.0, 1.0)), hu=hu)
    thin, count = with_thin_slices(volume)
    assert count == 3
    assert np.array_equal(thin.hu[1::3], hu)
    assert np.array_equal(thin.hu[2:29:3, 0, 0], np.arange(2, 56, 6))
    assert np.allclose(thin.grid.to_mm((4, 2, 3)), volume.grid.to_mm((1, 2, 3)))
    assert thin.grid.spacing_mm[0] == pytest.approx(5 / 3)


def test_slices_that_are_thin_stay_as_they_are():
    volume = Volume(grid=grid_of((10, 4, 5), (4.0, 1.0, 1.0)), hu=np.zeros((10, 4, 5), np.int16))
    assert with_thin_slices(volume) == (volume, 1)


@given(st.integers(0, 2**32 - 1), st.tuples(*(st.integers(0, 2) for _ in range(3))))
@settings(max_examples=30, deadline=None)
def test_a_masks_shares_are_what_each_block_holds_of_it(seed, start):
    grid = grid_of((7, 9, 11), (1.5, 0.7, 0.7))
    mask = np.random.default_rng(seed).random(grid.shape) < 0.5
    found = share_in_blocks(mask, grid, 1.5, start, grid.shape)
    part = mask[tuple(slice(a, None) for a in start)]
    for (k, j, i), share in np.ndenumerate(found):
        assert share == pytest.approx(part[k, 2 * j : 2 * j + 2, 2 * i : 2 * i + 2].mean())


def test_a_voxel_is_found_again_in_the_block_that_it_was_averaged_into():
    k, j, i = voxels_in_blocks((0, 2, 4), (3, 8, 8), (1, 2, 4))
    assert k == pytest.approx([0, 1, 2])
    assert j == pytest.approx([-0.25, 0.25, 0.75, 1.25, 1.75, 2.25])
    assert np.rint(i).tolist() == [0, 0, 0, 0]


def test_values_beyond_the_edge_are_the_edges():
    ramp = np.arange(3, dtype=np.float32)[:, None, None] * np.ones((1, 1, 1), np.float32)
    where = [np.array([-4.0, 9.0]), np.zeros(1), np.zeros(1)]
    assert resampled(ramp, where).ravel().tolist() == [0, 2]


def test_a_crop_of_blocks_lies_where_it_lay():
    volume = Volume(grid=grid_of((8, 8, 8), (1.5, 0.75, 0.75)), hu=np.zeros((8, 8, 8), np.int16))
    blocks = blocks_of(volume, 1.5)
    part = blocks.crop((slice(2, 5), slice(1, 3), slice(0, 4)))
    assert part.start == (2, 2, 0)
    assert np.allclose(part.grid.to_mm((0, 0, 0)), blocks.grid.to_mm((2, 1, 0)))
    assert not part.reaches_top
    assert blocks.crop((slice(2, 8), slice(0, 4), slice(0, 4))).reaches_top
    for axis, (here, shift) in enumerate(zip(part.coordinates_in(blocks), (2, 1, 0), strict=True)):
        assert here == pytest.approx(np.arange(part.hu.shape[axis]) + shift)
