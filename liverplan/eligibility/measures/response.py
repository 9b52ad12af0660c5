"""The response to treatment, by RECIST 1.1, over all visits."""

from __future__ import annotations

from collections.abc import Sequence

from liverplan.eligibility import recist
from liverplan.eligibility.measured import Measured
from liverplan.eligibility.measures.visits import doubts
from liverplan.eligibility.part import Part, worst
from liverplan.eligibility.patient import Patient
from liverplan.eligibility.protocol import Criterion
from liverplan.findings import Statement

UNDECIDED = ("NE", "non-CR/non-PD")


def responses_of(patient: Patient, measured: Measured) -> tuple[recist.Response, ...]:
    """Return every response that is known: the compared images', then the patient file's."""
    found = (measured.response, _of_file(patient))
    return tuple(one for one in found if one is not None)


def response_part(criterion: Criterion, patient: Patient, measured: Measured) -> Part:
    """Hold the category against those that the criterion allows, with what speaks against it.

    The compared images decide where there are any. The patient file's visits never do so in
    silence: where the criterion would read otherwise by them, people decide.
    """
    responses = responses_of(patient, measured)
    if not responses:
        return Part(state="missing", says=_lacking(patient))
    first = responses[0]
    parts = [
        _by_category(criterion, first),
        *doubts(criterion, patient, measured, first),
        *_contradicted(criterion, responses),
    ]
    says = Statement.of("finding.response", parts=tuple(part.says for part in parts))
    return Part(state=worst(parts), says=says, value=first.overall)


def _of_file(patient: Patient) -> recist.Response | None:
    visits = patient.visits
    named = [by for by in patient.visits_by if by.strip()]
    if len(visits) < 2 or len(named) < len(visits) or visits[0].sum_tenths is None:
        return None
    return recist.assess(visits)


def _by_category(criterion: Criterion, response: recist.Response) -> Part:
    category, found = response.overall, response.summary
    if category in criterion.allowed:
        return Part(state="met", says=found)
    if category in UNDECIDED:
        says = Statement.of("finding.sums_undecided", found=found)
        return Part(state="needs judgement", says=says)
    required = Statement.of("limit.categories", categories=criterion.allowed)
    says = Statement.of("finding.where_required", found=found, required=required)
    return Part(state="not met", says=says)


def _contradicted(criterion: Criterion, responses: Sequence[recist.Response]) -> list[Part]:
    """Say where the compared images and the patient's file differ."""
    if len(responses) < 2 or responses[0].overall == responses[1].overall:
        return []
    compared, told = responses
    says = Statement.of("finding.file_differs", compared=compared.overall, file=told.overall)
    agree = (compared.overall in criterion.allowed) == (told.overall in criterion.allowed)
    return [Part(state="met" if agree else "needs judgement", says=says)]


def _lacking(patient: Patient) -> Statement:
    if len(patient.visits) < 2:
        return Statement.of("finding.no_baseline")
    faults = recist.baseline_faults(patient.visits[0])
    if patient.visits[0].sum_tenths is None:
        return Statement.of("finding.baseline_refused", faults=faults)
    return Statement.of("finding.unnamed_lengths")
