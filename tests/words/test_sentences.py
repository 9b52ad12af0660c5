"""Statements as sentences: the same things are said in English and in Swedish."""

import dataclasses
import datetime as dt
import json
from fractions import Fraction

import pytest

from liverplan.eligibility import (
    Fact,
    Measured,
    Patient,
    judge,
    load_protocol,
    parse_protocol,
    protocol_text,
    recist,
    title_said,
)
from liverplan.eligibility.limits_said import limits_said
from liverplan.eligibility.protocol import Limits
from liverplan.eligibility.recist import Visit
from liverplan.findings import CriterionFinding, Findings, Statement, told
from liverplan.words import in_english, said

PROTOCOL = load_protocol("breclim2")
MEASURED = Measured(remnant_ml=430.0, functional_ml=1400.0, liver_ml=1500.0, lesion_count=3)


def swedish(statement):
    return said(statement, "sv").text


def finding(id_, measured=MEASURED, patient=None, protocol=PROTOCOL):
    found = judge(protocol, patient or Patient(), measured)
    return next(c.finding for c in found.criteria if c.id == id_)


def fact(name, value, *, by="Dr Bo Ek", day=dt.date(2026, 1, 2), decided=None):
    return Patient(facts={name: Fact(value=value, by=by, date=day)}, decision_date=decided)


def test_a_remnant_is_said_with_its_range_and_its_other_denominators():
    says = finding("flr", dataclasses.replace(MEASURED, interval_95=(0.28, 0.331)))
    assert in_english(says) == (
        "Functional liver remnant over 30 %: FLR 30.7 % (28.0-33.1) of the functional liver: "
        "above 30 % but too close to 30 % to decide by volume, so check mask and planes; readings "
        "differ, for 28.7 % of the whole liver is not above 30 %."
    )
    assert swedish(says) == (
        "Funktionell kvarvarande lever över 30 %: FLR 30,7 % (28,0-33,1) av den funktionella "
        "levern: över 30 % men för nära 30 % för att avgöras av volymen, kontrollera mask och "
        "snitt; tolkningarna skiljer sig, ty 28,7 % av hela levern är inte över 30 %."
    )


def test_a_remnant_on_its_limit_is_said_exactly():
    says = finding("flr", Measured(remnant_ml=420.0, functional_ml=1400.0))
    assert "exactly 30 % where above 30 % is required; what may be done: embolis" in in_english(
        says
    )
    assert "exakt 30 %, men över 30 % krävs; vad som kan göras: embolisering" in swedish(says)


@pytest.mark.parametrize(
    ("patient", "english", "swedish_"),
    [
        (Patient(), "nobody has attested 'ECOG performance status' yet",
         "ingen har ännu intygat ”funktionsstatus enligt ECOG”"),
        (fact("ecog", 1, by=""), "'ECOG performance status' is stated without who attests it and "
         "when", "”funktionsstatus enligt ECOG” anges utan vem som intygar det och när"),
        (fact("ecog", "unclear"), "'ECOG performance status' was unclear to Dr Bo Ek on 2026-01-02",
         "”funktionsstatus enligt ECOG” var oklart för Dr Bo Ek den 2026-01-02"),
        (fact("ecog", 1, decided=dt.date(2026, 1, 1)), "'ECOG performance status' was attested by "
         "Dr Bo Ek on 2026-01-02, after the day of the decision",
         "”funktionsstatus enligt ECOG” intygades av Dr Bo Ek den 2026-01-02, efter beslutsdagen"),
        (fact("ecog", 1), "'ECOG performance status' is attested as 1 by Dr Bo Ek on 2026-01-02",
         "”funktionsstatus enligt ECOG” är intygat som 1 av Dr Bo Ek den 2026-01-02"),
        (fact("ecog", 3), "'ECOG performance status' is attested as 3 by Dr Bo Ek on 2026-01-02 "
         "where 0 or 1 is required", "”funktionsstatus enligt ECOG” är intygat som 3 av Dr Bo Ek "
         "den 2026-01-02, men 0 eller 1 krävs"),
    ],
)  # fmt: skip
def test_each_state_of_an_attested_fact_is_said(patient, english, swedish_):
    says = finding("ecog", patient=patient)
    assert in_english(says) == f"ECOG 0-1: {english}."
    assert swedish(says) == f"ECOG 0-1: {swedish_}."


