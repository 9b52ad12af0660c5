"""Findings in Swedish: what the shipped protocol says is known, and what is not stays English."""

import pytest

from liverplan.eligibility import Measured, Patient, judge, parse_protocol, protocol_text
from liverplan.report.phrases import said
from liverplan.resection.cuts.folded import FALLBACK
from liverplan.workflow.measuring import TERRITORIES_TOLD, VESSELS_UNKNOWN


@pytest.fixture(scope="module")
def protocol():
    return parse_protocol(protocol_text("breclim2"), name="breclim2")


MEASURED = {
    "functional_ml": 1400.0, "liver_ml": 1500.0, "lesion_count": 3, "lesions_below_10_mm": 0,
    "lesions_in_remnant": 0, "estimated_liver_ml": None, "formula": "", "unaccepted": (),
}  # fmt: skip


@pytest.mark.parametrize(
    "found",
    [
        {"remnant_ml": 600.0, "interval_95": (0.4, 0.46)},
        {"remnant_ml": 430.0, "interval_95": (0.28, 0.33)},
        {"remnant_ml": 400.0, "interval_95": (0.25, 0.29)},
        {"remnant_ml": None, "interval_95": None},
        {"remnant_ml": 600.0, "interval_95": (0.4, 0.46), "unaccepted": ("liver mask",)},
        {"remnant_ml": 600.0, "interval_95": (0.4, 0.46), "lesion_count": 6},
    ],
)
def test_all_that_the_shipped_protocol_says_of_a_plan_is_known(protocol, found):
    judgement = judge(protocol, Patient(), Measured(**{**MEASURED, **found}))
    sentences = [c.finding for c in judgement.criteria] + [c.title for c in judgement.criteria]
    for sentence in (*sentences, *judgement.reasons):
        assert said(sentence, "sv").language == "sv", sentence


@pytest.mark.parametrize(
    ("english", "swedish"),
    [
        ("Metastasis 12 stays in the remnant.", "Metastas 12 blir kvar."),
        (
            "CT: its slices overlap: 1.25 mm thick, 1.00 mm apart.",
            "CT: snitten överlappar: 1,25 mm tjocka med 1,00 mm avstånd.",
        ),
        (
            "CT: padding of -3024 HU outside the field of view was kept.",
            "CT: utfyllnaden på -3024 HU utanför synfältet behölls.",
        ),
        (
            "The segment 4 holds 28 % of the liver; 9 to 25 % is usual (17 +- 4 %: X, 2004).",
            "Segment 4 utgör 28 % av levern; 9 till 25 % är vanligt (17 +- 4 %: X, 2004).",
        ),
        (
            "Functional liver remnant over 30 %: FLR 32.3 % (28.1-36.7) of the functional liver: "
            "above 30 %, whole range; 31.6 % of the whole liver.",
            "Funktionell kvarvarande lever över 30 %: FLR 32,3 % (28,1-36,7) av den "
            "funktionella levern: över 30 %, hela intervallet; 31,6 % av hela levern.",
        ),
        (
            "Missing: Signed consent, ECOG 0-1.",
            "Saknas: Undertecknat samtycke, ECOG 0-1.",
        ),
        (
            "ECOG 0-1: 'ECOG performance status' is attested as 1 by Dr Bo Ek on 2026-01-02.",
            "ECOG 0-1: ”funktionsstatus enligt ECOG” är intygat som 1 av Dr Bo Ek den 2026-01-02.",
        ),
    ],
)
def test_sentences_with_their_numbers_and_names(english, swedish):
    assert said(english, "sv").text == swedish
    assert said(english, "en").text == english


@pytest.mark.parametrize("sentence", [VESSELS_UNKNOWN, TERRITORIES_TOLD, FALLBACK])
def test_notes_of_a_plan_are_known(sentence):
    assert said(sentence, "sv").language == "sv"


@pytest.mark.parametrize(
    "sentence", ["its files have no UID", "Missing: Signed consent, Blue eyes.", "", "A: b; c."]
)
def test_what_is_not_known_stays_english_as_a_whole(sentence):
    assert said(sentence, "sv").text == sentence
    assert said(sentence, "sv").language == "en"
