"""The trial's factors of each patient: from a CSV file, and from the cohort's measurements.

Columns: ``id``; ``age`` (years), ``receptor_positive`` and ``response`` (1 or 0),
``interval_months`` (primary to metastases), ``margin_mm``; empty where not known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from liverplan.endpoints.followup import DAYS_PER_MONTH, late_entry, overall_survival
from liverplan.endpoints.outcomes import Outcome
from liverplan.endpoints.prediction import prediction
from liverplan.endpoints.tables import read_lines, refuse
from liverplan.errors import InputError
from liverplan.findings import Statement
from liverplan.plain.sheet import comma_hint
from liverplan.words import in_english

WHAT = "table of factors"
GIVEN = ("age", "receptor_positive", "response", "interval_months", "margin_mm")
MAY_BE_NEGATIVE = ("margin_mm",)
"""Where the cut goes through a metastasis."""
YES_OR_NO = ("receptor_positive", "response")
AT_MONTHS = 36.0

FACTORS: Mapping[str, tuple[str, float]] = {
    "age, per 10 years": ("age", 0.1),
    "receptors positive": ("receptor_positive", 1.0),
    "response": ("response", 1.0),
    "interval from primary, per year": ("interval_months", 1 / 12),
    "metastases, per one": ("metastasis_count", 1.0),
    "longest metastasis, per cm": ("longest_mm", 0.1),
    "FLR, per 10 points": ("remnant_fraction", 10.0),
    "margin, per mm": ("margin_mm", 1.0),
}
"""Factors: the column that holds each, and what its unit is multiplied by."""


def read_factors(path: Path) -> dict[str, dict[str, float]]:
    """Read a table of factors by patient; what is empty is left out.

    Raises
    ------
    InputError
        One sentence with every fault: a value that is no number, or cannot be; an id twice.
    """
    found: dict[str, dict[str, float]] = {}
    faults: list[str] = []
    for number, values in read_lines(path, WHAT, needed=("id",), optional=GIVEN):
        own = {}
        for name in GIVEN:
            if values[name]:
                own[name] = _value(number, name, values[name], faults)
        if not values["id"] or values["id"] in found:
            faults.append(f"line {number} has an id that is empty or there twice")
        found[values["id"]] = own
    refuse(path, WHAT, faults)
    return found


def predict_survival(
    outcomes: Sequence[Outcome],
    measured: Mapping[str, Mapping[str, Any]],
    given: Mapping[str, Mapping[str, float]],
    *,
    reference: str,
) -> dict[str, Any]:
    """Return the prediction of overall survival at three years; times in months.

    A factor that nobody has, or that is the same for everybody, is left out and named.

    Raises
    ------
    InputError
        If a patient of the factors is not in the trial.
    """
    strangers = sorted(set(given) - {outcome.id for outcome in outcomes})
    if strangers:
        raise InputError(f"Factors of patients not in the trial: {', '.join(strangers)}.")
    rows = [{**measured.get(one.id, {}), **given.get(one.id, {})} for one in outcomes]
    columns = {
        name: [_scaled(row.get(column), scale) for row in rows]
        for name, (column, scale) in FACTORS.items()
    }
    varied = {
        name: v for name, v in columns.items() if len({x for x in v if not math.isnan(x)}) > 1
    }
    remarks = [
        in_english(Statement.of("trial.factor_unknown", factor=name))
        for name in columns.keys() - varied
    ]
    if any(late_entry(outcome.follow_up) for outcome in outcomes):
        return {"remarks": [in_english(Statement.of("trial.late_prediction"))]}
    timed = [overall_survival(outcome.follow_up) for outcome in outcomes]
    treated = [outcome.arm != reference for outcome in outcomes]
    months = [days / DAYS_PER_MONTH for days, _ in timed]
    try:
        found = prediction(months, [died for _, died in timed], treated, varied, at=AT_MONTHS)
    except InputError as fault:
        found, remarks = {}, [*remarks, str(fault)]
    return found | {"remarks": sorted(remarks)}


def _scaled(value: float | None, scale: float) -> float:
    return math.nan if value is None else scale * float(value)


def _value(number: int, name: str, text: str, faults: list[str]) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    lowest = -math.inf if name in MAY_BE_NEGATIVE else 0.0
    possible = value in (0, 1) if name in YES_OR_NO else lowest <= value < math.inf
    if not possible:
        faults.append(f"line {number} has the {name} {text!r}, which cannot be{comma_hint(text)}")
    return value
