"""The rules of signing, each by itself: what voids what, the order, four eyes, votes."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan.case import (
    Actor,
    Screen,
    check_signatures,
    create_case,
    open_case,
    pending,
    sign,
)
from liverplan.case.signature import forgery
from liverplan.eligibility import Patient
from liverplan.eligibility.files import ProtocolFile
from liverplan.eligibility.recist import Visit
from liverplan.errors import CaseError
from liverplan.findings import Fault, Findings, SeriesSummary, Statement
from liverplan.followup import ConfirmedVisit, FollowedVisit, Visits
from liverplan.resection import Plan
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.segment_branches import SegmentBranches
from liverplan.resection.anatomy.vessel_segments import VesselSegments
from liverplan.segmentation import Segmentation
from liverplan.volume import Volume
from tests.case.conftest import facts

LIND, DAHL, EK, HOLM, SAND = "Lind", "Dahl", "Ek", "Holm", "Sand"
KEYS = {name: Ed25519PrivateKey.generate() for name in (LIND, DAHL, EK, HOLM, SAND)}
MACHINE = Actor(name="liverplan", kind="machine")
SIGNED = ("lesions accepted", "plan signed", "vote")
ALL = frozenset(SIGNED)
PLAN_AND_VOTE = frozenset(SIGNED[1:])


def signed_by(case, name, meaning, vote=None, key=None, reason="Enough liver stays"):
    return sign(case, key or KEYS[name], name=name, meaning=meaning, vote=vote, reason=reason)


def held(case):
    checked = check_signatures(open_case(case.folder))
    return [one.signature.meaning for one in checked if not one.void_because]


@pytest.fixture
def accepted(case):
    return signed_by(case, LIND, "lesions accepted")


@pytest.fixture
def planned(accepted):
    return signed_by(accepted, DAHL, "plan signed")


@pytest.fixture
def voted(planned):
    return signed_by(planned, EK, "vote", "for")


def other_labels(state):
    labels = state.segmentation.labels.copy()
    labels[5, 7, 7] = 1
    return Segmentation(
        grid=state.segmentation.grid, labels=labels, provenance=state.segmentation.provenance
    )


def accepted_anew(state):
    made = {label: one.accepted_as("Ro") for label, one in state.segmentation.provenance.items()}
    return replace(state.segmentation, provenance=made)


def other_hu(state):
    return Volume(grid=state.volume.grid, hu=state.volume.hu + np.int16(1))


def a_map(state):
    labels = np.ones(state.volume.grid.shape, np.uint8)
    return {"portal": PartMap(scheme="portal", grid=state.volume.grid, labels=labels, names=("a",))}


def visits():
    followed = FollowedVisit(visit=Visit(targets={"M1": 100}), labels={"M1": (2,)})
    return Visits(confirmed=(ConfirmedVisit(followed=followed, confirmed_by="Lind"),))


def in_record(**values):
    return lambda state: replace(state, record=replace(state.record, **values))


CHANGES = {
    "ct": (lambda s: replace(s, volume=other_hu(s)), ALL),
    "segmentation": (lambda s: replace(s, segmentation=other_labels(s)), ALL),
    "who accepted a mask": (lambda s: replace(s, segmentation=accepted_anew(s)), ALL),
    "plan": (
        lambda s: replace(s, plan=Plan(cuts=(s.plan.cuts[0].shifted(1e-9),))),
        PLAN_AND_VOTE,
    ),
    "plan's name": (lambda s: replace(s, plan=replace(s.plan, name="B")), PLAN_AND_VOTE),
    "plans": (lambda s: replace(s, plans=(s.plan, Plan(cuts=(), name="B"))), PLAN_AND_VOTE),
    "maps": (lambda s: replace(s, maps=a_map(s)), PLAN_AND_VOTE),
    "biopsied": (lambda s: replace(s, biopsied=frozenset({2})), PLAN_AND_VOTE),
    "patient": (in_record(patient=facts(Patient(height_cm=166.0))), PLAN_AND_VOTE),
    "protocol": (
        lambda s: in_record(
            protocol=ProtocolFile.read(s.record.protocol.text + "\n# spelled anew\n", name="own")
        )(s),
        PLAN_AND_VOTE,
    ),
    "headers": (in_record(headers={"(0010,0010)": "B"}), PLAN_AND_VOTE),
    "series": (
        in_record(series=SeriesSummary(uid="1.2", shape=(1, 2, 3), spacing_mm=(1.0, 1.0, 1.0))),
        PLAN_AND_VOTE,
    ),
    "segment branches": (
        in_record(segment_branches=SegmentBranches(points_mm={"5": (1, 2, 3), "6": (4, 5, 6)})),
        PLAN_AND_VOTE,
    ),
    "vessel segments": (
        in_record(vessel_segments=VesselSegments(confidence={"5": 0.9, "6": 0.5})),
        PLAN_AND_VOTE,
    ),
    "vessel clicks": (in_record(vessel_clicks={"portal": ((1.0, 2.0, 3.0),)}), PLAN_AND_VOTE),
    "visits": (in_record(visits=visits()), PLAN_AND_VOTE),
    "a document of others": (lambda s: replace(s, others={"laboratory": {}}), PLAN_AND_VOTE),
    "what is on screen": (lambda s: replace(s, screen=Screen(locked=True)), frozenset()),
}
"""What each change voids."""


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_voids_just_the_signatures_that_speak_of_it(voted, surgeon, what):
    change, voids = CHANGES[what]
    case = voted.commit(change(voted.state), actor=surgeon, what=what, why="a test")
    assert ALL - set(held(case)) == voids


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_changed_back_is_signed_again(voted, surgeon, what):
    before = voted.state
    case = voted.commit(CHANGES[what][0](before), actor=surgeon, what=what, why="a test")
    case = case.commit(before, actor=surgeon, what="back", why="a test")
    assert held(case) == list(SIGNED)


@pytest.mark.parametrize("why", ["", "  "])
def test_whoever_changes_what_was_signed_says_why(voted, surgeon, why):
    with pytest.raises(CaseError, match="needs a reason"):
        voted.commit(CHANGES["patient"][0](voted.state), actor=surgeon, what="x", why=why)


def test_nobody_needs_a_reason_before_anybody_has_signed(case, surgeon):
    case.commit(CHANGES["patient"][0](case.state), actor=surgeon, what="x")


@pytest.mark.parametrize(
    ("before", "meaning", "words"),
    [
        ((), "plan signed", r"the radiologist has not signed \(lesions accepted\)"),
        ((), "vote", r"the surgeon has not signed \(plan signed\)"),
        (("lesions accepted",), "vote", r"the surgeon has not signed \(plan signed\)"),
    ],
)
def test_each_step_waits_for_the_one_before(case, before, meaning, words):
    for name, step in zip((LIND, DAHL), before, strict=False):
        case = signed_by(case, name, step)
    with pytest.raises(CaseError, match=words):
        signed_by(case, EK, meaning, "for" if meaning == "vote" else None)


def test_a_void_signature_opens_no_further_step(planned, surgeon):
    case = planned.commit(CHANGES["plan"][0](planned.state), actor=surgeon, what="x", why="y")
    with pytest.raises(CaseError, match="the surgeon has not signed"):
        signed_by(case, EK, "vote", "for")
    case = case.commit(CHANGES["ct"][0](case.state), actor=surgeon, what="x", why="y")
    with pytest.raises(CaseError, match="the radiologist has not signed"):
        signed_by(case, DAHL, "plan signed")


@pytest.mark.parametrize("meaning", ["lesions accepted", "plan signed"])
def test_only_a_vote_is_for_or_against(accepted, case, meaning):
    at = case if meaning == "lesions accepted" else accepted
    with pytest.raises(CaseError, match="a vote, and only a vote"):
        signed_by(at, DAHL, meaning, "for")
    signed_by(open_case(at.folder), DAHL, meaning, reason="")  # and needs no reason


@pytest.mark.parametrize("vote", ["for", "against", "abstain"])
def test_every_vote_counts_toward_the_three(planned, vote):
    case = planned
    assert pending(case) == ("0 of 3 votes",)
    for number, name in enumerate((EK, HOLM, SAND), 1):
        case = signed_by(case, name, "vote", vote)
        assert pending(case) == ((f"{number} of 3 votes",) if number < 3 else ())
    assert pending(case, votes=4) == ("3 of 4 votes",)
    assert pending(case, votes=2) == ()


def test_what_is_pending_says_who_comes_next(case):
    assert pending(case, votes=0) == (
        "lesions accepted by the radiologist",
        "plan signed by the surgeon",
    )


def test_nobody_signs_the_same_twice_by_name_or_by_key(planned):
    with pytest.raises(CaseError, match=r"signed already \(plan signed\)"):
        signed_by(planned, DAHL, "plan signed")
    with pytest.raises(CaseError, match=r"signed already \(plan signed\)"):
        signed_by(planned, "Dahl-Berg", "plan signed", key=KEYS[DAHL])
    with pytest.raises(CaseError, match=r"signed already \(plan signed\)"):
        signed_by(planned, DAHL, "plan signed", key=KEYS[EK])
    assert held(signed_by(planned, HOLM, "plan signed")) == [*SIGNED[:2], "plan signed"]


def test_the_surgeon_does_not_vote_by_name_or_by_key(planned):
    for name, key in ((DAHL, DAHL), ("Dahl-Berg", DAHL)):
        with pytest.raises(CaseError, match="an author does not approve their own work"):
            signed_by(planned, name, "vote", "for", key=KEYS[key])


def test_a_radiologist_who_changed_nothing_may_vote(planned):
    assert held(signed_by(planned, LIND, "vote", "for")) == list(SIGNED)


@pytest.mark.parametrize("what", ["plan", "maps", "segmentation", "who accepted a mask"])
def test_who_changed_a_mask_or_a_cut_does_not_vote(case, what):
    author = Actor(name=EK, kind="human")
    case = case.commit(CHANGES[what][0](case.state), actor=author, what=what)
    case = signed_by(signed_by(case, LIND, "lesions accepted"), DAHL, "plan signed")
    with pytest.raises(CaseError, match="an author does not approve their own work"):
        signed_by(case, EK, "vote", "for")


@pytest.mark.parametrize("what", ["patient", "headers", "biopsied", "what is on screen"])
def test_who_only_entered_facts_may_vote(case, what):
    case = case.commit(CHANGES[what][0](case.state), actor=Actor(name=EK, kind="human"), what=what)
    case = signed_by(signed_by(case, LIND, "lesions accepted"), DAHL, "plan signed")
    assert held(signed_by(case, EK, "vote", "for")) == list(SIGNED)


def test_a_program_of_the_same_name_is_no_author(case, state):
    program = Actor(name=EK, kind="machine")
    case = case.commit(CHANGES["plan"][0](state), actor=program, what="Suggested")
    case = signed_by(signed_by(case, LIND, "lesions accepted"), DAHL, "plan signed")
    assert held(signed_by(case, EK, "vote", "for")) == list(SIGNED)


@pytest.mark.parametrize(("kind", "may"), [("human", False), ("machine", True)])
def test_the_person_who_made_the_case_does_not_vote(tmp_path, state, kind, may):
    made = create_case(
        tmp_path / "own", state=state, actor=Actor(name=EK, kind=kind), what="Assessed"
    )
    made = signed_by(signed_by(made, LIND, "lesions accepted"), DAHL, "plan signed")
    if may:
        assert held(signed_by(made, EK, "vote", "for")) == list(SIGNED)
        return
    with pytest.raises(CaseError, match="an author does not approve their own work"):
        signed_by(made, EK, "vote", "for")


def test_a_name_keeps_its_key_even_once_its_signature_is_void(voted, surgeon):
    case = voted.commit(CHANGES["ct"][0](voted.state), actor=surgeon, what="x", why="y")
    assert held(case) == []
    with pytest.raises(CaseError, match="the name and the key do not belong together"):
        signed_by(case, LIND, "lesions accepted", key=KEYS[SAND])
    with pytest.raises(CaseError, match="the name and the key do not belong together"):
        signed_by(case, "Lindqvist", "lesions accepted", key=KEYS[LIND])
    signed_by(case, LIND, "lesions accepted")


def test_a_signature_whose_state_is_gone_is_void(voted):
    made_on = [entry.state for entry in voted.history]
    (voted.folder / "states" / f"{made_on[0]}.json").unlink()
    checked = check_signatures(open_case(voted.folder))
    assert [one.void_because for one in checked] == [
        "the state that it covers is not in the case",
        "",
        "",
    ]


def found(faults):
    """Findings of a stored case, with these faults."""
    with zipfile.ZipFile(Path(__file__).parent / "case_0.3.zip") as stored:
        documents = [json.loads(stored.read(n)) for n in stored.namelist() if n.endswith(".json")]
    document = next(d for d in documents if isinstance(d, dict) and "eligibility" in d)
    return replace(Findings.from_json(document), faults=faults)


def test_a_plan_with_a_fault_is_signed_by_nobody_and_its_masks_are_accepted(case, surgeon):
    fault = Fault(says=Statement(key="fault.nothing_stays"))
    faulty = replace(case.state, findings=found((fault,)))
    case = case.commit(faulty, actor=surgeon, what="Measured")
    case = signed_by(case, LIND, "lesions accepted")
    with pytest.raises(CaseError, match="the plan makes no sense"):
        signed_by(case, DAHL, "plan signed")
    sound = replace(case.state, findings=found(()))
    case = case.commit(sound, actor=surgeon, what="Measured", why="another cut")
    case = signed_by(case, DAHL, "plan signed")
    faulty = replace(case.state, findings=found((fault,)))
    case = case.commit(faulty, actor=surgeon, what="Measured", why="again")
    with pytest.raises(CaseError, match="the plan makes no sense"):
        signed_by(case, EK, "vote", "for")


def test_a_genuine_signature_is_no_forgery(voted):
    made = [one.signature for one in check_signatures(voted)]
    assert [forgery(one, voted.history) for one in made] == ["", "", ""]
    assert forgery(made[0], voted.history[1:]) == "it was made on another audit trail"
    other = replace(made[0], name="Lindqvist")
    assert forgery(other, voted.history) == "it does not match its key"
