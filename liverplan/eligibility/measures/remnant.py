"""The remnant, by the denominator that decides, and what it is of the others.

The state is decided by the protocol's deciding denominator alone, on the unrounded volumes: it
must be reproducible from two numbers. Doubt (an interval that spans the limit, a denominator that
reads otherwise) never changes it; the finding says it, and people decide. Nobody is eligible whose
interval spans the limit until they have.
"""

from __future__ import annotations

from fractions import Fraction

from liverplan.eligibility.limits_said import limits_said
from liverplan.eligibility.measured import Measured
from liverplan.eligibility.part import Part
from liverplan.eligibility.protocol import DENOMINATORS, Criterion
from liverplan.findings import Denominator, Statement
from liverplan.findings.exact import exact, on_its_side
from liverplan.volumetry.formulas import ESTIMATED_LIVER


def remnant_part(criterion: Criterion, measured: Measured) -> Part:
    """Hold the deciding fraction against its limit."""
    deciding = measured.fraction(criterion.denominator)
    if deciding is None:
        return Part(state="missing", says=_lacking(criterion, measured))
    inside = criterion.limits.allow(deciding)
    parts = (
        _deciding(criterion, measured, deciding),
        *_other_denominators(criterion, measured, inside=inside),
    )
    return Part(
        state="met" if inside else "not met",
        says=Statement.of("finding.remnant", parts=parts),
        value=float(deciding),
        open="near the limit" if inside and spans_limit(criterion, measured) else None,
    )


def spans_limit(criterion: Criterion, measured: Measured) -> bool:
    """Whether the interval has one end inside the limit and one outside."""
    if measured.interval_95 is None:
        return False
    low, high = (exact(end) for end in measured.interval_95)
    return criterion.limits.allow(low) != criterion.limits.allow(high)


def _lacking(criterion: Criterion, measured: Measured) -> Statement:
    if measured.functional_ml is None:
        return Statement.of("finding.liver_unmeasured")
    if measured.remnant_ml is None:
        return Statement.of("finding.no_resection")
    if criterion.denominator == "of_estimated":
        return Statement.of("finding.no_body")
    name = denominator_said(criterion.denominator)
    return Statement.of("finding.denominator_unmeasured", denominator=name)


def _deciding(criterion: Criterion, measured: Measured, fraction: Fraction) -> Statement:
    limit = criterion.limit
    share = on_its_side(fraction, limit)
    name = denominator_said(criterion.denominator, measured.formula)
    side = _in_doubt(criterion, measured, _side(criterion, fraction))
    if measured.interval_95 is None:
        return Statement.of(
            "finding.flr", share=share, limit=float(limit), denominator=name, side=side
        )
    low, high = measured.interval_95
    return Statement.of(
        "finding.flr_range",
        share=share,
        low=low,
        high=high,
        limit=float(limit),
        denominator=name,
        side=side,
    )


def _side(criterion: Criterion, fraction: Fraction) -> Statement:
    limit = criterion.limit
    if fraction == limit:
        required = limits_said(criterion.limits, "share")
        return Statement.of("finding.exactly", limit=float(limit), required=required)
    if fraction > limit:
        return Statement.of("finding.above", limit=float(limit))
    return Statement.of("finding.below", limit=float(limit))


def _in_doubt(criterion: Criterion, measured: Measured, side: Statement) -> Statement:
    if measured.interval_95 is None:
        return side
    if spans_limit(criterion, measured):
        return Statement.of("finding.near", side=side, limit=float(criterion.limit))
    return Statement.of("finding.whole_range", side=side)


def _other_denominators(
    criterion: Criterion, measured: Measured, *, inside: bool
) -> list[Statement]:
    """Say what the plan is of the other denominators, and whether they read otherwise."""
    others = [name for name in DENOMINATORS if name != criterion.denominator]
    agree: list[Statement] = []
    differ: list[Statement] = []
    for name in others:
        fraction = measured.fraction(name)
        if fraction is None:
            continue
        same = criterion.limits.allow(fraction) == inside
        (agree if same else differ).append(_share(criterion, measured, name, fraction))
    parts = []
    if differ:
        required = limits_said(criterion.limits, "share")
        parts.append(_readings(tuple(differ), required, inside=inside))
    if agree:
        parts.append(Statement.of("finding.readings_agree", shares=tuple(agree)))
    return parts


def _readings(shares: tuple[Statement, ...], required: Statement, *, inside: bool) -> Statement:
    if inside:
        return Statement.of("finding.readings_fail", shares=shares, required=required)
    return Statement.of("finding.readings_pass", shares=shares, required=required)


def _share(
    criterion: Criterion, measured: Measured, name: Denominator, fraction: Fraction
) -> Statement:
    return Statement.of(
        "finding.share",
        share=on_its_side(fraction, criterion.limit),
        limit=float(criterion.limit),
        denominator=denominator_said(name, measured.formula),
    )


def denominator_said(denominator: Denominator, formula: str = "") -> Statement:
    """Say a denominator, and of the estimated liver the formula's title."""
    match denominator:
        case "of_functional":
            return Statement.of("divisor.of_functional")
        case "of_liver":
            return Statement.of("divisor.of_liver")
        case "of_estimated" if formula:
            known = ESTIMATED_LIVER.get(formula)
            title = known.title if known else formula
            return Statement.of("divisor.of_estimated_by", formula=title)
        case "of_estimated":
            return Statement.of("divisor.of_estimated")
