"""All of the trial's endpoints at once, from outcomes and the cohort's measurements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from liverplan.endpoints.comparison import THREE_YEARS, Comparison, compare
from liverplan.endpoints.documents import comparison_json, cox_json, spoken
from liverplan.endpoints.followup import (
    DAYS_PER_MONTH,
    FollowUp,
    late_entry,
    overall_survival,
    progression_free_survival,
)
from liverplan.endpoints.models import Cox, predictive_factors
from liverplan.endpoints.outcomes import Outcome
from liverplan.errors import InputError
from liverplan.findings import Statement, told

Measure = Callable[[FollowUp], tuple[float, bool]]
"""A patient's days, and whether they ended in the event."""

FACTORS: Mapping[str, tuple[str, float]] = {
    "FLR, per 10 points": ("remnant_fraction", 10.0),
    "metastases, per one": ("metastasis_count", 1.0),
    "longest metastasis, per cm": ("longest_mm", 0.1),
    "tumour, per 100 mL": ("tumour_ml", 0.01),
}
"""Predictive factors: the column of the cohort's results, and what its unit is multiplied by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialEndpoints:
    """Every result; times in months. ``notes`` say what was left out and why."""

    overall: Comparison
    progression_free: Comparison
    factors_alone: tuple[Cox, ...]
    factors_together: Cox | None
    notes: tuple[Statement, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return a plain document, unrounded."""
        return {
            "schema": "liverplan.endpoints/1",
            "unit": "months",
            "overall_survival": comparison_json(self.overall),
            "progression_free_survival": comparison_json(self.progression_free),
            "predictive_factors": {
                "alone": [cox_json(model) for model in self.factors_alone],
                "together": cox_json(self.factors_together),
            },
            **spoken(self.notes),
        }


def trial_endpoints(
    outcomes: Sequence[Outcome],
    measured: Mapping[str, Mapping[str, Any]],
    *,
    reference: str,
    until: float = THREE_YEARS,
) -> TrialEndpoints:
    """Compare the arms, and look for factors that predict overall survival.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Of every patient in the comparison; none is left out of it.
    measured : mapping of str to mapping
        The cohort's rows by patient id, for the factors; patients without all of them are left out
        of the factors' models, and counted in a note.
    reference : str
        The arm that the others are held against.
    until : float
        Months until which restricted means run.

    Where every patient has a centre, and not all the same, tests and models within centres stand
    beside those of all together. Who entered late is at risk from the entry on.

    Raises
    ------
    InputError
        If there are fewer than two arms, or no events to model.
    """
    if not any(_months(outcomes, overall_survival)[0]):
        raise InputError("Every patient is followed for zero days, so survival has no estimate.")
    alone, together, notes = _factors(outcomes, measured)
    return TrialEndpoints(
        overall=compared_by(outcomes, overall_survival, reference=reference, until=until),
        progression_free=compared_by(
            outcomes, progression_free_survival, reference=reference, until=until
        ),
        factors_alone=alone,
        factors_together=together,
        notes=notes,
    )


def compared_by(
    outcomes: Sequence[Outcome], measure: Measure, *, reference: str, until: float = THREE_YEARS
) -> Comparison:
    """Compare arms by one of the survivals, within centres too, from each patient's entry on."""
    return compare(
        *_months(outcomes, measure),
        [outcome.arm for outcome in outcomes],
        reference=reference,
        strata=centres_of(outcomes),
        entries=entries_of(outcomes),
        until=until,
    )


def entries_of(outcomes: Sequence[Outcome]) -> list[float] | None:
    """Return when each came under observation, months from the origin; None if all at once."""
    entries = [late_entry(outcome.follow_up) / DAYS_PER_MONTH for outcome in outcomes]
    return entries if any(entries) else None


def centres_of(outcomes: Sequence[Outcome]) -> tuple[str, ...] | None:
    """Return everybody's centre; None unless all are known and there are several."""
    centres = tuple(outcome.centre for outcome in outcomes)
    return centres if all(centres) and len(set(centres)) > 1 else None


def _months(outcomes: Sequence[Outcome], measure: Measure) -> tuple[list[float], list[bool]]:
    pairs = [measure(outcome.follow_up) for outcome in outcomes]
    return [days / DAYS_PER_MONTH for days, _ in pairs], [event for _, event in pairs]


def _factors(
    outcomes: Sequence[Outcome], measured: Mapping[str, Mapping[str, Any]]
) -> tuple[tuple[Cox, ...], Cox | None, tuple[Statement, ...]]:
    columns = [column for column, _ in FACTORS.values()]
    known = [
        outcome
        for outcome in outcomes
        if all(measured.get(outcome.id, {}).get(column) is not None for column in columns)
    ]
    notes = []
    if len(known) < len(outcomes):
        lacking, everybody = len(outcomes) - len(known), len(outcomes)
        notes.append(Statement.of("trial.unmeasured", count=lacking, patients=everybody))
    if not known:
        return (), None, tuple(notes)
    values = {
        name: [scale * float(measured[outcome.id][column]) for outcome in known]
        for name, (column, scale) in FACTORS.items()
    }
    varied = {name: column for name, column in values.items() if len(set(column)) > 1}
    notes += [Statement.of("trial.factor_same", factor=n) for n in values if n not in varied]
    if not varied:
        return (), None, tuple(notes)
    try:
        alone, together = predictive_factors(
            *_months(known, overall_survival), varied, entries=entries_of(known)
        )
    except InputError as fault:
        return (), None, (*notes, told(str(fault)))
    return alone, together, tuple(notes)
