"""Brush and eraser: right in millimetres, gentle with other masks."""

import numpy as np
import pytest

from liverplan.errors import SegmentationError
from liverplan.segmentation import Brush, Segmentation, Stroke, liver_limits_hu, paint
from liverplan.volume import Grid, Volume
from tests.segmentation.shapes import without

GRID = Grid(
    shape=(40, 80, 100),
    affine=np.array([[0, 0, 0.8, -40], [0, 1.0, 0, -40], [2.5, 0, 0, 0], [0, 0, 0, 1]]),
)
CENTRE = GRID.to_mm([20, 40, 50])


def labels(value=0):
    return np.full(GRID.shape, value, dtype=np.uint8)


def stroke(start, *, label=1, kind="brush", across=0, radius=12.0, to=(CENTRE,)):
    brush = Brush(label=label, kind=kind, across=across, radius_mm=radius)
    return paint(Segmentation(grid=GRID, labels=start), brush, to).labels


@pytest.mark.parametrize("across", [0, 1, 2])
def test_a_disc_has_its_area_and_lies_in_one_slice(across):
    painted = stroke(labels(), across=across)
    area = np.count_nonzero(painted) * np.prod(np.delete(GRID.spacing_mm, across))
    assert area == pytest.approx(np.pi * 12**2, rel=0.04)
    assert list(np.unique(np.nonzero(painted)[across])) == [(20, 40, 50)[across]]


def test_a_ball_has_its_volume():
    painted = stroke(labels(), across=None)
    assert np.count_nonzero(painted) * GRID.voxel_ml == pytest.approx(
        4 / 3 * np.pi * 12**3 / 1000, rel=0.03
    )


def test_a_quick_stroke_leaves_no_gaps():
    ends = (GRID.to_mm([20, 40, 15]), GRID.to_mm([20, 40, 85]))
    painted = stroke(labels(), radius=4.0, to=ends)
    assert painted[20, 40, 15:86].all()


def test_painting_liver_leaves_lesions_alone():
    start = labels(2)
    assert (stroke(start) == 2).all()


def test_erasing_liver_leaves_lesions_alone():
    start = labels(1)
    start[20, 40, 50] = 2
    erased = stroke(start, kind="eraser")
    assert erased[20, 40, 50] == 2
    assert erased[20, 40, 52] == 0


def test_erasing_a_lesion_gives_it_back_to_the_liver():
    erased = stroke(labels(3), label=3, kind="eraser")
    assert erased[20, 40, 50] == 1


def test_painting_a_lesion_takes_from_the_liver_but_not_from_another_lesion():
    start = labels(1)
    start[20, 40, 50:] = 2
    painted = stroke(start, label=3)
    assert painted[20, 40, 45] == 3
    assert painted[20, 40, 55] == 2


def test_the_labels_before_the_stroke_are_untouched():
    start = labels()
    stroke(start)
    assert not start.any()


@pytest.mark.parametrize("point", [GRID.to_mm([-5, 40, 50]), GRID.to_mm([20, 500, 50])])
def test_a_stroke_outside_the_scan_paints_nothing(point):
    assert not stroke(labels(), to=(point,)).any()


def test_a_stroke_over_the_edge_stays_on_the_scan():
    painted = stroke(labels(), to=(GRID.to_mm([20, 0, 0]),))
    area = np.count_nonzero(painted) * 0.8
    assert area == pytest.approx(np.pi * 144 / 4, rel=0.15)


def test_a_brush_paints_a_tube_and_the_eraser_takes_it_away(case):
    _, truth = case
    path = [(10, 10, 50), (30, 10, 50)]
    painted = paint(truth, Brush(radius_mm=4), path)
    added = painted.volume_ml(1) - truth.volume_ml(1)
    assert added == pytest.approx((np.pi * 16 * 20 + 4 / 3 * np.pi * 64) / 1000, rel=0.15)
    erased = paint(painted, Brush(radius_mm=4, kind="eraser"), path)
    assert np.array_equal(erased.labels, truth.labels)


def test_a_brush_for_a_new_lesion_paints_its_label_and_says_who_drew_it(case):
    _, truth = case
    painted = paint(truth, Brush(label=4, radius_mm=3), [(50, 40, 50)])
    assert painted.lesion_labels == (2, 3, 4)
    assert painted.provenance[4].origin == "drawn"
    assert painted.provenance[4].edits == 1


def test_a_brush_with_limits_keeps_to_the_densities(case):
    volume, truth = case
    bare = without(truth, truth.liver)
    brush = Brush(radius_mm=10, limits_hu=(50, 200))
    painted = paint(bare, brush, [(50, 80, 50)], volume)
    assert painted.liver.any()
    assert not (painted.liver & (volume.hu < 50)).any()
    with pytest.raises(SegmentationError, match="needs a CT"):
        paint(bare, brush, [(50, 80, 50)])


def test_a_stroke_shows_itself_while_it_grows_and_is_one_edit_when_done(case):
    _, truth = case
    stroke = Stroke(truth, Brush(radius_mm=4))
    assert stroke.done() is None
    shown = stroke.segmentation
    for x in (10, 20, 30):
        stroke.to((x, 10, 50))
    assert np.array_equal(shown.labels, stroke.segmentation.labels)
    assert shown.provenance == truth.provenance
    done = stroke.done()
    assert done.provenance[1].edits == 1
    assert np.array_equal(done.labels, shown.labels)


def test_painting_what_is_painted_already_is_no_edit(case):
    _, truth = case
    assert paint(truth, Brush(radius_mm=4), [(50, 50, 60)]) is truth


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"radius_mm": 0}, "radius of up to 100 mm, not 0 mm"),
        ({"radius_mm": 101}, "not 101 mm"),
        ({"radius_mm": 3, "label": 0}, "label 0"),
        ({"radius_mm": 3, "label": 256}, "label 256"),
        ({"radius_mm": 3, "across": 3}, "no axis 3"),
        ({"radius_mm": 3, "limits_hu": (50, 0)}, "lower threshold"),
    ],
)
def test_a_brush_without_sense_is_refused(values, words):
    with pytest.raises(SegmentationError, match=words):
        Brush(**values)


def test_a_point_that_is_none_is_refused(case):
    _, truth = case
    with pytest.raises(SegmentationError, match="three coordinates"):
        paint(truth, Brush(radius_mm=3), [(0, np.nan, 0)])


def test_the_limits_hold_nearly_all_of_the_liver_but_not_its_lesions():
    hu = np.random.default_rng(3).normal(103, 10, GRID.shape).astype(np.int16)
    marked = labels(1)
    marked[:, :10] = 2
    hu[:, :10] = 20
    volume = Volume(grid=GRID, hu=hu)
    low, high = liver_limits_hu(volume, Segmentation(grid=GRID, labels=marked))
    assert (low, high) == (80, 125)
    assert liver_limits_hu(volume, Segmentation.empty(GRID)) == (0, 200)
