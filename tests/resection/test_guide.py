"""The clicks that divide a liver: their order, what may be left out, when they are complete."""

import numpy as np
import pytest

from liverplan.errors import PlanError
from liverplan.resection import Landmarks
from liverplan.resection.anatomy.guide import SegmentGuide
from liverplan.resection.anatomy.named import SEGMENTS
from liverplan.resection.anatomy.segment_branches import SegmentBranches


def at(x_mm):
    return np.array([float(x_mm), 0.0, 0.0])


def all_clicked(guide):
    while guide.wanted:
        guide = guide.clicked(at(guide.number))
    return guide


def test_landmarks_are_asked_for_in_their_order_until_all_ten_are_there():
    guide, asked = SegmentGuide(), []
    while guide.wanted:
        asked.append((guide.number, guide.wanted))
        guide = guide.clicked(at(guide.number))
    assert asked == list(enumerate(Landmarks.names(), 1))
    points = guide.points()
    assert isinstance(points, Landmarks)
    np.testing.assert_array_equal(points.falciform, at(10))
    assert guide.clicked(at(99)) is guide


def test_the_last_click_can_be_taken_back():
    guide = SegmentGuide().clicked(at(1)).clicked(at(2))
    assert guide.back().wanted == "right_vein"
    assert list(guide.back().points_mm) == ["cava"]
    assert SegmentGuide().back().wanted == "cava"


def test_a_segment_whose_branch_is_not_seen_is_skipped_but_no_landmark_is():
    guide = SegmentGuide(by_branches=True).skip()
    assert (guide.number, guide.wanted) == (2, SEGMENTS[1])
    points = all_clicked(guide).points()
    assert isinstance(points, SegmentBranches)
    assert set(points.points_mm) == set(SEGMENTS) - {SEGMENTS[0]}
    assert SegmentGuide().skip().wanted == "cava"


def test_points_that_make_no_sense_are_refused():
    guide = SegmentGuide()
    while guide.wanted:
        guide = guide.clicked(at(-guide.number))
    with pytest.raises(PlanError, match="do not lie from right to left"):
        guide.points()
    with pytest.raises(PlanError, match="missing"):
        SegmentGuide().points()
    none = SegmentGuide(by_branches=True)
    while none.wanted:
        none = none.skip()
    with pytest.raises(PlanError, match="two of them at least"):
        none.points()
