"""Block means, thin slices, and the way back to voxels."""

import numpy as np
import pytest

from liverplan.segmentation.blocks import blocks_of, resampled, with_thin_slices
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
