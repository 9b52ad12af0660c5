"""The trial's table: every state of every criterion, the strict 30 %, and what can never be."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import liverplan.eligibility
from liverplan.eligibility import Measured, Patient, judge, load_patient, load_protocol, recist
from liverplan.eligibility.recist import Visit
from liverplan.errors import InputError
from liverplan.words import in_english

PROTOCOL = load_protocol("breclim2")
PATIENT = load_patient(Path(liverplan.eligibility.__file__).with_name("patient_example.toml"))
ATTESTED = [
    ("consent", "consent", False),
    ("ecog", "ecog", 2),
    ("breast_cancer_history", "breast_cancer_history", False),
    ("biopsy", "biopsy", False),
    ("amenable", "amenable", False),
    ("metastasis_count", "operability", False),
    ("response", "bone", False),
    ("extrahepatic", "extrahepatic", True),
    ("primary_resected", "primary_resected", False),
    ("pregnancy", "pregnancy", True),
    ("progression", "progression", True),
]


def found(id_, patient, measured):
    result = judge(PROTOCOL, patient, measured)
    return next(c for c in result.criteria if c.id == id_), result.eligibility


def response(*sums_mm, **last):
    seen = [Visit(targets={"1": recist.tenths(mm)}) for mm in sums_mm]
    return recist.assess([*seen[:-1], dataclasses.replace(seen[-1], **last)])


def test_a_patient_who_meets_everything_is_eligible(protocol, patient, measured):
    result = judge(protocol, patient, measured)
    assert {c.state for c in result.criteria} == {"met"}
    assert result.eligibility == "eligible"
    assert result.threshold_fraction == 0.30
    assert result.reasons == ()


def test_findings_are_single_sentences_with_their_evidence(protocol, patient, measured):
    for criterion in judge(protocol, patient, measured).criteria:
        assert in_english(criterion.finding).startswith(f"{criterion.title}: ")
        assert in_english(criterion.finding).endswith(".")
        assert "\n" not in in_english(criterion.finding)
        assert criterion.source
    consent, _ = found("consent", patient, measured)
    assert consent.attested_by == (
        "A. Berg, study nurse, 2024-03-01, Version 3, witnessed by L. Ek"
    )


def test_a_note_of_several_lines_stays_one_sentence(tmp_path, example_text, measured):
    path = tmp_path / "patient.toml"
    path.write_text(example_text.replace('by = "A. Berg, study nurse"', 'by = """A.\nBerg"""'))
    consent, _ = found("consent", load_patient(path), measured)
    assert "by A. Berg on 2024-03-01" in in_english(consent.finding)


def test_nothing_known_leaves_everything_missing(protocol):
    result = judge(protocol, Patient(), Measured())
    assert {c.state for c in result.criteria} == {"missing"}
    assert result.eligibility == "undecided"
    assert in_english(result.reasons[0]).startswith("Missing: Signed consent, Age over 18,")


@pytest.mark.parametrize(("id_", "fact", "bad"), ATTESTED)
def test_an_attested_fact_can_fail(with_fact, measured, id_, fact, bad):
    criterion, eligibility = found(id_, with_fact(fact, bad), measured)
    assert criterion.state == "not met"
    assert "is required" in in_english(criterion.finding)
    assert eligibility == "not eligible"


@pytest.mark.parametrize(("id_", "fact", "bad"), ATTESTED)
def test_an_absent_fact_is_missing(with_fact, measured, id_, fact, bad):
    criterion, eligibility = found(id_, with_fact(fact, None), measured)
    assert criterion.state == "missing"
    assert "nobody has attested" in in_english(criterion.finding)
    assert eligibility == "undecided"


@pytest.mark.parametrize(("id_", "fact", "bad"), ATTESTED)
def test_a_fact_without_a_name_or_a_day_is_missing(with_fact, patient, measured, id_, fact, bad):
    good = patient.facts[fact].value
    for change in ({"by": ""}, {"date": None}):
        criterion, eligibility = found(id_, with_fact(fact, good, **change), measured)
        assert criterion.state == "missing"
        assert "without who attests it and when" in in_english(criterion.finding)
        assert criterion.attested_by == ""
        assert eligibility == "undecided"


@pytest.mark.parametrize(("id_", "fact", "bad"), ATTESTED)
def test_an_unclear_fact_needs_judgement(with_fact, measured, id_, fact, bad):
    criterion, eligibility = found(id_, with_fact(fact, "unclear"), measured)
    assert criterion.state == "needs judgement"
    assert eligibility == "undecided"


@pytest.mark.parametrize(("id_", "fact", "bad"), ATTESTED)
def test_a_fact_from_after_the_decision_needs_judgement(
    with_fact, patient, measured, id_, fact, bad
):
    late = with_fact(fact, patient.facts[fact].value, date=dt.date(2024, 3, 12))
    criterion, eligibility = found(id_, late, measured)
    assert criterion.state == "needs judgement"
    assert "after the day of the decision" in in_english(criterion.finding)
    assert eligibility == "undecided"


def test_a_fact_from_the_day_of_the_decision_counts(with_fact, measured):
    criterion, _ = found("consent", with_fact("consent", True, date=dt.date(2024, 3, 11)), measured)
    assert criterion.state == "met"


@pytest.mark.parametrize(
    ("born", "state"),
    [
        ("2006-03-12", "not met"),
        ("2006-03-11", "needs judgement"),
        ("2005-03-12", "needs judgement"),
        ("2005-03-11", "met"),
    ],
)
def test_age_is_strict_and_18_is_read_in_two_ways(patient, measured, born, state):
    young = dataclasses.replace(patient, birth_date=dt.date.fromisoformat(born))
    criterion, _ = found("age", young, measured)
    assert criterion.state == state
    assert ("readings differ" in in_english(criterion.finding)) == (state == "needs judgement")


@pytest.mark.parametrize("lacking", ["birth_date", "decision_date"])
def test_age_needs_both_dates(patient, measured, lacking):
    criterion, _ = found("age", dataclasses.replace(patient, **{lacking: None}), measured)
    assert criterion.state == "missing"
    assert lacking.replace("_", " ") in in_english(criterion.finding)


@pytest.mark.parametrize(
    ("count", "state"), [(0, "not met"), (1, "met"), (4, "met"), (5, "not met"), (7, "not met")]
)
def test_one_to_four_metastases(patient, measured, count, state):
    criterion, _ = found(
        "metastasis_count", patient, dataclasses.replace(measured, lesion_count=count)
    )
    assert criterion.state == state
    assert criterion.value == count


def test_metastases_that_nobody_marked_are_missing_not_none(patient, measured):
    unmarked = dataclasses.replace(measured, lesion_count=None)
    criterion, eligibility = found("metastasis_count", patient, unmarked)
    assert criterion.state == "missing"
    assert eligibility == "undecided"


def test_a_complete_response_leaves_the_count_to_people(patient, measured):
    vanished = dataclasses.replace(measured, lesion_count=0, response=response(30, 0))
    criterion, eligibility = found("metastasis_count", patient, vanished)
    assert criterion.state == "needs judgement"
    assert eligibility == "undecided"


def test_small_and_remaining_metastases_are_counted_and_said(patient, measured):
    plan = dataclasses.replace(measured, lesions_below_10_mm=2, lesions_in_remnant=1)
    criterion, _ = found("metastasis_count", patient, plan)
    assert "3 metastases, 2 shorter than 10 mm, 1 left in the remnant" in in_english(
        criterion.finding
    )


@pytest.mark.parametrize(
    ("planned", "state", "eligible"),
    [
        (True, "met", "eligible"),
        (False, "needs judgement", "undecided"),
        ("unclear", "needs judgement", "undecided"),
        (None, "needs judgement", "undecided"),
    ],
)
def test_what_stays_behind_is_met_by_a_planned_second_stage_alone(
    with_fact, measured, planned, state, eligible
):
    plan = dataclasses.replace(measured, lesions_in_remnant=1)
    criterion, eligibility = found("metastasis_count", with_fact("second_stage", planned), plan)
    assert criterion.state == state
    assert eligibility == eligible
    assert ("second stage" in in_english(criterion.finding)) == (planned is not None)


def test_a_second_stage_that_nobody_names_settles_nothing(with_fact, measured):
    plan = dataclasses.replace(measured, lesions_in_remnant=1)
    criterion, _ = found("metastasis_count", with_fact("second_stage", True, by=" "), plan)
    assert criterion.state == "needs judgement"


def test_a_metastasis_that_is_cut_through_is_not_met_whatever_is_planned(with_fact, measured):
    plan = dataclasses.replace(measured, lesions_in_remnant=1, lesions_cut_through=1)
    criterion, eligibility = found("metastasis_count", with_fact("second_stage", True), plan)
    assert criterion.state == "not met"
    assert eligibility == "not eligible"
    assert "1 cut through: one that is cut through is not removed" in in_english(criterion.finding)


@pytest.mark.parametrize(
    ("remnant", "functional", "state", "shown"),
    [
        (
            450.0,
            1500.0,
            "not met",
            "FLR 30.0 % of the functional liver: exactly 30 % where above 30 %",
        ),
        (450.1, 1500.0, "met", "FLR 30.01 % of the functional liver: above 30 %"),
        (449.9, 1500.0, "not met", "FLR 29.99 % of the functional liver: below 30 %"),
        (0.9, 3.0, "not met", "exactly 30 %"),
        (0.3, 1.0, "not met", "exactly 30 %"),
        (430.5, 1435.0, "not met", "exactly 30 %"),
        (450.0000001, 1500.0, "met", "above 30 %"),
        (449.9999999, 1500.0, "not met", "below 30 %"),
        (412.0, 1000.0, "met", "FLR 41.2 %"),
    ],
)
def test_30_percent_is_strict_and_unrounded(patient, remnant, functional, state, shown):
    criterion, _ = found("flr", patient, Measured(remnant_ml=remnant, functional_ml=functional))
    assert criterion.state == state
    assert shown in in_english(criterion.finding)
    assert criterion.value == pytest.approx(remnant / functional)


def test_v1_readings_differ_and_the_deciding_one_decides(patient):
    plan = Measured(
        remnant_ml=480,
        functional_ml=1530,
        liver_ml=1650,
        estimated_liver_ml=1475.5,
        formula="vauthey_mosteller",
    )
    criterion, _ = found("flr", patient, plan)
    assert criterion.state == "met"
    assert "FLR 31.4 % of the functional liver" in in_english(criterion.finding)
    assert "readings differ, for 29.1 % of the whole liver is not above 30 %" in in_english(
        criterion.finding
    )
    assert "32.5 % of the estimated liver (Vauthey 2002 (Mosteller))" in in_english(
        criterion.finding
    )


def test_a_reading_above_beside_a_plan_below_is_said(patient):
    plan = Measured(remnant_ml=440, functional_ml=1500, estimated_liver_ml=1400)
    criterion, _ = found("flr", patient, plan)
    assert criterion.state == "not met"
    assert "readings differ, for 31.4 % of the estimated liver is above 30 %" in in_english(
        criterion.finding
    )


@pytest.mark.parametrize(
    ("fraction", "interval", "words"),
    [
        (0.412, (0.386, 0.438), "FLR 41.2 % (38.6-43.8) of the functional liver: above 30 %, w"),
        (0.240, (0.225, 0.255), "FLR 24.0 % (22.5-25.5) of the functional liver: below 30 %, w"),
        (0.309, (0.290, 0.328), "above 30 % but too close to 30 % to decide by volume"),
        (0.291, (0.270, 0.301), "below 30 % but too close to 30 % to decide by volume"),
        (0.31, (0.3, 0.32), "but too close to 30 % to decide by volume"),
    ],
)  # fmt: skip
def test_the_interval_is_said_beside_the_number(patient, fraction, interval, words):
    plan = Measured(remnant_ml=fraction * 1000, functional_ml=1000, interval_95=interval)
    criterion, _ = found("flr", patient, plan)
    assert words in in_english(criterion.finding)
    assert criterion.state == ("met" if fraction > 0.3 else "not met")
    keys = {reason.key for reason in judge(PROTOCOL, patient, plan).reasons}
    near = {"why.near_limit_attested"} if fraction > 0.3 else {"why.too_close"}
    assert keys & {"why.near_limit_attested", "why.too_close"} == (
        near if "too close" in words else set()
    )


def near(measured):
    """31 % of the functional liver, with an interval that spans the limit."""
    return dataclasses.replace(
        measured, remnant_ml=310.0, functional_ml=1000.0, liver_ml=1020.0, estimated_liver_ml=None,
        interval_95=(0.29, 0.33),
    )  # fmt: skip


def test_a_remnant_near_its_limit_is_for_the_committee_to_decide(with_fact, measured):
    judged = judge(PROTOCOL, with_fact("close_remnant", None), near(measured))
    assert {c.state for c in judged.criteria} == {"met"}
    assert judged.eligibility == "undecided"
    assert [in_english(reason) for reason in judged.reasons] == [
        "Too close to 30 % to decide by volume alone: the protocol's rule 'Functional liver "
        "remnant over 30 %' counts the unrounded share of the functional liver, which meets it; "
        "the committee decides, and attests 'remnant near its limit found to be enough'."
    ]


def test_what_the_committee_attests_of_a_near_remnant_stands_beside_eligible(with_fact, measured):
    judged = judge(PROTOCOL, with_fact("close_remnant", True), near(measured))
    assert judged.eligibility == "eligible"
    said = " ".join(map(in_english, judged.reasons))
    assert "Settled by people: 'remnant near its limit found to be enough' is attested" in said
    assert "The remnant is too close to its limit" in said


@pytest.mark.parametrize("word", [False, "unclear"])
def test_a_committee_that_does_not_find_it_enough_leaves_it_undecided(with_fact, measured, word):
    judged = judge(PROTOCOL, with_fact("close_remnant", word), near(measured))
    assert judged.eligibility == "undecided"
    flr = next(c for c in judged.criteria if c.id == "flr")
    assert flr.state == "met"
    assert "remnant near its limit found to be enough" in in_english(flr.finding)


def test_a_protocol_that_names_nobody_leaves_a_near_remnant_undecided(patient, measured):
    bare = dataclasses.replace(
        PROTOCOL, criteria=tuple(dataclasses.replace(c, settled_by={}) for c in PROTOCOL.criteria)
    )
    judged = judge(bare, patient, near(measured))
    assert judged.eligibility == "undecided"
    assert in_english(judged.reasons[0]).endswith("which meets it; the committee decides.")


@pytest.mark.parametrize("interval", [(0.2, 0.3), (0.32, 0.4)])
def test_a_number_outside_its_own_interval_is_refused(patient, measured, interval):
    wrong = dataclasses.replace(near(measured), interval_95=interval)
    with pytest.raises(InputError, match=r"The remnant is 31.00 %, outside its own interval"):
        judge(PROTOCOL, patient, wrong)


def test_without_a_plan_or_a_liver_the_remnant_is_missing(patient):
    criterion, _ = found("flr", patient, Measured(functional_ml=1500, liver_ml=1600))
    assert (criterion.state, criterion.value) == ("missing", None)
    assert "no resection is planned yet" in in_english(criterion.finding)
    criterion, _ = found("flr", patient, Measured())
    assert "the liver has not been measured yet" in in_english(criterion.finding)


@pytest.mark.parametrize(
    ("denominator", "state", "words"),
    [
        ("of_liver", "not met", "FLR 29.1 % of the whole liver: below 30 %; readings differ"),
        ("of_estimated", "missing", "needs the patient's height and weight"),
    ],
)
def test_another_protocol_may_let_another_denominator_decide(
    tmp_path, protocol_text, patient, denominator, state, words
):
    path = tmp_path / "other.toml"
    path.write_text(protocol_text.replace('"of_functional"', f'"{denominator}"'))
    plan = Measured(remnant_ml=480, functional_ml=1530, liver_ml=1650)
    flr = next(c for c in judge(load_protocol(path), patient, plan).criteria if c.id == "flr")
    assert flr.state == state
    assert words in in_english(flr.finding)


def test_a_threshold_may_be_inclusive(tmp_path, protocol_text, patient):
    path = tmp_path / "other.toml"
    path.write_text(protocol_text.replace("above = 0.30", "at_least = 0.30"))
    inclusive = load_protocol(path)
    plan = Measured(remnant_ml=450, functional_ml=1500)
    flr = next(c for c in judge(inclusive, patient, plan).criteria if c.id == "flr")
    assert flr.state == "met"
    assert inclusive.threshold_fraction == 0.30


@pytest.mark.parametrize(
    ("seen", "state", "value"),
    [
        (response(80, 56.0), "met", "PR"),
        (response(80, 70), "met", "SD"),
        (response(80, 0), "met", "CR"),
        (response(50, 20, 25), "not met", "PD"),
        (response(80, 60, new_lesion=True), "not met", "PD"),
        (response(80, 60, targets={"1": None}), "needs judgement", "NE"),
    ],
)
def test_response_of_the_liver(patient, measured, seen, state, value):
    criterion, _ = found("response", patient, dataclasses.replace(measured, response=seen))
    assert criterion.state == state
    assert criterion.value == value


def test_response_without_two_visits_is_missing(patient, measured):
    once = dataclasses.replace(patient, visits=patient.visits[:1])
    criterion, eligibility = found("response", once, measured)
    assert criterion.state == "missing"
    assert eligibility == "undecided"


def test_lengths_without_who_measured_them_are_missing(patient, measured):
    for by in ((), ("R. Lind", "")):
        unnamed = dataclasses.replace(patient, visits_by=by)
        criterion, _ = found("response", unnamed, measured)
        assert criterion.state == "missing"
        assert "lack who measured them" in in_english(criterion.finding)


def test_compared_images_come_before_the_files_visits(patient, measured):
    compared = dataclasses.replace(measured, response=response(20, 40))
    criterion, _ = found("response", patient, compared)
    assert criterion.value == "PD"


def test_sums_that_contradict_attested_absence_of_progression_need_judgement(patient, measured):
    grown = dataclasses.replace(measured, response=response(20, 40))
    criterion, eligibility = found("progression", patient, grown)
    assert criterion.state == "needs judgement"
    assert "but the lesions' sums say progression" in in_english(criterion.finding)
    assert eligibility == "not eligible"


def test_masks_that_nobody_accepted_leave_the_verdict_open(protocol, patient, measured):
    raw = dataclasses.replace(measured, unaccepted=(1,))
    result = judge(protocol, patient, raw)
    assert result.eligibility == "undecided"
    assert [in_english(reason) for reason in result.reasons] == [
        "No verdict: liver mask not confirmed."
    ]


@pytest.mark.parametrize(
    "bad",
    [
        {"remnant_ml": float("nan")},
        {"remnant_ml": -1.0},
        {"functional_ml": 0.0},
        {"liver_ml": float("inf")},
        {"estimated_liver_ml": 0.0},
        {"interval_95": (float("nan"), 0.4)},
        {"interval_95": (0.5, 0.4)},
        {"lesion_count": -1},
    ],
)
def test_what_cannot_have_been_measured_is_refused(bad):
    with pytest.raises(InputError, match=f"cannot be judged: {next(iter(bad))}"):
        Measured(**bad)


VOLUME = st.floats(1, 4000)


@given(functional=VOLUME, share=st.floats(0, 1), more=st.floats(0, 500))
def test_a_larger_remnant_is_never_judged_worse(functional, share, more):
    states = []
    for remnant in (functional * share, functional * share + more):
        plan = Measured(remnant_ml=remnant, functional_ml=functional)
        criterion, _ = found("flr", PATIENT, plan)
        states.append(criterion.state)
    assert states != ["met", "not met"]


@given(remnant=VOLUME, functional=VOLUME, low=st.floats(0, 1), high=st.floats(1, 2))
def test_the_shown_percentage_never_crosses_30(remnant, functional, low, high):
    share = remnant / functional
    plan = Measured(
        remnant_ml=remnant, functional_ml=functional, interval_95=(low * share, high * share)
    )
    criterion, _ = found("flr", PATIENT, plan)
    shown = in_english(criterion.finding).split("FLR ")[1].split(" %")[0]
    assert (float(shown) > 30) == (criterion.state == "met")


@given(
    drop=st.sets(st.sampled_from(sorted(PATIENT.facts))),
    unclear=st.sets(st.sampled_from(sorted(PATIENT.facts))),
    flip=st.sets(st.sampled_from([fact for _, fact, _ in ATTESTED if fact != "ecog"])),
    remnant=st.none() | st.floats(1, 1000),
    count=st.none() | st.integers(0, 9),
    accepted=st.booleans(),
)
def test_eligible_only_if_every_criterion_is_met(drop, unclear, flip, remnant, count, accepted):
    facts = {}
    for name, fact in PATIENT.facts.items():
        value = "unclear" if name in unclear else (not fact.value if name in flip else fact.value)
        if name not in drop:
            facts[name] = dataclasses.replace(fact, value=value)
    plan = Measured(
        remnant_ml=remnant,
        functional_ml=1000,
        lesion_count=count,
        unaccepted=() if accepted else (1,),
    )
    result = judge(PROTOCOL, dataclasses.replace(PATIENT, facts=facts), plan)
    states = {c.state for c in result.criteria}
    assert (result.eligibility == "eligible") == (states == {"met"} and accepted)
    assert (result.eligibility == "not eligible") == ("not met" in states)
