"""A narrow waist parts organs, a wide one does not."""

import numpy as np
import pytest

from liverplan.segmentation.classical.waists import part_of_liver, split_at_waists
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


def test_parts_are_told_by_their_depth_their_waist_and_their_volume():
    shape = (40, 40, 80)
    mask = ball(shape, (20, 20, 22), 16) | ball(shape, (20, 20, 52), 16)
    parts = split_at_waists(mask, (2.0, 2.0, 2.0))
    assert np.array_equal(parts.numbers > 0, mask)
    assert parts.volume_ml.size == 3
    assert parts.volume_ml[1:].sum() == pytest.approx(np.count_nonzero(mask) * 0.008)
    assert parts.peak_mm[1:] == pytest.approx([30, 30], abs=4)
    assert parts.waist_mm[1, 2] == parts.waist_mm[2, 1] == pytest.approx(10, abs=5)
    assert sorted(parts.centre_mm[1:, 2]) == pytest.approx([44, 104], abs=4)


def test_one_ball_is_one_part_and_stays_whole():
    mask = ball((40, 40, 40), (20, 20, 20), 15)
    assert split_at_waists(mask, (3.0, 3.0, 3.0)).peak_mm.size == 2
    assert np.array_equal(part_of_liver(mask, (3.0, 3.0, 3.0)), mask)
