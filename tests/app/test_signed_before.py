"""A case that was signed before the app opened it: what changes no input voids no signature."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan.app.session.saving import case_state, work_of
from liverplan.app.session.work import next_plan_name, plan_title
from liverplan.case import Actor, CaseState, Record, check_signatures, create_case, open_case, sign
from liverplan.eligibility.files import ProtocolFile
from liverplan.findings import SeriesSummary
from liverplan.phantom import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM
from liverplan.resection import Plan, Plane
from liverplan.workflow.cases import measure_state, with_known_findings

SURGEON = Actor(name="Dr Ada Lind", kind="human", role="surgeon")


@pytest.fixture
def signed(tmp_path, phantom):
    """A plane without a plan's name or a list of plans, as the command line writes it."""
    grid = phantom.volume.grid
    series = SeriesSummary(uid="1.2.3", shape=grid.shape, spacing_mm=grid.spacing_mm)
    state = CaseState(
        volume=phantom.volume,
        segmentation=phantom.segmentation,
        plan=Plan(cuts=(Plane(point_mm=RECOMMENDED_POINT_MM, normal=RECOMMENDED_NORMAL),)),
        record=Record(series=series, protocol=ProtocolFile.shipped("breclim2")),
    )
    state = replace(state, findings=measure_state(state, tmp_path))
    made = create_case(tmp_path / "signed", state=state, actor=SURGEON, what="Planned")
    for name, meaning in (("Dr Bo Ek", "lesions accepted"), ("Dr Ada Lind", "plan signed")):
        made = sign(made, Ed25519PrivateKey.generate(), name=name, meaning=meaning)
    return made


def committed(case, work):
    """Write the work as the app does."""
    state = with_known_findings(case_state(work, None), case.state)
    state = replace(state, signatures=tuple(case.state_json["signatures"]))
    return case.commit(state, actor=SURGEON, what="Worked on", why="a test")


def voids(case):
    return [checked.void_because for checked in check_signatures(open_case(case.folder))]


def test_a_lock_and_another_margin_void_no_signature(signed):
    work = work_of(signed.state)
    assert plan_title(work.active_plan) == "Plan A"
    assert next_plan_name(work.plans) == "Plan B"
    after = committed(signed, replace(work, locked=True, margin_mm=7.0))
    assert voids(after) == ["", ""]
    assert work_of(open_case(after.folder).state).locked


def test_a_moved_cut_and_a_second_plan_void_the_signed_plan(signed):
    work = work_of(signed.state)
    after = committed(signed, replace(work, plans=(*work.plans, Plan(cuts=(), name="Plan B"))))
    assert voids(after)[1] == "changed since: findings, plans"
    moved = committed(after, work.with_cut(work.active_plane.shifted(1.0)))
    assert voids(moved)[0] == ""
    assert voids(moved)[1].startswith("changed since: findings, plan")
