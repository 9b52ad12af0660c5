"""The verbs of the resection step without a window: what becomes of cuts, parts and plans."""

import gc
import weakref
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from liverplan.app.steps.resection.edits import BEYOND_NONE, FULL, MOST_CUTS
from liverplan.app.steps.resection.plans import PlanNumbers
from liverplan.resection import (
    Ablation,
    CurvedCut,
    FoldedCut,
    Parts,
    Plan,
    Sphere,
    VCut,
    Wedge,
)
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.cuts import KINDS
from liverplan.volumetry import Liver
from tests.app.desk import Desk


@pytest.fixture
def desk(phantom, tmp_path):
    made = Desk(phantom, tmp_path)
    yield made
    made.close()


def test_a_cut_that_misses_or_is_one_too_many_is_not_added(desk):
    far = Sphere(centre_mm=desk.centre + 500, radius_mm=10)
    assert not desk.edits.add("add", far)
    assert "This sphere misses the liver" in desk.said[-1]
    desk.put(*[desk.plane(x) for x in range(MOST_CUTS)])
    assert not desk.edits.add("add", desk.plane(30))
    assert desk.said[-1] == FULL
    assert len(desk.cuts) == MOST_CUTS


def test_an_added_cut_is_shown_and_its_tool_put_away(desk):
    assert desk.edits.add("add plane", desk.plane(20))
    assert desk.views.disarmed == 1
    assert desk.plane(20).signed_distance_mm(desk.views.shown[-1]) == pytest.approx(0, abs=1e-9)
    assert desk.session.history.undo_name == "add plane"


def test_a_cut_is_flipped_resized_bent_and_deleted_but_not_while_locked(desk):
    desk.put(desk.plane())
    desk.edits.flip()
    np.testing.assert_array_equal(desk.cuts[0].normal, [-1, 0, 0])
    desk.edits.bend()
    assert isinstance(desk.cuts[0], CurvedCut)
    desk.put(Sphere(centre_mm=desk.centre, radius_mm=10))
    desk.edits.flip()  # a sphere has no other side
    desk.edits.resize(0, 25)
    assert desk.cuts[0].radius_mm == 25
    desk.edits.resize(7, 3)
    desk.edits.toggle_lock()
    desk.edits.resize(0, 30)
    assert desk.cuts[0].radius_mm == 25
    desk.edits.toggle_lock()
    desk.edits.delete()
    assert desk.cuts == ()
    desk.edits.delete()


def test_planes_are_joined_in_a_v_and_parted_again(desk):
    planes = desk.plane(0, (1, 0.4, 0)), desk.plane(0, (-0.2, 1, 0))
    desk.put(planes[0])
    desk.edits.join_or_part()
    assert desk.cuts == planes[:1]
    desk.put(*planes)
    desk.edits.join_or_part()
    assert [type(cut) for cut in desk.cuts] == [VCut]
    desk.edits.join_or_part()
    assert desk.cuts == planes
    desk.put(desk.plane(-40), desk.plane(40, (-1, 0, 0)))
    desk.edits.join_or_part()
    assert desk.said[-1] == BEYOND_NONE


def test_parts_of_a_map_are_one_cut_and_a_branch_is_listed_with_what_hangs_on_it(desk, phantom):
    labels = (phantom.segmentation.labels > 0).astype(np.uint8)
    labels[:, :, labels.shape[2] // 2 :] *= 2
    halves = PartMap(
        scheme="portal", grid=phantom.volume.grid, labels=labels, names=("right", "left")
    )
    work = desk.session.work
    desk.session.do("maps", replace(work, maps=MappingProxyType({"portal": halves})))
    volumes = halves.volumes_ml(phantom.segmentation)
    listed = {branch.name: branch.lost_ml for branch in desk.parts.branches()}
    assert listed == pytest.approx(volumes)
    desk.parts.take("portal", ("right",))
    desk.parts.take("portal", ("right", "left"))
    assert [type(cut) for cut in desk.cuts] == [Parts]
    assert desk.parts.taken("portal") == ("right", "left")
    desk.parts.take("portal", ())
    assert desk.cuts == ()
    assert desk.parts.segment_volumes() is None


def test_plans_are_copied_named_apart_measured_and_deleted(desk, phantom):
    assert desk.plans.numbers(desk.session.work.active_plan) == "none"
    desk.put(desk.plane(20))
    desk.plans.add()
    desk.plans.rename("Plan A")
    assert "already a plan named Plan A" in desk.said[-1]
    desk.plans.rename("Left")
    assert [plan.name for plan in desk.session.work.plans] == ["Plan A", "Left"]
    desk.settle()
    liver = Liver(segmentation=phantom.segmentation)
    for plan in desk.session.work.plans:
        numbers = desk.plans.numbers(plan)
        assert isinstance(numbers, PlanNumbers)
        assert numbers.remnant.remnant_ml == liver.measure(plan).remnant_ml
        assert [m.margin_mm for m in numbers.margins] == [m.margin_mm for m in liver.margins(plan)]
    desk.plans.delete()
    desk.plans.delete()
    assert [(plan.name, plan.cuts) for plan in desk.session.work.plans] == [("Plan A", ())]


def test_every_kind_of_cut_can_be_made(desk, phantom):
    made = {"parts": Parts(scheme="couinaud", names=("5",))}  # by ticks
    desk.placing.plane_at(desk.centre + np.array([30.0, 0, 0]))
    desk.placing.plane_of([desk.centre + np.array(p) for p in ((0, 0, 0), (0, 40, 0), (9, 0, 40))])
    desk.edits.join_or_part()
    desk.placing.curved_at(desk.centre + np.array([30.0, 0, 0]))
    desk.placing.ablation_at(desk.centre)
    for kind in ("wedge", "sphere"):
        desk.placing.round_lesion(kind, 2)
        desk.settle()
    kinds = (VCut, CurvedCut, Ablation, Wedge, Sphere)
    assert tuple(type(cut) for cut in desk.cuts) == kinds
    made |= {cut.kind: cut for cut in desk.cuts}
    by_hand = {"plane", FoldedCut.kind}  # joined above; a contour that crosses itself
    assert set(KINDS) == made.keys() | by_hand


def test_what_was_measured_of_a_liver_goes_with_it(desk):
    desk.put(desk.plane())
    desk.plans.add()
    desk.settle()
    first = desk.session.work.plans[0]
    assert isinstance(desk.plans.numbers(first), PlanNumbers)
    before = weakref.ref(desk.context.live.liver)
    work = desk.session.work
    labels = work.segmentation.labels.copy()
    labels[:, :, : labels.shape[2] // 2] = 0
    masks = replace(work.segmentation, labels=labels)
    other = Plan(name="Other", cuts=(desk.plane(5),))
    desk.session.replace_all(replace(work, segmentation=masks, plans=(other,), plan=0))
    desk.settle()
    desk.plans.numbers(other)
    gc.collect()
    assert before() is None, "a second CT would lie beside the first in memory"
