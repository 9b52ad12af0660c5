"""The front door: one answer whichever index gives it, and nothing made twice."""

import numpy as np
import pytest

from liverplan.errors import GridError
from liverplan.resection import Parts, Plan, Plane, Sphere
from liverplan.resection.anatomy.maps import PartMap
from liverplan.volume import Grid
from liverplan.volumetry import Liver
from tests.volumetry.shapes import LPS, ellipsoid, segmented

CENTRE = np.array([-10.0, 26.0, 26.0])
FLAT = Plan(cuts=(Plane(point_mm=CENTRE, normal=(1, 0.2, 0.1)),))
BEYOND = Sphere(centre_mm=CENTRE + 500.0, radius_mm=5.0)
"""Takes nothing, but makes a plan no plan of planes only."""


@pytest.fixture(scope="module")
def segmentation():
    shape = (30, 40, 50)
    labels = ellipsoid(LPS, shape, CENTRE, (18, 12, 18)).astype(np.uint8)
    labels[ellipsoid(LPS, shape, CENTRE + np.array([-9, 0, 0]), (4, 4, 4))] = 2
    labels[ellipsoid(LPS, shape, CENTRE + np.array([9, 0, 3]), (3, 3, 3))] = 3
    return segmented(labels)


def test_planes_measure_alike_with_and_without_a_cut_beside_them(segmentation):
    liver = Liver(segmentation=segmentation)
    mixed = Plan(cuts=(*FLAT.cuts, BEYOND))
    flat, other = liver.measure(FLAT), liver.measure(mixed)
    assert other.remnant_ml == pytest.approx(flat.remnant_ml, abs=1e-6)
    assert other.liver_ml == pytest.approx(flat.liver_ml, abs=1e-9)
    assert other.tumour_ml == pytest.approx(flat.tumour_ml, abs=1e-9)
    assert liver.removed_ml(FLAT.cuts[0], of=mixed) == pytest.approx(
        liver.removed_ml(FLAT.cuts[0], of=FLAT), abs=1e-6
    )


def test_margins_of_planes_are_alike_but_for_the_part_outside_the_liver(segmentation):
    liver = Liver(segmentation=segmentation)
    flat = liver.margins(FLAT)
    mixed = liver.margins(Plan(cuts=(*FLAT.cuts, BEYOND)))
    assert [m.label for m in flat] == [m.label for m in mixed] == [2, 3]
    for one, other in zip(flat, mixed, strict=True):
        assert other.in_remnant == one.in_remnant
        assert other.margin_mm >= one.margin_mm - 0.3


def test_remnant_and_resected_are_the_functional_liver_for_any_plan(segmentation):
    liver = Liver(segmentation=segmentation)
    for cuts in ((), FLAT.cuts, (BEYOND,), (*FLAT.cuts, BEYOND)):
        found = liver.measure(Plan(cuts=cuts))
        assert found.remnant_ml + found.resected_ml == pytest.approx(liver.functional_ml, abs=1e-6)


@pytest.mark.parametrize("first", ["planes", "shapes"])
def test_the_index_of_planes_is_one_whichever_is_asked_for_first(segmentation, first):
    liver = Liver(segmentation=segmentation)
    getattr(liver, first)
    assert liver.shapes.planes is liver.planes
    assert liver.shapes.lesions[0].voxels.tolist() == liver.planes.lesions[0].voxels.tolist()


def test_faults_of_planes_need_no_tree_of_the_liver(segmentation):
    liver = Liver(segmentation=segmentation)
    liver.measure(FLAT)
    assert liver.faults(FLAT) == ()
    assert not {"functional", "liver", "lesion_boxes"} & liver.shapes.__dict__.keys()


def test_with_other_maps_what_was_made_of_the_masks_is_kept(segmentation):
    labels = np.ones(segmentation.grid.shape, np.uint8)
    labels[:15] = 2
    halves = PartMap(scheme="couinaud", grid=segmentation.grid, labels=labels, names=("2", "3"))
    bare = Liver(segmentation=segmentation)
    made = bare.planes, bare.shapes.functional, bare.shapes.box
    mapped = bare.on({"couinaud": halves})
    assert (mapped.planes, mapped.shapes.functional, mapped.shapes.box) == made
    upper, lower = (
        mapped.measure(Plan(cuts=(Parts(scheme="couinaud", names=(name,)),))) for name in "23"
    )
    assert upper.remnant_ml + lower.remnant_ml == pytest.approx(mapped.functional_ml)


def test_a_map_on_another_grid_is_refused(segmentation):
    grid = Grid(shape=(3, 3, 3), affine=np.eye(4))
    other = PartMap(
        scheme="couinaud", grid=grid, labels=np.ones(grid.shape, np.uint8), names=("2",)
    )
    with pytest.raises(GridError, match="couinaud map"):
        _ = Liver(segmentation=segmentation, maps={"couinaud": other}).shapes
