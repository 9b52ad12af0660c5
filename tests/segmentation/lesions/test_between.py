"""Values brought between cubes and the CT: the same whether it lies straight or is turned."""

import numpy as np
import pytest

from liverplan.segmentation.lesions.prompted.between import along_axes
from liverplan.segmentation.lesions.prompted.patch import Patch
from liverplan.volume import Grid
from tests.segmentation.shapes import grid_of

SIDE = 32
STRAIGHT = grid_of((20, 50, 60), (2.5, 0.8, 0.7))


@pytest.fixture(scope="module")
def patch():
    cubes = np.zeros((SIDE,) * 3, np.float32)
    return Patch(
        hu=cubes, liver=cubes > 0, middle_mm=STRAIGHT.to_mm((9.3, 22.1, 31.4)), cube_mm=1.3
    )


def test_voxels_get_the_same_on_a_turned_ct_as_on_one_that_lies_straight(patch):
    values = np.random.default_rng(3).random((SIDE,) * 3, dtype=np.float32)
    within = np.zeros(values.shape, bool)
    within[3:31, 0:20, 5:25] = True
    affine = STRAIGHT.affine.copy()
    affine[0, 1] = 1e-9  # so little that nothing but the way of reckoning differs
    turned = Grid(shape=STRAIGHT.shape, affine=affine)
    (first, box), (second, same) = (patch.on_ct(values, g, within) for g in (STRAIGHT, turned))
    assert box == same
    assert np.abs(first - second).max() < 1e-5
    assert first.max() > 0.5


def test_beyond_the_cubes_there_is_nothing_or_the_nearest():
    ramp = np.arange(1, 4, dtype=np.float32)[:, None, None] * np.ones((1, 2, 2), np.float32)
    where = [np.array([-0.1, 0.5, 2.0, 2.1]), np.zeros(1), np.ones(1)]
    found = {way: along_axes(ramp, where, beyond=way).ravel() for way in ("constant", "nearest")}
    assert found["constant"] == pytest.approx([0, 1.5, 3, 0])
    assert found["nearest"] == pytest.approx([1, 1.5, 3, 3])
