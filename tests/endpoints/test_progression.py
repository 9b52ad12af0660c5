"""Progression by its rule, and its estimates beside those of R's survival."""

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pytest

from liverplan.endpoints import FollowUp, Outcome
from liverplan.endpoints.progression import (
    Assessment,
    by_rule,
    cumulative_incidence,
    read_assessments,
    survival_from,
    turnbull,
)
from liverplan.errors import InputError

TIMES = [1, 2, 2, 3, 4, 5, 6, 6, 7, 9]
CAUSES = [1, 2, 1, 0, 1, 2, 0, 1, 1, 0]
ORIGIN = dt.date(2020, 1, 1)


def test_incidence_beside_a_competing_death_is_rs():
    times, (progression, death) = cumulative_incidence(TIMES, CAUSES)
    assert times.tolist() == [1, 2, 3, 4, 5, 6, 7, 9]
    rs = (0.1, 0.2, 0.2, 0.3166666667, 0.3166666667, 0.4333333333, 0.6083333333, 0.6083333333)
    assert progression == pytest.approx(rs)
    rs = (0.0, 0.1, 0.1, 0.1, 0.2166666667, 0.2166666667, 0.2166666667, 0.2166666667)
    assert death == pytest.approx(rs)


def test_survival_after_late_entry_is_rs():
    entries = [0, 1, 0, 2, 0, 3, 1, 0, 2, 5]
    times, survival = survival_from(entries, TIMES, np.array(CAUSES) > 0)
    assert times.tolist() == [1, 2, 4, 5, 6, 7]
    assert survival == pytest.approx((0.75, 0.45, 0.36, 0.27, 0.2025, 0.10125))
    with pytest.raises(
        InputError, match="The patient in row 2 ends at 2, not after the entry at 2"
    ):
        survival_from([0, 2], [1, 2], [True, True])


def test_survival_from_intervals_is_rs_to_its_tolerance():
    low = [0, 2, 3, 3, 5, 4, 8, 2, 3]
    high = [2, 4, 3, 6, math.inf, 7, 10, 5, 9]
    times, survival = turnbull(low, high)
    at = [survival[times.searchsorted(time)] for time in (2, 3, 4, 5, 6, 10)]
    rs = (0.8888888889, 0.6311413575, 0.5406251318, 0.4445128508, 0.1935723101, 0.0)
    assert at == pytest.approx(rs, abs=1e-3)


def test_survival_from_exact_days_is_the_product_limit():
    times, survival = turnbull([1, 2, 3, 2], [1, 2, 3, math.inf])
    assert survival[times.searchsorted([1, 2, 3])] == pytest.approx((0.75, 0.5, 0.0))


def patient(death=None):
    follow_up = FollowUp(origin=ORIGIN, last_seen=dt.date(2021, 6, 1), death=death)
    return Outcome(id="p1", arm="a", follow_up=follow_up)


def looked(*looks):
    """Assessments at months from the origin, each progression or not or unjudged."""
    return [
        Assessment(date=ORIGIN + dt.timedelta(days=round(30.4375 * month)), progression=seen)
        for month, seen in looks
    ]


@pytest.mark.parametrize(
    ("looks", "died", "cause", "months", "until"),
    [
        ([(3, False), (6, True)], None, "progression", 6, 6),
        ([(3, False), (6, False)], None, "censored", 6, math.inf),
        ([(3, False), (12, True)], None, "censored", 3, math.inf),
        ([(3, False), (6, None), (9, None), (12, True)], None, "censored", 3, math.inf),
        ([(3, False), (6, None), (9, True)], None, "progression", 9, 9),
        ([], None, "censored", 0, math.inf),
        ([], 5, "death", 5, 5),
        ([], 8, "censored", 0, math.inf),
        ([(3, False)], 5, "death", 5, 5),
        ([(3, True)], 5, "progression", 3, 3),
        ([(3, True), (6, False)], None, "progression", 3, 3),
    ],
)
def test_what_is_missed_too_long_is_censored_at_the_last_look(looks, died, cause, months, until):
    death = None if died is None else ORIGIN + dt.timedelta(days=round(30.4375 * died))
    found = by_rule(patient(death), looked(*looks), longest_gap_months=6.1)
    assert found.cause == cause
    assert (found.months, found.until) == pytest.approx((months, until), abs=0.05)


HEADER = "id,date,progression\n"


def test_assessments_read_in_order(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(HEADER + "p1,2020-07-01,yes\np1,2020-04-01,no\np1,2020-05-01,\n")
    (looks,) = read_assessments(path, [patient()]).values()
    assert [one.progression for one in looks] == [False, None, True]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEADER + "p2,2020-04-01,no\n", "line 2 has the id 'p2', which has no outcome"),
        (HEADER + "p1,2020-04-01,maybe\n", "line 2 has the progression 'maybe'"),
        (HEADER + "p1,1/4/2020,no\n", "line 2 has the date '1/4/2020'"),
        (HEADER + "p1,2019-04-01,no\n", "line 2 has an assessment on 2019-04-01, before the"),
        (HEADER + "p1,2022-04-01,no\n", "line 2 has an assessment on 2022-04-01, after death"),
        (HEADER + "p3,2021-06-02,no\n", "line 2 has an assessment on 2021-06-02, after a living"),
        ("id,date\n", "no column 'progression'"),
    ],
)
def test_contradictions_name_the_row(tmp_path, text, words):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(InputError) as refusal:
        read_assessments(path, [patient(death=dt.date(2021, 1, 1)), replace(patient(), id="p3")])
    assert words in str(refusal.value)
