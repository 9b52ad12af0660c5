"""What a person's word says of a criterion."""

from __future__ import annotations

from liverplan.eligibility.part import Part
from liverplan.eligibility.patient import UNCLEAR, Fact, Patient
from liverplan.eligibility.protocol import FactQuestion, FactValue
from liverplan.findings import Statement, Value


def attested_part(
    question: FactQuestion, required: tuple[FactValue, ...], patient: Patient, plan: str = ""
) -> Part:
    """Judge one fact: it counts with a name, in its span of days, and of its plan.

    ``plan`` is the mark of the plan that is judged; "" where there is none.
    """
    fact, label = patient.facts.get(question.name), label_of(question)
    if fact is None:
        return Part(state="missing", says=Statement.of("finding.unattested", fact=label))
    if not fact.attested:
        return Part(state="missing", says=Statement.of("finding.anonymous", fact=label))
    doubt = doubt_of(question, fact, patient, plan)
    if doubt is not None:
        value = None if fact.value == UNCLEAR else fact.value
        return Part(state="needs judgement", says=doubt, value=value)
    return _held(fact, label, required)


def label_of(question: FactQuestion) -> Statement:
    """Say which fact a question asks for."""
    return Statement.of(f"fact.{question.name}", written=question.label)


def doubt_of(question: FactQuestion, fact: Fact, patient: Patient, plan: str) -> Statement | None:
    """Say why an attested fact does not count as it stands; None where it does."""
    days = patient.days_before_decision(fact.date)
    key = _doubt(question, fact, days, plan)
    if key is None:
        return None
    return Statement.of(
        key,
        fact=label_of(question),
        who=fact.by.strip(),
        day=_day(fact),
        days=days or 0,
        span=question.valid_days or 0,
        plan=fact.plan,
    )


def _doubt(question: FactQuestion, fact: Fact, days: int | None, plan: str) -> str | None:
    """Return the key of what is said against a fact: unclear, of other days, of another plan."""
    if fact.value == UNCLEAR:
        return "finding.unclear"
    if days is not None and days < 0:
        return "finding.late"
    if days is not None and question.valid_days is not None and days > question.valid_days:
        return "finding.expired"
    if fact.plan and fact.plan != plan:
        return "finding.other_plan"
    return "finding.no_plan_named" if question.of_plan and not fact.plan else None


def answer_said(value: FactValue | str) -> Value:
    """Say an answer: yes, no, or the number."""
    if isinstance(value, bool):
        return Statement.of("finding.yes") if value else Statement.of("finding.no")
    return value


def _held(fact: Fact, label: Statement, required: tuple[FactValue, ...]) -> Part:
    who, day, answer = fact.by.strip(), _day(fact), answer_said(fact.value)
    if fact.value in required:
        says = Statement.of("finding.attested", fact=label, answer=answer, who=who, day=day)
        return Part(state="met", says=says, value=fact.value)
    wanted = tuple(answer_said(value) for value in required)
    says = Statement.of(
        "finding.attested_other", fact=label, answer=answer, who=who, day=day, wanted=wanted
    )
    return Part(state="not met", says=says, value=fact.value)


def _day(fact: Fact) -> str:
    return "" if fact.date is None else fact.date.isoformat()
