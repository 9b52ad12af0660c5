"""The RECIST table of a report: exact limits, continuing responses, reader noise."""

import dataclasses
import datetime as dt

import pytest

from liverplan.eligibility.recist import Visit
from liverplan.report.response import response_table
from liverplan.words import words_of


def table(request_, sums, **last):
    visits = [Visit(targets={"M1": now}) for now in sums]
    visits[-1] = dataclasses.replace(visits[-1], **last)
    return response_table(dataclasses.replace(request_, visits=tuple(visits)), words_of("en")).rows


@pytest.mark.parametrize(
    ("sums", "row"),
    [
        (
            (230, 161),
            ("visit 2", "16.1", "16.1 (12.5-20.2)", "-30.0 %", "-30.0 %", "none", "PR", "PR, SD"),
        ),
        (
            (260, 312),
            ("visit 2", "31.2", "31.2 (24.3-39.1)", "+20.0 %", "+20.0 %", "none", "PD", "SD, PD"),
        ),
        ((800, 0), ("visit 2", "0.0", "0.0", "-100.0 %", "-100.0 %", "none", "CR", "")),
    ],
)
def test_each_row_says_sum_changes_and_category(request_, sums, row):
    assert table(request_, sums)[-1] == row


def test_the_baseline_has_no_change(request_):
    dash = "\N{EN DASH}"
    assert table(request_, (230, 161))[0] == (
        "visit 1", "23.0", "23.0 (17.9-28.8)", dash, dash, "none", "baseline", ""
    )  # fmt: skip


def test_a_continuing_response_names_the_bare_formula(request_):
    rows = table(request_, (1000, 700, 800))
    assert rows[-1][6] == "PR (bare formula: SD)"


def test_a_new_lesion_and_a_missing_target_are_said(request_):
    assert table(request_, (230, 161), new_lesion=True)[-1][5:7] == ("none; new lesion", "PD")
    assert table(request_, (230, None))[-1][1:4] == ("\N{EN DASH}",) * 3


def test_dates_are_hidden_on_request(request_):
    visits = (
        Visit(targets={"M1": 230}, date=dt.date(2026, 1, 2)),
        Visit(targets={"M1": 161}, date=dt.date(2026, 3, 4)),
    )
    dated = dataclasses.replace(request_, visits=visits)
    hidden = dataclasses.replace(dated, identity="hidden")
    assert [row[0] for row in response_table(dated, words_of("en")).rows] == [
        "2026-01-02",
        "2026-03-04",
    ]
    assert [row[0] for row in response_table(hidden, words_of("en")).rows] == ["visit 1", "visit 2"]
