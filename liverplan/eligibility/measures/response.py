"""The response to treatment, by RECIST 1.1."""

from __future__ import annotations

from liverplan.eligibility import recist
from liverplan.eligibility.measured import Measured
from liverplan.eligibility.part import Part
from liverplan.eligibility.patient import Patient
from liverplan.eligibility.protocol import Criterion
from liverplan.findings import Statement

UNDECIDED = ("NE", "non-CR/non-PD")


def response_of(patient: Patient, measured: Measured) -> recist.Response | None:
    """Return the compared images' response, else that of the patient file's visits, else None."""
    if measured.response is not None:
        return measured.response
    named = [by for by in patient.visits_by if by.strip()]
    if len(patient.visits) < 2 or len(named) < len(patient.visits):
        return None
    return recist.assess(patient.visits)


def response_part(criterion: Criterion, patient: Patient, measured: Measured) -> Part:
    """Hold the category against those that the criterion allows."""
    response = response_of(patient, measured)
    if response is None:
        return Part(state="missing", says=_lacking(patient))
    category, found = response.overall, response.summary
    if category in criterion.allowed:
        return Part(state="met", says=found, value=category)
    if category in UNDECIDED:
        says = Statement.of("finding.sums_undecided", found=found)
        return Part(state="needs judgement", says=says, value=category)
    required = Statement.of("limit.categories", categories=criterion.allowed)
    says = Statement.of("finding.where_required", found=found, required=required)
    return Part(state="not met", says=says, value=category)


def _lacking(patient: Patient) -> Statement:
    if len(patient.visits) >= 2:
        return Statement.of("finding.unnamed_lengths")
    return Statement.of("finding.no_baseline")
