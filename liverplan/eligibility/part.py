"""One part of a criterion: what a computed number, or an attested fact, says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from liverplan.eligibility.limits_said import limits_said
from liverplan.eligibility.protocol import Criterion, Doubt
from liverplan.findings import State, Statement

WORST_FIRST: tuple[State, ...] = ("not met", "missing", "needs judgement", "met")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The state that a part alone would give, what it says, the value found, and what is open.

    What is left ``open`` by the computer a protocol may let a person settle: such a part
    ``settles`` it.
    """

    state: State
    says: Statement
    value: float | int | str | bool | None = None
    open: Doubt | None = None
    settles: bool = False


def worst(parts: Sequence[Part]) -> State:
    """Return the state of a criterion with these parts: that of the worst."""
    return min((part.state for part in parts), key=WORST_FIRST.index)


def settled(part: Part, by: Part) -> list[Part]:
    """Let what a person attests settle what a computed part leaves open, or say why it does not."""
    match by.state:
        case "met":
            return [replace(part, state="met", open=None), replace(by, settles=True)]
        case "missing":
            return [part]
        case "not met" | "needs judgement":
            return [part, replace(by, state=part.state)]


def counted(criterion: Criterion, number: int, found: Statement) -> Part:
    """Hold a whole number against a criterion's limits, by every reading of the protocol."""
    exactly = Fraction(number)
    inside = criterion.limits.allow(exactly)
    required = limits_said(criterion.limits, "number")
    other = criterion.other_reading
    if other is not None and other.limits.allow(exactly) != inside:
        says = Statement.of(
            "finding.other_reading",
            found=found,
            required=required,
            source=Statement.of(f"reading.{criterion.id}", written=other.words),
            other=limits_said(other.limits, "number"),
        )
        return Part(state="needs judgement", says=says, value=number)
    if inside:
        says = Statement.of("finding.as_required", found=found, required=required)
        return Part(state="met", says=says, value=number)
    says = Statement.of("finding.where_required", found=found, required=required)
    return Part(state="not met", says=says, value=number)
