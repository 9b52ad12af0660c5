"""Which voxels stay, and islands, against every voxel looked at by itself."""

import numpy as np
import pytest
from scipy import ndimage

from liverplan.resection import Ablation, Parts, Plan, Plane, Sphere, Wedge
from liverplan.resection.anatomy.maps import PartMap
from liverplan.volumetry.faults import plan_faults
from liverplan.volumetry.shapes.distance import removal
from liverplan.volumetry.shapes.plan_index import PlanIndex
from liverplan.volumetry.shapes.staying import ISLAND_ML, islands_ml, staying
from tests.volumetry.shapes import FLIPPED, LPS, SHEARED, segmented, unit

SHAPE = (14, 26, 30)


def ball(affine):
    """A liver of one ball, with one lesion, not in the grid's corner."""
    at = np.stack(np.indices(SHAPE), axis=-1) - np.array([7, 12, 15])
    labels = ((at / [5.5, 10, 13]) ** 2).sum(axis=-1) <= 1
    labels = labels.astype(np.uint8)
    labels[6:8, 9:11, 10:12] = 2
    return segmented(labels, affine)


def plans(segmentation, count, seed=0):
    """Plans of one to three cuts of several kinds near the liver's middle."""
    rng = np.random.default_rng(seed)
    middle = segmentation.grid.to_mm(np.array([7, 12, 15]))
    for number, way in enumerate(unit(count, seed)):
        near = middle + rng.uniform(-4, 4, 3)
        cuts = [
            Plane(point_mm=near, normal=way),
            Sphere(centre_mm=near, radius_mm=4.0),
            Wedge(tip_mm=near, direction=way, radius_mm=2.0, half_angle_deg=30.0),
            Ablation(centre_mm=near, radii_mm=np.array([3.0, 4, 5]), axes=np.eye(3)),
            Plane(point_mm=middle - 2 * way, normal=-way),
        ]
        yield Plan(cuts=tuple(rng.permutation(np.array(cuts, dtype=object))[: 1 + number % 3]))


def staying_one_by_one(segmentation, plan):
    voxels = np.argwhere(segmentation.labels > 0)
    stays = removal(plan)(segmentation.grid.to_mm(voxels)) >= 0
    mask = np.zeros(segmentation.grid.shape, bool)
    mask[tuple(voxels[stays].T)] = True
    return mask


@pytest.mark.parametrize("affine", [LPS, SHEARED, FLIPPED])
def test_a_voxel_stays_if_its_centre_does(affine):
    segmentation = ball(affine)
    index = PlanIndex.build(segmentation)
    for plan in plans(segmentation, 12):
        np.testing.assert_array_equal(staying(index, plan), staying_one_by_one(segmentation, plan))


def test_named_parts_go_whole():
    segmentation = ball(LPS)
    labels = np.ones(SHAPE, np.uint8)
    labels[:, :, 15:] = 2
    halves = PartMap(scheme="couinaud", grid=segmentation.grid, labels=labels, names=("2", "3"))
    index = PlanIndex.build(segmentation, {"couinaud": halves})
    stays = staying(index, Plan(cuts=(Parts(scheme="couinaud", names=("2",)),)))
    np.testing.assert_array_equal(stays, segmentation.liver & (labels == 2))


def test_without_a_cut_everything_stays_and_nothing_is_an_island():
    index = PlanIndex.build(ball(LPS))
    np.testing.assert_array_equal(staying(index, Plan(cuts=())), index.segmentation.liver)
    assert islands_ml(index, Plan(cuts=())) == ()


def test_an_empty_liver_has_nothing_that_stays():
    index = PlanIndex.build(segmented(np.zeros(SHAPE, np.uint8)))
    plan = Plan(cuts=(Sphere(centre_mm=np.zeros(3), radius_mm=4.0),))
    assert not staying(index, plan).any()
    assert islands_ml(index, plan) == ()


def bar(*runs):
    """A liver along i, ten voxels of 5 x 5 x 5 mm wide, in runs (first, last)."""
    labels = np.zeros((10, 10, 40), np.uint8)
    for first, last in runs:
        labels[:, :, first : last + 1] = 1
    return segmented(labels, np.diag([5.0, 5.0, 5.0, 1.0])[[2, 1, 0, 3]])


def ball_at(i, radius_mm=40.0):
    return Sphere(centre_mm=np.array([5.0 * i, 22.5, 22.5]), radius_mm=radius_mm)


def test_a_cut_through_a_bar_leaves_the_smaller_end_as_an_island():
    index = PlanIndex.build(bar((0, 39)))
    (island,) = islands_ml(index, Plan(cuts=(ball_at(10),)))
    stays, count = ndimage.label(staying(index, Plan(cuts=(ball_at(10),))))
    assert count == 2
    sizes = np.bincount(stays.ravel())[1:]
    assert island == pytest.approx(sizes.min() * 0.125)


def test_islands_come_largest_first_and_those_of_each_side_count():
    index = PlanIndex.build(bar((0, 39)))
    islands = islands_ml(index, Plan(cuts=(ball_at(9, 36.0), ball_at(33, 36.0))))
    assert len(islands) == 2
    assert islands[0] > islands[1] > ISLAND_ML


def test_what_lay_apart_before_the_cut_is_no_island():
    index = PlanIndex.build(bar((0, 24), (30, 39)))
    assert islands_ml(index, Plan(cuts=(ball_at(0),))) == ()


def test_a_crumb_is_no_island():
    labels = np.zeros((3, 3, 20), np.uint8)
    labels[:, :, :] = 1
    index = PlanIndex.build(segmented(labels, np.eye(4)[[2, 1, 0, 3]]))
    cut = Sphere(centre_mm=np.array([3.0, 1, 1]), radius_mm=2.2)
    plan = Plan(cuts=(cut,))
    assert ndimage.label(staying(index, plan))[1] == 2
    assert islands_ml(index, plan) == ()


@pytest.mark.parametrize("seed", range(4))
def test_planes_have_the_same_faults_by_either_index(seed):
    segmentation = ball(LPS)
    alone, shared = (PlanIndex.build(segmentation) for _ in range(2))
    assert shared.planes.lesions
    rng = np.random.default_rng(seed)
    middle = segmentation.grid.to_mm(np.array([7, 12, 15]))
    for way in unit(12, seed):
        plane = Plane(point_mm=middle + rng.uniform(-12, 12, 3), normal=way)
        plan = Plan(cuts=(plane,))
        assert plan_faults(shared, plan) == plan_faults(alone, plan)
