"""Hints: the lesions first, vessels not at all, known ones left out, nonsense refused."""

import numpy as np
import pytest

from liverplan.errors import SegmentationError
from liverplan.segmentation import hints
from liverplan.volume import Grid, Volume

SHAPE = (60, 90, 100)


def made(*changes):
    """A liver of 110 HU with noise, 2 mm voxels, and what is put into it."""
    affine = np.eye(4)
    affine[:3, :3] = np.array([[0, 0, 2.0], [0, 2.0, 0], [2.0, 0, 0]])
    liver = np.zeros(SHAPE, bool)
    liver[6:54, 10:80, 10:90] = True
    hu = np.where(liver, 110.0, -100.0)
    for mask, density in changes:
        hu[mask] = density
    hu += np.random.default_rng(0).normal(0, 8, SHAPE)
    return Volume(grid=Grid(shape=SHAPE, affine=affine), hu=hu.astype(np.int16)), liver


def ball(middle, radius_mm):
    index = np.indices(SHAPE) * 2.0
    return np.linalg.norm(index - 2.0 * np.array(middle)[:, None, None, None], axis=0) < radius_mm


def tube(radius_mm):
    _, j, i = np.indices(SHAPE) * 2.0
    return (np.hypot(j - 60, i - 60) < radius_mm) & made()[1]


def holds(mask, volume, hint):
    return mask[volume.grid.nearest_index(hint.point_mm)]


def test_the_two_darkest_spots_come_first():
    large, small = ball((30, 50, 65), 14), ball((20, 30, 75), 6)
    volume, liver = made((large, 60), (small, 60))
    found = hints(volume, liver)
    assert {bool(holds(large, volume, h)) for h in found[:2]} == {True, False}
    assert all(holds(large | small, volume, h) for h in found[:2])
    assert [h.score for h in found] == sorted((h.score for h in found), reverse=True)
    biggest = next(h for h in found[:2] if holds(large, volume, h))
    assert biggest.volume_ml == pytest.approx(large.sum() * 0.008, rel=0.5)


def test_a_dark_tube_rates_less_than_a_spot_of_its_width():
    spot, pipe = ball((30, 50, 65), 6), tube(6)
    volume, liver = made((spot, 70), (pipe, 70))
    first, *others = hints(volume, liver)
    assert holds(spot, volume, first)
    pipe[:16] = pipe[44:] = False  # at its ends it is as round as a spot
    assert not any(h.score > 0.5 * first.score and holds(pipe, volume, h) for h in others)


def test_a_brighter_spot_is_hinted_at_and_said_to_be_brighter():
    spot = ball((30, 50, 65), 8)
    volume, liver = made((spot, 160))
    first = hints(volume, liver)[0]
    assert first.brighter
    assert holds(spot, volume, first)


def test_what_is_known_gives_no_hint():
    spot = ball((30, 50, 65), 10)
    volume, liver = made((spot, 60))
    assert holds(spot, volume, hints(volume, liver)[0])
    assert not any(holds(spot, volume, h) for h in hints(volume, liver, [spot]))


def test_without_a_liver_there_is_nothing_to_hint_at():
    volume, liver = made()
    with pytest.raises(SegmentationError, match="there is none"):
        hints(volume, np.zeros_like(liver))
