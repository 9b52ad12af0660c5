"""Whose CT is on screen, in words: for the title and every pane."""

from __future__ import annotations

import datetime as dt

from liverplan.app.kit.language import en, tr
from liverplan.case import Record
from liverplan.dicom.whose import (
    birth_date_in,
    made_up_in,
    patient_id_in,
    patient_name_in,
    sex_in,
)
from liverplan.plain import clean

LONGEST = 40
"""Characters of a name that stand in a corner."""

HIDDEN = en("De-identified display")


def patient_lines(record: Record, *, hidden: bool) -> tuple[str, ...]:
    """Return name; ID; sex and age at the study: as far as the CT tells them.

    ``hidden``: nothing that tells who it is, as where others look at the screen too.
    """
    if record.series is None:
        return ()
    if hidden:
        return (tr(HIDDEN),)
    headers = record.headers or {}
    if made_up_in(headers):
        return ()
    name = clean(patient_name_in(headers).replace("^", " ").strip())[:LONGEST]
    identity = clean(patient_id_in(headers))[:LONGEST]
    age = _age(birth_date_in(headers), record.series.study_date)
    sex_and_age = ", ".join(filter(None, (sex_in(headers)[:1], age)))
    return tuple(filter(None, (name, f"ID {identity}" if identity else "", sex_and_age)))


def title_words(record: Record, *, hidden: bool) -> str:
    """Return the window's title: the program, whose CT it is, which study and series."""
    series = record.series
    if series is None:
        return "liverplan"
    whose = ", ".join(patient_lines(record, hidden=hidden))
    study = " ".join(filter(None, (dashed(series.study_date), clean(series.description))))
    return " - ".join(filter(None, ("liverplan", whose, study)))


def dashed(date: str) -> str:
    """Return a DICOM date as year-month-day, and what is none as it is."""
    is_date = len(date) == 8 and date.isdigit()
    return f"{date[:4]}-{date[4:6]}-{date[6:]}" if is_date else clean(date)


def _age(born: str, study: str) -> str:
    try:
        birth, day = dt.date.fromisoformat(born), dt.date.fromisoformat(study)
    except ValueError:
        return ""
    years = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    return tr("{years} y", years=years) if years >= 0 else ""
