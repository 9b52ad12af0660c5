"""What every interim analysis meets: no deaths, nobody followed, likelihoods without a top."""

import json
import math
from datetime import date, timedelta

import numpy as np
import pytest

pytest.importorskip("lifelines", reason="lifelines is missing: pip install liverplan[test]")

from liverplan import endpoints as e
from liverplan.errors import InputError
from liverplan.words import in_english

ORIGIN = date(2020, 1, 1)
HEADER = "id,arm,origin_date,last_seen_date,death_date,progression_date,last_assessed_date\n"
ARMS = ["a", "b"] * 6


def document(months, died):
    """The trial's document of twelve patients in two arms."""
    outcomes = []
    for name, (month, dead) in enumerate(zip(months, died, strict=True)):
        end = ORIGIN + timedelta(days=int(month * e.DAYS_PER_MONTH))
        follow_up = e.FollowUp(origin=ORIGIN, last_seen=end, death=end if dead else None)
        outcomes.append(e.Outcome(id=f"p{name}", arm=ARMS[name], follow_up=follow_up))
    found = e.trial_endpoints(outcomes, {}, reference="a").to_json()
    return json.loads(json.dumps(found, allow_nan=False))["overall_survival"]


def test_without_any_death_the_curves_are_given_and_the_rest_says_why():
    found = document(range(1, 13), [False] * 12)
    assert [arm["patients"] for arm in found["arms"]] == [6, 6]
    assert found["cox"] is None
    assert found["log_rank"] is None
    assert "No event in a." in found["notes"]
    assert any("hazard ratio cannot be estimated" in note for note in found["notes"])


def test_an_arm_without_deaths_has_a_finite_hazard_ratio_with_profile_limits():
    found = document(range(1, 13), [arm == "a" for arm in ARMS])
    (term,) = found["cox"]["terms"]
    low, high = term["hazard_ratio_95"]
    assert found["cox"]["method"] == "Firth"
    assert 0 < low < term["hazard_ratio"] < high < 1
    assert "cannot be estimated by maximum likelihood" in found["cox"]["warnings"][1]
    assert found["log_rank"]["p"] < 0.05


def test_firth_makes_the_modified_score_zero_and_its_limits_fall_by_the_quantile():
    """One binary covariate, no ties: the penalised likelihood from its definition."""
    times, group = np.arange(1.0, 9.0), np.array([1, 1, 1, 1, 0, 0, 0, 0])
    (term,) = e.cox(times, np.ones(8), {"x": group}).terms

    def penalised(slope):
        value = information = 0.0
        for time, mine in zip(times, group, strict=True):
            left = group[times >= time]
            weights = np.exp(slope * left)
            share = (weights * left).sum() / weights.sum()
            value += slope * mine - math.log(weights.sum())
            information += share * (1 - share)
        return value + 0.5 * math.log(information)

    top = penalised(term.coefficient)
    assert top >= max(penalised(term.coefficient + move) for move in (-1e-3, 1e-3))
    for limit in (term.lower_95, term.upper_95):
        assert 2 * (top - penalised(math.log(limit))) == pytest.approx(3.8414588, abs=1e-5)


def test_follow_up_of_zero_days_for_everybody_is_refused_in_a_sentence():
    with pytest.raises(InputError, match="Every patient is followed for zero days"):
        document([0] * 12, [True] * 12)


@pytest.mark.parametrize(
    "followed", [(3.0,) * 12, tuple(range(1, 13)), (0.1,) * 12, (0, *range(1, 12)), (400.0,) * 12]
)
def test_however_long_nobody_died_the_curves_stay_at_one(followed):
    found = document(followed, [False] * 12)
    assert [arm["patients"] for arm in found["arms"]] == [6, 6]
    assert (found["cox"], found["log_rank"]) == (None, None)


@pytest.mark.parametrize("zero", [(0,), (1,), (0, 1), (0, 2, 4, 6, 8, 10), (1, 3, 5, 7, 9)])
def test_patients_who_are_followed_for_zero_days_beside_others_stop_nothing(zero):
    months = [0.0 if n in zero else n + 1.0 for n in range(12)]
    found = document(months, [n % 3 == 0 for n in range(12)])
    assert [arm["patients"] for arm in found["arms"]] == [6, 6]


def test_an_arm_that_died_out_before_three_years_has_none_left_at_three_years():
    found = document(range(1, 13), [True] * 12)
    assert [arm["three_years"] for arm in found["arms"]] == [0.0, 0.0]
    assert found["arms"][0]["three_years_95"] == [None, None]


