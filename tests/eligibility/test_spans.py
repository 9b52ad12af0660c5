"""A fact holds for its span, of its plan; each is listed with its person and its days."""

import datetime as dt
from dataclasses import replace

import pytest

from liverplan.eligibility import Fact, judge
from liverplan.words import in_english

DAY = dt.date(2024, 3, 11)


def found(result, name):
    return next(one for one in result.facts if one.id == name)


@pytest.mark.parametrize(("days", "state"), [(28, "met"), (29, "needs judgement")])
def test_a_fact_holds_to_the_last_day_of_its_span(with_fact, protocol, measured, days, state):
    person = with_fact("ecog", 1, date=DAY - dt.timedelta(days))
    result = judge(protocol, person, measured)
    ecog = next(one for one in result.criteria if one.id == "ecog")
    assert ecog.state == state
    assert (result.eligibility == "eligible") == (state == "met")
    fact = found(result, "ecog")
    assert (fact.days_before_decision, fact.valid_days) == (days, 28)
    assert fact.state == ("holds" if state == "met" else "needs judgement")


def test_a_fact_without_a_span_holds_for_good(with_fact, protocol, measured):
    person = with_fact("biopsy", True, date=dt.date(1999, 1, 1))
    assert judge(protocol, person, measured).eligibility == "eligible"
    assert found(judge(protocol, person, measured), "biopsy").valid_days is None


@pytest.mark.parametrize(
    ("plan", "state", "words"),
    [
        ("1f2e", "met", ""),
        ("9999", "needs judgement", "on 2024-03-01 of another plan (9999)"),
        ("", "needs judgement", "on 2024-03-01 without saying of which plan"),
    ],
)
def test_inflow_counts_for_the_plan_that_it_names(patient, protocol, measured, plan, state, words):
    inflow = Fact(value=True, by="K. Dahl", date=dt.date(2024, 3, 1), plan=plan)
    person = replace(patient, facts={**patient.facts, "inflow": inflow})
    result = judge(protocol, person, replace(measured, plan="1f2e"))
    count = next(one for one in result.criteria if one.id == "metastasis_count")
    assert count.state == state
    assert words in in_english(count.finding)
    assert "K. Dahl, 2024-03-01" in count.attested_by


def test_a_remnant_without_outflow_is_not_amenable_to_surgery(patient, protocol, measured):
    gone = Fact(value=False, by="K. Dahl", date=dt.date(2024, 3, 1), plan="1f2e")
    person = replace(patient, facts={**patient.facts, "outflow": gone})
    result = judge(protocol, person, replace(measured, plan="1f2e"))
    assert result.eligibility == "not eligible"


def test_operability_of_another_plan_does_not_count(patient, protocol, measured):
    other = replace(patient.facts["operability"], plan="9999")
    person = replace(patient, facts={**patient.facts, "operability": other})
    assert judge(protocol, person, replace(measured, plan="1f2e")).eligibility == "undecided"


def test_every_fact_of_the_protocol_is_listed_whether_given_or_not(patient, protocol, measured):
    listed = {one.id: one.state for one in judge(protocol, patient, measured).facts}
    assert list(listed) == list(protocol.facts)
    assert listed["inflow"] == "not given"
    nobody = replace(patient.facts["consent"], by=" ")
    person = replace(patient, facts={**patient.facts, "consent": nobody})
    assert found(judge(protocol, person, measured), "consent").state == "not attested"
