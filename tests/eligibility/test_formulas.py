"""Every formula against the worked cases of the fact sheet (V1-V8) and its own definition."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liverplan.errors import InputError
from liverplan.volumetry import formulas as f
from liverplan.volumetry.thresholds import THRESHOLDS
from liverplan.words import in_english

HEIGHT = st.floats(120, 210)
WEIGHT = st.floats(35, 160)


def test_v1_one_plan_has_three_fractions():
    functional = f.functional_ml(1650, 120)
    estimated = f.estimated_liver_ml(height_cm=165, weight_kg=70)
    assert f.remnant_fraction(480, functional) == pytest.approx(0.314, abs=5e-4)
    assert f.remnant_fraction(480, 1650) == pytest.approx(0.291, abs=5e-4)
    assert estimated == pytest.approx(1475.5, abs=0.05)
    assert f.remnant_fraction(480, estimated) == pytest.approx(0.325, abs=5e-4)
    assert f.remnant_per_weight_fraction(480, 70) == pytest.approx(0.0069, abs=5e-5)
    bsa = f.bsa_mosteller_m2(165, 70)
    assert f.remnant_per_surface_ml_m2(480, bsa) == pytest.approx(268.0, abs=0.05)


def test_v2_and_v3_the_ratio_is_not_rounded():
    assert f.remnant_fraction(450, 1500) == pytest.approx(0.3, abs=1e-15)
    assert f.remnant_fraction(450.1, 1500) == pytest.approx(0.3000667, abs=5e-8)


def test_v4_relative_growth():
    assert f.relative_growth_fraction(300, 450) == pytest.approx(0.5)


def test_v5_hypertrophy_and_kinetic_growth_by_weeks_and_by_days():
    weeks = f.growth(
        first_ml=300,
        second_ml=450,
        first_denominator_ml=1500,
        second_denominator_ml=1500,
        denominator="of_functional",
        days=28,
    )
    assert weeks.degree_of_hypertrophy_fraction == pytest.approx(0.10)
    assert weeks.relative_growth_fraction == pytest.approx(0.50)
    assert weeks.kinetic_growth_fraction_per_week == pytest.approx(0.025)
    assert weeks.growth_ml_per_day == pytest.approx(150 / 28)
    assert weeks.denominator == "of_functional"
    assert f.kinetic_growth_fraction_per_week(0.10, 24) == pytest.approx(0.029, abs=5e-4)


@pytest.mark.parametrize(("height", "weight", "bsa"), [(170, 70, 1.818), (175, 70, 1.845)])
def test_v6_mosteller(height, weight, bsa):
    assert f.bsa_mosteller_m2(height, weight) == pytest.approx(bsa, abs=5e-4)


def test_v7_both_body_surfaces():
    assert f.bsa_mosteller_m2(180, 80) == pytest.approx(2.0)
    assert f.bsa_du_bois_m2(180, 80) == pytest.approx(1.9964, abs=5e-5)


@pytest.mark.parametrize(
    ("height", "weight", "ml"), [(170, 70, 1509.7), (180, 80, 1740.2), (160, 50, 1094.7)]
)
def test_v8_vauthey_with_mosteller_is_the_default(height, weight, ml):
    assert f.estimated_liver_ml(height_cm=height, weight_kg=weight) == pytest.approx(ml, abs=0.05)


@pytest.mark.parametrize(
    ("name", "ml"),
    [
        ("vauthey_mosteller", 1475.5),
        ("vauthey_weight", 1487.5),
        ("urata_du_bois", 1253.1),
        ("urata_mosteller", 1267.3),
        ("heinemann_mosteller", 1575.9),
        ("johnson_mosteller", 1432.9),
        ("yoshizumi_mosteller", 1382.8),
        ("lin", 1455.0),
        ("yu", 1526.5),
        ("feng_mosteller", 1233.9),
        ("korean_donors_du_bois", 1143.7),
        ("korean_donors_mosteller", 1161.2),
        ("chan", 1079.0),
        ("chouker", 1963.05),
    ],
)
def test_every_estimate_for_a_woman_of_45_with_165_cm_and_70_kg(name, ml):
    body = {"height_cm": 165, "weight_kg": 70, "age": 45, "sex": "female"}
    assert f.estimated_liver_ml(name=name, **body) == pytest.approx(ml, abs=0.06)


def test_the_table_above_leaves_no_formula_out():
    assert len(f.ESTIMATED_LIVER) == 14
    assert all(row.source and row.title for row in f.ESTIMATED_LIVER.values())


def test_chouker_changes_at_50_and_chan_with_sex():
    old = f.estimated_liver_ml(name="chouker", weight_kg=70, age=60, sex="female")
    assert old == pytest.approx(1734.2)
    young = f.estimated_liver_ml(name="chouker", weight_kg=70, age=50, sex="male")
    assert young == pytest.approx(452 + 16.34 * 70 + 11.85 * 50)
    man = f.estimated_liver_ml(name="chan", weight_kg=70, sex="male")
    assert man == pytest.approx(1079 + 51)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"name": "guess"}, "There is no liver formula 'guess'; known: vauthey_mosteller"),
        ({}, "Vauthey 2002 (Mosteller) needs height_cm and weight_kg."),
        ({"name": "chouker", "weight_kg": 70, "sex": "male"}, "Chouker 2004 needs age."),
        ({"name": "chouker", "weight_kg": 70, "sex": "male", "age": 71}, "ends at 70 years"),
        ({"height_cm": math.nan, "weight_kg": 70}, "height_cm must be a positive number, not nan"),
        ({"height_cm": 165, "weight_kg": -1}, "weight_kg must be a positive number, not -1"),
        ({"height_cm": 50, "weight_kg": 15}, "gives no volume for this body"),
    ],
)
def test_an_estimate_that_makes_no_sense_is_refused(arguments, words):
    with pytest.raises(InputError) as refusal:
        f.estimated_liver_ml(**arguments)
    assert words in str(refusal.value)


def test_ratios_refuse_what_is_no_volume():
    with pytest.raises(InputError, match="denominator_ml must be a positive number, not 0"):
        f.remnant_fraction(10, 0)
    with pytest.raises(InputError, match="remnant_ml must be a number and not negative"):
        f.remnant_fraction(math.nan, 100)
    with pytest.raises(InputError, match="does not fit into a liver"):
        f.functional_ml(100, 101)
    with pytest.raises(InputError, match="days must be a positive number"):
        f.kinetic_growth_fraction_per_week(0.1, 0)


@given(height=HEIGHT, weight=WEIGHT, more=st.floats(0.1, 30))
def test_a_larger_body_has_a_larger_surface_and_a_larger_liver(height, weight, more):
    for name in ("vauthey_mosteller", "urata_du_bois", "yu", "lin", "feng_mosteller"):
        small = f.ESTIMATED_LIVER[name].ml(f.Body(height_cm=height, weight_kg=weight))
        large = f.ESTIMATED_LIVER[name].ml(f.Body(height_cm=height, weight_kg=weight + more))
        assert large > small


@given(first=st.floats(100, 900), second=st.floats(100, 900), days=st.floats(1, 90))
def test_growth_over_one_denominator_is_consistent(first, second, days):
    found = f.growth(
        first_ml=first,
        second_ml=second,
        first_denominator_ml=1500,
        second_denominator_ml=1500,
        denominator="vauthey_mosteller",
        days=days,
    )
    points = found.degree_of_hypertrophy_fraction
    assert points == pytest.approx((second - first) / 1500, abs=1e-12)
    assert found.kinetic_growth_fraction_per_week * days / 7 == pytest.approx(points, abs=1e-12)
    assert found.growth_ml_per_day * days == pytest.approx(second - first, abs=1e-9)


def test_thresholds_are_data_with_sources():
    assert all(row.source and row.lowest <= row.highest for row in THRESHOLDS)
    kinetic = [row.lowest for row in THRESHOLDS if row.quantity == "kinetic_growth"]
    assert kinetic == [0.020]
    injured = [row.lowest for row in THRESHOLDS if row.condition == "injured liver"]
    assert injured == [250.0]


def test_a_usual_liver_draws_no_warning():
    usual = f.volume_warnings(
        liver_ml=1650, tumour_ml=120, estimated_ml=1475.5, remnant_ml=480, resected_ml=1050
    )
    assert usual == ()


@pytest.mark.parametrize(
    ("volumes", "words"),
    [
        ({"liver_ml": 250, "tumour_ml": 0}, "is no whole liver"),
        ({"liver_ml": 6100, "tumour_ml": 0}, "is no whole liver"),
        ({"liver_ml": 650, "tumour_ml": 0}, "A liver of 650 mL is unusual"),
        ({"liver_ml": 4100, "tumour_ml": 0}, "A liver of 4100 mL is unusual"),
        ({"liver_ml": 800, "tumour_ml": 0, "estimated_ml": 1600}, "0.50 times"),
        ({"liver_ml": 2600, "tumour_ml": 0, "estimated_ml": 1600}, "1.62 times"),
        ({"liver_ml": 1500, "tumour_ml": 700}, "Tumour fills 47 % of the liver"),
        ({"liver_ml": 1500, "tumour_ml": 0, "remnant_pieces": 2}, "lies in 2 pieces"),
        (
            {"liver_ml": 1500, "tumour_ml": 100, "remnant_ml": 400, "resected_ml": 990},
            "miss the liver by 10 mL",
        ),
    ],
)
def test_each_sanity_check_speaks(volumes, words):
    found = f.volume_warnings(**volumes)
    assert len(found) == 1
    assert words in in_english(found[0])
