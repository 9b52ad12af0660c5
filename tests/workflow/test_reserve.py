"""A remnant beside body, liver and blood: by hand, and only by facts that hold."""

import json
import math

import pytest

from liverplan.eligibility import Patient
from liverplan.findings import (
    FactFinding,
    RemnantFraction,
    Reserve,
    Statement,
    Uncertainty,
    Volumes,
)
from liverplan.workflow.phase_named import phase_in
from liverplan.workflow.reserve import parenchyma, reserve_of

V1 = Volumes(liver_ml=1650, tumour_ml=120, functional_ml=1530, remnant_ml=480, resected_ml=1050)
SHARES = RemnantFraction(
    of_functional=480 / 1530, of_liver=480 / 1650, of_estimated=480 / 1475.5,
    estimated_liver_ml=1475.5,
)  # fmt: skip
DOUBT = Uncertainty(
    interval_95=(0.28, 0.35), probability_above_threshold=0.8, remnant_95_ml=(430.0, 530.0)
)
BODY = Patient(height_cm=165, weight_kg=70)


def fact(name, value, state="holds"):
    return FactFinding(id=name, label=Statement.of(f"fact.{name}"), state=state, value=value)


def of_v1(*facts, body=BODY):
    return reserve_of(V1, SHARES, DOUBT, body, facts)


def test_v1_by_weight_surface_and_estimated_liver():
    found = of_v1()
    assert found.per_weight_fraction == pytest.approx(0.0069, abs=5e-5)
    assert found.per_surface_ml_m2 == pytest.approx(268.0, abs=0.05)
    assert found.standardised_fraction == pytest.approx(0.325, abs=5e-4)
    assert found.standardised_95 == pytest.approx((430 / 1475.5, 530 / 1475.5))


def test_each_quantity_has_the_remnants_own_range():
    found = of_v1()
    assert found.per_weight_95 == pytest.approx((430 / 70000, 530 / 70000))
    assert found.per_surface_95 == pytest.approx((430 / 1.7912, 530 / 1.7912), rel=1e-4)


def test_the_estimates_spread_between_persons_widens_the_standardised_share():
    found = of_v1()
    low, high = found.standardised_with_formula_95
    assert found.formula_spread_fraction == pytest.approx(0.179, abs=5e-4)
    assert "Feng" in found.formula_spread_source
    spread = 1.96 * math.log(1.179)
    assert math.log(found.standardised_fraction / low) == pytest.approx(
        math.hypot(spread, math.log(480 / 430)), rel=1e-3
    )
    assert math.log(high / found.standardised_fraction) == pytest.approx(
        math.hypot(spread, math.log(530 / 480)), rel=1e-3
    )


def test_what_is_written_of_a_reserve_is_read_back():
    found = of_v1()
    assert Reserve.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_without_a_body_nothing_is_made_up():
    found = reserve_of(V1, RemnantFraction(of_functional=0.3, of_liver=0.3), DOUBT, Patient(), ())
    assert (found.per_weight_fraction, found.per_surface_ml_m2) == (None, None)
    assert found.standardised_95 is found.per_weight_95 is found.per_surface_95 is None
    assert found.standardised_with_formula_95 is found.formula_spread_fraction is None
    unknown = [one for one in found.limits if one.reached is None]
    assert {one.quantity for one in unknown} == {"of_estimated", "per_weight", "per_surface"}


@pytest.mark.parametrize(
    ("held", "kind"),
    [
        ({}, None),
        ({"fibrosis": True}, "fibrosis"),
        ({"fibrosis": False}, None),
        ({"fibrosis": False, "steatosis": True}, "injured"),
        ({"fibrosis": False, "steatosis": False}, None),
        ({"fibrosis": False, "steatosis": False, "chemotherapy_months": 3.0}, "normal"),
        ({"fibrosis": False, "steatosis": False, "chemotherapy_months": 3.1}, "injured"),
        ({"fibrosis": False, "chemotherapy_months": 4}, "injured"),
        ({"fibrosis": True, "steatosis": True, "chemotherapy_months": 4}, "fibrosis"),
    ],
)
def test_the_kind_of_liver_follows_attested_facts(held, kind):
    assert parenchyma(held) == kind


def test_each_kind_of_liver_has_its_minimum_of_the_quantity_that_was_published():
    found = of_v1(fact("fibrosis", True))
    limits = {(one.parenchyma, one.quantity): one for one in found.limits}
    assert {key: one.lowest for key, one in limits.items()} == {
        ("normal", "of_estimated"): 0.20,
        ("injured", "of_estimated"): 0.30,
        ("fibrosis", "of_functional"): 0.40,
        ("normal", "per_weight"): 0.005,
        ("injured", "per_weight"): 0.008,
        ("injured", "per_surface"): 250.0,
    }
    assert {key for key, one in limits.items() if one.applies} == {("fibrosis", "of_functional")}
    assert limits["fibrosis", "of_functional"].reached is False
    assert limits["injured", "of_estimated"].reached is True
    assert limits["injured", "per_weight"].reached is False


@pytest.mark.parametrize(
    ("bilirubin", "albumin", "score", "grade"),
    [(10, 40, -2.74, 1), (10, 35, -2.315, 2), (100, 30, -1.23, 3)],
)
def test_albi_by_hand(bilirubin, albumin, score, grade):
    found = of_v1(fact("bilirubin", bilirubin), fact("albumin", albumin))
    assert found.albi == pytest.approx(score)
    assert found.albi_grade == grade


def test_a_value_that_does_not_hold_is_not_counted():
    old = fact("bilirubin", 10, state="needs judgement")
    assert of_v1(old, fact("albumin", 40)).albi is None
    assert of_v1(fact("fibrosis", True, state="not attested")).parenchyma is None


@pytest.mark.parametrize(
    ("description", "phase"),
    [
        ("Abdomen native 5.0", "unenhanced"),
        ("ABD ARTERIAL 1.25", "arterial"),
        ("liver portal-venous", "portal"),
        ("Venous phase", "portal"),
        ("Liver 1.5 delayed", "delayed"),
        ("Party planning", ""),
        ("", ""),
    ],
)
def test_the_phase_is_what_the_series_calls_it(description, phase):
    assert phase_in(description) == phase
