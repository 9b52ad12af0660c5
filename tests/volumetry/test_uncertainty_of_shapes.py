"""How sure a plan of any cuts is: as sure as `estimate` says where both can be asked."""

import numpy as np
import pytest

from liverplan.errors import PlanError
from liverplan.resection import Ablation, CurvedCut, Parts, Plan, Plane, Sphere, Wedge
from liverplan.resection.anatomy.maps import PartMap
from liverplan.volumetry import VolumeIndex, estimate
from liverplan.volumetry.shapes.plan_index import PlanIndex
from liverplan.volumetry.uncertainty.cells import CELL_MM, Cells
from liverplan.volumetry.uncertainty.of_shapes import _sums, _within_reach, estimate_plan
from liverplan.volumetry.uncertainty.points import Points
from tests.volumetry.shapes import segmented
from tests.volumetry.test_uncertainty_of_planes import AFFINE, CENTRE, PLANE, liver

LEVEL = Plane(point_mm=CENTRE - np.array([0, 0, 20.0]), normal=(0, 0, 1))
LESION = CENTRE - np.array([40.0, 0, 10.0])


@pytest.fixture(scope="module")
def index():
    segmentation = liver()
    labels = np.zeros(segmentation.grid.shape, np.uint8)
    where = np.nonzero(segmentation.labels)
    mm = segmentation.grid.to_mm(np.stack(where, axis=1))
    labels[where] = np.where(PLANE.signed_distance_mm(mm) < 0, 1, 2)
    halves = PartMap(scheme="couinaud", grid=segmentation.grid, labels=labels, names=("5", "2"))
    return PlanIndex.build(segmentation, {"couinaud": halves})


def doubted(index, *cuts, threshold=0.4, **options):
    return estimate_plan(index, Plan(cuts=cuts), threshold_fraction=threshold, **options)


def source(doubt, name):
    return next(row.fraction_sd for row in doubt.contributions if row.name == name)


@pytest.mark.parametrize(
    "planes",
    [
        (PLANE,),
        (PLANE.shifted(20),),
        (Plane(point_mm=CENTRE, normal=(1, 1, 1)),),
        (Plane(point_mm=CENTRE, normal=(0, 0, 1)),),
        (PLANE, LEVEL),
        (),
    ],
)
@pytest.mark.parametrize("denominator_ml", [None, 700.0])
def test_it_agrees_with_the_estimate_for_planes(index, planes, denominator_ml):
    options = {"threshold_fraction": 0.4, "denominator_ml": denominator_ml}
    expected = estimate(index.segmentation, planes, index=index.planes, **options)
    found = estimate_plan(index, Plan(cuts=planes), **options)
    assert found.interval_95 == pytest.approx(expected.interval_95, abs=6e-3)
    probability = expected.probability_above_threshold
    assert found.probability_above_threshold == pytest.approx(probability, abs=0.02)
    if expected.flip_mm is None:
        assert found.flip_mm is None
    else:
        assert found.flip_mm == pytest.approx(expected.flip_mm, abs=0.1)
    for row in expected.contributions:
        assert source(found, row.name) == pytest.approx(row.fraction_sd, rel=0.1, abs=6e-4)


def test_a_level_surface_is_as_sure_as_its_plane(index):
    flat = CurvedCut.flat(PLANE.point_mm, PLANE.normal)
    one, other = doubted(index, PLANE), doubted(index, flat)
    assert other.interval_95 == pytest.approx(one.interval_95, abs=2e-3)
    assert other.flip_mm == pytest.approx(one.flip_mm, abs=0.1)


def test_segments_on_one_side_of_a_plane_are_about_as_sure_as_the_plane(index):
    one, other = doubted(index, PLANE), doubted(index, Parts(scheme="couinaud", names=("5",)))
    assert other.interval_95 == pytest.approx(one.interval_95, abs=0.015)
    assert other.flip_mm == pytest.approx(one.flip_mm, abs=1.0)


def test_a_sphere_within_the_liver_is_in_doubt_by_its_area(index):
    doubt = doubted(index, Sphere(centre_mm=CENTRE, radius_mm=20))
    expected = 3.0 * 4 * np.pi * 20**2 / 1000 / index.functional_ml
    assert source(doubt, "cut position") == pytest.approx(expected, rel=0.05)
    assert source(doubt, "cut tilt") < 0.02 * expected


