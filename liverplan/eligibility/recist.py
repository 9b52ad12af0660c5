"""RECIST 1.1 for the liver (Eur J Cancer 2009;45:228), in whole tenths of a millimetre.

Lengths are integers of 0.1 mm, because limits are inclusive and binary floats are not: 23.0 to
16.1 mm is a fall of exactly 30 %, which 0.70 x 23.0 in floats misses.

Nouns: *targets* are the lesions that are measured and summed, at most two an organ and five in
all; the others are *non-target* and judged in words. *Baseline* is the sum before treatment,
*nadir* the smallest sum so far, baseline included.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from liverplan.errors import InputError
from liverplan.findings import Statement

Category = Literal["CR", "PR", "SD", "PD", "NE", "non-CR/non-PD"]
NonTarget = Literal["none", "CR", "non-CR/non-PD", "PD", "NE"]

TOO_SMALL_TENTHS = 50
"""A lesion that is present but too small to measure counts 5 mm."""
MEASURABLE_TENTHS = 100
THIN_SLICE_TENTHS = 50
TARGETS_PER_ORGAN = 2
TARGETS_IN_ALL = 5

NOISE_SUM_FRACTIONS = (Fraction("-0.192"), Fraction("0.195"))
"""95 % limits between readers of a change of the sum (pubmed 26687017)."""
NOISE_ONE_LESION_FRACTIONS = (Fraction("-0.221"), Fraction("0.254"))
"""The same for one lesion."""

_ORDER: tuple[Category, ...] = ("CR", "PR", "SD", "PD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One lesion as it is measured at baseline: long axis in the axial plane, tenths of mm."""

    name: str
    long_axis_tenths: int
    organ: str = "liver"
    measurable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One time point.

    Parameters
    ----------
    targets : mapping of str to int or None
        Long axis of each target, tenths of mm; 0 where it is gone, None where not measured.
    non_target : {"none", "CR", "non-CR/non-PD", "PD", "NE"}
        What became of the other lesions together; "none" where there are none.
    new_lesion : bool
        Whether a lesion appeared.
    date : date or None
        Of the images.
    """

    targets: Mapping[str, int | None]
    non_target: NonTarget = "none"
    new_lesion: bool = False
    date: dt.date | None = None

    def __post_init__(self) -> None:
        bad = [name for name, mm in self.targets.items() if mm is not None and mm < 0]
        if bad:
            raise InputError(f"A lesion cannot have a negative length: {', '.join(bad)}.")
        object.__setattr__(self, "targets", MappingProxyType(dict(self.targets)))

    @property
    def sum_tenths(self) -> int | None:
        """Sum of the targets, or None where one was not measured."""
        lengths = [mm for mm in self.targets.values() if mm is not None]
        return sum(lengths) if len(lengths) == len(self.targets) else None

    @property
    def least_sum_tenths(self) -> int:
        """Sum of the targets that were measured."""
        return sum(mm for mm in self.targets.values() if mm is not None)


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
    return Statement.of(f"recist.{category}")


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


def tenths(length_mm: float | str | Decimal) -> int:
    """Millimetres to whole tenths, halves up: 16.1 is 161.

    Raises
    ------
    InputError
        If it is no number or negative.
    """
    try:
        exact = Decimal(str(length_mm))
    except ArithmeticError as error:
        raise InputError(f"A length must be a number of millimetres, not {length_mm!r}.") from error
    if not exact.is_finite() or not 0 <= exact < 10_000:
        raise InputError(f"A length must be 0 to 10000 mm, not {length_mm!r}.")
    return int((exact * 10).to_integral_value(rounding=ROUND_HALF_UP))


def mm(length_tenths: int) -> str:
    """Tenths to words: 161 is "16.1"."""
    return f"{length_tenths // 10}.{length_tenths % 10}"


def is_measurable(long_axis_tenths: int, *, slice_tenths: int) -> bool:
    """At least 10 mm on slices up to 5 mm; on thicker ones twice the slice."""
    if slice_tenths <= THIN_SLICE_TENTHS:
        return long_axis_tenths >= MEASURABLE_TENTHS
    return long_axis_tenths >= 2 * slice_tenths


def select_targets(lesions: Sequence[Measurement]) -> tuple[Measurement, ...]:
    """Propose targets: the largest measurable ones, two an organ and five in all.

    Of equals the first named wins. Every other lesion is non-target; none is dropped.
    """
    chosen: list[Measurement] = []
    for lesion in sorted(lesions, key=lambda one: -one.long_axis_tenths):
        in_organ = sum(other.organ == lesion.organ for other in chosen)
        room = in_organ < TARGETS_PER_ORGAN and len(chosen) < TARGETS_IN_ALL
        if lesion.measurable and room:
            chosen.append(lesion)
    return tuple(chosen)


def formula_category(*, baseline_tenths: int, nadir_tenths: int, now_tenths: int) -> Category:
    """Category of the target sum by the bare formula, progression first.

    Parameters
    ----------
    baseline_tenths, nadir_tenths, now_tenths : int
        Sums in tenths of mm; the nadir includes the baseline.
    """
    if nadir_tenths > baseline_tenths:
        raise InputError("The nadir is the smallest sum, so it cannot exceed the baseline.")
    if nadir_tenths == 0 < now_tenths:
        return "PD"  # what was gone has come back
    if 10 * now_tenths >= 12 * nadir_tenths and now_tenths - nadir_tenths >= 50:
        return "PD"
    if now_tenths == 0:
        return "CR"
    return "PR" if 10 * now_tenths <= 7 * baseline_tenths else "SD"


def overall_category(target: Category, non_target: NonTarget, *, new_lesion: bool) -> Category:
    """Overall response from targets, non-targets and new lesions (RECIST 1.1, tables 1 and 2)."""
    if new_lesion or "PD" in (target, non_target):
        return "PD"
    if target == "CR":
        return "CR" if non_target in ("none", "CR") else "PR"
    return target


def assess(visits: Sequence[Visit]) -> Response:
    """Response at the last of several visits, the first being the baseline.

    Raises
    ------
    InputError
        If there are fewer than two visits, the targets differ between them, the dates do not
        ascend, or the baseline lacks a measurement.
    """
    _require_usable(visits)
    history = [_target(visits[: n + 1]) for n in range(1, len(visits))]
    formula = history[-1]
    target = _continued(history)
    last = visits[-1]
    baseline = visits[0].least_sum_tenths
    nadir = _nadir(visits)
    overall = overall_category(target, last.non_target, new_lesion=last.new_lesion)
    if not last.targets:
        overall = _without_targets(last)
    return Response(
        overall=overall,
        target=target,
        formula=formula,
        baseline_tenths=baseline,
        nadir_tenths=nadir,
        now_tenths=last.sum_tenths,
        noise=noise_categories(last, baseline_tenths=baseline, nadir_tenths=nadir),
        non_target=last.non_target,
        new_lesion=last.new_lesion,
        warnings=_warnings(visits[0]),
    )


def noise_categories(
    visit: Visit, *, baseline_tenths: int, nadir_tenths: int
) -> tuple[Category, ...]:
    """Every category between the 95 % limits of another reader's sum, best first.

    Empty where nothing is measured, or where nothing is left to measure.
    """
    now = visit.sum_tenths
    if not now:
        return ()
    limits = NOISE_ONE_LESION_FRACTIONS if len(visit.targets) == 1 else NOISE_SUM_FRACTIONS
    ends = [
        formula_category(
            baseline_tenths=baseline_tenths,
            nadir_tenths=nadir_tenths,
            now_tenths=round(now * (1 + limit)),
        )
        for limit in limits
    ]
    first, last = sorted(_ORDER.index(end) for end in ends)
    return _ORDER[first : last + 1]


def _nadir(visits: Sequence[Visit]) -> int:
    """Return the smallest complete sum before the last visit."""
    sums = [visit.sum_tenths for visit in visits[:-1]]
    return min(sum_ for sum_ in sums if sum_ is not None)


def _target(visits: Sequence[Visit]) -> Category:
    """Category of the targets at the last of these visits, by the formula."""
    last = visits[-1]
    category = formula_category(
        baseline_tenths=visits[0].least_sum_tenths,
        nadir_tenths=_nadir(visits),
        now_tenths=last.least_sum_tenths,
    )
    if last.sum_tenths is None and category != "PD":
        return "NE"
    return category


def _continued(history: Sequence[Category]) -> Category:
    """Keep a partial response until progression (EORTC's answer on managing PR)."""
    last = history[-1]
    if last != "SD":
        return last
    for earlier in reversed(history[:-1]):
        if earlier == "PD":
            break
        if earlier in ("PR", "CR"):
            return "PR"
    return last


def _without_targets(visit: Visit) -> Category:
    if visit.new_lesion or visit.non_target == "PD":
        return "PD"
    return "NE" if visit.non_target == "none" else visit.non_target


def _require_usable(visits: Sequence[Visit]) -> None:
    faults = []
    if len(visits) < 2:
        faults.append("it needs a baseline and at least one later visit")
    elif visits[0].sum_tenths is None:
        faults.append("a target was not measured at baseline")
    if len({frozenset(visit.targets) for visit in visits}) > 1:
        faults.append("every visit must name the same targets")
    dates = [visit.date for visit in visits if visit.date is not None]
    if any(later <= earlier for earlier, later in itertools.pairwise(dates)):
        faults.append("the visits' dates must ascend")
    if faults:
        raise InputError(f"The response cannot be assessed: {'; '.join(faults)}.")


def _warnings(baseline: Visit) -> tuple[Statement, ...]:
    """Note what RECIST would not accept at baseline; the sum stands as it was given."""
    found = []
    if len(baseline.targets) > TARGETS_PER_ORGAN:
        found.append(Statement.of("recist.many_targets", count=len(baseline.targets)))
    small = tuple(
        n for n, mm_ in baseline.targets.items() if mm_ is not None and mm_ < MEASURABLE_TENTHS
    )
    if small:
        found.append(Statement.of("recist.small_targets", names=small))
    return tuple(found)
