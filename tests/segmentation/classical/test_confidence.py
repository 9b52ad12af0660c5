"""Where the minimum cut left a choice: places to look at, the largest first."""

import numpy as np
import pytest

from liverplan.segmentation.classical.confidence import confidence_of
from tests.segmentation.shapes import grid_of

GRID = grid_of((20, 20, 20), (10.0, 10.0, 10.0))  # a voxel is 1 mL


def test_undecided_tissue_is_gathered_into_places_the_largest_first():
    inside = np.zeros(GRID.shape, np.float32)
    inside[:, :, 10:] = 1
    inside[2, 2, 2:5] = 0.4
    inside[15, 15, 10:20] = 0.7
    found = confidence_of(GRID, inside)
    assert [p.volume_ml for p in found.places] == pytest.approx([10, 3])
    assert [p.inside for p in found.places] == [True, False]
    assert found.places[1].point_mm == pytest.approx((30, 20, 20))
    assert found.unsure_ml == pytest.approx(13)


@pytest.mark.parametrize(("value", "places"), [(0.1, 0), (0.11, 1), (0.89, 1), (0.9, 0)])
def test_what_is_all_but_decided_is_no_place(value, places):
    inside = np.zeros(GRID.shape, np.float32)
    inside[5:8, 5:8, 5:8] = value
    assert len(confidence_of(GRID, inside).places) == places


def test_specks_and_more_than_a_dozen_places_are_left_out():
    inside = np.zeros(GRID.shape, np.float32)
    inside[::4, ::4, 0] = 0.5
    assert len(confidence_of(GRID, inside).places) == 12
    small = grid_of(GRID.shape, (7.0, 8.0, 8.0))  # a voxel is 0.45 mL
    assert confidence_of(small, inside).places == ()
