"""The endpoints against the fact sheet's figures, their definitions, and what they refuse."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("lifelines", reason="lifelines is not installed: pip install liverplan[test]")

from lifelines import KaplanMeierFitter, datasets

from liverplan import endpoints as e
from liverplan.errors import InputError
from liverplan.words import in_english

ORIGIN = dt.date(2024, 1, 1)


def day(number):
    return ORIGIN + dt.timedelta(days=number)


@pytest.fixture(scope="module")
def leukaemia():
    table = datasets.load_leukemia()
    return table["t"].to_numpy(), table["status"].to_numpy(), table["Rx"].to_numpy()


def test_the_leukaemia_figures_of_the_fact_sheet(leukaemia):
    times, events, treatment = leukaemia
    arms = ["placebo" if rx else "6-MP" for rx in treatment]
    found = e.compare(times, events, arms, reference="6-MP")
    drug, placebo = found.curves
    assert drug.at(6)[0] == pytest.approx(0.857, abs=5e-4)
    assert drug.at(10)[0] == pytest.approx(0.753, abs=5e-4)
    assert drug.at(23)[0] == pytest.approx(0.448, abs=5e-4)
    assert (drug.median, placebo.median) == (23, 8)
    assert found.log_rank.chi_square == pytest.approx(16.79, abs=5e-3)
    assert found.log_rank.degrees_of_freedom == 1
    (term,) = found.cox.terms
    assert term.name == "placebo"
    assert term.hazard_ratio == pytest.approx(4.82, abs=5e-3)
    assert term.coefficient == pytest.approx(1.572, abs=5e-4)
    assert term.standard_error == pytest.approx(0.412, abs=5e-4)
    assert term.lower_95 < term.hazard_ratio < term.upper_95
    assert (found.cox.patients, found.cox.events) == (42, 30)


def test_a_curve_before_and_beyond_its_times(leukaemia):
    times, events, treatment = leukaemia
    curve = e.kaplan_meier(times[treatment == 0], events[treatment == 0])
    assert curve.at(0.5) == (1.0, 1.0, 1.0)
    assert curve.at(1000)[0] == curve.survival[-1]
    assert curve.at_risk_at(0) == 21
    assert curve.at_risk_at(6) == 21
    assert curve.at_risk_at(6.5) == 17
    assert curve.at_risk_at(1000) == 0


def test_a_curve_that_never_falls_to_one_half_has_no_median():
    curve = e.kaplan_meier([1, 2, 3, 4, 5], [1, 0, 0, 0, 0])
    assert curve.median is None
    assert curve.median_95[1] is None


def test_a_curve_flat_at_one_half_has_its_middle_as_median():
    assert e.kaplan_meier([1, 2, 4, 6], [1, 1, 1, 1]).median == 3.0
    assert e.kaplan_meier([1, 2, 4, 6], [1, 1, 0, 0]).median == 4.0


def test_a_death_at_time_0_counts():
    curve = e.kaplan_meier([0, 1, 2, 3], [1, 1, 0, 1])
    assert curve.survival.tolist() == pytest.approx([0.75, 0.5, 0.5, 0.0])
    assert curve.at(0)[0] == pytest.approx(0.75)


@given(
    st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=60),
)
def test_survival_is_the_product_limit(patients):
    times = np.array([time for time, _ in patients], dtype=float)
    events = np.array([event for _, event in patients])
    curve = e.kaplan_meier(times, events)
    product = 1.0
    for time in np.unique(times):
        dead = np.sum((times == time) & events)
        product *= 1 - dead / np.sum(times >= time)
        assert curve.at(time)[0] == pytest.approx(product, abs=1e-9)
    assert curve.events.sum() == events.sum()
    assert (curve.events + curve.censored).sum() == len(patients)


def test_overall_survival_runs_to_death_of_any_cause_or_to_the_day_last_seen():
    alive = e.FollowUp(origin=ORIGIN, last_seen=day(400), progression=day(90))
    assert e.overall_survival(alive) == (400.0, False)
    dead = e.FollowUp(origin=ORIGIN, last_seen=day(400), death=day(410))
    assert e.overall_survival(dead) == (410.0, True)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"progression": day(90), "death": day(200)}, (90.0, True)),
        ({"death": day(200), "last_assessed": day(180)}, (200.0, True)),
        ({"last_assessed": day(180), "last_seen": day(300)}, (180.0, False)),
        ({"last_seen": day(300)}, (300.0, False)),
    ],
)
def test_progression_free_survival_ends_at_progression_death_or_the_last_assessment(
    dates, expected
):
    assert e.progression_free_survival(e.FollowUp(origin=ORIGIN, **dates)) == expected


def test_dates_that_cannot_be_are_refused():
    with pytest.raises(InputError, match="neither an event nor a day last seen"):
        e.overall_survival(e.FollowUp(origin=ORIGIN))
    with pytest.raises(InputError, match="ends on 2023-12-31, before its origin 2024-01-01"):
        e.overall_survival(e.FollowUp(origin=ORIGIN, death=day(-1)))


def test_predictive_factors_alone_and_together(leukaemia):
    times, events, treatment = leukaemia
    table = datasets.load_leukemia()
    factors = {"treatment": treatment, "log_wbc": table["logWBC"].to_numpy()}
    alone, together = e.predictive_factors(times, events, factors)
    assert [model.terms[0].name for model in alone] == ["treatment", "log_wbc"]
    assert [term.name for term in together.terms] == ["treatment", "log_wbc"]
    assert alone[0].terms[0].coefficient == pytest.approx(1.5721251, abs=1e-6)
    assert together.log_likelihood > max(model.log_likelihood for model in alone)


def test_a_larger_remnant_that_protects_is_found():
    rng = np.random.default_rng(4)
    remnant = rng.uniform(0.25, 0.70, 400)
    times = rng.exponential(np.exp(5 * remnant))
    model = e.cox(times, np.ones(400), {"remnant_per_tenth": 10 * remnant})
    (term,) = model.terms
    assert term.lower_95 < np.exp(-0.5) < term.upper_95
    assert term.p < 1e-6
    assert model.warnings == ()


def test_too_few_events_are_said():
    times = [1, 2, 3, 4, 5, 6, 7, 8]
    model = e.cox(times, [1, 0, 1, 1, 0, 1, 1, 1], {"x": [1, 2, 1, 3, 2, 1, 2, 5]})
    assert in_english(model.warnings[0]).startswith(
        "Too few events for the covariates (6 for 1): fewer than 10 each"
    )


@pytest.mark.parametrize(("hazard_ratio", "events"), [(0.50, 66), (0.60, 121), (0.65, 170)])
def test_events_that_the_trial_needs(hazard_ratio, events):
    assert e.events_needed(hazard_ratio) == events
    assert e.events_needed(1 / hazard_ratio) == events


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: e.kaplan_meier([], []), "one time and one event for each of at least one"),
        (lambda: e.kaplan_meier([1, 2], [1]), "one time and one event"),
        (lambda: e.kaplan_meier([1, float("nan")], [1, 0]), "a number and not negative"),
        (lambda: e.kaplan_meier([1, -1], [1, 0]), "a number and not negative"),
        (lambda: e.kaplan_meier([1, 2], [1, 2]), "true or false for every patient"),
        (lambda: e.log_rank([1, 2], [1, 1], ["a", "a"]), "at least two arms"),
        (lambda: e.compare([1, 2], [1, 1], ["a", "b"], reference="c"), "reference arm 'c'"),
        (lambda: e.cox([1, 2], [1, 1], {"x": [1, 1]}), "'x' is the same for everybody"),
        (lambda: e.cox([1, 2], [1, 1], {"x": [1, float("nan")]}), "one number for each of 2"),
        (lambda: e.cox([1, 2, 3], [0, 0, 0], {"x": [1, 2, 3]}), "too few events"),
        (
            lambda: e.cox([1, 2, 3, 4], [1, 1, 1, 1], {"x": [1, 3, 2, 5], "y": [2, 6, 4, 10]}),
            "The Cox model of x, y cannot be fitted",
        ),
        (lambda: e.events_needed(1.0), "must be positive and not 1"),
    ],
)
def test_each_refusal_in_words(call, words):
    with pytest.raises(InputError) as refusal:
        call()
    assert words in str(refusal.value)


def test_a_curve_is_lifelines_too(leukaemia):
    times, events, _ = leukaemia
    fitted = KaplanMeierFitter().fit(times, events)
    curve = e.kaplan_meier(times, events)
    assert fitted.survival_function_at_times(curve.times).to_numpy() == pytest.approx(
        curve.survival
    )


def test_the_figure_shows_curves_and_numbers_at_risk(leukaemia, tmp_path):
    times, events, treatment = leukaemia
    arms = ["placebo" if rx else "6-MP" for rx in treatment]
    figure = e.survival_figure(
        e.compare(times, events, arms, reference="6-MP").curves, unit="weeks"
    )
    axes, table = figure.axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["6-MP", "placebo"]
    assert table.get_xlabel() == "Time (weeks)"
    assert table.texts[0].get_text() == "21"
    figure.savefig(tmp_path / "curves.png")
    assert (tmp_path / "curves.png").stat().st_size > 5000


def test_every_result_says_what_it_needs():
    assert set(e.NEEDS) == {
        "overall survival", "three-year survival", "median survival", "progression-free survival",
        "quality of life", "predictive factors", "tests and hazard ratios within centres",
        "late entry", "follow-up", "progression by the design's rule", "safety", "populations",
    }  # fmt: skip
    assert "remnant_fraction" in e.NEEDS["predictive factors"]


def test_quality_of_life_scores_of_the_fact_sheet():
    answers = {1: 1, 2: 2, 3: 1, 4: 1, 5: 1, 29: 5, 30: 6, 10: 2, 12: 3, 18: 2}
    scores = e.score_qlq_c30(answers)
    assert scores["physical functioning"] == pytest.approx(93.3, abs=0.05)
    assert scores["global health status"] == pytest.approx(75.0)
    assert scores["fatigue"] == pytest.approx(44.4, abs=0.05)
    assert scores["pain"] is None


def test_a_scale_is_scored_if_half_of_it_is_answered():
    assert e.score_qlq_c30({21: 1, 22: 1})["emotional functioning"] == 100.0
    assert e.score_qlq_c30({21: 1})["emotional functioning"] is None
    assert e.score_qlq_c30({1: 1, 2: 1})["physical functioning"] is None


def test_the_fifteen_scales_use_every_item_once():
    items = [item for scale in e.QLQ_C30.values() for item in scale.items]
    assert sorted(items) == list(range(1, 31))
    assert len(e.QLQ_C30) == 15


@pytest.mark.parametrize("answers", [{31: 1}, {1: 5}, {1: 0}, {29: 8}, {1: True}, {1: 1.5}])
def test_answers_that_do_not_exist_are_refused(answers):
    with pytest.raises(InputError, match="The QLQ-C30 has no such answers: item"):
        e.score_qlq_c30(answers)


@given(st.dictionaries(st.integers(1, 30), st.integers(1, 4)))
def test_scores_lie_between_0_and_100(answers):
    for score in e.score_qlq_c30(answers).values():
        assert score is None or 0 <= score <= 100
