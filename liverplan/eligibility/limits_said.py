"""Limits as statements: "above 30 %", "1 to 4", "at least 18"."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from liverplan.eligibility.protocol import Limits
from liverplan.findings import Statement

Unit = Literal["number", "share"]
"""A plain number, or a fraction (0-1) that is spoken in per cent."""


def limits_said(limits: Limits, unit: Unit) -> Statement:
    """Say what a number must lie in."""
    if limits.at_least is not None and limits.at_most is not None:
        return _range(float(limits.at_least), float(limits.at_most), unit)
    found: list[Statement] = []
    if limits.above is not None:
        found.append(Statement.of("limit.above", limit=_quantity(limits.above, unit)))
    if limits.at_least is not None:
        found.append(Statement.of("limit.at_least", limit=_quantity(limits.at_least, unit)))
    if limits.below is not None:
        found.append(Statement.of("limit.below", limit=_quantity(limits.below, unit)))
    if limits.at_most is not None:
        found.append(Statement.of("limit.at_most", limit=_quantity(limits.at_most, unit)))
    return found[0] if len(found) == 1 else Statement.of("limit.both", limits=tuple(found))


def _range(low: float, high: float, unit: Unit) -> Statement:
    if unit == "share":
        return Statement.of("limit.range_share", low=low, high=high)
    return Statement.of("limit.range", low=low, high=high)


def _quantity(value: Fraction, unit: Unit) -> Statement:
    if unit == "share":
        return Statement.of("limit.share", value=float(value))
    return Statement.of("limit.number", value=float(value))
