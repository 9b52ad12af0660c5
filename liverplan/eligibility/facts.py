"""Every fact that a protocol asks for: who says so, when, for how long, of which plan."""

from __future__ import annotations

from liverplan.eligibility.attested import doubt_of, label_of
from liverplan.eligibility.patient import Fact, Patient
from liverplan.eligibility.protocol import FactQuestion, Protocol
from liverplan.findings import FactFinding
from liverplan.findings.attested import FactState


def facts_of(protocol: Protocol, patient: Patient, plan: str) -> tuple[FactFinding, ...]:
    """Return what is known of each fact, in the protocol's order; ``plan`` is the plan's mark."""
    return tuple(_finding(question, patient, plan) for question in protocol.facts.values())


def _finding(question: FactQuestion, patient: Patient, plan: str) -> FactFinding:
    fact = patient.facts.get(question.name)
    given = fact or Fact(value="unclear")
    return FactFinding(
        id=question.name,
        label=label_of(question),
        state=_state(question, fact, patient, plan),
        value=None if fact is None else fact.value,
        unit=question.unit,
        by=given.by,
        date=given.date.isoformat() if given.date else "",
        note=given.note,
        plan=given.plan,
        days_before_decision=patient.days_before_decision(given.date),
        valid_days=question.valid_days,
        of_plan=question.of_plan,
    )


def _state(question: FactQuestion, fact: Fact | None, patient: Patient, plan: str) -> FactState:
    if fact is None:
        return "not given"
    if not fact.attested:
        return "not attested"
    return "holds" if doubt_of(question, fact, patient, plan) is None else "needs judgement"
