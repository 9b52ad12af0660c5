"""The rules at both sides of their limits: bounds, precedence, readings, exactness."""

import datetime as dt
import itertools
from dataclasses import replace
from fractions import Fraction

import pytest

from liverplan.eligibility import Fact, Measured, Patient, judge, load_protocol
from liverplan.eligibility.judge import _eligibility
from liverplan.eligibility.measures.remnant import spans_limit
from liverplan.eligibility.part import WORST_FIRST, Part, counted, worst
from liverplan.eligibility.protocol import Criterion, Limits, OtherReading
from liverplan.findings import CriterionFinding, told
from liverplan.findings.exact import exact, on_its_side, side
from liverplan.volumetry.formulas import volume_warnings

BELOW, ON, ABOVE = Fraction("0.2999"), Fraction("0.3"), Fraction("0.3001")


def criterion(*, other=None, **limits):
    return Criterion(
        id="age", title="Age", role="inclusion", kind="computed", text="", source="",
        limits=Limits(**{name: Fraction(value) for name, value in limits.items()}),
        other_reading=other,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("bound", "allowed"),
    [
        ("above", (False, False, True)),
        ("at_least", (False, True, True)),
        ("below", (True, False, False)),
        ("at_most", (True, True, False)),
    ],
)
def test_each_bound_is_strict_or_not_on_the_limit_itself(bound, allowed):
    limits = Limits(**{bound: Fraction("0.3")})
    assert tuple(limits.allow(value) for value in (BELOW, ON, ABOVE)) == allowed
    assert not limits.empty
    assert Limits().empty


def test_all_bounds_must_hold_at_once():
    limits = Limits(at_least=Fraction(1), below=Fraction(5))
    assert [limits.allow(Fraction(n)) for n in range(7)] == [False, *[True] * 4, False, False]


@pytest.mark.parametrize(
    ("limits", "limit"),
    [({"above": "0.3"}, "0.3"), ({"at_least": "0.4"}, "0.4"), ({"below": "0.5"}, "0")],
)
def test_the_limit_of_a_criterion_is_its_lower_one(limits, limit):
    assert criterion(**limits).limit == Fraction(limit)


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(WORST_FIRST, 2)))
def test_of_two_parts_the_worse_decides_whatever_their_order(first, second):
    parts = [Part(state=first, says=told("")), Part(state=second, says=told(""))]
    assert worst(parts) == worst(parts[::-1]) == first


def test_the_order_from_worst_to_best():
    assert WORST_FIRST == ("not met", "missing", "needs judgement", "met")


@pytest.mark.parametrize(
    ("states", "unaccepted", "eligibility"),
    [
        (("met", "met"), (), "eligible"),
        (("met", "met"), (1,), "undecided"),
        (("met", "met"), (3,), "undecided"),
        (("met", "needs judgement"), (), "undecided"),
        (("met", "missing"), (), "undecided"),
        (("met", "not met"), (), "not eligible"),
        (("missing", "not met"), (), "not eligible"),
        (("needs judgement", "not met"), (1,), "not eligible"),
    ],
)
def test_eligibility_follows_from_the_states_and_the_masks(states, unaccepted, eligibility):
    found = [CriterionFinding(id=str(n), state=s, finding=told("")) for n, s in enumerate(states)]
    assert _eligibility(found, sure=not unaccepted) == eligibility


@pytest.mark.parametrize(
    ("number", "state", "key"),
    [
        (17, "not met", "finding.where_required"),
        (18, "needs judgement", "finding.other_reading"),
        (19, "met", "finding.as_required"),
    ],
)
def test_a_number_is_for_people_only_where_the_readings_differ(number, state, key):
    other = OtherReading(limits=Limits(at_least=Fraction(18)), words="the header")
    part = counted(criterion(above=18, other=other), number, told("so many"))
    assert (part.state, part.says.key, part.value) == (state, key, number)


@pytest.mark.parametrize(
    ("interval", "spans"),
    [
        (None, False),
        ((0.28, 0.3), False),
        ((0.28, 0.3001), True),
        ((0.3, 0.32), True),
        ((0.3001, 0.32), False),
    ],
)
def test_an_interval_spans_the_limit_where_its_ends_are_judged_otherwise(interval, spans):
    remnant = load_protocol("breclim2").remnant_criterion
    assert spans_limit(remnant, Measured(interval_95=interval)) is spans


@pytest.mark.parametrize(
    ("fraction", "sign"), [(BELOW, -1), (ON, 0), (ABOVE, 1), (ON + Fraction(1, 10**30), 1),
                           (ON - Fraction(1, 10**30), -1)],
)  # fmt: skip
def test_a_fraction_stays_on_its_side_of_the_limit_as_a_float(fraction, sign):
    assert side(fraction, ON) == sign
    assert side(exact(on_its_side(fraction, ON)), ON) == sign
    assert on_its_side(fraction, ON) == pytest.approx(float(fraction))


def test_a_remnant_a_hair_above_the_limit_is_met_and_never_said_to_be_on_it():
    plan = Measured(remnant_ml=300.00000000000006, functional_ml=1000.0)
    flr = next(c for c in judge(load_protocol(), Patient(), plan).criteria if c.id == "flr")
    assert flr.state == "met"
    (says,) = flr.finding.value("parts")
    (deciding,) = says.value("parts")
    assert deciding.value("share") > 0.3
    assert deciding.value("side").key == "finding.above"


