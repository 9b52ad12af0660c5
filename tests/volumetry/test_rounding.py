"""Whole voxels for what a plan leaves: they sum up to what was measured, and lie where it lies."""

import numpy as np
import pytest

from liverplan.resection import Parts, Plan, Plane, Sphere
from liverplan.resection.anatomy.maps import PartMap
from liverplan.volumetry import Liver
from liverplan.volumetry.shapes.plan_index import PlanIndex
from liverplan.volumetry.shapes.rounding import staying_rounded
from liverplan.volumetry.shapes.staying import staying
from tests.volumetry.shapes import FLIPPED, LPS, SHEARED
from tests.volumetry.test_staying import SHAPE, ball, plans


def rounded(segmentation, plan, maps=None):
    """The mask of what stays, and how many voxels it is off the measured volume."""
    remnant_ml = Liver(segmentation=segmentation, maps=maps or {}).measure(plan).remnant_ml
    mask = staying_rounded(PlanIndex.build(segmentation, maps), plan, remnant_ml)
    return mask, np.count_nonzero(mask) - remnant_ml / segmentation.grid.voxel_ml


@pytest.mark.parametrize("affine", [LPS, SHEARED, FLIPPED])
def test_voxels_sum_up_to_the_measured_volume_within_half_a_voxel(affine):
    segmentation = ball(affine)
    for plan in plans(segmentation, 12):
        mask, off = rounded(segmentation, plan)
        assert abs(off) <= 0.5 + 1e-6
        assert not (mask & (segmentation.labels != 1)).any()


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_cut_through_the_centres_of_a_layer_leaves_half_of_it(axis, sign):
    segmentation = ball(LPS)
    step = segmentation.grid.affine[:3, axis]
    centre = segmentation.grid.to_mm(np.array([7, 12, 15]))
    plan = Plan(cuts=(Plane(point_mm=centre, normal=sign * step / np.linalg.norm(step)),))
    mask, off = rounded(segmentation, plan)
    assert abs(off) <= 0.5 + 1e-6
    by_centres = staying(PlanIndex.build(segmentation), plan) & (segmentation.labels == 1)
    layer = np.take(by_centres, [7, 12, 15][axis], axis=axis).sum()
    assert (mask ^ by_centres).sum() == pytest.approx(layer / 2, abs=1)
    assert not (mask & ~by_centres).any()


def test_only_voxels_that_the_cut_crosses_are_shared_out():
    segmentation = ball(SHEARED)
    index = PlanIndex.build(segmentation)
    for plan in plans(segmentation, 6, seed=1):
        mask, _ = rounded(segmentation, plan)
        changed = np.argwhere(mask ^ (staying(index, plan) & (segmentation.labels == 1)))
        crossed = {tuple(voxel) for voxel in index.crossed_voxels(plan)}
        assert {tuple(voxel) for voxel in changed} <= crossed


def test_named_parts_go_whole_and_a_cut_beside_them_is_rounded():
    segmentation = ball(LPS)
    labels = np.ones(SHAPE, np.uint8)
    labels[:, :, 15:] = 2
    halves = PartMap(scheme="couinaud", grid=segmentation.grid, labels=labels, names=("2", "3"))
    right = Parts(scheme="couinaud", names=("2",))
    mask, off = rounded(segmentation, Plan(cuts=(right,)), {"couinaud": halves})
    assert abs(off) < 1e-6
    np.testing.assert_array_equal(mask, (segmentation.labels == 1) & (labels == 2))
    sphere = Sphere(centre_mm=segmentation.grid.to_mm(np.array([7, 12, 18])), radius_mm=4.0)
    mask, off = rounded(segmentation, Plan(cuts=(right, sphere)), {"couinaud": halves})
    assert abs(off) <= 0.5 + 1e-6
    assert not mask[labels == 1].any()


def test_without_a_cut_all_functional_tissue_stays():
    segmentation = ball(LPS)
    mask, off = rounded(segmentation, Plan(cuts=()))
    assert abs(off) < 1e-6
    np.testing.assert_array_equal(mask, segmentation.labels == 1)
