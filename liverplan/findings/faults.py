"""A plan that makes no sense on its liver, and why."""

from __future__ import annotations

from dataclasses import dataclass

from liverplan.findings.statement import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Statement):
    """One reason why a plan makes no sense: a statement, e.g. "fault.nothing_stays".

    Measuring answers in spite of faults; nothing that has one is eligible, or signed.
    """
