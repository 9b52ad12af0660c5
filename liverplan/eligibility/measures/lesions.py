"""The count of metastases."""

from __future__ import annotations

from dataclasses import replace

from liverplan.eligibility.measured import Measured
from liverplan.eligibility.measures.response import responses_of
from liverplan.eligibility.part import Part, counted
from liverplan.eligibility.patient import Patient
from liverplan.eligibility.protocol import Criterion
from liverplan.findings import Statement


def count_part(criterion: Criterion, patient: Patient, measured: Measured) -> Part:
    """Hold the count against the criterion; where all have vanished, people decide."""
    count = measured.lesion_count
    if count is None:
        return Part(state="missing", says=Statement.of("finding.unmarked"))
    found = _found(count, measured)
    vanished = any(one.overall == "CR" for one in responses_of(patient, measured))
    if count == 0 and vanished:
        says = Statement.of("finding.vanished", found=found)
        return Part(state="needs judgement", says=says, value=0)
    return _by_fate(counted(criterion, count, found), found, measured)


def _by_fate(part: Part, found: Statement, measured: Measured) -> Part:
    """Let what the plan makes of the metastases speak where their count alone would be met."""
    if part.state != "met":
        return part
    if measured.lesions_cut_through:
        says = Statement.of("finding.not_removed", found=found)
        return replace(part, state="not met", says=says)
    if measured.lesions_in_remnant:
        says = Statement.of("finding.left_behind", found=found)
        return replace(part, state="needs judgement", says=says, open="left behind")
    return part


def _found(count: int, measured: Measured) -> Statement:
    numbers = [Statement.of("finding.count", count=count)]
    if measured.lesions_below_10_mm:
        numbers.append(Statement.of("finding.small", number=measured.lesions_below_10_mm))
    if measured.lesions_in_remnant:
        numbers.append(Statement.of("finding.left", number=measured.lesions_in_remnant))
    if measured.lesions_cut_through:
        numbers.append(Statement.of("finding.cut", number=measured.lesions_cut_through))
    return Statement.of("finding.counted", numbers=tuple(numbers))
