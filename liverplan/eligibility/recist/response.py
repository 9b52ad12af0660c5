"""The response at one visit, and what is said of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction

from liverplan.eligibility.recist.visits import Category, NonTarget
from liverplan.findings import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePoint:
    """What one visit said when it was the last: its number (the baseline is 1) and its day."""

    number: int
    overall: Category
    date: dt.date | None = None

    @property
    def said(self) -> Statement:
        """The visit, by its day where that is known."""
        number = Statement.of("recist.visit", number=self.number)
        if self.date is None:
            return number
        return Statement.of("recist.visit_on", visit=number, day=self.date.isoformat())


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The response at one visit, and what the visits before it said.

    Parameters
    ----------
    overall, target : Category
        With and without non-target and new lesions.
    formula : Category
        The target category by the bare formula; it differs from ``target`` where an earlier
        partial response continues although the sum has crept back above 70 % of baseline.
    baseline_tenths, nadir_tenths, now_tenths : int or None
        The sums; ``now_tenths`` is None where a target was not measured.
    readers_95_tenths : (int, int) or None
        Between these lies another reader's sum with 95 %; None where nothing was measured.
    noise : tuple of Category
        Every target category that another reader of the same images could find, best first.
    non_target, new_lesion
        As in `Visit`.
    warnings : tuple of Statement
        What RECIST would not accept, though the sums stand as they were given.
    refused : tuple of Statement
        Why RECIST takes no response from this baseline; empty where it does.
    baseline_date, date : date or None
        Of the first and the last visit's images.
    earlier : tuple of TimePoint
        The visits between baseline and last, in order.
    """

    overall: Category
    target: Category
    formula: Category
    baseline_tenths: int
    nadir_tenths: int
    now_tenths: int | None
    readers_95_tenths: tuple[int, int] | None = None
    noise: tuple[Category, ...] = ()
    non_target: NonTarget = "none"
    new_lesion: bool = False
    warnings: tuple[Statement, ...] = field(default=())
    refused: tuple[Statement, ...] = ()
    baseline_date: dt.date | None = None
    date: dt.date | None = None
    earlier: tuple[TimePoint, ...] = ()

    def progressed(self, *, since: dt.date | None) -> tuple[TimePoint, ...]:
        """Return the earlier visits that progressed, but for those up to the day ``since``."""
        return tuple(
            one
            for one in self.earlier
            if one.overall == "PD" and not (since and one.date and one.date <= since)
        )

    @property
    def finding(self) -> Statement:
        """One sentence: category, sums, and how firm it is."""
        return Statement.of("recist.finding", parts=self._parts())

    @property
    def summary(self) -> Statement:
        """The same as a part of a sentence."""
        return Statement.of("recist.summary", parts=self._parts())

    def _parts(self) -> tuple[Statement, ...]:
        category = category_said(self.overall)
        overall = Statement.of("recist.overall", category=category, code=self.overall)
        parts = [overall, self._sums()]
        if self.new_lesion:
            parts.append(Statement.of("recist.new_lesion"))
        if self.non_target not in ("none", "CR"):
            parts.append(Statement.of("recist.non_target", code=self.non_target))
        if self.formula != self.target:
            parts.append(Statement.of("recist.continues", code=self.formula))
        if self.readers_95_tenths is not None:
            low, high = self.readers_95_tenths
            parts.append(Statement.of("recist.between_sums", low=low / 10, high=high / 10))
        if len(self.noise) > 1:
            parts.append(Statement.of("recist.between_readers", codes=self.noise))
        return (*parts, *self.warnings)

    def _sums(self) -> Statement:
        now = self.now_tenths
        if now is None:
            return Statement.of("recist.unmeasured")
        sums = (
            Statement.of("recist.sum", mm=now / 10),
            _since_baseline(now, self.baseline_tenths),
            _since_nadir(now, self.nadir_tenths),
        )
        return Statement.of("recist.sums", sums=sums)


def category_said(category: Category) -> Statement:
    """Say a category, e.g. "partial response" of PR."""
    return Statement.of(f"recist_code.{category}")


def _since_baseline(now: int, before: int) -> Statement:
    if before == 0:
        return Statement.of("recist.baseline", mm=before / 10)
    return Statement.of("recist.baseline_change", mm=before / 10, change=_change(now, before))


def _since_nadir(now: int, before: int) -> Statement:
    if before == 0:
        return Statement.of("recist.nadir", mm=before / 10)
    return Statement.of("recist.nadir_change", mm=before / 10, change=_change(now, before))


def _change(now: int, before: int) -> float:
    """Per cent; the sums are whole numbers."""
    return float(Fraction(100 * (now - before), before))
