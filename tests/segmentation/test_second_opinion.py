"""Two methods on one liver: where they differ is where to look first."""

import numpy as np
import pytest

from liverplan.errors import SegmentationError
from liverplan.segmentation import LiverResult, Provenance, second_opinion
from liverplan.segmentation.results import Confidence, UnsurePlace
from liverplan.segmentation.second_opinion import compared, find_liver_twice
from liverplan.volume import Grid, Volume

AFFINE = np.eye(4)
AFFINE[:3, :3] = np.fliplr(np.eye(3))
GRID = Grid(shape=(100, 100, 100), affine=AFFINE)
MADE = Provenance(method="test", version="1", origin="automatic")


def liver(**extra):
    mask = np.zeros(GRID.shape, bool)
    mask[20:80, 20:80, 20:80] = True
    return LiverResult(mask=mask, provenance=MADE, **extra)


def keys(result):
    return [note.key for note in result.notes]


def test_outlines_that_differ_by_a_rim_agree():
    other = np.zeros(GRID.shape, bool)
    other[18:82, 18:82, 18:82] = True
    assert compared(liver(), other, GRID).notes == ()


def test_a_lump_that_one_leaves_out_is_where_to_look_first():
    other = liver().mask.copy()
    other[20:40, 20:40, 20:40] = False
    result = compared(liver(), other, GRID)
    assert keys(result) == ["note.look_first"]
    (place,) = result.confidence.places
    assert place.inside
    assert place.volume_ml == pytest.approx(8, rel=0.2)
    assert np.all(np.abs(np.array(place.point_mm) - 30) < 4)


def test_a_large_difference_is_warned_of():
    other = liver().mask.copy()
    other[80:95, 20:80, 20:80] = True
    result = compared(liver(), other, GRID)
    assert keys(result) == ["note.look_first", "note.methods_differ"]
    assert not result.confidence.places[0].inside


def test_the_methods_own_places_come_after():
    own = UnsurePlace(point_mm=(1.0, 2.0, 3.0), volume_ml=99.0, inside=True)
    sure = np.ones((2, 2, 2), np.float32)
    small = Grid(shape=(2, 2, 2), affine=np.eye(4))
    confidence = Confidence(grid=small, inside_fraction=sure, places=(own,))
    other = liver().mask.copy()
    other[20:40, 20:40, 20:40] = False
    places = compared(liver(confidence=confidence), other, GRID).confidence.places
    assert places[1:] == (own,)


def test_a_second_method_that_finds_nothing_is_said(monkeypatch):
    def refuse(*_args, **_options):
        raise SegmentationError("No liver is seen on this CT.")

    monkeypatch.setattr(second_opinion, "find_liver", lambda *_args, **_options: liver())
    monkeypatch.setattr(second_opinion, "segment_liver", refuse)
    result = find_liver_twice(Volume(grid=GRID, hu=np.zeros(GRID.shape, np.int16)))
    assert keys(result) == ["note.no_second_opinion"]
