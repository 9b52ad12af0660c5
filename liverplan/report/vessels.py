"""The branches that a plan divides, and what they leave without blood, as a table."""

from __future__ import annotations

from collections.abc import Iterator

from liverplan.findings import Findings, SeveredBranch, SparedCrossing, Statement, Vessels
from liverplan.findings.divided import SHOWN_ML, is_short, name_of
from liverplan.report.tables import Table
from liverplan.words import Words, numbers


def vessel_table(findings: Findings, words: Words) -> Table:
    """Each divided branch, the costliest first; those that are kept; what is lost in all."""
    vessels = findings.vessels
    rows = [_row(branch, words) for branch in vessels.severed]
    rows += [_spared(crossing, words) for crossing in vessels.spared]
    return Table(
        title=words["divided.title"],
        columns=(
            words["divided.branch"],
            f"{words['divided.wide']}, mm",
            f"{words['divided.inflow_lost']}, mL",
            f"{words['divided.outflow_lost']}, mL",
            f"{words['divided.place']}, mm",
        ),
        rows=(*rows, *_sums(vessels, words)),
        numeric=(1, 2, 3),
        empty=words["divided.none"],
    )


def _row(branch: SeveredBranch, words: Words) -> tuple[str, ...]:
    name = words.say(name_of(branch))
    if branch.hangs_on:
        on = words("divided.on", name=branch.hangs_on)
        name = f"{name} ({on if is_short(branch.hangs_on) else words['divided.on_another']})"
    portal = branch.tree == "portal"
    return (
        name,
        words.number(numbers.mm(2 * branch.radius_mm)),
        words.number(numbers.ml(branch.feeds_ml)) if portal else numbers.NONE,
        numbers.NONE if portal else words.number(numbers.ml(branch.drains_ml)),
        _place(branch.point_mm, words),
    )


def _spared(crossing: SparedCrossing, words: Words) -> tuple[str, ...]:
    """Name a crossing that does not count: it costs nothing."""
    return (
        words.say(Statement.of("divided.spared", branch=name_of(crossing))),
        words.number(numbers.mm(2 * crossing.radius_mm)),
        numbers.NONE,
        numbers.NONE,
        _place(crossing.point_mm, words),
    )


def _place(point_mm: tuple[float, ...], words: Words) -> str:
    return numbers.NO_BREAK.join(words.number(numbers.mm(v)) for v in point_mm)


def _sums(vessels: Vessels, words: Words) -> Iterator[tuple[str, ...]]:
    """Yield what is lost along branches that no cut crosses, and in all."""
    along = vessels.along_whole_ml
    if max(along) > SHOWN_ML:
        shown = (words.number(numbers.ml(ml)) for ml in along)
        yield words["divided.specimen"], "", *shown, ""
    if vessels.without_either_ml > SHOWN_ML:
        together = words.number(numbers.ml(vessels.without_either_ml))
        yield words["divided.either"], "", together, "", ""
