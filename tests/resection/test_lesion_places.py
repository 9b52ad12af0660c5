"""A lesion's place: the segments that hold most of it, or its side."""

from itertools import pairwise

import numpy as np
import pytest

from liverplan.resection.anatomy.lesion_places import place_of
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid

GRID = Grid(shape=(1, 10, 10), affine=np.eye(4))
NAMES = ("8", "7", "4a")


def placed(*shares, away=(-5.0, 0, 0)):
    """A lesion of 100 voxels, so many of which lie in each segment, the rest in none."""
    labels = np.full(GRID.shape, 2, np.uint8)
    parts = np.zeros(100, np.uint8)
    ends = np.cumsum((0, *shares))
    for number, (a, b) in enumerate(pairwise(ends), 1):
        parts[a:b] = number
    segments = PartMap(scheme="couinaud", grid=GRID, labels=parts.reshape(GRID.shape), names=NAMES)
    segmentation = Segmentation(grid=GRID, labels=labels)
    return place_of(segmentation, 2, away, {"couinaud": segments} if shares else {})


@pytest.mark.parametrize(
    ("shares", "name"),
    [
        ((100, 0, 0), "S8"),
        ((30, 70, 0), "S7, 8"),
        ((20, 80, 0), "S7, 8"),
        ((19, 81, 0), "S7"),
        ((30, 25, 45), "S4a, 8"),
        ((10, 10, 10), "right"),
    ],
)
def test_segments_that_hold_a_fifth_are_named_the_fullest_first_and_no_more_than_two(shares, name):
    assert placed(*shares).name == name


@pytest.mark.parametrize(("x_mm", "side"), [(5.0, "left"), (-5.0, "right")])
def test_without_a_map_it_is_the_patients_side(x_mm, side):
    place = placed(away=(x_mm, 0, 0))
    assert (place.side, place.name, place.segments) == (side, side, ())


def test_the_side_is_known_beside_the_segments():
    assert placed(100, 0, 0, away=(3.0, 0, 0)).side == "left"
