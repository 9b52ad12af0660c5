"""The age on the day of the decision."""

from __future__ import annotations

from liverplan.eligibility.part import Part, counted
from liverplan.eligibility.patient import Patient
from liverplan.eligibility.protocol import Criterion
from liverplan.findings import Statement


def age_part(criterion: Criterion, patient: Patient) -> Part:
    """Hold completed years against the criterion."""
    age, day = patient.age_years, patient.decision_date
    if age is None or day is None:
        return Part(state="missing", says=_lacking(patient))
    return counted(criterion, age, Statement.of("finding.age", years=age, day=day.isoformat()))


def _lacking(patient: Patient) -> Statement:
    if patient.birth_date is None and patient.decision_date is None:
        return Statement.of("finding.dates_missing")
    if patient.birth_date is None:
        return Statement.of("finding.birth_missing")
    return Statement.of("finding.decision_missing")
