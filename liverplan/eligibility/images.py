"""What a CT says of its day and of its person, held against the patient's file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from liverplan.eligibility.patient import Patient, Sex
from liverplan.eligibility.protocol import Protocol
from liverplan.findings import Check, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """What the CT's headers say; everything may be absent.

    ``headers`` is whether it had any: a CT that was no DICOM says nothing. ``phase`` is the
    contrast phase in the headers' words, ``thickness_mm`` the slices' thickness.
    """

    date: dt.date | None = None
    patient_id: str = ""
    birth_date: dt.date | None = None
    sex: Sex | None = None
    phase: str = ""
    thickness_mm: float | None = None
    headers: bool = True


def checks_of(protocol: Protocol, patient: Patient, images: Images) -> tuple[Check, ...]:
    """Compare the CT with the patient's file: its day, then whose it is."""
    return (
        _day(protocol, patient, images),
        _same("patient_id", images.patient_id.strip(), patient.patient_id.strip()),
        _same("birth_date", images.birth_date, patient.birth_date),
        _same("sex", images.sex, patient.sex),
    )


def _same(name: str, of_ct: str | dt.date | None, of_file: str | dt.date | None) -> Check:
    """Compare without repeating either: what is compared names a person."""
    what = Statement.of(f"person.{name}")
    if of_ct and of_file:
        if of_ct == of_file:
            return Check(id=name, state="agrees", says=Statement.of("check.same", what=what))
        says = Statement.of("check.differs", what=what)
        return Check(id=name, state="needs judgement", says=says)
    if not of_ct and not of_file:
        key = "check.neither"
    else:
        key = "check.no_file" if of_ct else "check.no_ct"
    return Check(id=name, state="not given", says=Statement.of(key, what=what))


def _day(protocol: Protocol, patient: Patient, images: Images) -> Check:
    if not images.headers:
        says = Statement.of("check.no_headers")
        return Check(id="ct_date", state="needs judgement", says=says)
    ct = Statement.of("check.ct", parts=tuple(_described(images)))
    days = patient.days_before_decision(images.date)
    span = protocol.remnant_criterion.images_valid_days
    if days is None:
        key = "check.undated" if images.date is None else "check.no_decision"
        return Check(id="ct_date", state="not given", says=Statement.of(key, ct=ct))
    if days < 0:
        says = Statement.of("check.after", ct=ct)
        return Check(id="ct_date", state="needs judgement", says=says)
    if span is not None and days > span:
        says = Statement.of("check.old", ct=ct, days=days, span=span)
        return Check(id="ct_date", state="needs judgement", says=says)
    if span is None:
        says = Statement.of("check.no_span", ct=ct, days=days)
        return Check(id="ct_date", state="not given", says=says)
    return Check(id="ct_date", state="agrees", says=Statement.of("check.in_time", ct=ct, days=days))


def _described(images: Images) -> Iterator[Statement]:
    if images.date is not None:
        yield Statement.of("check.ct_on", day=images.date.isoformat())
    else:
        yield Statement.of("check.ct_undated")
    yield Statement.of(f"phase.{images.phase or 'unknown'}")
    if images.thickness_mm is not None:
        yield Statement.of("check.slices", mm=images.thickness_mm)
