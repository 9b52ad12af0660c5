"""What stands beside a hazard ratio: doubts, restricted means, survival at three years, centres."""

import datetime as dt

import numpy as np
import pytest

pytest.importorskip("lifelines", reason="lifelines is missing: pip install liverplan[test]")

from liverplan import endpoints as e
from liverplan.errors import InputError
from liverplan.findings import Statement
from liverplan.words import said

ORIGIN = dt.date(2020, 1, 1)


def keys(notes):
    return [note.key for note in notes]


def crossing(count=200):
    """Arm b dies early and then hardly at all; arm a at a steady pace."""
    arms = np.array(["a", "b"] * (count // 2))
    quantile = (np.arange(count) // 2 + 0.5) / (count / 2)
    times = np.where(arms == "a", -20 * np.log(1 - quantile), 20 * (-np.log(1 - quantile)) ** 3)
    return np.minimum(times, 60), times < 60, list(arms)


def test_no_ratio_of_crossing_curves_stands_without_a_comment():
    found = e.compare(*crossing(), reference="a")
    assert found.proportional.p < 0.001
    assert keys(found.notes) == ["trial.hazards_doubtful", "trial.curves_cross"]
    assert all("one hazard ratio does not describe" in said(n, "en").text for n in found.notes)
    assert all("beskriver dem inte" in said(note, "sv").text for note in found.notes)
    (cross,) = (note for note in found.notes if note.key == "trial.curves_cross")
    assert 20 < cross.value("months") < 40


def test_hazards_in_proportion_need_no_comment():
    quantile = (np.arange(100) + 0.5) / 100
    times = np.r_[-20 * np.log(1 - quantile), -40 * np.log(1 - quantile)]
    found = e.compare(times, times < 60, ["a"] * 100 + ["b"] * 100, reference="a", at=36, until=36)
    assert found.notes == ()
    assert found.proportional.p > 0.5
    assert found.cox.terms[0].hazard_ratio == pytest.approx(0.5, abs=0.05)


def test_residuals_average_the_log_ratio_and_their_smooth_follows_a_ratio_that_falls():
    times, events, arms = crossing()
    found = e.compare(times, events, arms, reference="a")
    (test,) = found.proportional.tests
    assert test.residuals.mean() == pytest.approx(found.cox.terms[0].coefficient, abs=1e-6)
    assert len(test.times) == events.sum()
    assert test.smooth[0] > 1
    assert test.smooth[-1] < -0.5
    assert (test.lower < test.smooth).all()
    assert (test.smooth < test.upper).all()


def test_a_mean_is_the_area_and_a_difference_takes_both_arms_errors():
    found = e.compare([10, 20, 30, 40], [1] * 4, list("aabb"), reference="a", until=36, at=25)
    (a, b), (difference,) = found.means.arms, found.means.differences
    assert (a[1].value, b[1].value) == (15, 33)
    assert a[1].standard_error == pytest.approx(5 / 2**0.5)
    assert difference.estimate.value == 18
    squares = a[1].standard_error ** 2 + b[1].standard_error ** 2
    assert difference.estimate.standard_error == pytest.approx(squares**0.5)
    assert difference.p == pytest.approx(0.00002, rel=0.5)
    assert keys(found.notes)[-1] == "trial.no_spread"
    assert found.three_years.differences[0].p is None


def test_a_mean_runs_no_longer_than_every_arm_was_followed():
    times, events = [12, 30, 50, 60], [1, 0, 1, 0]
    found = e.compare(times, events, list("aabb"), reference="a", until=36, at=36)
    assert found.means.time == 30
    assert found.three_years is None
    shortened, unknown = found.notes[-2:]
    assert said(shortened, "en").text.startswith("Restricted mean survival runs to 30.0 months and")
    assert unknown == Statement.of("trial.not_followed", arms=("a",), months=36)


def test_one_patient_living_on_in_each_arm_is_followed_and_nothing_is_tested():
    found = e.compare([10, 12], [0, 0], ["a", "b"], reference="a")
    assert found.means.time == 10
    assert found.means.differences[0].estimate.standard_error is None
    assert [curve.median for curve in found.follow_up] == [10, 12, 11]
    assert {"trial.no_log_rank", "trial.no_hazard_ratio"} <= set(keys(found.notes))


def test_of_nobody_followed_beyond_the_origin_there_is_no_mean():
    found = e.compare([0, 0, 0, 0], [1, 0, 1, 0], list("aabb"), reference="a")
    assert found.means is None
    assert "trial.no_mean" in keys(found.notes)


def test_follow_up_counts_the_dead_as_lost_to_it():
    found = e.compare([5, 6, 50, 60], [1, 1, 0, 0], list("abab"), reference="a")
    assert [curve.median for curve in found.follow_up] == [50, 60, 55]


def test_tests_within_centres_stand_beside_those_of_all_together():
    times, events, arms = crossing()
    centres = [str(n % 5) for n in range(len(arms))]
    found = e.compare(times, events, arms, reference="a", strata=centres)
    assert found.within.log_rank == e.log_rank(times, events, arms, strata=centres)
    assert found.log_rank == e.log_rank(times, events, arms)
    assert found.within.cox.terms[0].coefficient != found.cox.terms[0].coefficient
    assert len(found.within.strata) == 5


def test_who_enters_late_is_at_risk_from_the_entry_on():
    curve = e.kaplan_meier([5, 6, 7, 8], [1, 1, 1, 0], entries=[0, 5.5, 5, 0])
    assert curve.survival.tolist() == pytest.approx([1 / 2, 1 / 3, 1 / 6, 1 / 6])
    assert [curve.at_risk_at(time) for time in (1, 5, 5.2, 6, 8)] == [2, 2, 2, 3, 1]


def test_risk_sets_that_empty_before_others_enter_leave_nobody():
    curve = e.kaplan_meier([1, 5, 6, 7], [1, 1, 1, 0], entries=[0, 2, 3, 3])
    assert curve.survival.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("call", [e.kaplan_meier, lambda t, d, entries: e.log_rank(
    t, d, ["a", "b", "a"], entries=entries)])  # fmt: skip
def test_an_end_at_the_entry_is_refused_by_its_row(call):
    with pytest.raises(InputError, match="row 2 ends at 2, not after the entry at 2"):
        call([1, 2, 3], [1, 1, 0], entries=[0, 2, 1])
    with pytest.raises(InputError, match="Every entry must be a number"):
        call([1, 2, 3], [1, 1, 0], entries=[0, float("nan"), 1])


HEADER = "id,arm,origin_date,last_seen_date,death_date,entry_date,centre\n"


def read(tmp_path, *lines):
    path = tmp_path / "outcomes.csv"
    path.write_text(HEADER + "".join(line + "\n" for line in lines))
    return e.read_outcomes(path)


def test_centres_and_late_entries_are_read_and_used(tmp_path):
    lines = [
        f"p{n},{'ab'[n % 2]},2020-01-01,202{1 + n % 3}-0{1 + n % 9}-0{1 + n % 7},"
        f"{'' if n % 3 else f'202{1 + n % 3}-0{1 + n % 9}-0{1 + n % 7}'},"
        f"{'2020-03-01' if n % 4 == 0 else ''},{'North' if n % 5 else 'South'}"
        for n in range(60)
    ]
    document = e.trial_endpoints(read(tmp_path, *lines), {}, reference="a").to_json()
    survival = document["overall_survival"]
    assert survival["by_centre"]["centres"] == 2
    assert survival["at_risk"][0] == {"months": 0, "a": 15, "b": 30}
    assert survival["at_risk"][1] == {"months": 6, "a": 30, "b": 30}
    assert survival["rmst"]["months"] == 36
    assert len(survival["says"]) == len(survival["notes"])


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ("2021-01-01,,2019-06-01,N", "the entry_date 2019-06-01 is before its origin 2020-01-01"),
        ("2021-01-01,,2021-01-01,N", "the last_seen_date 2021-01-01 is not after the entry_date"),
        ("2021-01-01,2021-01-01,2021-02-01,N", "death_date 2021-01-01 is not after the entry_date"),
        ("2021-01-01,,x,N", "line 2 has the entry_date 'x', which is no date"),
    ],
)
def test_entries_that_contradict_are_refused_by_the_row(tmp_path, dates, words):
    with pytest.raises(InputError) as refusal:
        read(tmp_path, f"p1,a,2020-01-01,{dates}")
    assert "line 2" in str(refusal.value)
    assert words in str(refusal.value)


def test_a_centre_is_everybodys_or_nobodys(tmp_path):
    with pytest.raises(InputError, match="line 3 has no centre"):
        read(tmp_path, "p1,a,2020-01-01,2021-01-01,,,N", "p2,b,2020-01-01,2021-01-01,,,")
