"""Correction: pure, local, and refused where it makes no sense."""

import numpy as np
import pytest

from liverplan.errors import SegmentationError
from liverplan.segmentation import (
    Segmentation,
    apply_contours,
    brush,
    click,
    erase,
    merge_lesions,
    outline_mask,
    paint_between,
    resize_lesion,
    split_lesion,
)
from liverplan.volume import Grid, Volume


@pytest.fixture
def case():
    """A ball of liver (radius 30 mm) with two lesions, at 2 x 1 x 1 mm."""
    affine = np.eye(4)
    affine[:3, :3] = np.array([[0, 0, 1.0], [0, 1.0, 0], [2.0, 0, 0]])
    grid = Grid(shape=(50, 100, 100), affine=affine)
    z, y, x = np.indices(grid.shape) * np.array([2.0, 1, 1])[:, None, None, None]
    away = np.sqrt((z - 50) ** 2 + (y - 50) ** 2 + (x - 50) ** 2)
    labels = (away < 30).astype(np.uint8)
    labels[np.sqrt((z - 50) ** 2 + (y - 50) ** 2 + (x - 40) ** 2) < 6] = 2
    labels[np.sqrt((z - 50) ** 2 + (y - 50) ** 2 + (x - 62) ** 2) < 5] = 3
    hu = np.where(away < 30, 110, -90).astype(np.int16)
    return Volume(grid=grid, hu=hu), Segmentation(grid=grid, labels=labels)


def dice(a, b):
    return 2 * np.count_nonzero(a & b) / (np.count_nonzero(a) + np.count_nonzero(b))


def without(segmentation, gap):
    return Segmentation(
        grid=segmentation.grid, labels=np.where(gap, 0, segmentation.labels).astype(np.uint8)
    )


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


def test_a_brush_paints_a_tube_and_the_eraser_takes_it_away(case):
    _, truth = case
    stroke = [(10, 10, 50), (30, 10, 50)]
    painted = brush(truth, stroke, 4)
    added = painted.volume_ml(1) - truth.volume_ml(1)
    assert added == pytest.approx((np.pi * 16 * 20 + 4 / 3 * np.pi * 64) / 1000, rel=0.15)
    assert np.array_equal(erase(painted, stroke, 4).labels, truth.labels)


def test_a_brush_for_a_lesion_paints_its_label(case):
    _, truth = case
    painted = brush(truth, [(50, 40, 50)], 3, label=4)
    assert painted.lesion_labels == (2, 3, 4)
    assert (painted.provenance[4].origin, painted.provenance[4].edits) == ("drawn", 1)


def test_threshold_paint_keeps_to_the_densities(case):
    volume, truth = case
    bare = without(truth, truth.liver)
    painted = paint_between(volume, bare, [(50, 80, 50)], 10, lowest_hu=50, highest_hu=200)
    assert painted.liver.any()
    assert not (painted.liver & (volume.hu < 50)).any()
    with pytest.raises(SegmentationError, match="lower threshold"):
        paint_between(volume, bare, [(50, 80, 50)], 10, lowest_hu=50, highest_hu=0)


def test_a_brush_without_sense_is_refused(case):
    _, truth = case
    with pytest.raises(SegmentationError, match="brush needs"):
        brush(truth, [(50, 50, 50)], 0)


def test_lesions_merge_split_grow_and_shrink(case):
    _, truth = case
    merged = merge_lesions(truth, 2, [3])
    assert merged.lesion_labels == (2,)
    assert merged.volume_ml(2) == pytest.approx(truth.volume_ml(2) + truth.volume_ml(3))
    parted = split_lesion(merged, 2, (40, 50, 50), (62, 50, 50))
    assert np.array_equal(parted.labels, truth.labels)
    larger = resize_lesion(truth, 2, 2.0)
    assert larger.volume_ml(2) / truth.volume_ml(2) == pytest.approx((8 / 6) ** 3, rel=0.15)
    assert larger.lesion(3).sum() == truth.lesion(3).sum()
    smaller = resize_lesion(truth, 2, -2.0)
    assert smaller.volume_ml(2) < truth.volume_ml(2)
    assert np.array_equal(smaller.liver, truth.liver)


def test_lesion_edits_without_sense_are_refused(case):
    _, truth = case
    with pytest.raises(SegmentationError, match="no lesion with label 7"):
        merge_lesions(truth, 2, [7])
    with pytest.raises(SegmentationError, match="nothing is left"):
        resize_lesion(truth, 3, -9)
    with pytest.raises(SegmentationError, match="do not part"):
        split_lesion(truth, 2, (40, 50, 50), (300, 50, 50))
