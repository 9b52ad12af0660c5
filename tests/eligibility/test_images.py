"""The CT's day and person beside the patient's file: agrees, needs judgement, or said to lack."""

import datetime as dt
from dataclasses import replace

import pytest

from liverplan.eligibility import judge
from liverplan.eligibility.images import Images, checks_of
from liverplan.words import in_english

CT = Images(
    date=dt.date(2024, 2, 26),
    patient_id="4711",
    birth_date=dt.date(1961, 4, 2),
    sex="female",
    phase="portal",
    thickness_mm=1.5,
)


def check(protocol, patient, images, name):
    return next(one for one in checks_of(protocol, patient, images) if one.id == name)


def test_a_ct_of_this_person_and_these_days_agrees_with_the_file(protocol, patient, measured):
    found = checks_of(protocol, patient, CT)
    assert [one.id for one in found] == ["ct_date", "patient_id", "birth_date", "sex"]
    assert {one.state for one in found} == {"agrees"}
    assert in_english(found[0].says) == (
        "The CT of 2024-02-26, portal venous phase, slices of 1.5 mm: 14 days before the decision."
    )
    assert judge(protocol, patient, replace(measured, images=CT)).eligibility == "eligible"


@pytest.mark.parametrize(
    ("changed", "name", "words"),
    [
        ({"patient_id": "12"}, "patient_id", "gives another patient ID than the patient's file"),
        ({"birth_date": dt.date(1961, 2, 4)}, "birth_date", "gives another birth date"),
        ({"sex": "male"}, "sex", "gives another sex"),
        ({"date": dt.date(2024, 3, 12)}, "ct_date", "taken after the day of the decision"),
        ({"date": dt.date(2024, 1, 14)}, "ct_date", "57 days before the decision, where images"),
        ({"date": dt.date(2009, 5, 27)}, "ct_date", "5402 days before the decision"),
    ],
)
def test_another_person_or_other_days_leave_nobody_eligible(
    protocol, patient, measured, changed, name, words
):
    images = replace(CT, **changed)
    one = check(protocol, patient, images, name)
    assert one.state == "needs judgement"
    assert words in in_english(one.says)
    result = judge(protocol, patient, replace(measured, images=images))
    assert result.eligibility == "undecided"
    assert in_english(one.says) in map(in_english, result.reasons)


@pytest.mark.parametrize("day", [dt.date(2024, 3, 11), dt.date(2024, 1, 15)])
def test_the_first_and_the_last_day_that_images_hold_agree(protocol, patient, day):
    assert check(protocol, patient, replace(CT, date=day), "ct_date").state == "agrees"


@pytest.mark.parametrize(
    ("of_ct", "of_file", "words"),
    [
        ("", "4711", "not compared: the CT does not give it."),
        ("4711", "", "not compared: no patient's file gives it."),
        ("", " ", "not compared: neither the CT nor the patient's file gives it."),
        (" 4711 ", "4711", "give the same patient ID."),
    ],
)
def test_what_is_not_given_is_said_and_blocks_nobody(
    protocol, patient, measured, of_ct, of_file, words
):
    person, images = replace(patient, patient_id=of_file), replace(CT, patient_id=of_ct)
    one = check(protocol, person, images, "patient_id")
    assert one.state == ("agrees" if "same" in words else "not given")
    assert in_english(one.says).endswith(words)
    assert judge(protocol, person, replace(measured, images=images)).eligibility == "eligible"


@pytest.mark.parametrize(
    ("images", "decided", "words"),
    [
        (replace(CT, date=None), True, "The CT without a date, portal venous phase, slices of 1.5"),
        (replace(CT, phase="", thickness_mm=None), False, "The CT of 2024-02-26, phase not given:"),
    ],
)
def test_an_age_that_is_not_known_is_said(protocol, patient, images, decided, words):
    person = patient if decided else replace(patient, decision_date=None)
    one = check(protocol, person, images, "ct_date")
    assert one.state == "not given"
    assert in_english(one.says).startswith(words)
    assert in_english(one.says).endswith("its age is not known.")
    assert ("the decision date is not given" in in_english(one.says)) != decided


def test_a_protocol_without_a_span_says_that_it_has_none(protocol, patient):
    criteria = tuple(replace(c, images_valid_days=None) for c in protocol.criteria)
    old = replace(CT, date=dt.date(2009, 5, 27))
    one = check(replace(protocol, criteria=criteria), patient, old, "ct_date")
    assert one.state == "not given"
    assert in_english(one.says).endswith("the protocol does not say how long images hold.")
