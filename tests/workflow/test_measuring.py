"""What beside its numbers is said of a plan, and what a verdict may not rest on; few voxels."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from liverplan.eligibility.images import Images
from liverplan.errors import PlanError
from liverplan.resection import Parts, Plan, Plane, Sphere
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid
from liverplan.volumetry import Liver
from liverplan.words import in_english
from liverplan.workflow.measuring import (
    TERRITORIES_TOLD,
    VESSELS_UNKNOWN,
    notes_on,
    plane_findings,
    require_maps,
    segments_of,
)
from tests.workflow.test_evaluate import (
    ACCEPTED,
    NEAR,
    PATIENT,
    SERIES,
    cut_at,
    evaluated,
    segmentation,
)

SEGMENTS = Parts(scheme="couinaud", names=("2",))
BRANCH = Parts(scheme="portal", names=("1",))
BALL = Sphere(centre_mm=np.array([30.0, 38.0, 38.0]), radius_mm=15.0)


def halves(scheme, names):
    """A map whose first name has a quarter of the liver, the second the rest."""
    masks = segmentation()
    labels = np.full(masks.grid.shape, 2, np.uint8)
    labels[:, :, :10] = 1
    return {scheme: PartMap(scheme=scheme, grid=masks.grid, labels=labels, names=names)}


COUINAUD = halves("couinaud", ("2", "3"))


def liver(maps=None):
    return Liver(segmentation=segmentation(), maps=maps or {})


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        (SEGMENTS, "removes the Couinaud segments 2, and this liver has no map of them: give"),
        (BRANCH, "removes 1 of a portal map, and this liver has none"),
    ],
)
def test_a_plan_that_names_parts_of_no_map_is_refused_with_what_to_give(cut, words):
    with pytest.raises(PlanError, match=words):
        require_maps(liver(), Plan(cuts=(cut,)))
    with pytest.raises(PlanError, match=words):
        evaluated(Plan(cuts=(cut,)))


def test_with_the_map_at_hand_nothing_is_refused():
    require_maps(liver(COUINAUD), Plan(cuts=(SEGMENTS, *cut_at(60).cuts)))


def test_planes_alone_need_no_word_of_vessels_and_other_cuts_do():
    assert notes_on(liver(), cut_at(60)) == ()
    assert VESSELS_UNKNOWN in notes_on(liver(), Plan(cuts=(BALL,)))


@pytest.mark.parametrize("scheme", ["portal", "hepatic", "vessels"])
def test_where_vessels_are_known_they_are_not_said_to_be_unknown(scheme):
    known = liver(halves(scheme, ("1", "2")))
    assert VESSELS_UNKNOWN not in notes_on(known, Plan(cuts=(BALL,)))


def test_shares_of_segments_that_no_liver_has_are_said_and_only_with_their_map():
    said = {note.key for note in notes_on(liver(COUINAUD), Plan(cuts=(SEGMENTS,)))}
    assert len(said) > 1
    assert {n.key for n in notes_on(liver(), Plan(cuts=(BALL,)))} == {VESSELS_UNKNOWN.key}


def test_a_branch_that_is_cut_takes_its_territory_and_that_is_said():
    branches = liver(halves("portal", ("1", "2")))
    cut = Plan(cuts=(BRANCH,))
    told = TERRITORIES_TOLD in notes_on(branches, cut)
    assert told == (cut.removing is not cut)


def test_each_segment_has_its_volume_and_share_and_without_a_map_there_is_none():
    assert segments_of(liver()) == ()
    first, second = segments_of(liver(COUINAUD))
    assert (first.name, second.name) == ("2", "3")
    assert first.share_fraction == pytest.approx(0.25, abs=0.01)
    assert first.share_fraction + second.share_fraction == pytest.approx(1.0)
    assert second.volume_ml > 2.5 * first.volume_ml


def test_the_planes_of_a_plan_are_told_and_no_other_cut():
    plan = Plan(cuts=(BALL, *cut_at(60).cuts))
    (plane,) = plane_findings(plan)
    assert (plane.point_mm, plane.normal) == ((60.0, 38.0, 38.0), (1.0, 0.0, 0.0))


def test_a_plan_that_makes_no_sense_is_undecided_where_all_else_is_met():
    """A second plane that misses the liver changes no number, and still nobody is eligible."""
    masks = one_metastasis()
    missing = Plan(cuts=(*cut_at(60).cuts, Plane(point_mm=(-500, 38, 38), normal=(1, 0, 0))))
    sound, faulty = evaluated(cut_at(60), masks), evaluated(missing, masks)
    assert sound.eligibility == "eligible"
    assert faulty.faults
    assert faulty.volumes == sound.volumes
    assert faulty.eligibility == "undecided"


def test_a_fault_makes_nobody_undecided_who_is_not_eligible_anyway():
    masks = one_metastasis()
    faulty = Plan(cuts=(*cut_at(142).cuts, Plane(point_mm=(-500, 38, 38), normal=(1, 0, 0))))
    assert evaluated(faulty, masks).eligibility == "not eligible"


def one_metastasis():
    masks = segmentation()
    labels = np.where(masks.labels == NEAR, NEAR, 1).astype(np.uint8)
    return Segmentation(grid=masks.grid, labels=labels, provenance={1: ACCEPTED, NEAR: ACCEPTED})


def test_metastases_are_counted_from_one_in_what_is_said_of_them():
    cut, left = (note for note in evaluated(cut_at(30)).notes if "lesion_" in note.key)
    assert (cut.key, cut.value("number")) == ("note.lesion_cut", 1)
    assert (left.key, left.value("number")) == ("note.lesion_left", 2)


def test_a_narrow_margin_is_no_cut_through_the_metastasis():
    findings = evaluated(cut_at(38.6))
    margin = min(lesion.margin_mm for lesion in findings.lesions)
    assert 0 < margin < 1
    assert not any(note.key == "note.lesion_cut" for note in findings.notes)


def test_without_a_cut_the_count_stands_and_nothing_is_left_or_cut():
    counts = {
        planned: next(c for c in evaluated(plan).criteria if c.id == "metastasis_count")
        for planned, plan in ((False, Plan(cuts=())), (True, cut_at(60)))
    }
    assert counts[False].state == "met"
    assert counts[True].state == "needs judgement"
    assert "finding.left" in repr(counts[True].finding)
    assert not any(key in repr(counts[False].finding) for key in ("finding.left", "finding.cut"))


def test_a_liver_of_less_than_a_millilitre_is_measured():
    labels = np.zeros((3, 4, 5), np.uint8)
    labels[1, 1:3, 1:4] = 1
    affine = np.diag([4.0, 4.0, 4.0, 1.0])[[2, 1, 0, 3]]
    tiny = Segmentation(
        grid=Grid(shape=labels.shape, affine=affine), labels=labels, provenance={1: ACCEPTED}
    )
    found = evaluated(Plan(cuts=()), tiny)
    assert found.volumes.liver_ml == pytest.approx(6 * 0.064)
    assert replace(found.volumes, tumour_ml=0.0) == found.volumes


def test_only_a_plan_has_a_mark_and_two_plans_have_two():
    """What is attested of one plan must not be read as of another, nor of none."""
    bare, one, other = (evaluated(plan) for plan in (Plan(cuts=()), cut_at(60), cut_at(70)))
    assert bare.plan_mark == ""
    assert len({one.plan_mark, other.plan_mark, ""}) == 3


def test_only_a_planned_remnant_is_held_against_the_body():
    body = replace(PATIENT, height_cm=170.0, weight_kg=70.0)
    cut, whole = evaluated(cut_at(60), patient=body), evaluated(Plan(cuts=()), patient=body)
    assert cut.reserve.per_weight_fraction == pytest.approx(cut.volumes.remnant_ml / 70_000)
    assert whole.reserve.per_weight_fraction is None
    assert whole.reserve.limits == ()


def test_what_the_ct_says_of_its_day_counts_and_else_what_its_summary_says():
    dated = Images(date=dt.date(2024, 3, 1))
    told, silent = evaluated(cut_at(60), images=dated), evaluated(cut_at(60))
    assert "2024-03-01" in " ".join(in_english(one.says) for one in told.checks)
    assert "2024-03-01" not in " ".join(in_english(one.says) for one in silent.checks)
    summary = replace(SERIES, study_date="20240301")
    assert evaluated(cut_at(60), series=summary).checks == told.checks
