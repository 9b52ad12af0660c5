"""Sheets: brute force for surfaces that no height field holds."""

import numpy as np
import pytest

from liverplan.errors import PlanError
from liverplan.resection import CurvedCut, FoldedCut, Plan, Plane
from liverplan.resection.cuts.folded import FALLBACK
from liverplan.volumetry.shapes.plan_index import measure_plan

from .conftest import alone_ml, sentences


def net(height, size=180.0, count=7):
    """A net over x, y whose z is a function of both."""
    ticks = np.linspace(-size / 2, size / 2, count)
    x, y = np.meshgrid(ticks, ticks, indexing="ij")
    return np.stack([x, y, height(x, y)], axis=-1)


def remnant(index, cut):
    return measure_plan(index, Plan(cuts=(cut,))).remnant_ml


@pytest.mark.parametrize("toward", [(0, 0, 1), (0, 0, -1), (0.2, -0.1, 1)])
def test_a_flat_sheet_is_a_plane(small, toward):
    sheet = FoldedCut(control_mm=net(lambda x, y: 0 * x + 0.9), stays_toward=toward)
    plane = Plane(point_mm=(0, 0, 0.9), normal=(0, 0, np.sign(toward[2])))
    # whole voxels of 2 mm slices, cut 0.1 mm from their middle
    assert remnant(small, sheet) == pytest.approx(remnant(small, plane), abs=0.01 * 1000)


def test_a_tilted_sheet_is_a_plane(small):
    sheet = FoldedCut(control_mm=net(lambda x, y: 0.4 * x - 0.3 * y + 2), stays_toward=(0, 0, 1))
    plane = Plane(point_mm=(0, 0, 2), normal=(-0.4, 0.3, 1))
    assert remnant(small, sheet) == pytest.approx(remnant(small, plane), abs=0.5)


def test_a_bent_sheet_is_the_height_field_of_the_same_points(small):
    def wave(x, y):
        return 12 * np.sin(x / 40) * np.cos(y / 50) + 0.3 * x

    control = net(wave)
    sheet = FoldedCut(control_mm=control, stays_toward=(0, 0, 1))
    surface = CurvedCut(
        origin_mm=(-90, -90, 0),
        axes=np.eye(3),
        step_mm=(30, 30),
        heights_mm=control[..., 2],
    )
    assert remnant(small, sheet) == pytest.approx(remnant(small, surface), abs=1.0)
    assert np.allclose(surface.control_points_mm(), control)


def test_a_fold_is_measured_by_what_lies_beneath_an_odd_number_of_layers(small):
    """An S over x: between x = -a and a there are three layers, at -h, 0 and h."""
    t = np.linspace(0, 1, 31)
    x = np.concatenate([-100 + 120 * t, 20 - 40 * t[1:], -20 + 120 * t[1:]])
    z = np.concatenate([0 * t - 15, -15 + 30 * t[1:], 0 * t[1:] + 15])
    y = np.linspace(-90, 90, 5)
    control = np.stack(np.broadcast_arrays(x[:, None], y[None], z[:, None]), axis=-1)
    sheet = FoldedCut(control_mm=control, stays_toward=(0, 0, 1))
    points = small.segmentation.grid.to_mm(np.argwhere(small.segmentation.labels == 1))
    px, _, pz = points.T
    slant = -15 + 30 * (20 - px) / 40  # height of the middle layer
    folded = np.abs(px) < 20
    # beneath all three, or between the middle and the upper one
    below = np.where(px < -20, pz < -15, pz < 15)
    gone = np.where(folded, (pz < -15) | ((pz > slant) & (pz < 15)), below)
    expected = np.count_nonzero(~gone) * small.segmentation.grid.voxel_ml
    assert remnant(small, sheet) == pytest.approx(expected, abs=4.0)


def test_a_plan_with_a_sheet_says_that_it_fell_back(small):
    plan = Plan(cuts=(FoldedCut(control_mm=net(lambda x, y: 0 * x), stays_toward=(0, 0, 1)),))
    assert plan.notes == (FALLBACK,)
    assert Plan(cuts=(Plane(point_mm=(0, 0, 0), normal=(1, 0, 0)),)).notes == ()
    again = Plan.from_json(plan.to_json())
    assert np.array_equal(again.cuts[0].control_mm, plan.cuts[0].control_mm)


def test_the_parts_of_a_plan_with_a_sheet_sum_to_the_whole(small):
    sheet = FoldedCut(control_mm=net(lambda x, y: 0.2 * x), stays_toward=(0, 0, 1))
    plane = Plane(point_mm=(0, 0, 0), normal=(1, 0, 0))
    plan = Plan(cuts=(sheet, plane))
    result = measure_plan(small, plan)
    assert result.remnant_ml + result.resected_ml == pytest.approx(result.functional_ml, abs=1e-6)
    assert result.resected_ml <= sum(alone_ml(small, plan))


def test_a_sheet_whose_edge_lies_in_the_liver_is_too_short(small):
    short = FoldedCut(control_mm=net(lambda x, y: 0 * x, size=60), stays_toward=(0, 0, 1))
    assert "is too short to cut through" in sentences(small, short)[0]


@pytest.mark.parametrize(
    ("control", "toward", "words"),
    [
        (np.zeros((1, 4, 3)), (0, 0, 1), "at least 2 x 2"),
        (np.full((2, 2, 3), np.nan), (0, 0, 1), "must be numbers"),
        (np.zeros((2, 2, 3)), (0, 0, 0), "direction in which the tissue stays"),
    ],
)
def test_a_net_that_is_no_net_is_refused(control, toward, words):
    with pytest.raises(PlanError, match=words):
        FoldedCut(control_mm=control, stays_toward=toward)
