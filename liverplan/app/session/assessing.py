"""The plan on screen, assessed just as the command line assesses it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from liverplan.app.session.telling import told
from liverplan.app.session.work import Work
from liverplan.errors import PlanError
from liverplan.findings import Fault, Findings, Margin
from liverplan.volumetry import Liver
from liverplan.workflow import evaluate
from liverplan.workflow.cases import notes_of
from liverplan.workflow.identity import images_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """What follows from a plan once the mouse rests: the assessment, and what speaks against it."""

    findings: Findings | None
    margins: tuple[Margin, ...]
    faults: tuple[str, ...]


def assess(work: Work, liver: Liver) -> Findings:
    """Assess the active plan just as the command line does."""
    record = work.record
    return evaluate(
        liver,
        work.active_plan,
        series=record.ct,
        patient=record.facts,
        protocol=record.rules,
        notes=notes_of(record, liver.segmentation),
        response=record.visits.response,
        biopsied=work.biopsied,
        images=images_of(record.ct, record.headers),
    )


def answer_for(work: Work, liver: Liver) -> Answer:
    """Assess the active plan; one that makes no sense has no verdict, but reasons why."""
    try:
        findings = assess(work, liver)
        margins = liver.margins(work.active_plan)
    except PlanError as refusal:
        return Answer(findings=None, margins=(), faults=(str(refusal),))
    faults = sentences(findings.faults)
    return Answer(findings=None if faults else findings, margins=margins, faults=faults)


def sentences(faults: Sequence[Fault]) -> tuple[str, ...]:
    """Say every fault."""
    return tuple(told(fault.says) for fault in faults)
