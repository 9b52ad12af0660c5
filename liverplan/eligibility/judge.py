"""Hold a patient and a plan against a protocol, criterion by criterion.

A criterion with several parts is as bad as its worst: not met, then missing, then needs
judgement, then met. One that is not met makes the patient not eligible; else anything missing,
unattested or in need of judgement leaves it undecided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from liverplan.eligibility.measures import (
    Measured,
    State,
    Verdict,
    measure,
    response_of,
    spans_limit,
)
from liverplan.eligibility.patient import UNCLEAR, Fact, Patient
from liverplan.eligibility.protocol import Criterion, FactQuestion, FactValue, Protocol

Eligibility = Literal["eligible", "not eligible", "undecided"]

WORST_FIRST: tuple[State, ...] = ("not met", "missing", "needs judgement", "met")


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionResult:
    """What is known of one criterion: its state, the value found, and one sentence."""

    id: str
    state: State
    finding: str
    value: float | int | str | bool | None = None
    title: str = ""
    source: str = ""
    ambiguity: str = ""
    attested_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Every criterion in the protocol's order, what follows of them, and why in sentences."""

    criteria: tuple[CriterionResult, ...]
    eligibility: Eligibility
    threshold_fraction: float
    reasons: tuple[str, ...] = ()


def judge(protocol: Protocol, patient: Patient, measured: Measured) -> Judgement:
    """Judge every criterion.

    Parameters
    ----------
    protocol : Protocol
        What is required.
    patient : Patient
        What people attest.
    measured : Measured
        What was computed.
    """
    results = tuple(_result(c, protocol.facts, patient, measured) for c in protocol.criteria)
    return Judgement(
        criteria=results,
        eligibility=_eligibility(results, measured),
        threshold_fraction=protocol.threshold_fraction,
        reasons=_reasons(protocol, results, measured),
    )


def _result(
    criterion: Criterion,
    facts: Mapping[str, FactQuestion],
    patient: Patient,
    measured: Measured,
) -> CriterionResult:
    parts = [measure(criterion, patient, measured)] if criterion.measure else []
    parts += [_attested(criterion, facts[name], patient) for name in criterion.requires]
    if criterion.aided_by == "response":
        parts += _aid(parts, patient, measured)
    given = [patient.facts[name] for name in criterion.requires if name in patient.facts]
    return CriterionResult(
        id=criterion.id,
        state=_worst(parts),
        finding=f"{criterion.title}: {'; '.join(part.words for part in parts)}.",
        value=parts[0].value,
        title=criterion.title,
        source=criterion.source,
        ambiguity=criterion.ambiguity,
        attested_by="; ".join(fact.evidence for fact in given if fact.attested),
    )


def _attested(criterion: Criterion, question: FactQuestion, patient: Patient) -> Verdict:
    """Judge one fact: it counts only with a name and a day not after the decision."""
    fact = patient.facts.get(question.name)
    label = f"'{question.label}'"
    if fact is None:
        return Verdict(state="missing", words=f"nobody has attested {label} yet")
    if not fact.attested or fact.date is None:
        return Verdict(state="missing", words=f"{label} is stated without who attests it and when")
    who = f"{fact.by.strip()} on {fact.date.isoformat()}"
    if fact.value == UNCLEAR:
        return Verdict(state="needs judgement", words=f"{label} was unclear to {who}")
    if patient.decision_date is not None and fact.date > patient.decision_date:
        words = f"{label} was attested by {who}, after the day of the decision"
        return Verdict(state="needs judgement", words=words, value=fact.value)
    said = f"{label} is attested as {_say(fact.value)} by {who}"
    return _answer(criterion.requires[question.name], fact, said)


def _answer(required: tuple[FactValue, ...], fact: Fact, said: str) -> Verdict:
    if fact.value in required:
        return Verdict(state="met", words=said, value=fact.value)
    wanted = " or ".join(_say(answer) for answer in required)
    return Verdict(state="not met", words=f"{said} where {wanted} is required", value=fact.value)


def _aid(parts: list[Verdict], patient: Patient, measured: Measured) -> list[Verdict]:
    """Let a computed progression contradict what is attested; it never replaces it."""
    response = response_of(patient, measured)
    if response is None or response.overall != "PD" or _worst(parts) != "met":
        return []
    return [Verdict(state="needs judgement", words="but the lesions' sums say progression")]


def _worst(parts: list[Verdict]) -> State:
    return min((part.state for part in parts), key=WORST_FIRST.index)


def _say(value: FactValue | str) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _eligibility(results: tuple[CriterionResult, ...], measured: Measured) -> Eligibility:
    states = {result.state for result in results}
    if "not met" in states:
        return "not eligible"
    return "eligible" if states == {"met"} and not measured.unaccepted else "undecided"


def _reasons(
    protocol: Protocol, results: tuple[CriterionResult, ...], measured: Measured
) -> tuple[str, ...]:
    count = Counter(result.state for result in results)
    found = []
    for state in WORST_FIRST[:-1]:
        if count[state]:
            titles = [result.title for result in results if result.state == state]
            found.append(f"{state.capitalize()}: {', '.join(titles)}.")
    if measured.remnant_ml is not None and spans_limit(protocol.remnant_criterion, measured):
        found.append("The remnant is too close to its limit to decide by volume alone.")
    if measured.unaccepted:
        found.append(f"No verdict: {', '.join(measured.unaccepted)} not confirmed.")
    return tuple(found)
