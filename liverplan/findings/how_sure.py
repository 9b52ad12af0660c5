"""How sure a remnant is, one line a question: which range is which, what would narrow it, context.

The first line is of the range that the verdict rests on; the last is of what others published, and
is no part of any range.
"""

from __future__ import annotations

from collections.abc import Iterator

from liverplan.findings.document import Findings
from liverplan.findings.published import PublishedError
from liverplan.findings.statement import Statement
from liverplan.findings.uncertainty import Contribution, Interval, Narrowing


def how_sure(findings: Findings) -> tuple[Statement, ...]:
    """Say both ranges, each with what it covers, what would narrow them most, and the context.

    Nothing is said of a plan without a cut, without a deciding fraction, or that makes no sense.
    """
    if not can_be_sure(findings):
        return ()
    return (
        *both_ranges(findings),
        *map(_narrowing, findings.uncertainty.narrowing[:1]),
        *_published(findings.published_errors),
    )


def can_be_sure(findings: Findings) -> bool:
    """Whether there is a range at all to be said."""
    known = findings.remnant_fraction.deciding_fraction is not None
    return findings.planned and known and not findings.faults


def both_ranges(findings: Findings) -> Iterator[Statement]:
    """Say the range as carried out, on which the verdict rests, then that as drawn."""
    doubt = findings.uncertainty
    yield _range("sure.carried_out", doubt.as_carried_out, findings.threshold_fraction)
    if doubt.as_drawn is not None:
        yield _range("sure.drawn", doubt.as_drawn, findings.threshold_fraction)


def sources(findings: Findings) -> tuple[Statement, ...]:
    """Say the part of each source in each range; nothing where an older version told none."""
    told = [one for one in findings.uncertainty.contributions if one.share is not None]
    if not told or not can_be_sure(findings):
        return ()
    return (Statement.of("sure.sources", sources=tuple(map(_source, told))),)


def source_name(contribution: Contribution) -> Statement:
    """Name a source of doubt."""
    key = f"doubt.{contribution.name.replace(' ', '_')}"
    return Statement.of(key, written=contribution.name)


def _range(key: str, interval: Interval, limit: float) -> Statement:
    return Statement.of(
        key,
        low=interval.lower_95,
        high=interval.upper_95,
        limit=limit,
        chance=interval.probability_above_threshold,
    )


def _narrowing(best: Narrowing) -> Statement:
    return Statement.of(f"narrow.{best.remedy}", now=best.half_width_now, then=best.half_width_then)


def _published(errors: tuple[PublishedError, ...]) -> Iterator[Statement]:
    """Say the series of operations like this one; all of them where its kind is in none."""
    like_this = [error for error in errors if error.applies]
    shown = like_this or errors
    if not shown:
        return
    points = [error.remnant_fraction for error in shown]
    key = "sure.published" if like_this else "sure.published_others"
    yield Statement.of(
        key,
        series=tuple(map(_series, shown)),
        low=min(points),
        high=max(points),
        source=shown[0].source,
    )


def _series(error: PublishedError) -> Statement:
    return Statement.of(
        f"published.{error.resected}", share=error.median_fraction, operations=error.operations
    )


def _source(contribution: Contribution) -> Statement:
    return Statement.of(
        "sure.source",
        name=source_name(contribution),
        share=contribution.share or 0.0,
        drawn=contribution.share_as_drawn or 0.0,
    )
