"""A narrow waist parts organs, a wide one does not."""

import numpy as np

from liverplan.segmentation.classical.waists import part_of_liver
from tests.segmentation.shapes import ball


def test_what_hangs_on_a_narrow_waist_is_another_organ():
    shape = (40, 40, 80)
    liver, spleen = ball(shape, (20, 20, 22), 16), ball(shape, (20, 20, 58), 14)
    bridge = np.zeros(shape, bool)
    bridge[18:22, 18:22, 20:60] = True
    kept = part_of_liver(liver | spleen | bridge, (3.0, 3.0, 3.0))
    assert not (kept & ball(shape, (20, 20, 58), 10)).any()
    assert (kept & liver).sum() > 0.98 * liver.sum()


def test_a_wide_waist_is_one_liver():
    shape = (40, 40, 80)
    both = ball(shape, (20, 20, 26), 16) | ball(shape, (20, 20, 44), 15)
    assert np.array_equal(part_of_liver(both, (3.0, 3.0, 3.0)), both)
