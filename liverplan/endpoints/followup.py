"""From a patient's dates to a time and whether it ended in the event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from liverplan.errors import InputError

DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """One patient's dates; None where it did not happen or is not known.

    ``entry`` is the first day under observation, where that is later than the origin.
    """

    origin: dt.date
    last_seen: dt.date | None = None
    death: dt.date | None = None
    progression: dt.date | None = None
    last_assessed: dt.date | None = None
    entry: dt.date | None = None


def overall_survival(patient: FollowUp) -> tuple[float, bool]:
    """Days from the origin to death of any cause, or to the last day seen alive.

    Returns
    -------
    (days, died)
    """
    return _interval(patient.origin, patient.death, patient.last_seen)


def progression_free_survival(patient: FollowUp) -> tuple[float, bool]:
    """Days to progression or death, whichever is first; else to the last tumour assessment.

    A patient without an assessment is censored at the day last seen.

    Returns
    -------
    (days, progressed or died)
    """
    happened = [day for day in (patient.progression, patient.death) if day is not None]
    free_until = patient.last_assessed or patient.last_seen
    return _interval(patient.origin, min(happened, default=None), free_until)


def late_entry(patient: FollowUp) -> float:
    """Days from the origin to the first under observation; 0 where that is the origin."""
    return 0.0 if patient.entry is None else float((patient.entry - patient.origin).days)


def after_the_end(day: dt.date, patient: FollowUp) -> str:
    """Return a clause if a day is after death, or after a living patient was last seen; else ""."""
    if patient.death is not None:
        return f"after death on {patient.death}" if day > patient.death else ""
    seen = patient.last_seen
    late = seen is not None and day > seen
    return f"after a living patient was last seen on {seen}" if late else ""


def contradictions(patient: FollowUp) -> tuple[str, ...]:
    """Return what cannot be among a patient's dates, a clause each.

    Nothing comes after death, nor before the origin; a living patient's progression or assessment
    comes no later than the day last seen; a late entry precedes everything that is observed.
    """
    found = []
    days = {
        "last_seen_date": patient.last_seen,
        "progression_date": patient.progression,
        "last_assessed_date": patient.last_assessed,
    }
    alive = patient.last_seen if patient.death is None else None
    for name, day in days.items():
        if day is not None and alive is not None and day > alive:
            found.append(
                f"the {name} {day} is after the last_seen_date {alive} of a living patient"
            )
        if day is not None and patient.death is not None and day > patient.death:
            found.append(f"the {name} {day} is after the death {patient.death}")
        if day is not None and name != "last_seen_date" and day < patient.origin:
            found.append(f"the {name} {day} is before its origin {patient.origin}")
    return (*found, *_unobserved(patient, days | {"death_date": patient.death}))


def _unobserved(patient: FollowUp, days: Mapping[str, dt.date | None]) -> tuple[str, ...]:
    """Return what is not after a late entry, and an entry that is before the origin."""
    entry = patient.entry
    if entry is None:
        return ()
    if entry < patient.origin:
        return (f"the entry_date {entry} is before its origin {patient.origin}",)
    return tuple(
        f"the {name} {day} is not after the entry_date {entry}"
        for name, day in days.items()
        if day is not None and day <= entry and entry > patient.origin
    )


def _interval(
    origin: dt.date, event: dt.date | None, censored: dt.date | None
) -> tuple[float, bool]:
    end = event if event is not None else censored
    if end is None:
        raise InputError("A patient has neither an event nor a day last seen.")
    if end < origin:
        raise InputError(f"The follow-up ends on {end}, before its origin {origin}.")
    return float((end - origin).days), event is not None
