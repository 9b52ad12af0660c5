"""Growth of the remnant between two CTs of one patient, as after portal vein embolisation."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from liverplan import case
from liverplan.errors import InputError
from liverplan.findings import Findings, Statement
from liverplan.volumetry.formulas import (
    DEFAULT_FORMULA,
    ESTIMATED_LIVER,
    Growth,
    growth,
)
from liverplan.volumetry.thresholds import THRESHOLDS, Threshold
from liverplan.words import in_english
from liverplan.workflow.cases import measure_state
from liverplan.workflow.growth_ranges import GrowthRange, ranges_of

SINCE = {"embolisation": "growth.since_embolisation", "first CT": "growth.since_first_ct"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RemnantGrowth:
    """The planned remnant at two dates.

    Parameters
    ----------
    first_ml, second_ml : float
        Remnant, mL.
    first_fraction, second_fraction : float
        Of the denominator (0-1).
    days : float
        From the embolisation (or, where its date is not given, the first CT) to the second CT.
    since : str
        What the days are counted from.
    formula : str
        Of the estimated liver, or "".
    growth : Growth
        Relative growth, degree of hypertrophy, kinetic growth rate, with the denominator's name.
    as_drawn, as_carried_out : GrowthRange or None
        How sure they are: by the outlines alone, and where the border of what stays may also lie
        otherwise on each CT, by as much as a cut that is carried out. None where not known.
    """

    first_ml: float
    second_ml: float
    first_fraction: float
    second_fraction: float
    days: float
    since: str
    formula: str
    growth: Growth
    as_drawn: GrowthRange | None = None
    as_carried_out: GrowthRange | None = None

    def to_json(self) -> dict[str, Any]:
        """Return a plain document: mL, fractions, days."""
        return {"schema": "liverplan.growth/1", **asdict(self)}

    def said(self) -> tuple[Statement, ...]:
        """Say what a surgeon asks: both remnants, growth, the published limits, how sure it is."""
        made, grown, speed = self.growth, _limit("degree_of_hypertrophy"), _limit("kinetic_growth")
        return (
            Statement.of(
                "growth.remnants",
                first_ml=self.first_ml,
                first=self.first_fraction,
                second_ml=self.second_ml,
                second=self.second_fraction,
                of=self._divisor_said(),
                days=self.days,
                since=Statement.of(SINCE[self.since]),
            ),
            Statement.of(
                "growth.hypertrophy",
                degree=made.degree_of_hypertrophy_fraction,
                relative=made.relative_growth_fraction,
                daily_ml=made.growth_ml_per_day,
                limit=grown.lowest,
                source=grown.source,
            ),
            Statement.of(
                "growth.kinetic",
                weekly=made.kinetic_growth_fraction_per_week,
                limit=speed.lowest,
                source=speed.source,
            ),
            self._range_said(),
        )

    def in_words(self) -> str:
        """Return the same in English, a line each, as the command line has it."""
        return "\n".join(map(in_english, self.said()))

    def _divisor_said(self) -> Statement:
        name = self.growth.denominator
        if not self.formula:
            return Statement.of(f"divisor.{name}")
        title = ESTIMATED_LIVER[self.formula].title
        return Statement.of(f"divisor.{name}_by", formula=title)

    def _range_said(self) -> Statement:
        drawn, carried_out = self.as_drawn, self.as_carried_out
        if drawn is None or carried_out is None:
            return Statement.of("growth.unknown")
        return Statement.of(
            "growth.range",
            drawn=_said(drawn),
            carried_out=_said(carried_out),
        )


def remnant_growth(first: Path, second: Path, *, embolised: dt.date | None = None) -> RemnantGrowth:
    """Compare the planned remnants of two cases; the estimated liver divides where it is known.

    Parameters
    ----------
    first, second : Path
        Case folders, each with its plan.
    embolised : date or None
        When the portal vein was occluded; None: the first CT's date stands for it.

    Raises
    ------
    CaseError, InputError
        If a case has no plan, a date lacks, or the dates do not ascend.
    """
    before, after = (_measured(folder) for folder in (first, second))
    started, ended = (_date(found, at) for found, at in ((before, first), (after, second)))
    since = embolised or started
    if not started <= since < ended:
        raise InputError(
            f"The dates do not follow each other: first CT {started}, embolisation {since}, "
            f"second CT {ended}."
        )
    days = float((ended - since).days)
    name, divisors = _divisors(before, after)
    drawn, carried_out = ranges_of(before, after, name, divisors, days)
    made = growth(
        first_ml=before.volumes.remnant_ml,
        second_ml=after.volumes.remnant_ml,
        first_denominator_ml=divisors[0],
        second_denominator_ml=divisors[1],
        denominator=name,
        days=days,
    )
    return RemnantGrowth(
        first_ml=before.volumes.remnant_ml,
        second_ml=after.volumes.remnant_ml,
        first_fraction=before.volumes.remnant_ml / divisors[0],
        second_fraction=after.volumes.remnant_ml / divisors[1],
        days=days,
        since="embolisation" if embolised else "first CT",
        formula=DEFAULT_FORMULA if name == "of_estimated" else "",
        growth=made,
        as_drawn=drawn,
        as_carried_out=carried_out,
    )


def _said(found: GrowthRange) -> Statement:
    (low, high), (least, most) = found.degree_of_hypertrophy_95, found.kinetic_growth_95_per_week
    return Statement.of("growth.points", low=low, high=high, least=least, most=most)


def _measured(folder: Path) -> Findings:
    found = measure_state(case.open_case(folder).state, folder)
    if found.margin_mm is None and found.volumes.resected_ml == 0:
        raise InputError(f"The case {folder} holds no plan, so it has no remnant to compare.")
    return found


def _date(found: Findings, folder: Path) -> dt.date:
    try:
        return dt.date.fromisoformat(found.series.study_date)
    except ValueError as error:
        raise InputError(f"The CT of the case {folder} has no date, so nothing grows.") from error


def _divisors(before: Findings, after: Findings) -> tuple[str, tuple[float, float]]:
    """Return what the remnants are divided by: one estimate for both dates, else each liver's own.

    The estimate comes first, since the measured liver itself changes with the embolisation.
    """
    estimates = [f.remnant_fraction.estimated_liver_ml for f in (after, before)]
    estimate = next((ml for ml in estimates if ml is not None), None)
    if estimate is not None:
        return "of_estimated", (estimate, estimate)
    return "of_functional", (before.volumes.functional_ml, after.volumes.functional_ml)


def _limit(quantity: str) -> Threshold:
    return next(t for t in THRESHOLDS if t.quantity == quantity)
