"""A remnant whose interval spans its limit: who decides, and by which of the protocol's rules."""

from __future__ import annotations

from collections.abc import Collection

from liverplan.eligibility.measured import Measured
from liverplan.eligibility.measures.remnant import denominator_said, spans_limit
from liverplan.eligibility.protocol import Criterion, Doubt, Protocol
from liverplan.errors import InputError
from liverplan.findings import Statement

ROUNDING = 1e-9


def near_limit(
    protocol: Protocol, measured: Measured, *, open_: Collection[Doubt]
) -> list[Statement]:
    """Say who decides where the interval spans the limit."""
    criterion = protocol.remnant_criterion
    if measured.remnant_ml is None or not spans_limit(criterion, measured):
        return []
    if "near the limit" not in open_:
        return [Statement.of("why.too_close")]
    title = Statement.of(f"criterion.{criterion.id}", written=criterion.title)
    divisor = denominator_said(criterion.denominator, measured.formula)
    limit, name = float(criterion.limit), criterion.settled_by.get("near the limit")
    if name is None:
        return [Statement.of("why.near_limit", limit=limit, title=title, denominator=divisor)]
    fact = Statement.of(f"fact.{name}", written=protocol.facts[name].label)
    return [
        Statement.of(
            "why.near_limit_attested", limit=limit, title=title, denominator=divisor, fact=fact
        )
    ]


def require_inside(criterion: Criterion, measured: Measured) -> None:
    """Refuse a number that lies outside its own interval.

    Raises
    ------
    InputError
        With both.
    """
    fraction = measured.fraction(criterion.denominator)
    if fraction is None or measured.interval_95 is None:
        return
    low, high = measured.interval_95
    if not low - ROUNDING <= float(fraction) <= high + ROUNDING:
        raise InputError(
            f"The remnant is {100 * float(fraction):.2f} %, outside its own interval of "
            f"{100 * low:.2f} to {100 * high:.2f} %: one of them is of something else."
        )
