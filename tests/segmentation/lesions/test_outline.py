"""Lesions from hints, on the phantom; refusals of hints that cannot help."""

import numpy as np
import pytest

from liverplan.errors import SegmentationError
from liverplan.segmentation import axes_of, lesion_from_click, lesion_from_stroke
from liverplan.volume import Volume
from tests.segmentation.shapes import ball, dice, grid_of


def middle_of(torso, label):
    return torso.volume.grid.to_mm(np.argwhere(torso.truth.lesion(label)).mean(axis=0))


@pytest.mark.parametrize("label", [2, 3, 4])
def test_a_click_finds_the_lesion(torso, label):
    result = lesion_from_click(torso.volume, torso.result.mask, middle_of(torso, label))
    assert dice(result.mask, torso.truth.lesion(label)) > 0.75
    assert "click" in result.provenance.method


@pytest.mark.parametrize("label", [2, 3, 4])
def test_both_axes_find_the_lesion_and_its_long_axis(torso, label):
    truth = torso.truth.lesion(label)
    axes = axes_of(truth, torso.volume.grid)
    result = lesion_from_stroke(
        torso.volume,
        torso.result.mask,
        *axes.long_ends_mm,
        short_axis_mm=axes.short_ends_mm,
    )
    assert dice(result.mask, truth) > 0.8
    assert axes_of(result.mask, torso.volume.grid).long_mm == pytest.approx(axes.long_mm, abs=4)


def test_a_click_outside_the_ct_is_refused(torso):
    with pytest.raises(SegmentationError, match="outside the CT"):
        lesion_from_click(torso.volume, torso.result.mask, (9999, 0, 0))


def test_a_click_in_the_air_is_refused(torso):
    corner = torso.volume.grid.to_mm((50, 2, 2))
    with pytest.raises(SegmentationError, match="outside the body"):
        lesion_from_click(torso.volume, torso.result.mask, corner)


def test_a_click_far_from_the_liver_is_refused(torso):
    grid, hu = torso.volume.grid, torso.volume.hu
    soft = np.argwhere((hu > 30) & (hu < 120))
    away = np.linalg.norm(
        grid.to_mm(soft) - grid.to_mm(np.argwhere(torso.result.mask).mean(axis=0)), axis=1
    )
    with pytest.raises(SegmentationError, match="outside the"):
        lesion_from_click(torso.volume, torso.result.mask, grid.to_mm(soft[away.argmax()]))


def test_a_stroke_without_length_is_refused(torso):
    point = middle_of(torso, 2)
    with pytest.raises(SegmentationError, match="long axis of 0 mm"):
        lesion_from_stroke(torso.volume, torso.result.mask, point, point)


def test_a_point_that_is_no_point_is_refused(torso):
    with pytest.raises(SegmentationError, match="three coordinates"):
        lesion_from_click(torso.volume, torso.result.mask, (1.0, np.nan, 2.0))


def made(contrast_hu, *, radius=9.0, middle=(30, 30, 30)):
    """A ball of liver of 28 mm with a lesion, on voxels of 1 mm, with little noise."""
    shape = (60, 60, 60)
    liver, lesion = ball(shape, (30, 30, 30), 28), ball(shape, middle, radius)
    hu = np.where(liver, 110.0, -90.0)
    hu[lesion] = 110 - contrast_hu
    hu += np.random.default_rng(5).normal(0, 5, shape)
    grid = grid_of(shape, (1.0, 1.0, 1.0))
    return Volume(grid=grid, hu=hu.astype(np.int16)), liver, lesion


def holds_with_a_rim(found, lesion, radius=9.0):
    """Experts draw where the contrast ends: all of the lesion, and 1 to 2 mm around it."""
    assert not (lesion & ~found).any()
    away = np.linalg.norm(np.argwhere(found) - 30, axis=1)
    assert away.max() < radius + 2.5
    assert (3 * np.count_nonzero(found) / (4 * np.pi)) ** (1 / 3) < radius + 1.5


@pytest.mark.parametrize("contrast_hu", [60, -60])
def test_a_lesion_darker_or_brighter_than_the_liver_is_outlined_and_nothing_else(contrast_hu):
    volume, liver, lesion = made(contrast_hu)
    found = lesion_from_click(volume, liver, (30, 30, 30))
    holds_with_a_rim(found.mask, lesion)
    assert found.warnings == ()
    assert found.provenance.origin == "clicks"
    assert found.provenance.parameters["point"] == "30.00, 30.00, 30.00"


def test_a_click_off_its_middle_finds_the_same_lesion():
    volume, liver, lesion = made(60)
    found = lesion_from_click(volume, liver, (33, 28, 30))
    holds_with_a_rim(found.mask, lesion)


def test_a_click_on_what_hardly_stands_out_is_said_and_does_not_spread_far():
    volume, liver, _ = made(8)
    found = lesion_from_click(volume, liver, (30, 30, 30))
    assert [note.key for note in found.warnings] == ["note.lesion_faint"]
    away = np.linalg.norm(np.argwhere(found.mask) - 30, axis=1)
    assert away.max() < 14


def test_a_lesion_at_the_surface_stays_within_its_capsule():
    volume, liver, lesion = made(60, middle=(30, 30, 52))
    found = lesion_from_click(volume, liver & ~lesion, (46, 30, 30))
    assert not (found.mask & (volume.hu < -40)).any()
    assert np.count_nonzero(found.mask & lesion & liver) > 0.7 * np.count_nonzero(lesion & liver)
