"""From visits to the response: the bare formula, what continues, and another reader's range."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

from liverplan.eligibility.recist.response import Response, TimePoint
from liverplan.eligibility.recist.visits import (
    MEASURABLE_TENTHS,
    TARGETS_PER_ORGAN,
    Category,
    NonTarget,
    Visit,
)
from liverplan.errors import InputError
from liverplan.findings import Statement

NOISE_SUM_FRACTIONS = (Fraction("-0.192"), Fraction("0.195"))
"""95 % limits between readers of a change of the sum (pubmed 26687017)."""
NOISE_ONE_LESION_FRACTIONS = (Fraction("-0.221"), Fraction("0.254"))
"""The same for one lesion."""

_ORDER: tuple[Category, ...] = ("CR", "PR", "SD", "PD")


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
    last, history = visits[-1], _history(visits)
    baseline, nadir = visits[0].least_sum_tenths, _nadir(visits)
    return Response(
        overall=_overall(last, history),
        target=_continued(history),
        formula=history[-1],
        baseline_tenths=baseline,
        nadir_tenths=nadir,
        now_tenths=last.sum_tenths,
        readers_95_tenths=readers_95_tenths(last),
        noise=noise_categories(last, baseline_tenths=baseline, nadir_tenths=nadir),
        non_target=last.non_target,
        new_lesion=last.new_lesion,
        warnings=_warnings(visits[0]),
        refused=baseline_faults(visits[0]),
        baseline_date=visits[0].date,
        date=last.date,
        earlier=_earlier(visits, history),
    )


def baseline_faults(baseline: Visit) -> tuple[Statement, ...]:
    """Say why RECIST measures no response from a baseline: its targets, or what is new at it."""
    found = []
    for name, length in baseline.targets.items():
        if length is None:
            found.append(Statement.of("recist.target_unmeasured", name=name))
        elif length == 0:
            found.append(Statement.of("recist.target_absent", name=name))
        elif length < MEASURABLE_TENTHS:
            found.append(Statement.of("recist.target_small", name=name, mm=length / 10))
    if baseline.new_lesion or baseline.non_target == "PD":
        found.append(Statement.of("recist.baseline_progresses"))
    return tuple(found)


def noise_categories(
    visit: Visit, *, baseline_tenths: int, nadir_tenths: int
) -> tuple[Category, ...]:
    """Every category between the 95 % limits of another reader's sum, best first.

    Empty where nothing is measured, or where nothing is left to measure.
    """
    between = readers_95_tenths(visit)
    if between is None:
        return ()
    ends = [
        formula_category(baseline_tenths=baseline_tenths, nadir_tenths=nadir_tenths, now_tenths=end)
        for end in between
    ]
    first, last = sorted(_ORDER.index(end) for end in ends)
    return _ORDER[first : last + 1]


def readers_95_tenths(visit: Visit) -> tuple[int, int] | None:
    """Return between what another reader's sum lies with 95 %; None where nothing is measured."""
    now = visit.sum_tenths
    if not now:
        return None
    less, more = NOISE_ONE_LESION_FRACTIONS if len(visit.targets) == 1 else NOISE_SUM_FRACTIONS
    return round(now * (1 + less)), round(now * (1 + more))


def _history(visits: Sequence[Visit]) -> list[Category]:
    """Return the target category of every visit after the baseline, by the formula."""
    return [_target(visits[: n + 1]) for n in range(1, len(visits))]


def _overall(visit: Visit, history: Sequence[Category]) -> Category:
    """Return what a visit says; ``history`` ends with its own target category."""
    if not visit.targets:
        return _without_targets(visit)
    return overall_category(_continued(history), visit.non_target, new_lesion=visit.new_lesion)


def _earlier(visits: Sequence[Visit], history: Sequence[Category]) -> tuple[TimePoint, ...]:
    """Return what each visit between baseline and last said in its day."""
    return tuple(
        TimePoint(number=n + 1, overall=_overall(visits[n], history[:n]), date=visits[n].date)
        for n in range(1, len(visits) - 1)
    )


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
    return tuple(found)