@pytest.mark.parametrize(
    "cut",
    [
        Wedge(tip_mm=LESION, direction=(-1, 0, 0), radius_mm=20),
        Ablation(centre_mm=LESION, radii_mm=(22, 20, 20), axes=np.eye(3)),
    ],
)
def test_a_wedge_and_an_ablation_have_an_interval_round_what_is_measured(index, cut):
    doubt = doubted(index, cut, threshold=0.9)
    low, high = doubt.interval_95
    assert low < index.remnant_ml(Plan(cuts=(cut,))) / index.functional_ml < high
    assert 0.01 < high - low < 0.1


def test_where_a_sphere_flips_is_where_its_radius_says(index):
    sphere = Sphere(centre_mm=CENTRE, radius_mm=20)
    flip = doubted(index, sphere, threshold=0.92).flip_mm
    grown = Sphere(centre_mm=CENTRE, radius_mm=20 + flip)
    left = index.remnant_ml(Plan(cuts=(grown,))) / index.functional_ml
    assert left == pytest.approx(0.92, abs=1e-3)


def test_the_same_seed_gives_the_same_answer(index):
    assert doubted(index, PLANE, seed=3) == doubted(index, PLANE, seed=3)
    assert doubted(index, PLANE, seed=3) != doubted(index, PLANE, seed=4)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"denominator_ml": 0.0}, "denominator of 0.0 mL"),
        ({"samples": 1}, "1 samples are too few"),
    ],
)
def test_what_makes_no_sense_is_refused(index, options, words):
    with pytest.raises(PlanError, match=words):
        doubted(index, PLANE, **options)


def test_an_empty_liver_is_refused():
    empty = segmented(np.zeros((3, 3, 3), np.uint8), AFFINE)
    with pytest.raises(PlanError, match="no functional liver"):
        doubted(PlanIndex.build(empty), PLANE)


def test_the_index_for_planes_is_the_same_liver(index):
    assert index.functional_ml == pytest.approx(VolumeIndex.build(index.segmentation).functional_ml)


@pytest.mark.parametrize("cuts", [(PLANE,), (PLANE, LEVEL)])
def test_cells_that_no_cut_comes_near_count_as_they_stand(index, cuts):
    """Summed over all cells, whether or not a cut comes near, a sample leaves the same."""
    points = Points.build(index, Plan(cuts=cuts), Cells.build(index.segmentation))
    poses = np.random.default_rng(3).normal(size=(20, len(cuts), 3)) * [3.0, 0.05, 0.05]
    near = _within_reach(points, poses)
    assert near.any()
    assert not near.all()
    everywhere, close = (
        _sums(
            (points.distance_mm[at], points.arms_mm[at], points.blur_mm[at], points.tissue_ml[at]),
            np.ascontiguousarray(poses.transpose(1, 2, 0)),
        )
        for at in (points.tissue_ml > 0, near)
    )
    kept = points.tissue_ml[~near] @ points.stays()[~near]
    np.testing.assert_allclose(close + kept, everywhere, rtol=1e-9)


@pytest.mark.parametrize("shift_mm", [0.4, -0.4])
def test_a_limit_within_a_millimetre_flips_within_a_millimetre(index, shift_mm):
    moved = index.remnant_ml(Plan(cuts=(PLANE.shifted(shift_mm),)))
    threshold = moved / index.functional_ml
    flip = doubted(index, PLANE, threshold=threshold).flip_mm
    assert flip == pytest.approx(shift_mm, abs=0.1)


def test_a_cut_turns_about_the_middle_of_its_patch_in_the_liver(index):
    oblique = Plane(point_mm=CENTRE + np.array([55.0, 10, 5]), normal=(1, 0.8, -0.3))
    points = Points.build(index, Plan(cuts=(oblique,)), Cells.build(index.segmentation))
    patch = (points.tissue_ml > 0) & (np.abs(points.distance_mm[:, 0]) < CELL_MM)
    assert patch.any()
    np.testing.assert_allclose(points.arms_mm[patch, 0].mean(axis=0), 0.0, atol=1e-9)


def test_a_cell_is_as_wide_along_a_cuts_normal_as_its_sides_allow(index):
    zone = Ablation(centre_mm=LESION, radii_mm=(30, 15, 12), axes=np.eye(3))
    cells = Cells.build(index.segmentation)
    points = Points.build(index, Plan(cuts=(zone,)), cells)
    sides = cells.lattice.grid.spacing_mm
    assert points.blur_mm.min() > 0.9 * min(sides)
    assert points.blur_mm.max() < 2.0 * np.linalg.norm(sides)