def test_yes_and_no_are_words_of_the_language():
    says = finding("pregnancy", patient=fact("pregnancy", value=True))
    assert in_english(says).endswith("is attested as yes by Dr Bo Ek on 2026-01-02 where no is "
                                     "required.")  # fmt: skip
    assert swedish(says).endswith("är intygat som ja av Dr Bo Ek den 2026-01-02, men nej krävs.")


@pytest.mark.parametrize(
    ("count", "english", "swedish_"),
    [
        (1, "1 metastasis, as required (1 to 4)", "1 metastas, som krävs (1 till 4)"),
        (3, "3 metastases, as required (1 to 4)", "3 metastaser, som krävs (1 till 4)"),
        (5, "5 metastases where 1 to 4 is required", "5 metastaser, men 1 till 4 krävs"),
    ],
)
def test_one_is_said_otherwise_than_several(count, english, swedish_):
    says = finding("metastasis_count", dataclasses.replace(MEASURED, lesion_count=count))
    assert english in in_english(says)
    assert swedish_ in swedish(says)


def test_small_ones_and_those_left_are_counted():
    measured = dataclasses.replace(MEASURED, lesions_below_10_mm=2, lesions_in_remnant=1)
    says = finding("metastasis_count", measured)
    assert (
        "3 metastases, 2 shorter than 10 mm, 1 left in the remnant by the plan: one that stays "
        "behind is not operated on by this plan"
    ) in in_english(says)
    assert (
        "3 metastaser, 2 kortare än 10 mm, 1 lämnas kvar av planen: en som lämnas kvar opereras "
        "inte enligt denna plan"
    ) in swedish(says)


@pytest.mark.parametrize(
    ("limits", "unit", "english", "swedish_"),
    [
        ({"above": "0.3"}, "share", "above 30 %", "över 30 %"),
        ({"at_least": "0.296"}, "share", "at least 29.6 %", "minst 29,6 %"),
        ({"at_least": "0.3", "at_most": "0.4"}, "share", "30 to 40 %", "30 till 40 %"),
        ({"above": "18"}, "number", "above 18", "över 18"),
        ({"at_least": "1", "at_most": "4"}, "number", "1 to 4", "1 till 4"),
        ({"above": "1", "below": "4"}, "number", "above 1 and below 4", "över 1 och under 4"),
        ({"at_most": "75.5"}, "number", "at most 75.5", "högst 75,5"),
    ],
)
def test_limits_are_said_with_the_languages_decimal_sign(limits, unit, english, swedish_):
    exactly = Limits(**{name: Fraction(value) for name, value in limits.items()})
    says = limits_said(exactly, unit)
    assert (in_english(says), swedish(says)) == (english, swedish_)


def test_a_response_is_said_with_its_sums():
    visits = [Visit(targets={"1": 800}), Visit(targets={"1": 500}, new_lesion=True)]
    says = recist.assess(visits).finding
    assert in_english(says).startswith(
        "RECIST 1.1: progressive disease (PD); sum 50.0 mm, baseline 80.0 mm (-37.5 %), nadir "
        "80.0 mm (-37.5 %); a new lesion appeared"
    )
    assert swedish(says).startswith(
        "RECIST 1.1: progressiv sjukdom (PD); summa 50,0 mm, utgångsläge 80,0 mm (-37,5 %), nadir "
        "80,0 mm (-37,5 %); en ny lesion har tillkommit"
    )


