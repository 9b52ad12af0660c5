"""Boxes and voxels of masks, against numpy's own search of the whole grid."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from liverplan.segmentation.boxes import bounding_box, voxels_of

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