def test_reasons_come_worst_first_and_name_no_criterion_that_is_met():
    plan = Measured(remnant_ml=200.0, functional_ml=1000.0, lesion_count=2)
    reasons = judge(load_protocol(), Patient(), plan).reasons
    assert [reason.key for reason in reasons] == ["why.not_met", "why.missing"]
    (title,) = reasons[0].value("titles")
    assert title.key == "criterion.flr"


def test_reasons_name_what_people_must_judge_and_masks_that_nobody_accepted(patient, measured):
    unclear = replace(patient, facts=patient.facts | {"consent": Fact(
        value="unclear", by="A. Berg", date=dt.date(2024, 3, 1))})  # fmt: skip
    reasons = judge(load_protocol(), unclear, replace(measured, unaccepted=(1, 3))).reasons
    assert [reason.key for reason in reasons] == ["why.needs_judgement", "why.unconfirmed"]
    named = reasons[1].value("masks")
    assert [mask.key for mask in named] == ["why.liver", "why.lesion"]
    assert named[1].value("number") == 2, "label 3 is metastasis 2"
    (title,) = reasons[0].value("titles")
    assert title.key == "criterion.consent"
    liver, lesion = reasons[1].value("masks")
    assert (liver.key, lesion.key, lesion.value("number")) == ("why.liver", "why.lesion", 2)


@pytest.mark.parametrize(
    ("ml", "keys"),
    [
        (299.9, ["note.liver_impossible"]),
        (300.0, ["note.liver_unusual"]),
        (699.9, ["note.liver_unusual"]),
        (700.0, []),
        (4000.0, []),
        (4000.1, ["note.liver_unusual"]),
        (6000.0, ["note.liver_unusual"]),
        (6000.1, ["note.liver_impossible"]),
    ],
)
def test_a_livers_volume_is_doubted_beyond_its_limits(ml, keys):
    assert [says.key for says in volume_warnings(liver_ml=ml, tumour_ml=0.0)] == keys


@pytest.mark.parametrize(
    ("ml", "doubted"), [(599.9, True), (600.0, False), (1600.0, False), (1600.1, True)]
)
def test_a_liver_unlike_the_body_is_doubted_below_06_and_above_16_times(ml, doubted):
    found = volume_warnings(liver_ml=ml, tumour_ml=0.0, estimated_ml=1000.0)
    assert ("note.liver_unlike_body" in [says.key for says in found]) is doubted


@pytest.mark.parametrize(("tumour", "doubted"), [(400.0, False), (400.1, True)])
def test_more_than_two_fifths_of_tumour_are_doubted(tumour, doubted):
    found = volume_warnings(liver_ml=1000.0, tumour_ml=tumour)
    assert [says.key for says in found] == (["note.much_tumour"] if doubted else [])


def parts_of(id_, patient, measured):
    found = judge(load_protocol(), patient, measured).criteria
    return next(c.finding for c in found if c.id == id_).value("parts")


@pytest.mark.parametrize(
    ("lacking", "key"),
    [
        (("birth_date", "decision_date"), "finding.dates_missing"),
        (("birth_date",), "finding.birth_missing"),
        (("decision_date",), "finding.decision_missing"),
    ],
)
def test_the_date_that_an_age_lacks_is_named(patient, measured, lacking, key):
    parts = parts_of("age", replace(patient, **dict.fromkeys(lacking)), measured)
    assert [part.key for part in parts] == [key]


@pytest.mark.parametrize(
    ("visits", "by", "key"),
    [
        (0, (), "finding.no_baseline"),
        (1, ("R. Lind",), "finding.no_baseline"),
        (2, ("R. Lind", " "), "finding.unnamed_lengths"),
        (2, ("R. Lind",), "finding.unnamed_lengths"),
    ],
)
def test_what_a_response_lacks_is_named(patient, measured, visits, by, key):
    seen = replace(patient, visits=patient.visits[:visits], visits_by=by)
    assert parts_of("response", seen, measured)[0].key == key


@pytest.mark.parametrize(
    ("lacking", "key"),
    [
        ({"functional_ml": None}, "finding.liver_unmeasured"),
        ({"remnant_ml": None}, "finding.no_resection"),
        ({"functional_ml": None, "remnant_ml": None}, "finding.liver_unmeasured"),
    ],
)
def test_what_a_remnant_lacks_is_named(patient, measured, lacking, key):
    assert [p.key for p in parts_of("flr", patient, replace(measured, **lacking))] == [key]


@pytest.mark.parametrize(
    ("small", "left", "keys"),
    [
        (0, 0, ["finding.count"]),
        (1, 0, ["finding.count", "finding.small"]),
        (0, 1, ["finding.count", "finding.left"]),
        (1, 1, ["finding.count", "finding.small", "finding.left"]),
    ],
)
def test_small_and_left_metastases_are_named_where_there_are_any(
    patient, measured, small, left, keys
):
    counted_ = replace(measured, lesions_below_10_mm=small, lesions_in_remnant=left)
    says = parts_of("metastasis_count", patient, counted_)[0]
    assert [number.key for number in says.value("found").value("numbers")] == keys
