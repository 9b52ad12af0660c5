"""Outcomes of a trial's patients, from a CSV file with one patient a line.

Columns: ``id`` (as in the cohort's results), ``arm``, ``origin_date`` (randomisation, unless the
trial says otherwise) and ``last_seen_date`` are needed; ``death_date``, ``progression_date`` and
``last_assessed_date`` are empty where there is none; ``centre`` is everybody's or nobody's;
``entry_date`` is the first day under observation where that is after the origin, else empty. Dates
are written 2024-03-11.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from liverplan.endpoints.followup import (
    FollowUp,
    contradictions,
    overall_survival,
    progression_free_survival,
)
from liverplan.endpoints.tables import read_lines, refuse, repeated
from liverplan.errors import InputError

NEEDED = ("id", "arm", "origin_date", "last_seen_date")
DATES = ("death_date", "progression_date", "last_assessed_date", "entry_date")
OPTIONAL = (*DATES, "centre")
WHAT = "table of outcomes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One patient: the arm, what happened when, and the centre; empty where it is not known."""

    id: str
    arm: str
    follow_up: FollowUp
    centre: str = ""


def read_outcomes(path: Path) -> tuple[Outcome, ...]:
    """Read a file of outcomes.

    Raises
    ------
    InputError
        One sentence with every fault: unknown columns, dates that are none or cannot be, an id
        that is there twice.
    """
    faults: list[str] = []
    lines = read_lines(path, WHAT, needed=NEEDED, optional=OPTIONAL)
    outcomes = [_outcome(number, line, faults) for number, line in lines]
    faults += repeated([(number, line["id"]) for number, line in lines])
    if any(outcome.centre for outcome in outcomes):
        faults += [f"line {number} has no centre" for number, line in lines if not line["centre"]]
    refuse(path, WHAT, faults)
    return tuple(outcomes)


def _outcome(number: int, values: Mapping[str, str], faults: list[str]) -> Outcome:
    faults += [f"line {number} has no {name}" for name in NEEDED if not values[name]]
    days = {name: _date(number, name, values[name], faults) for name in (*NEEDED[2:], *DATES)}
    follow_up = FollowUp(
        origin=days["origin_date"] or dt.date.min,
        last_seen=days["last_seen_date"],
        death=days["death_date"],
        progression=days["progression_date"],
        last_assessed=days["last_assessed_date"],
        entry=days["entry_date"],
    )
    if all(values[name] for name in NEEDED) and days["origin_date"] is not None:
        faults += _impossible(number, follow_up)
    return Outcome(id=values["id"], arm=values["arm"], follow_up=follow_up, centre=values["centre"])


def _date(number: int, name: str, text: str, faults: list[str]) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        faults.append(f"line {number} has the {name} {text!r}, which is no date like 2024-03-11")
        return None


def _impossible(number: int, follow_up: FollowUp) -> list[str]:
    found = []
    for measure in (overall_survival, progression_free_survival):
        try:
            measure(follow_up)
        except InputError as fault:
            found.append(f"line {number}: {str(fault).rstrip('.')}")
    found += [f"line {number}: {fault}" for fault in contradictions(follow_up)]
    return list(dict.fromkeys(found))
