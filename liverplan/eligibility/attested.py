"""What a person's word says of a criterion."""

from __future__ import annotations

import datetime as dt

from liverplan.eligibility.part import Part
from liverplan.eligibility.patient import UNCLEAR, Fact, Patient
from liverplan.eligibility.protocol import FactQuestion, FactValue
from liverplan.findings import Statement, Value


def attested_part(
    question: FactQuestion, required: tuple[FactValue, ...], patient: Patient
) -> Part:
    """Judge one fact: it counts only with a name and a day not after the decision."""
    fact = patient.facts.get(question.name)
    label = Statement.of(f"fact.{question.name}", written=question.label)
    if fact is None:
        return Part(state="missing", says=Statement.of("finding.unattested", fact=label))
    if not fact.attested or fact.date is None:
        return Part(state="missing", says=Statement.of("finding.anonymous", fact=label))
    return _held(fact, fact.date, label, required, patient)


def _held(
    fact: Fact, date: dt.date, label: Statement, required: tuple[FactValue, ...], patient: Patient
) -> Part:
    who, day = fact.by.strip(), date.isoformat()
    if fact.value == UNCLEAR:
        says = Statement.of("finding.unclear", fact=label, who=who, day=day)
        return Part(state="needs judgement", says=says)
    if patient.decision_date is not None and date > patient.decision_date:
        says = Statement.of("finding.late", fact=label, who=who, day=day)
        return Part(state="needs judgement", says=says, value=fact.value)
    answer = _answer(fact.value)
    if fact.value in required:
        says = Statement.of("finding.attested", fact=label, answer=answer, who=who, day=day)
        return Part(state="met", says=says, value=fact.value)
    wanted = tuple(_answer(value) for value in required)
    says = Statement.of(
        "finding.attested_other", fact=label, answer=answer, who=who, day=day, wanted=wanted
    )
    return Part(state="not met", says=says, value=fact.value)


def _answer(value: FactValue | str) -> Value:
    if isinstance(value, bool):
        return Statement.of("finding.yes") if value else Statement.of("finding.no")
    return value
