"""Outcomes of a trial's patients, from a CSV file with one patient a line.

Columns: ``id`` (as in the cohort's results), ``arm``, ``origin_date`` (randomisation, unless the
trial says otherwise) and ``last_seen_date`` are needed; ``death_date``, ``progression_date`` and
``last_assessed_date`` are empty where there is none. Dates are written 2024-03-11.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from liverplan.endpoints.followup import (
    FollowUp,
    contradictions,
    overall_survival,
    progression_free_survival,
)
from liverplan.errors import InputError

NEEDED = ("id", "arm", "origin_date", "last_seen_date")
OPTIONAL = ("death_date", "progression_date", "last_assessed_date")
MOST_FAULTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One patient: the arm, and what happened when."""

    id: str
    arm: str
    follow_up: FollowUp


def read_outcomes(path: Path) -> tuple[Outcome, ...]:
    """Read a file of outcomes.

    Raises
    ------
    InputError
        One sentence with every fault: unknown columns, dates that are none or cannot be, an id
        that is there twice.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True, restkey="(too many)")
            header = tuple(reader.fieldnames or ())
            lines = [(reader.line_num, line) for line in reader]
    except OSError as error:
        raise InputError(f"The outcomes {path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"The outcomes {path} are no CSV file in UTF-8: {error}.") from error
    faults = _header_faults(header)
    outcomes = [] if faults else [_outcome(number, line, faults) for number, line in lines]
    count = Counter(outcome.id for outcome in outcomes if outcome.id)
    faults += [f"the id {name!r} is there twice" for name, n in count.items() if n > 1]
    if faults:
        more = f"; and {len(faults) - MOST_FAULTS} more" if len(faults) > MOST_FAULTS else ""
        raise InputError(
            f"The outcomes {path} do not serve: {'; '.join(faults[:MOST_FAULTS])}{more}."
        )
    return tuple(outcomes)


def _header_faults(header: Sequence[str]) -> list[str]:
    unknown = [f"unknown column {name!r}" for name in header if name not in (*NEEDED, *OPTIONAL)]
    return unknown + [f"no column {name!r}" for name in NEEDED if name not in header]


def _outcome(number: int, line: Mapping[str, str | None], faults: list[str]) -> Outcome:
    values = {name: (line.get(name) or "").strip() for name in (*NEEDED, *OPTIONAL)}
    faults += [f"line {number} has no {name}" for name in NEEDED if not values[name]]
    if "(too many)" in line:
        faults.append(f"line {number} has more values than columns")
    days = {name: _date(number, name, values[name], faults) for name in (*NEEDED[2:], *OPTIONAL)}
    follow_up = FollowUp(
        origin=days["origin_date"] or dt.date.min,
        last_seen=days["last_seen_date"],
        death=days["death_date"],
        progression=days["progression_date"],
        last_assessed=days["last_assessed_date"],
    )
    if all(values[name] for name in NEEDED) and days["origin_date"] is not None:
        faults += _impossible(number, follow_up)
    return Outcome(id=values["id"], arm=values["arm"], follow_up=follow_up)


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
