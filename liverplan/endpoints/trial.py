"""All of the trial's endpoints at once, from outcomes and the cohort's measurements."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from liverplan.endpoints.curves import Curve
from liverplan.endpoints.followup import (
    DAYS_PER_MONTH,
    overall_survival,
    progression_free_survival,
)
from liverplan.endpoints.models import Comparison, Cox, compare, predictive_factors
from liverplan.endpoints.outcomes import Outcome
from liverplan.errors import InputError

THREE_YEARS_MONTHS = 36.0

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
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return a plain document, unrounded."""
        together = self.factors_together
        return {
            "schema": "liverplan.endpoints/1",
            "unit": "months",
            "overall_survival": _comparison_json(self.overall),
            "progression_free_survival": _comparison_json(self.progression_free),
            "predictive_factors": {
                "alone": [_cox_json(model) for model in self.factors_alone],
                "together": None if together is None else _cox_json(together),
            },
            "notes": list(self.notes),
        }


def trial_endpoints(
    outcomes: Sequence[Outcome],
    measured: Mapping[str, Mapping[str, Any]],
    *,
    reference: str,
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

    Raises
    ------
    InputError
        If there are fewer than two arms, or no events to model.
    """
    arms = [outcome.arm for outcome in outcomes]
    if not any(_months(outcomes, overall_survival)[0]):
        raise InputError("Every patient is followed for zero days, so survival has no estimate.")
    alone, together, notes = _factors(outcomes, measured)
    return TrialEndpoints(
        overall=compare(*_months(outcomes, overall_survival), arms, reference=reference),
        progression_free=compare(
            *_months(outcomes, progression_free_survival), arms, reference=reference
        ),
        factors_alone=alone,
        factors_together=together,
        notes=notes,
    )


def _months(outcomes: Sequence[Outcome], measure: Any) -> tuple[list[float], list[bool]]:  # noqa: ANN401 - one of the two survivals
    pairs = [measure(outcome.follow_up) for outcome in outcomes]
    return [days / DAYS_PER_MONTH for days, _ in pairs], [event for _, event in pairs]


def _factors(
    outcomes: Sequence[Outcome], measured: Mapping[str, Mapping[str, Any]]
) -> tuple[tuple[Cox, ...], Cox | None, tuple[str, ...]]:
    columns = [column for column, _ in FACTORS.values()]
    known = [
        outcome
        for outcome in outcomes
        if all(measured.get(outcome.id, {}).get(column) is not None for column in columns)
    ]
    notes = []
    if len(known) < len(outcomes):
        notes.append(
            f"{len(outcomes) - len(known)} of {len(outcomes)} patients lack measurements and are "
            "left out of the predictive factors."
        )
    if not known:
        return (), None, tuple(notes)
    values = {
        name: [scale * float(measured[outcome.id][column]) for outcome in known]
        for name, (column, scale) in FACTORS.items()
    }
    varied = {name: column for name, column in values.items() if len(set(column)) > 1}
    notes += [f"{name} is the same for everybody." for name in values if name not in varied]
    if not varied:
        return (), None, tuple(notes)
    try:
        alone, together = predictive_factors(*_months(known, overall_survival), varied)
    except InputError as fault:
        return (), None, (*notes, str(fault))
    return alone, together, tuple(notes)


def _comparison_json(comparison: Comparison) -> dict[str, Any]:
    test, model = comparison.log_rank, comparison.cox
    return {
        "reference": comparison.reference,
        "arms": [_curve_json(curve) for curve in comparison.curves],
        "log_rank": None if test is None else dataclasses.asdict(test),
        "cox": None if model is None else _cox_json(model),
        "notes": list(comparison.notes),
    }


def _curve_json(curve: Curve) -> dict[str, Any]:
    survival, low, high = curve.at(THREE_YEARS_MONTHS)
    followed = float(curve.times.max()) >= THREE_YEARS_MONTHS or curve.survival[-1] == 0
    return {
        "arm": curve.label,
        "patients": int(curve.at_risk[0]),
        "events": int(curve.events.sum()),
        "median": curve.median,
        "median_95": list(curve.median_95),
        "three_years": survival if followed else None,
        "three_years_95": [_number(low), _number(high)] if followed else None,
        "times": curve.times.tolist(),
        "survival": curve.survival.tolist(),
    }


def _number(value: float) -> float | None:
    """Limits are not defined where survival is 1 or 0."""
    return value if math.isfinite(value) else None


def _cox_json(model: Cox) -> dict[str, Any]:
    return {
        "terms": [
            {
                "name": term.name,
                "hazard_ratio": term.hazard_ratio,
                "hazard_ratio_95": [_number(term.lower_95), _number(term.upper_95)],
                "coefficient": term.coefficient,
                "standard_error": term.standard_error,
                "p": term.p,
            }
            for term in model.terms
        ],
        "patients": model.patients,
        "events": model.events,
        "method": model.method,
        "concordance": model.concordance,
        "warnings": list(model.warnings),
    }
