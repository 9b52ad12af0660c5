"""The response at one visit, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from liverplan.eligibility.recist.visits import Category, NonTarget
from liverplan.findings import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The response at one visit.

    Parameters
    ----------
    overall, target : Category
        With and without non-target and new lesions.
    formula : Category
        The target category by the bare formula; it differs from ``target`` where an earlier
        partial response continues although the sum has crept back above 70 % of baseline.
    baseline_tenths, nadir_tenths, now_tenths : int or None
        The sums; ``now_tenths`` is None where a target was not measured.
    noise : tuple of Category
        Every target category that another reader of the same images could find, best first.
    non_target, new_lesion
        As in `Visit`.
    """

    overall: Category
    target: Category
    formula: Category
    baseline_tenths: int
    nadir_tenths: int
    now_tenths: int | None
    noise: tuple[Category, ...] = ()
    non_target: NonTarget = "none"
    new_lesion: bool = False
    warnings: tuple[Statement, ...] = field(default=())

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
