"""Questionnaires over time, from a CSV file with one visit of one patient a line.

Columns: ``id`` and ``visit_months`` (from the origin; 0 is the baseline) are needed; ``q_1`` to
``q_30`` are the answers of the QLQ-C30 and ``lmc_31`` to ``lmc_51`` those of the QLQ-LMC21, empty
where unanswered.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from liverplan.endpoints.followup import DAYS_PER_MONTH, FollowUp, after_the_end
from liverplan.endpoints.lmc21 import QLQ_LMC21, score_qlq_lmc21
from liverplan.endpoints.outcomes import Outcome
from liverplan.endpoints.quality_of_life import QLQ_C30, score_qlq_c30
from liverplan.endpoints.tables import Line, of_line, read_lines, refuse, refuse_together
from liverplan.errors import InputError
from liverplan.plain.sheet import comma_hint

C30 = {f"q_{item}": item for item in range(1, 31)}
LMC21 = {f"lmc_{item}": item for item in range(31, 52)}
SCALES = {**QLQ_C30, **QLQ_LMC21}
"""Every scale of both questionnaires by name."""

WHAT = "table of quality of life"

NAMED_WITHIN = 1.0
"""Months by which a visit may lie before the month that names it."""

MOST_DAYS = 100 * 365
"""Longer than anybody is followed; a calendar ends too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One patient's scores at one time; None where too few items were answered.

    ``line`` is the file's, 0 without one.
    """

    id: str
    months: float
    scores: Mapping[str, float | None]
    line: int = 0


def read_visits(path: Path) -> tuple[Visit, ...]:
    """Read and score a table of questionnaires.

    Raises
    ------
    InputError
        One sentence with every fault: a time that is none, an answer that does not exist, a visit
        that is there twice.
    """
    lines = read_lines(path, WHAT, needed=("id", "visit_months"), optional=(*C30, *LMC21))
    faults: list[str] = []
    visits = tuple(_visit(line, faults) for line in lines)
    refuse(path, WHAT, faults)
    seen: set[tuple[str, float]] = set()
    for (number, _), visit in zip(lines, visits, strict=True):
        if (visit.id, visit.months) in seen:
            faults.append(f"line {number} repeats a visit of {visit.id!r}")
        seen.add((visit.id, visit.months))
    refuse(path, WHAT, faults)
    return visits


def _visit(line: Line, faults: list[str]) -> Visit:
    number, values = line
    if not values["id"]:
        faults.append(f"line {number} has no id")
    months = _number(values["visit_months"])
    if months is None or months < 0:
        hint = comma_hint(values["visit_months"])
        faults.append(f"line {number} has no visit_months that is a number and not negative{hint}")
    try:
        scores = {
            **score_qlq_c30(_answers(values, C30)),
            **score_qlq_lmc21(_answers(values, LMC21)),
        }
    except InputError as fault:
        faults.append(f"line {number}: {str(fault).rstrip('.')}")
        scores = {}
    return Visit(id=values["id"], months=months or 0.0, scores=scores, line=number)


def require_followed(visits: Sequence[Visit], outcomes: Sequence[Outcome]) -> None:
    """Refuse visits of who is not in the trial, or over a month after the follow-up's end.

    The month is there because a visit is named by its month in the plan, not by its day.

    Raises
    ------
    InputError
        One sentence that names the rows at fault.
    """
    known = {one.id: one.follow_up for one in outcomes}
    faults = [
        f"{of_line(visit.line, visit.id)} {fault}"
        for visit in visits
        if (fault := _unfollowed(visit, known.get(visit.id)))
    ]
    refuse_together("Quality of life and outcomes contradict", faults)


def _unfollowed(visit: Visit, follow_up: FollowUp | None) -> str:
    if follow_up is None:
        return "is not in the trial"
    days = max(visit.months - NAMED_WITHIN, 0.0) * DAYS_PER_MONTH
    if days > MOST_DAYS:
        return f"answered at {visit.months:g} months, which nobody is followed for"
    late = after_the_end(follow_up.origin + dt.timedelta(days=int(days)), follow_up)
    return f"answered at {visit.months:g} months from {follow_up.origin}, {late}" if late else ""


def _answers(values: Mapping[str, str], items: Mapping[str, int]) -> dict[int, int]:
    given = {item: values[name] for name, item in items.items() if values[name]}
    wrong = [f"item {item}: {text!r}" for item, text in given.items() if not text.isdecimal()]
    if wrong:
        raise InputError(f"There are answers that are no number: {', '.join(wrong)}.")
    return {item: int(text) for item, text in given.items()}


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