def test_limits_are_absent_where_survival_is_1_or_0_so_the_medians_upper_limit_is_too():
    curve = e.kaplan_meier([1, 2, 3, 4], [0, 1, 1, 1])
    assert np.isnan(curve.lower).tolist() == [True, False, False, True]
    assert curve.median_95[1] is None


def test_tests_within_centres_see_what_a_pooled_test_mixes_up():
    """In each centre arm b dies twice as late; the slow centre has most of arm a."""
    times = [1, 2, 3, 4, 5, 6, 7, 8, 20, 21, 22, 23, 24, 50, 51, 52]
    arms = list("aabbbbbb") + list("aaaaabbb")
    centres = ["fast"] * 8 + ["slow"] * 8
    pooled = e.log_rank(times, [1] * 16, arms)
    within = e.log_rank(times, [1] * 16, arms, strata=centres)
    assert within.p < 0.01 < pooled.p
    coded = {"b": [arm == "b" for arm in arms]}
    assert e.cox(times, [1] * 16, coded, strata=centres).terms[0].hazard_ratio < 0.2


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ("2024-06-01,2024-05-01,,", "last_seen_date 2024-06-01 is after the death 2024-05-01"),
        ("2024-05-01,2024-05-01,2024-06-01,", "progression_date 2024-06-01 is after the death"),
        ("2024-05-01,2024-05-01,,2024-06-01", "last_assessed_date 2024-06-01 is after the death"),
        ("2024-05-01,,2024-06-01,", "progression_date 2024-06-01 is after the last_seen_date 2024"),
        ("2024-05-01,,,2024-06-01", "last_assessed_date 2024-06-01 is after the last_seen_date"),
        ("2024-05-01,,2023-06-01,", "progression_date 2023-06-01 is before its origin"),
        ("2024-05-01,,,2023-06-01", "last_assessed_date 2023-06-01 is before its origin"),
    ],
)
def test_dates_that_contradict_are_refused_by_the_row(tmp_path, dates, words):
    path = tmp_path / "outcomes.csv"
    path.write_text(HEADER + "p1,a,2024-01-01," + dates + "\n")
    with pytest.raises(InputError) as refusal:
        e.read_outcomes(path)
    assert f"line 2: the {words}" in str(refusal.value)


def test_a_likelihood_that_is_level_to_rounding_has_firths_model():
    """Every death of arm a comes first, by far: no step may be taken on a curvature of nothing."""
    times = np.arange(40.0) + 30.0 * (np.arange(40) % 2)
    model = e.cox(times, np.ones(40), {"b": np.arange(40) % 2}, strata=["x", "x", "y", "y"] * 10)
    assert math.isfinite(model.terms[0].standard_error)
    assert model.terms[0].hazard_ratio < 1


def test_firths_model_is_tested_by_the_likelihood_that_it_maximises():
    times, arm = np.arange(12) + 1.0, np.arange(12) % 2
    model = e.cox(times + 30 * arm, np.ones(12, bool), {"arm": arm})
    (term,) = model.terms
    assert model.method == "Firth"
    assert model.likelihood_ratio == pytest.approx(term.z**2, rel=1e-9)
    assert model.likelihood_ratio_p == pytest.approx(term.p, rel=1e-9)


def test_of_factors_that_nobody_has_nothing_is_said_but_that():
    day = ORIGIN + timedelta(days=99)
    follow_up = e.FollowUp(origin=ORIGIN, last_seen=day, death=day)
    outcomes = [e.Outcome(id=f"p{n}", arm=arm, follow_up=follow_up) for n, arm in enumerate("abab")]
    (note,) = e.trial_endpoints(outcomes, {}, reference="a").notes
    assert in_english(note).startswith("4 of 4 patients lack measurements")


@pytest.mark.parametrize(
    "spelling", ["Surgery", "SURGERY", "surgery ", " surgery", "sur gery", "Surgery "]
)
def test_one_arm_under_two_names_is_refused(spelling):
    arms = ["surgery", spelling, "oncology", "oncology"]
    with pytest.raises(InputError, match="differ in case or spaces only"):
        e.compare([1.0, 2, 3, 4], [True] * 4, arms, reference="oncology")


def test_a_reference_that_nobody_is_in_is_named_with_the_arms_there_are():
    with pytest.raises(InputError, match="'Oncology'; there are 'oncology', 'surgery'"):
        e.compare([1.0, 2], [True] * 2, ["surgery", "oncology"], reference="Oncology")
