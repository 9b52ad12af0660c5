"""A click moves the border where it is wrong, and nowhere else."""

import numpy as np
import pytest

from liverplan.errors import SegmentationError
from liverplan.segmentation import Segmentation, click
from tests.segmentation.shapes import dice, without


def test_an_inside_click_mends_a_dent_and_nothing_far_away(case):
    volume, truth = case
    gap = np.zeros(truth.labels.shape, bool)
    gap[:, 70:, :] = True
    dented = without(truth, gap)
    mended = click(volume, dented, (50, 74, 50), "inside")
    assert dice(mended.liver, truth.liver) > dice(dented.liver, truth.liver) + 0.02
    far = np.linalg.norm(
        volume.grid.to_mm(np.argwhere(mended.liver != dented.liver)) - (50, 74, 50), axis=1
    )
    assert far.max() < 40
    assert (mended.provenance[1].edits, mended.provenance[1].accepted) == (1, False)
    assert np.array_equal(dented.labels, without(truth, gap).labels)


def test_an_outside_click_takes_a_leak_away(case):
    volume, truth = case
    leak = np.zeros(truth.labels.shape, bool)
    leak[20:30, 78:90, 40:60] = True
    leaking = Segmentation(grid=truth.grid, labels=np.maximum(truth.labels, leak.astype(np.uint8)))
    mended = click(volume, leaking, (50, 85, 50), "outside")
    assert dice(mended.liver, truth.liver) > dice(leaking.liver, truth.liver)
    assert mended.labels[25, 85, 50] == 0


def test_a_click_on_the_right_side_already_is_refused(case):
    volume, truth = case
    with pytest.raises(SegmentationError, match="in the liver already"):
        click(volume, truth, (50, 50, 50), "inside")
    with pytest.raises(SegmentationError, match="outside the liver already"):
        click(volume, truth, (5, 5, 50), "outside")
    with pytest.raises(SegmentationError, match="outside the CT"):
        click(volume, truth, (-500, 5, 50), "outside")


def test_a_click_leaves_lesions_alone_on_either_side(case):
    volume, truth = case
    gap = np.zeros(truth.labels.shape, bool)
    gap[:, 70:, :] = True
    for after in (
        click(volume, without(truth, gap), (50, 74, 50), "inside"),
        click(volume, truth, (50, 72, 50), "outside"),
    ):
        assert np.array_equal(after.labels >= 2, truth.labels >= 2)


def test_an_inside_click_paints_no_fat_but_where_voxels_are_mixed(case):
    volume, truth = case
    gap = np.zeros(truth.labels.shape, bool)
    gap[:, 70:, :] = True
    mended = click(volume, without(truth, gap), (50, 74, 50), "inside")
    added = mended.liver & gap
    fat = np.count_nonzero(added & (volume.hu < -50))
    assert fat < 0.1 * np.count_nonzero(added)


@pytest.mark.parametrize("point", [(1, 2), (np.nan, 0, 0)])
def test_a_click_that_is_no_point_is_refused(case, point):
    with pytest.raises(SegmentationError, match="three coordinates"):
        click(*case, point, "inside")
