"""Hold a patient and a plan against a protocol, criterion by criterion.

A criterion with several parts is as bad as its worst: not met, then missing, then needs
judgement, then met. One that is not met makes the patient not eligible; else anything missing,
unattested or in need of judgement leaves it undecided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liverplan.eligibility.attested import attested_part
from liverplan.eligibility.facts import facts_of
from liverplan.eligibility.images import checks_of
from liverplan.eligibility.measured import Measured
from liverplan.eligibility.measures import part_of
from liverplan.eligibility.measures.near_limit import near_limit, require_inside
from liverplan.eligibility.measures.response import responses_of
from liverplan.eligibility.part import Part, settled, worst
from liverplan.eligibility.patient import Patient
from liverplan.eligibility.protocol import Criterion, FactQuestion, Protocol
from liverplan.findings import (
    Check,
    CriterionFinding,
    Eligibility,
    FactFinding,
    State,
    Statement,
)

LIVER = 1
"""The liver's label value; metastases follow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Every criterion in the protocol's order, what follows of them, and why.

    ``checks`` hold the CT against the patient's file, ``facts`` say who attests what.
    """

    criteria: tuple[CriterionFinding, ...]
    eligibility: Eligibility
    threshold_fraction: float
    reasons: tuple[Statement, ...] = ()
    checks: tuple[Check, ...] = ()
    facts: tuple[FactFinding, ...] = ()


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
    require_inside(protocol.remnant_criterion, measured)
    parts = {c.id: _parts(c, protocol.facts, patient, measured) for c in protocol.criteria}
    found = tuple(_finding(c, parts[c.id], patient) for c in protocol.criteria)
    open_ = {part.open for each in parts.values() for part in each if part.open}
    checks = () if measured.images is None else checks_of(protocol, patient, measured.images)
    doubted = tuple(check.says for check in checks if check.state == "needs judgement")
    return Judgement(
        criteria=found,
        eligibility=_eligibility(found, sure=not (open_ or measured.unaccepted or doubted)),
        threshold_fraction=protocol.threshold_fraction,
        reasons=(
            *_open(found),
            *near_limit(protocol, measured, open_=open_),
            *_settled(parts),
            *([unconfirmed(measured.unaccepted)] if measured.unaccepted else ()),
            *doubted,
        ),
        checks=checks,
        facts=facts_of(protocol, patient, measured.plan),
    )


def title_said(name: str, title: str) -> Statement:
    """Say a criterion's title: as its protocol writes it, unless a language has its own words."""
    return Statement.of(f"criterion.{name}", written=title)


def _finding(criterion: Criterion, parts: Sequence[Part], patient: Patient) -> CriterionFinding:
    asked = (*criterion.requires, *criterion.considers)
    given = [patient.facts[name] for name in asked if name in patient.facts]
    says = tuple(part.says for part in parts) + _otherwise(criterion, worst(parts))
    return CriterionFinding(
        id=criterion.id,
        state=worst(parts),
        finding=Statement.of(
            "finding.criterion", title=title_said(criterion.id, criterion.title), parts=says
        ),
        value=parts[0].value,
        title=criterion.title,
        source=criterion.source,
        ambiguity=criterion.ambiguity,
        attested_by="; ".join(fact.evidence for fact in given if fact.attested),
    )


def _otherwise(criterion: Criterion, state: State) -> tuple[Statement, ...]:
    """Say what the protocol lets be done where a criterion is not met."""
    if state != "not met" or not criterion.otherwise:
        return ()
    words = Statement.of(f"way_out.{criterion.id}", written=criterion.otherwise)
    return (Statement.of("finding.otherwise", words=words),)


def _parts(
    criterion: Criterion, facts: Mapping[str, FactQuestion], patient: Patient, measured: Measured
) -> list[Part]:
    parts: list[Part] = []
    if criterion.measure is not None:
        part = part_of(criterion.measure, criterion, patient, measured)
        name = criterion.settled_by.get(part.open) if part.open else None
        by = attested_part(facts[name], (True,), patient, measured.plan) if name else None
        parts += settled(part, by) if by else [part]
    given = {k: v for k, v in criterion.considers.items() if k in patient.facts}
    parts += [
        attested_part(facts[name], answers, patient, measured.plan)
        for name, answers in {**criterion.requires, **given}.items()
    ]
    if criterion.aided_by == "response":
        parts += _aid(parts, patient, measured)
    return parts


def _aid(parts: Sequence[Part], patient: Patient, measured: Measured) -> list[Part]:
    """Let a computed progression contradict what is attested; it never replaces it."""
    if worst(parts) != "met":
        return []
    found = responses_of(patient, measured)
    if any(one.overall == "PD" for one in found):
        return [Part(state="needs judgement", says=Statement.of("finding.sums_progress"))]
    if any(one.progressed(since=patient.treatment_start) for one in found):
        return [Part(state="needs judgement", says=Statement.of("finding.progressed_once"))]
    return []


def _eligibility(found: Sequence[CriterionFinding], *, sure: bool) -> Eligibility:
    states = {criterion.state for criterion in found}
    if "not met" in states:
        return "not eligible"
    return "eligible" if states == {"met"} and sure else "undecided"


def _open(found: Sequence[CriterionFinding]) -> list[Statement]:
    """Name what is open, the worst first."""
    return [
        *_titles("why.not_met", "not met", found),
        *_titles("why.missing", "missing", found),
        *_titles("why.needs_judgement", "needs judgement", found),
    ]


def _titles(key: str, state: State, found: Sequence[CriterionFinding]) -> list[Statement]:
    titles = tuple(title_said(one.id, one.title) for one in found if one.state == state)
    return [Statement.of(key, titles=titles)] if titles else []


def _settled(parts: Mapping[str, Sequence[Part]]) -> list[Statement]:
    """Say what a person attested where the computer left it open."""
    settling = (part for each in parts.values() for part in each if part.settles)
    return [Statement.of("why.settled", says=part.says) for part in settling]


def unconfirmed(labels: Sequence[int]) -> Statement:
    """Say which masks no person has accepted."""
    return Statement.of("why.unconfirmed", masks=tuple(_mask(label) for label in labels))


def _mask(label: int) -> Statement:
    if label == LIVER:
        return Statement.of("why.liver")
    return Statement.of("why.lesion", number=label - LIVER)
