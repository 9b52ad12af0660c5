"""One mask of all lesions becomes one for each; specks are counted, not kept."""

import numpy as np

from liverplan.segmentation.lesions.separate import separate_lesions


def test_lesions_come_largest_first_and_specks_are_left_out():
    mask = np.zeros((10, 10, 10), bool)
    mask[0, 0, :5], mask[5, :8, 5], mask[9, 9, 9] = True, True, True
    lesions, specks = separate_lesions(mask, 0.01)
    assert [np.count_nonzero(lesion) for lesion in lesions] == [8, 5]
    assert specks == 1
    assert not (lesions[0] & lesions[1]).any()


def test_nothing_is_no_lesion():
    assert separate_lesions(np.zeros((3, 3, 3), bool), 1.0) == ((), 0)