def test_reasons_name_the_criteria_in_the_readers_language():
    unaccepted = dataclasses.replace(MEASURED, unaccepted=(1, 3))
    reasons = judge(PROTOCOL, fact("consent", value=True), unaccepted).reasons
    assert swedish(reasons[0]).startswith("Saknas: Ålder över 18, ECOG 0-1,")
    assert in_english(reasons[-1]) == "No verdict: liver mask, Metastasis 2 not confirmed."
    assert swedish(reasons[-1]) == "Inget utslag, ej bekräftat: levermasken, metastas 2."


def test_a_protocol_of_ones_own_is_spoken_as_it_is_written():
    text = protocol_text("breclim2").replace('title = "Age over 18"', 'title = "Vuxen {ja}"')
    says = finding("age", protocol=parse_protocol(text, name="own"))
    assert in_english(says) == "Vuxen {ja}: the birth date and the decision date must be given."
    assert swedish(says) == "Vuxen {ja}: födelsedatum och beslutsdatum måste anges."
    assert swedish(title_said("age", "Age over 18")) == "Ålder över 18"


def test_notes_have_their_numbers_and_names_in_both_languages():
    share = Statement.of(
        "note.unusual_share",
        part=Statement.of("part.segment_4", written="segment 4"),
        share=0.284,
        low=0.09,
        high=0.25,
        source="17 +- 4 %: X, 2004",
    )
    assert in_english(share) == (
        "The segment 4 holds 28 % of the liver; 9 to 25 % is usual (17 +- 4 %: X, 2004)."
    )
    assert swedish(share) == (
        "Segment 4 utgör 28 % av levern; 9 till 25 % är vanligt (17 +- 4 %: X, 2004)."
    )
    ct = Statement.of("note.ct", note=Statement.of("ct.overlap", thickness=1.25, spacing=1.0))
    assert in_english(ct) == "CT: its slices overlap: 1.25 mm thick, 1.00 mm apart."
    assert swedish(ct) == "CT: snitten överlappar: 1,25 mm tjocka med 1,00 mm avstånd."


def test_a_stored_finding_is_read_back_to_be_said_in_any_language():
    criterion = next(c for c in judge(PROTOCOL, Patient(), MEASURED).criteria if c.id == "flr")
    document = json.loads(json.dumps(criterion.to_json(in_english)))
    assert document["finding"] == in_english(criterion.finding)
    read = CriterionFinding.from_json(document)
    assert read == criterion
    assert swedish(read.finding) == swedish(criterion.finding)


def test_sentences_of_an_older_document_stay_english_and_say_so(findings):
    document = dataclasses.replace(findings, notes=(told("Check it."),)).to_json(in_english)
    del document["says"]
    document["criteria"] = [{"id": "flr", "state": "met", "finding": "FLR 45.0 %.", "value": 0.45}]
    read = Findings.from_json(document)
    assert read.notes == (told("Check it."),)
    assert [(one.text, one.language) for one in (said(n, "sv") for n in read.notes)] == [
        ("Check it.", "en")
    ]
    assert said(read.criteria[0].finding, "sv").language == "en"
    assert said(Statement.of("note.folds_over"), "sv").language == "sv"


def test_told_sentences_are_stored_as_they_came():
    assert told("Check it.").to_json() == "Check it."
    assert Statement.from_json("Check it.") == told("Check it.")


@pytest.mark.parametrize(
    ("ml", "english", "swedish_"),
    [
        (0.0, "less than 0.1 mL of it", "mindre än 0,1 mL av den"),
        (0.04, "less than 0.1 mL of it", "mindre än 0,1 mL av den"),
        (0.06, "0.1 mL of it", "0,1 mL av den"),
        (3.25, "3.2 mL of it", "3,2 mL av den"),
    ],
)
def test_of_what_stays_no_sentence_says_that_it_is_nothing(ml, english, swedish_):
    says = Statement.of("fault.cuts_lesion", number=1, ml=ml)
    assert in_english(says) == f"The plan cuts through metastasis 1: {english} would stay."
    assert swedish(says) == f"Planen skär igenom metastas 1: {swedish_} skulle bli kvar."
