"""Safety by arm: complications, liver failure and 90-day mortality, with exact limits.

A CSV file with one patient a line: ``id``, ``clavien_dindo`` (the worst grade: 0, I, II, IIIa,
IIIb, IVa, IVb, V), ``isgls_grade`` (none, A, B, C) and ``liver_resection_date``; empty where not
known. Mortality runs from the liver's resection, or from the origin where there was none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import scipy

from liverplan.endpoints.followup import FollowUp, after_the_end
from liverplan.endpoints.outcomes import Outcome
from liverplan.endpoints.tables import (
    Line,
    of_line,
    read_lines,
    refuse,
    refuse_together,
    repeated,
)
from liverplan.errors import InputError

CLAVIEN_DINDO = ("0", "I", "II", "IIIa", "IIIb", "IVa", "IVb", "V")
MAJOR = CLAVIEN_DINDO[CLAVIEN_DINDO.index("IIIa") :]
ISGLS = ("none", "A", "B", "C")
DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """One patient's complications; None where not known. ``line`` is the file's, 0 without one."""

    id: str
    clavien_dindo: str | None = None
    isgls_grade: str | None = None
    resected: dt.date | None = None
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of an arm's patients had something, and its exact 95 % limits.

    ``patients`` are those of whom it is known; ``unknown`` are the others.
    """

    arm: str
    what: str
    events: int
    patients: int
    unknown: int
    fraction: float | None
    fraction_95: tuple[float, float] | None


def exact_limits(events: int, patients: int, *, level: float = 0.95) -> tuple[float, float]:
    """Return Clopper and Pearson's limits of a proportion (R's ``binom.test``).

    Raises
    ------
    InputError
        If the counts cannot be.
    """
    if not 0 <= events <= patients or patients == 0:
        raise InputError(f"{events} of {patients} is no proportion.")
    tail = (1 - level) / 2
    low = scipy.stats.beta.ppf(tail, events, patients - events + 1) if events else 0.0
    up = scipy.stats.beta.ppf(1 - tail, events + 1, patients - events) if events < patients else 1.0
    return float(low), float(up)


def read_safety(path: Path) -> tuple[Safety, ...]:
    """Read a table of complications.

    Raises
    ------
    InputError
        One sentence with every fault: a grade that is none, a date that is none, an id twice.
    """
    optional = ("clavien_dindo", "isgls_grade", "liver_resection_date")
    lines = read_lines(path, "table of safety", needed=("id",), optional=optional)
    faults: list[str] = []
    found = tuple(_safety(line, faults) for line in lines)
    faults += repeated([(one.line, one.id) for one in found])
    refuse(path, "table of safety", faults)
    return found


def safety_by_arm(outcomes: Sequence[Outcome], table: Sequence[Safety]) -> dict[str, Any]:
    """Return counts, shares and exact limits by arm, as a plain document.

    Raises
    ------
    InputError
        If a patient of the table is not in the trial, or died by one table and not by the other.
    """
    known = {one.id: one for one in table}
    _require_agreement(outcomes, known)
    arms = sorted({outcome.arm for outcome in outcomes})
    of_arm = {arm: [outcome for outcome in outcomes if outcome.arm == arm] for arm in arms}
    worst = {one.id: one.clavien_dindo for one in table}
    failure = {one.id: one.isgls_grade for one in table}
    return {
        "clavien_dindo": [
            *_graded(of_arm, worst, {grade: (grade,) for grade in CLAVIEN_DINDO}),
            *_graded(of_arm, worst, {"IIIa or worse": MAJOR}),
        ],
        "isgls": [
            *_graded(of_arm, failure, {grade: (grade,) for grade in ISGLS}),
            *_graded(of_arm, failure, {"B or C": ("B", "C")}),
        ],
        "mortality_90_days": [
            asdict(_share(arm, "death within 90 days", [_died(o, known) for o in members]))
            for arm, members in of_arm.items()
        ],
        "methods": [
            "Limits are exact (Clopper and Pearson), 95 %, and of each share by itself.",
            "Deaths are counted from the liver's resection, or from the origin without one; who "
            "was followed for less than 90 days is not known.",
        ],
    }


def _graded(
    of_arm: Mapping[str, Sequence[Outcome]],
    grades: Mapping[str, str | None],
    groups: Mapping[str, tuple[str, ...]],
) -> list[dict[str, Any]]:
    rows = []
    for arm, members in of_arm.items():
        known = [grades.get(outcome.id) for outcome in members]
        for what, group in groups.items():
            had = [None if grade is None else grade in group for grade in known]
            rows.append(asdict(_share(arm, what, had)))
    return rows


def _share(arm: str, what: str, had: Sequence[bool | None]) -> Share:
    known = [one for one in had if one is not None]
    events, count = sum(known), len(known)
    return Share(
        arm=arm,
        what=what,
        events=events,
        patients=count,
        unknown=len(had) - count,
        fraction=events / count if count else None,
        fraction_95=exact_limits(events, count) if count else None,
    )


def _died(outcome: Outcome, known: Mapping[str, Safety]) -> bool | None:
    """Whether a patient died within 90 days; None if not followed so long."""
    dates, one = outcome.follow_up, known.get(outcome.id)
    start = one.resected if one and one.resected else dates.origin
    if dates.death is not None:
        return (dates.death - start).days <= DAYS
    seen = dates.last_seen
    return False if seen is not None and (seen - start).days >= DAYS else None


def _require_agreement(outcomes: Sequence[Outcome], known: Mapping[str, Safety]) -> None:
    dates = {outcome.id: outcome.follow_up for outcome in outcomes}
    faults = [
        f"{of_line(one.line, one.id)} {fault}"
        for one in known.values()
        for fault in _contradictions(one, dates.get(one.id))
    ]
    refuse_together("Safety and outcomes contradict", faults)


def _contradictions(one: Safety, dates: FollowUp | None) -> Iterator[str]:
    if dates is None:
        yield "is not in the trial"
        return
    if one.clavien_dindo == "V" and dates.death is None:
        yield "has Clavien-Dindo V and no day of death"
    if one.resected and one.resected < dates.origin:
        yield f"was resected on {one.resected}, before the origin"
    if one.resected and (late := after_the_end(one.resected, dates)):
        yield f"was resected on {one.resected}, {late}"


def _safety(line: Line, faults: list[str]) -> Safety:
    number, values = line
    if not values["id"]:
        faults.append(f"line {number} has no id")
    for name, grades in (("clavien_dindo", CLAVIEN_DINDO), ("isgls_grade", ISGLS)):
        if values[name] and values[name] not in grades:
            told = ", ".join(grades)
            faults.append(f"line {number} has the {name} {values[name]!r}, none of {told}")
    return Safety(
        id=values["id"],
        clavien_dindo=values["clavien_dindo"] or None,
        isgls_grade=values["isgls_grade"] or None,
        resected=_day(number, values["liver_resection_date"], faults),
        line=number,
    )


def _day(number: int, text: str, faults: list[str]) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        faults.append(f"line {number} has {text!r}, which is no date like 2024-03-11")
        return None
