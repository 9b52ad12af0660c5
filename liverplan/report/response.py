"""The RECIST table: every target at every visit, the sums, the category and the reader's noise."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from liverplan.eligibility.recist import Response, Visit, assess, mm, readers_95_tenths
from liverplan.report.request import ReportInput
from liverplan.report.tables import Table
from liverplan.words import Words, numbers


def response_table(request: ReportInput, words: Words) -> Table:
    """Return one row a visit, the baseline first."""
    visits = request.visits
    names = list(visits[0].targets) if visits else []
    heads = ("sum", "from_baseline", "from_nadir", "non_target", "category", "between_readers")
    columns = (words["visit"], *(f"{name}, mm" for name in names), *(words[key] for key in heads))
    return Table(
        title=words["response"],
        columns=columns,
        rows=tuple(_row(number, request, words) for number in range(len(visits))),
        numeric=tuple(range(1, len(names) + 4)),
    )


def _row(number: int, request: ReportInput, words: Words) -> tuple[str, ...]:
    visits: Sequence[Visit] = request.visits[: number + 1]
    visit = visits[-1]
    lengths = [numbers.NONE if t is None else words.number(mm(t)) for t in visit.targets.values()]
    total = _sum(visit, words)
    first = (_name(number, visit, request, words), *lengths, total)
    if number == 0:
        return (*first, numbers.NONE, numbers.NONE, visit.non_target, words["baseline"], "")
    response = assess(visits)
    return (
        *first,
        _change(response.now_tenths, response.baseline_tenths, words),
        _change(response.now_tenths, response.nadir_tenths, words),
        f"{visit.non_target}; {words['new_lesion']}" if visit.new_lesion else visit.non_target,
        _category(response, words),
        ", ".join(response.noise),
    )


def _sum(visit: Visit, words: Words) -> str:
    """Say a sum, and between what another reader's lies."""
    if visit.sum_tenths is None:
        return numbers.NONE
    between = readers_95_tenths(visit)
    if between is None:
        return words.number(mm(visit.sum_tenths))
    low, high = map(mm, between)
    return words.number(f"{mm(visit.sum_tenths)} ({low}-{high})")


def _name(number: int, visit: Visit, request: ReportInput, words: Words) -> str:
    if visit.date is None or request.identity == "hidden":
        return words("visit_number", number=number + 1)
    return visit.date.isoformat()


def _change(now_tenths: int | None, from_tenths: int, words: Words) -> str:
    """Percent, one decimal, exact: the sums are whole numbers."""
    if now_tenths is None or from_tenths == 0:
        return numbers.NONE
    change = Fraction(100 * (now_tenths - from_tenths), from_tenths)
    return words.number(f"{float(change):+.1f} %")


def _category(response: Response, words: Words) -> str:
    if response.formula == response.target:
        return response.overall
    return words("bare_formula", category=response.overall, formula=response.formula)
