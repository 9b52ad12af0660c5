"""What a case holds beside images: each part comes back the same, and keeps the bytes it had."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liverplan.case import Record, Screen, create_case, open_case
from liverplan.case.contents import Contents, read, written
from liverplan.eligibility import Fact, Patient, shipped_protocols
from liverplan.eligibility.files import ENTERED, PatientFile, ProtocolFile
from liverplan.eligibility.recist import Visit
from liverplan.errors import CaseError, ProtocolError
from liverplan.findings import Annotation
from liverplan.resection import Plan, Plane
from tests.case.conftest import PROTOCOL
from tests.case.test_signing_rules import visits

OWN = Plan(name="Plan A", cuts=(Plane(point_mm=(1, 2, 3), normal=(0, 0, 1)),))
MEASURED = Annotation(
    kind="ruler", view="Axial", points_mm=((0.1, -2.5, 7.3), (30.25, 1, 7.3)), text="to the vein"
)
OTHER = Plan(name="Plan B", cuts=())

DAYS = st.dates(dt.date(1930, 1, 1), dt.date(2030, 12, 31))
TYPED = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30)
WORDS = TYPED.map(lambda text: " ".join(text.split()))
"""A reader keeps one space between the words that a person has typed."""


def answers(question):
    if question.answer == "yes or no":
        return st.booleans() | st.just("unclear")
    lowest = 0 if question.lowest is None else question.lowest
    highest = lowest + 20 if question.highest is None else question.highest
    return st.integers(lowest, highest) | st.just("unclear")


@st.composite
def patients(draw):
    asked = PROTOCOL.protocol.facts
    names = draw(st.lists(st.sampled_from(sorted(asked)), unique=True))
    count = draw(st.integers(1, 3))
    lengths = st.lists(st.none() | st.integers(0, 1500), min_size=count, max_size=count)
    days = draw(st.lists(DAYS, unique=True, max_size=3).map(sorted))
    seen = [
        Visit(
            targets={f"target {n}": length for n, length in enumerate(draw(lengths), 1)},
            non_target=draw(st.sampled_from(["none", "CR", "non-CR/non-PD", "PD", "NE"])),
            new_lesion=draw(st.booleans()),
            date=day,
        )
        for day in days
    ]
    return Patient(
        facts={
            name: Fact(
                value=draw(answers(asked[name])),
                by=draw(WORDS),
                date=draw(st.none() | DAYS),
                note=draw(WORDS),
            )
            for name in names
        },
        decision_date=draw(st.none() | DAYS),
        sex=draw(st.sampled_from([None, "female", "male"])),
        height_cm=draw(st.none() | st.floats(50, 250)),
        weight_kg=draw(st.none() | st.floats(10, 400)),
        visits=tuple(seen),
        visits_by=tuple(draw(WORDS) for _ in seen),
    )


@settings(deadline=None, max_examples=30)
@given(patients())
def test_a_patient_written_anew_says_the_same(patient):
    entered = PatientFile.entered(patient, PROTOCOL.protocol)
    assert entered.patient == patient
    record = Record(protocol=PROTOCOL, patient=entered)
    again = read(written(Contents(record=record), OWN)).record
    assert again.patient == entered
    assert again.facts == patient


@pytest.mark.parametrize("name", shipped_protocols())
def test_a_protocol_keeps_its_text_to_the_letter(name):
    given_as = ProtocolFile.shipped(name)
    again = read(written(Contents(record=Record(protocol=given_as)), OWN)).record.protocol
    assert again == given_as
    assert again.text == given_as.text


@settings(deadline=None, max_examples=20)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=60))
def test_a_protocol_of_ones_own_keeps_its_comments(comment):
    text = f"# {comment}\n{PROTOCOL.text}"
    own = ProtocolFile.read(text, name="own.toml")
    documents = written(Contents(record=Record(protocol=own)), OWN)
    assert documents["protocol"] == {"name": "own.toml", "toml": text}
    assert read(documents).record.protocol == own


def test_nothing_known_of_a_patient_is_an_empty_text():
    assert PatientFile.entered(Patient(), PROTOCOL.protocol) == PatientFile()
    assert PatientFile.entered(Patient(sex="female"), PROTOCOL.protocol).name == ENTERED
    assert PatientFile.read("", name="x", protocol=PROTOCOL.protocol).patient == Patient()


def test_what_is_entered_is_refused_as_a_file_would_be():
    with pytest.raises(ProtocolError, match="height_cm"):
        PatientFile.entered(Patient(height_cm=16.5), PROTOCOL.protocol)


def test_facts_without_a_protocol_that_asks_for_them_are_refused():
    document = {"name": "p.toml", "toml": 'schema = "liverplan.patient/1"\n'}
    with pytest.raises(CaseError, match="no protocol"):
        read({"patient": document})


def test_everything_comes_back():
    contents = Contents(
        record=Record(protocol=PROTOCOL, headers={"common": {}}, visits=visits()),
        plans=(OWN, OTHER),
        annotations=(MEASURED,),
        screen=Screen(plan=1, cut=0, margin_mm=7.5, locked=True),
        others={"laboratory": {"albumin": 41.5}},
    )
    again = read(written(contents, OWN))
    assert again.record == contents.record
    assert again.screen == contents.screen
    assert again.annotations == (MEASURED,)
    assert dict(again.others) == {"laboratory": {"albumin": 41.5}}
    assert [plan.to_json() for plan in again.plans] == [OWN.to_json(), OTHER.to_json()]


@pytest.mark.parametrize(
    ("plans", "kept"), [((), False), ((OWN,), False), ((OTHER,), True), ((OWN, OTHER), True)]
)
def test_a_list_of_plans_is_kept_where_it_says_more_than_the_own_plan(plans, kept):
    assert ("plans" in written(Contents(plans=plans), OWN)) is kept


def test_nothing_is_written_of_what_is_not_known():
    assert written(Contents(), OWN) == {}
    assert read({}).record == Record()
    assert read({}).findings is None
    assert read({}).screen is None
    assert read({}).annotations == ()


def test_findings_of_another_spelling_count_as_none():
    assert read({"findings": {"schema": "liverplan.result/0"}}).findings is None


@pytest.mark.parametrize("document", [{"height_cm": 165}, ["facts"], None])
def test_a_patient_of_another_kind_is_kept_unread(document):
    found = read({"patient": document, "protocol": {"name": "x"}})
    assert dict(found.others) == {"patient": document, "protocol": {"name": "x"}}
    assert found.record.facts == Patient()


@pytest.mark.parametrize("document", [[], {"annotations": []}, {"schema": "other/1"}])
def test_annotations_that_are_none_are_refused(document):
    with pytest.raises(CaseError, match="its annotations"):
        read({"annotations": document})


def test_plans_of_the_time_of_planes_are_read_from_the_screen():
    plane = {"point_mm": [1, 2, 3], "normal": [0, 0, 1]}
    old = {"app": {"plan": 0, "plane": 0, "plans": [{"name": "A", "planes": [plane]}]}}
    found = read(old, plans_on_screen=True)
    assert read(old).plans == (), "no signature speaks of what is on screen"
    assert [plan.name for plan in found.plans] == ["A"]
    assert found.plans[0].cuts[0].point_mm.tolist() == [1, 2, 3]
    assert (found.screen.cut, found.screen.margin_mm, found.screen.locked) == (0, 10.0, False)


def typed(text):
    return PatientFile.read(text, name="p.toml", protocol=PROTOCOL.protocol)


def test_a_document_that_says_the_same_keeps_its_file(tmp_path, state, surgeon):
    """A hand-typed patient file, comments and all, is not spelled anew by another change."""
    hand = typed('schema = "liverplan.patient/1"  # typed\n[person]\nheight_cm = 165.00\n')
    known = replace(state, record=replace(state.record, patient=hand))
    case = create_case(tmp_path / "c", state=known, actor=surgeon, what="Made")
    files = case.state_json["documents"]
    again = open_case(case.folder)
    moved = replace(again.state, plan=OWN, screen=Screen(locked=True))
    after = again.commit(moved, actor=surgeon, what="Moved").state_json["documents"]
    assert {name: after[name] for name in files} == files
    assert open_case(case.folder).state.record.patient.text == hand.text


def test_unreadable_findings_never_outlive_a_change(tmp_path, state, surgeon):
    case = create_case(tmp_path / "c", state=state, actor=surgeon, what="Made")
    assert case.document("findings") is None
    case.state_json["documents"]["findings"] = case.state_json["documents"]["laboratory"]
    after = case.commit(replace(case.state, plan=OWN), actor=surgeon, what="Moved")
    assert after.document("findings") is None
