"""A few drawn slices mend the liver between them."""

import numpy as np
import pytest

from liverplan.errors import SegmentationError
from liverplan.segmentation import Segmentation, apply_contours, outline_mask
from tests.segmentation.shapes import dice, without


def test_contours_mend_the_slices_between(case):
    _, truth = case
    gap = np.zeros(truth.labels.shape, bool)
    gap[:, :, 60:] = True
    broken = without(truth, gap)
    slices = {int(k): truth.liver[k] for k in range(11, 40, 6)}
    mended = apply_contours(broken, slices)
    assert dice(mended.liver, truth.liver) > 0.97
    for k, mask in slices.items():
        assert np.array_equal(mended.liver[k], mask | (broken.labels[k] > 1))
    assert mended.provenance[1].parameters["contours"] == "5"


def test_contours_alone_draw_a_liver(case):
    _, truth = case
    empty = Segmentation(grid=truth.grid, labels=np.zeros_like(truth.labels))
    slices = {int(k): truth.liver[k] for k in range(11, 40, 4)}
    drawn = apply_contours(empty, slices, keep_present=False)
    assert dice(drawn.liver, truth.liver) > 0.96


def test_contours_that_do_not_fit_are_refused(case):
    _, truth = case
    with pytest.raises(SegmentationError, match="slice 60 does not fit"):
        apply_contours(truth, {60: truth.liver[0]})
    with pytest.raises(SegmentationError, match="At least 2"):
        apply_contours(truth, {25: truth.liver[25]}, keep_present=False)


def test_an_outline_is_filled(case):
    _, truth = case
    square = [(20, 20, 50), (40, 20, 50), (40, 60, 50), (20, 60, 50)]
    area = np.count_nonzero(outline_mask(truth.grid, 25, square))
    assert area == pytest.approx(20 * 40, rel=0.08)
    with pytest.raises(SegmentationError, match="three points"):
        outline_mask(truth.grid, 25, square[:2])
    with pytest.raises(SegmentationError, match="no slice 99"):
        outline_mask(truth.grid, 99, square)


def test_a_correction_fades_out_beyond_the_last_drawn_slice(case):
    _, truth = case
    drawn = {25: np.zeros_like(truth.liver[25])}
    drawn[25][50:52, 49:51] = True
    mended = apply_contours(truth, drawn)
    changed = np.array([np.count_nonzero(a != b) for a, b in zip(mended.labels, truth.labels)])  # noqa: B905
    far = [k for k in range(50) if abs(k - 25) * 2.0 >= 12]
    assert not changed[far].any()
    near = changed[25:31]
    assert (np.diff(near) <= 0).all()
    assert near[0] > near[3] > 0


def test_an_empty_outline_says_that_there_is_no_liver_on_its_slice_but_lesions_stay(case):
    _, truth = case
    mended = apply_contours(truth, {25: np.zeros_like(truth.liver[25])})
    assert not np.equal(mended.labels[25], 1).any()
    assert np.array_equal(mended.labels >= 2, truth.labels >= 2)


def test_present_outlines_drawn_again_change_nothing_between_them(case):
    _, truth = case
    again = apply_contours(truth, {k: truth.liver[k] for k in range(12, 40, 5)})
    change = np.count_nonzero(again.liver != truth.liver) / np.count_nonzero(truth.liver)
    assert change < 0.01
    assert again.provenance[1].edits == 1
    assert np.array_equal(again.labels >= 2, truth.labels >= 2)
