"""Brush and eraser: right in millimetres, gentle with other masks."""

import numpy as np
import pytest

from liverplan.app.slices.convert import VIEW_NAMES, view_axes
from liverplan.app.steps.liver.brush import Stroke
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid

GRID = Grid(
    shape=(40, 80, 100),
    affine=np.array([[0, 0, 0.8, -40], [0, 1.0, 0, -40], [2.5, 0, 0, 0], [0, 0, 0, 1]]),
)
CENTRE = GRID.to_mm([20, 40, 50])


def labels(value=0):
    return np.full(GRID.shape, value, dtype=np.uint8)


def stroke(start, *, label=1, kind="brush", view="Axial", radius=12.0, to=(CENTRE,)):
    segmentation = Segmentation(grid=GRID, labels=start)
    axes = view_axes(GRID, view) if view else None
    made = Stroke(start=segmentation, label=label, kind=kind, axes=axes, radius_mm=radius)
    for point in to:
        made.to(np.asarray(point))
    return made.segmentation.labels


@pytest.mark.parametrize("view", VIEW_NAMES)
def test_a_disc_has_its_area_and_lies_in_one_slice(view):
    painted = stroke(labels(), view=view)
    axes = view_axes(GRID, view)
    mm = GRID.spacing_mm
    area = np.count_nonzero(painted) * mm[axes.down] * mm[axes.right]
    assert area == pytest.approx(np.pi * 12**2, rel=0.04)
    used = np.unique(np.nonzero(painted)[axes.along])
    assert list(used) == [(20, 40, 50)[axes.along]]


def test_a_ball_has_its_volume():
    painted = stroke(labels(), view=None)
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
