"""Lesions from hints, on the phantom; refusals of hints that cannot help."""

import numpy as np
import pytest

from liverplan.errors import SegmentationError
from liverplan.segmentation import axes_of, lesion_from_click, lesion_from_stroke


def dice(a, b):
    return 2 * np.count_nonzero(a & b) / (np.count_nonzero(a) + np.count_nonzero(b))


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
