"""Cuts placed round a lesion or along a contour: the margin is kept, and most tissue stays."""

import numpy as np
import pytest

from liverplan.errors import PlanError
from liverplan.phantom import make_phantom
from liverplan.resection import Ablation, CurvedCut, Plan, Plane, Sphere, Wedge
from liverplan.volumetry.faults import cut_faults
from liverplan.volumetry.search.placing import (
    cut_round,
    larger_part_stays,
    liver_centre_mm,
    parting_cut,
    separating_plane,
    wedge_along,
)
from liverplan.volumetry.search.planes import sphere
from liverplan.volumetry.shapes.distance import removal
from liverplan.volumetry.shapes.margins import plan_margins
from liverplan.volumetry.shapes.plan_index import PlanIndex
from liverplan.workflow.plans import Around, Contour, Draft, placed

MARGIN_MM = 10.0
KINDS = {"plane": Plane, "wedge": Wedge, "sphere": Sphere, "ablation": Ablation}


@pytest.fixture(scope="module")
def index():
    return PlanIndex.build(make_phantom(spacing_mm=(4.0, 2.0, 2.0), seed=3).segmentation)


def taken_ml(index, *cuts):
    return index.functional_ml - index.remnant_ml(Plan(cuts=cuts))


def numbers(cut):
    return {name: np.asarray(getattr(cut, name)).tolist() for name in cut.__slots__}


def ring(index, size=1.0):
    """Eight points round the liver in one sagittal slice."""
    angles = np.arange(8) * np.pi / 4
    around = np.stack([0 * angles, 60 * np.cos(angles), 70 * np.sin(angles)], axis=1)
    return liver_centre_mm(index.segmentation) + size * around


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_round_a_lesion_keeps_the_margin_that_was_asked_for(index, kind):
    cut = cut_round(index, 3, MARGIN_MM, kind=kind)
    assert isinstance(cut, KINDS[kind])
    margin = next(m for m in plan_margins(index, Plan(cuts=(cut,))) if m.label == 3)
    assert margin.margin_mm >= MARGIN_MM - 0.1
    assert not margin.in_remnant


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_file_places_the_same_cut_to_the_last_digit(index, kind):
    beside = cut_round(index, 2, MARGIN_MM, kind="sphere")
    mine = cut_round(index, 3, MARGIN_MM, kind=kind, beside=(beside,))
    around = Around(kind=kind, label=3, margin_mm=MARGIN_MM)
    plan = placed([Draft(name="", cuts=(beside, around))], index)
    assert numbers(plan.cuts[1]) == numbers(mine)


def test_no_other_direction_of_a_wedge_costs_less(index):
    best = cut_round(index, 3, MARGIN_MM, kind="wedge")
    others = [wedge_along(index, 3, MARGIN_MM, way) for way in sphere(96)]
    assert taken_ml(index, best) <= min(taken_ml(index, other) for other in others)


def sampled_ml(index, cut):
    """What a cut takes by 27 points in each voxel of functional liver: no tree, no tangent."""
    grid, value = index.segmentation.grid, removal(Plan(cuts=(cut,)))
    voxels = np.argwhere(index.segmentation.labels == 1)
    middle = value(grid.to_mm(voxels))
    near = voxels[np.abs(middle) < max(grid.spacing_mm)]
    ticks = (np.arange(3) - 1) / 3
    offsets = np.stack(np.meshgrid(ticks, ticks, ticks), axis=-1).reshape(-1, 3)
    parts = [np.count_nonzero(value(grid.to_mm(near + offset)) < 0) for offset in offsets]
    whole = np.count_nonzero(middle <= -max(grid.spacing_mm))
    return (whole + np.mean(parts)) * grid.voxel_ml


def test_the_wedge_that_is_placed_takes_least_by_points_in_each_voxel_too(index):
    best = cut_round(index, 2, MARGIN_MM, kind="wedge")
    least = sampled_ml(index, best)
    assert least == pytest.approx(taken_ml(index, best), abs=0.25)
    assert least < min(
        sampled_ml(index, wedge_along(index, 2, MARGIN_MM, way)) for way in sphere(24)
    )


def test_a_wedge_runs_through_what_is_cut_already(index):
    beside = (cut_round(index, 3, MARGIN_MM, kind="sphere"),)
    alone = cut_round(index, 4, MARGIN_MM, kind="wedge")
    together = cut_round(index, 4, MARGIN_MM, kind="wedge", beside=beside)
    assert taken_ml(index, *beside, together) <= taken_ml(index, *beside, alone) + 1e-6


def test_the_separating_plane_leaves_as_much_as_any_of_its_directions(index):
    plane = separating_plane(index.planes, 3, MARGIN_MM)
    normals = sphere(500)
    reach = index.planes.support_mm(normals)[:, index.planes.lesion_labels.index(3)]
    best = index.planes.remnant_ml(normals, reach + MARGIN_MM).max()
    assert index.planes.remnant_ml_of([plane]) >= 0.99 * best


def test_what_cannot_be_placed_is_said(index):
    with pytest.raises(PlanError, match="no metastasis with label 9 to cut round"):
        cut_round(index, 9, MARGIN_MM, kind="sphere")
    with pytest.raises(PlanError, match="leaves any liver"):
        separating_plane(index.planes, 3, 400.0)


def test_a_contour_parts_the_liver_and_the_larger_part_stays_whichever_way_it_is_drawn(index):
    points = ring(index)
    cut = parting_cut(index, list(points))
    back = parting_cut(index, list(points[::-1]))
    assert isinstance(cut, CurvedCut)
    for one in (cut, back):
        assert taken_ml(index, one) <= index.functional_ml / 2
    (again,) = placed([Draft(name="", cuts=(Contour(points_mm=points),))], index).cuts
    assert numbers(again) == numbers(cut)


def test_a_contour_that_does_not_reach_round_the_liver_is_refused(index):
    (fault,) = cut_faults(index, parting_cut(index, list(ring(index, 0.4))), 1)
    assert fault.key == "fault.curved_too_short"


def test_of_a_plane_the_larger_part_stays(index):
    centre = liver_centre_mm(index.segmentation)
    for normal in ([1.0, 0, 0], [-1.0, 0, 0]):
        plane = Plane(point_mm=centre + np.array([25.0, 0, 0]), normal=np.array(normal))
        kept = larger_part_stays(index.planes, plane)
        assert index.planes.remnant_ml_of([kept]) >= index.functional_ml / 2
