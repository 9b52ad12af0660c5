"""Cases that older versions wrote by ``liverplan assess`` and ``committee``, signed by three.

Each was also worked on in the application: a second plan, a biopsied metastasis, a mask edited by
hand, one from a click. All are read, checked and gone on with, and nothing signed is voided.
"""

import dataclasses
import zipfile
from pathlib import Path

import pytest

from liverplan.case import Actor, check_signatures, open_case, pending, verify
from liverplan.resection import Plan
from liverplan.workflow.cases import measure_state

HERE = Path(__file__).parent
VERSIONS = ("0.1", "0.2", "0.3")
DAHL = Actor(name="Dahl", kind="human")


@pytest.fixture(params=VERSIONS)
def old(request, tmp_path):
    with zipfile.ZipFile(HERE / f"case_{request.param}.zip") as stored:
        stored.extractall(tmp_path / "old")
    return tmp_path / "old"


def voids(folder):
    return [checked.void_because for checked in check_signatures(open_case(folder))]


def test_it_verifies_and_its_signatures_hold(old):
    before = {p: p.read_bytes() for p in old.rglob("*") if p.is_file()}
    assert verify(old) == []
    assert voids(old) == ["", "", ""]
    assert pending(open_case(old), votes=1) == ()
    assert {p: p.read_bytes() for p in old.rglob("*") if p.is_file()} == before


def test_what_it_holds_is_read_in_types(old):
    state = open_case(old).state
    assert state.record.rules.name == "breclim2"
    assert state.record.facts.height_cm == 165
    assert state.record.facts.facts["consent"].by == "A. Berg, study nurse"
    assert "# A made-up patient" in state.record.patient.text
    assert state.record.headers is not None
    assert state.biopsied == {3}
    assert [plan.name for plan in state.plans] == ["Plan A", "Plan B"]
    assert (state.screen.plan, state.screen.cut, state.screen.margin_mm) == (0, 0, 7.5)
    assert state.screen.locked
    assert state.findings.eligibility == "eligible"
    assert dict(state.others) == {}


def test_its_masks_say_who_made_them(old):
    made = open_case(old).state.segmentation.provenance
    assert {label: made[label].origin for label in (1, 2, 3)} == {
        1: "given",
        2: "given",
        3: "clicks",
    }
    assert (made[2].edits, made[2].quality) == (3, "edited")
    assert (made[3].edits, made[3].quality) == (0, "automatic")
    assert {one.accepted_by for one in made.values()} == {"Lind"}


def test_writing_it_anew_changes_nothing_and_voids_nothing(old):
    case = open_case(old)
    case = case.commit(case.state, actor=DAHL, what="Opened", why="to look")
    assert case.history[-1].changes == ()
    assert case.state_json["schema"] == "liverplan.state/3"
    assert voids(old) == ["", "", ""]
    assert verify(old) == []
    again = open_case(old)
    again.commit(again.state, actor=DAHL, what="Opened", why="once more")
    assert voids(old) == ["", "", ""]


def test_a_change_voids_what_it_concerns_and_no_more(old):
    case = open_case(old)
    more = dataclasses.replace(case.state, biopsied=frozenset({2, 3}))
    case = case.commit(more, actor=DAHL, what="Biopsied", why="reported")
    assert voids(old) == ["", "changed since: biopsied", "changed since: biopsied"]
    moved = Plan(cuts=(case.state.plan.cuts[0].shifted(1e-9),), name=case.state.plan.name)
    case.commit(dataclasses.replace(more, plan=moved), actor=DAHL, what="Moved", why="vein")
    assert voids(old)[0] == ""
    assert voids(old)[1].startswith("changed since: biopsied, plan")


def test_its_earlier_states_can_be_reopened(old):
    case = open_case(old)
    assert case.at(1).biopsied == frozenset()
    assert [case.at(number).biopsied for number in range(2, len(case.history) + 1)] == [
        {3} for _ in case.history[1:]
    ]


def test_measured_again_it_says_what_it_said_and_what_was_biopsied(old):
    state = open_case(old).state
    then, now = state.findings, measure_state(state, old)
    assert (then.eligibility, now.eligibility) == ("eligible", "undecided")
    doubted = {check.id for check in now.checks if check.state == "needs judgement"}
    assert {"birth_date"} <= doubted  # of the sample's person, beside the example's file
    assert now.volumes.remnant_ml == pytest.approx(then.volumes.remnant_ml, abs=0.5)
    assert [lesion.state for lesion in now.lesions] == ["confirmed", "biopsied", "confirmed"]
