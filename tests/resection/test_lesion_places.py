"""A lesion's place: the segments that hold most of it, or its side."""

from itertools import pairwise

import numpy as np
import pytest

from liverplan.phantom import make_phantom
from liverplan.resection.anatomy.lesion_places import named_courses, place_of, vessel_distances
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.territories import territories
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid
from liverplan.words import in_english

from . import trees

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


def test_a_lesion_is_so_far_from_the_wall_of_each_named_vessel_the_nearest_first():
    """Beside a straight way along each branch, counted without a tree of points."""
    liver = make_phantom(spacing_mm=(4.0, 3.0, 3.0)).segmentation
    given = {
        "portal": trees.usual_portal()[0],
        "hepatic": trees.hepatic("right", "middle", "left")[0],
    }
    maps = {tree: territories(liver, some, tree) for tree, some in given.items()}
    (middle,) = (one for one in given["hepatic"] if one.name == "1.3")
    courses = named_courses(liver, maps)
    for label in liver.lesion_labels:
        found = vessel_distances(liver, label, courses)
        away = {one.name: one.distance_mm for one in found}
        assert list(away.values()) == sorted(away.values())
        lesion = liver.grid.to_mm(np.argwhere(liver.lesion(label)))
        true = min(
            np.linalg.norm(lesion - (np.array(a) + t * np.subtract(b, a)), axis=1).min()
            for a, b in pairwise(middle.points_mm)
            for t in np.linspace(0, 1, 60)
        )
        assert away["middle_hepatic"] == pytest.approx(max(0, true - middle.radius_mm), abs=0.3)
    nearest = in_english(found[0].says)
    assert nearest.endswith(("hepatic vein", "portal vein"))


def test_without_vessels_no_distance_is_known():
    segmentation = Segmentation(grid=GRID, labels=np.full(GRID.shape, 2, np.uint8))
    assert named_courses(segmentation, {}) == {}
    assert vessel_distances(segmentation, 2, {}) == ()
