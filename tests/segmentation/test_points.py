"""Clicks: read as points, refused in words."""

import numpy as np
import pytest

from liverplan.errors import SegmentationError
from liverplan.segmentation.points import checked_point
from tests.segmentation.shapes import grid_of

GRID = grid_of((4, 5, 6))


def test_a_click_is_a_point_and_its_voxel():
    point, voxel = checked_point(GRID, [2.4, 3.0, 5.9])
    assert point.tolist() == [2.4, 3.0, 5.9]
    assert voxel == (3, 3, 2)


@pytest.mark.parametrize("point", [(1, 2), (1, 2, 3, 4), (1, 2, np.nan), (np.inf, 0, 0)])
def test_what_is_no_point_is_refused(point):
    with pytest.raises(SegmentationError, match=r"^A point is three coordinates in millimetres\.$"):
        checked_point(GRID, point)


@pytest.mark.parametrize("point", [(-0.6, 0, 0), (5.6, 0, 0), (0, 4.6, 0), (0, 0, 7.1)])
def test_a_point_outside_the_ct_is_refused_with_its_coordinates(point):
    words = ", ".join(f"{x:.1f}" for x in point)
    with pytest.raises(SegmentationError, match=rf"^The point {words} mm lies outside the CT\.$"):
        checked_point(GRID, point)
