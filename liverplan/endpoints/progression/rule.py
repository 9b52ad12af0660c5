"""Progression-free survival by a rule for missed and absent assessments.

The table of assessments is a CSV file with one a line: ``id``, ``date``, ``progression`` (``yes``,
``no``, or empty where it could not be judged, which counts as missed).

Progression or death counts at its day, unless more time has passed since the last assessment (or
the origin) than the design's missed visits allow: then the patient is censored there.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from liverplan.endpoints.followup import DAYS_PER_MONTH, FollowUp, after_the_end
from liverplan.endpoints.outcomes import Outcome
from liverplan.endpoints.tables import read_lines, refuse

COLUMNS = ("id", "date", "progression")
JUDGED: Mapping[str, bool | None] = {"yes": True, "no": False, "": None}
WHAT = "table of assessments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One look for progression; ``progression`` is None where it could not be judged."""

    date: dt.date
    progression: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progressed:
    """One patient's progression, months from the origin.

    ``after`` and ``until`` bound the day of progression or death; ``until`` is infinite where it
    was not seen.
    """

    id: str
    arm: str
    months: float
    cause: Literal["progression", "death", "censored"]
    after: float
    until: float


def read_assessments(path: Path, outcomes: Sequence[Outcome]) -> dict[str, tuple[Assessment, ...]]:
    """Read the assessments of the patients who have outcomes, by id, in order of date.

    Raises
    ------
    InputError
        One sentence that names the rows at fault.
    """
    patients = {outcome.id: outcome for outcome in outcomes}
    faults: list[str] = []
    found: dict[str, list[Assessment]] = {name: [] for name in patients}
    for number, value in read_lines(path, WHAT, needed=COLUMNS, optional=()):
        wrong = list(_faults(value, patients.get(value["id"])))
        faults += [f"line {number} {fault}" for fault in wrong]
        if not wrong:
            one = Assessment(
                date=dt.date.fromisoformat(value["date"]), progression=JUDGED[value["progression"]]
            )
            found[value["id"]].append(one)
    refuse(path, WHAT, faults)
    return {name: tuple(sorted(each, key=lambda one: one.date)) for name, each in found.items()}


def _faults(value: Mapping[str, str], patient: Outcome | None) -> Iterator[str]:
    if patient is None:
        yield f"has the id {value['id']!r}, which has no outcome"
    if value["progression"] not in JUDGED:
        yield f"has the progression {value['progression']!r}, which is neither yes nor no nor empty"
    try:
        date = dt.date.fromisoformat(value["date"])
    except ValueError:
        yield f"has the date {value['date']!r}, which is no date like 2024-03-11"
        return
    if patient is not None:
        yield from _misplaced(date, patient.follow_up)


def _misplaced(date: dt.date, follow_up: FollowUp) -> Iterator[str]:
    if late := after_the_end(date, follow_up):
        yield f"has an assessment on {date}, {late}"
    if date < follow_up.origin:
        yield f"has an assessment on {date}, before the origin {follow_up.origin}"


def by_rule(
    outcome: Outcome, assessments: Sequence[Assessment], *, longest_gap_months: float
) -> Progressed:
    """Return a patient's progression from the own assessments, in order of date."""
    origin, death = outcome.follow_up.origin, outcome.follow_up.death
    judged = [one for one in assessments if one.progression is not None]
    seen = next((one.date for one in judged if one.progression), None)
    free = [one.date for one in judged if seen is None or one.date < seen]
    last, event = _months(origin, max(free, default=origin)), seen or death
    end = math.inf if event is None else _months(origin, event)
    if end - last > longest_gap_months:
        return _progressed(outcome, last, "censored", last, math.inf)
    if seen is not None:
        return _progressed(outcome, end, "progression", last, end)
    return _progressed(outcome, end, "death", end, end)


def _progressed(
    outcome: Outcome,
    months: float,
    cause: Literal["progression", "death", "censored"],
    after: float,
    until: float,
) -> Progressed:
    return Progressed(
        id=outcome.id, arm=outcome.arm, months=months, cause=cause, after=after, until=until
    )


def _months(origin: dt.date, day: dt.date) -> float:
    return (day - origin).days / DAYS_PER_MONTH
