"""Comparisons and models as plain documents: unrounded, sentences with what they say beside."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

from liverplan.endpoints.comparison import THREE_YEARS, Comparison, Ratios
from liverplan.endpoints.curves import Curve, risk_months
from liverplan.endpoints.hazards import HazardTest, ProportionalHazards
from liverplan.endpoints.models import Cox
from liverplan.endpoints.ranks import LogRank
from liverplan.endpoints.restricted import AtTime, Estimate
from liverplan.findings import Statement
from liverplan.words import in_english


def sentences(statements: Sequence[Statement]) -> list[str]:
    """Return statements in English."""
    return [in_english(one) for one in statements]


def spoken(statements: Sequence[Statement]) -> dict[str, Any]:
    """Return notes in English, and what they say, so that they are read in any language."""
    return {"notes": sentences(statements), "says": [one.to_json() for one in statements]}


def comparison_json(found: Comparison) -> dict[str, Any]:
    """Return arms held against each other."""
    months = risk_months(found.curves)
    *arms, everybody = found.follow_up
    return {
        "reference": found.reference,
        "arms": [
            curve_json(curve) | followed_json(own)
            for curve, own in zip(found.curves, arms, strict=True)
        ],
        "log_rank": log_rank_json(found.log_rank),
        "cox": cox_json(found.cox),
        "proportional_hazards": hazards_json(found.proportional),
        "by_centre": None if found.within is None else within_json(found.within),
        "rmst": None if found.means is None else at_time_json(found.means),
        "three_years_difference": _three_years(found.three_years),
        "follow_up": followed_json(everybody),
        "at_risk": [
            {"months": month, **{c.label: c.at_risk_at(month) for c in found.curves}}
            for month in months
        ],
        **spoken(found.notes),
    }


def within_json(within: Ratios) -> dict[str, Any]:
    """Return tests and models within centres."""
    return {
        "centres": len(within.strata),
        "log_rank": log_rank_json(within.log_rank),
        "cox": cox_json(within.cox),
        "proportional_hazards": hazards_json(within.proportional),
        **spoken(within.notes),
    }


def curve_json(curve: Curve) -> dict[str, Any]:
    """Return an arm's curve with its median and survival at three years."""
    survival, low, high = curve.at(THREE_YEARS)
    followed = curve.followed_to(THREE_YEARS)
    return {
        "arm": curve.label,
        "patients": int((curve.events + curve.censored).sum()),
        "events": int(curve.events.sum()),
        "median": curve.median,
        "median_95": list(curve.median_95),
        "three_years": survival if followed else None,
        "three_years_95": [_number(low), _number(high)] if followed else None,
        "times": curve.times.tolist(),
        "survival": curve.survival.tolist(),
    }


def followed_json(curve: Curve) -> dict[str, Any]:
    """Return the median follow-up by reverse Kaplan-Meier."""
    return {"follow_up_median": curve.median, "follow_up_median_95": list(curve.median_95)}


def log_rank_json(test: LogRank | None) -> dict[str, Any] | None:
    """Return a log-rank test."""
    return None if test is None else dataclasses.asdict(test)


def cox_json(model: Cox | None) -> dict[str, Any] | None:
    """Return a Cox model; a limit without end is null."""
    if model is None:
        return None
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
        "warnings": sentences(model.warnings),
    }


def hazards_json(tested: ProportionalHazards | None) -> dict[str, Any] | None:
    """Return the tests that hazards are in proportion, and what a plot of each shows."""
    if tested is None:
        return None
    return {
        "method": "scaled Schoenfeld residuals against Kaplan-Meier time",
        "chi_square": tested.chi_square,
        "degrees_of_freedom": tested.degrees_of_freedom,
        "p": tested.p,
        "terms": [_hazard(one) for one in tested.tests],
    }


def at_time_json(found: AtTime) -> dict[str, Any]:
    """Return estimates by arm and their differences from the reference."""
    return {
        "months": found.time,
        "arms": [{"arm": arm, **_estimate("months_lived", one)} for arm, one in found.arms],
        "differences": [
            {"arm": one.arm, **_estimate("difference", one.estimate), "p": one.p}
            for one in found.differences
        ],
    }


def _three_years(found: AtTime | None) -> dict[str, Any] | None:
    """Return the difference of survival; that of the first other arm stands outside the list."""
    if found is None:
        return None
    differences = at_time_json(found)["differences"]
    first = {key: value for key, value in differences[0].items() if key != "arm"}
    return {"months": found.time, **first, "differences": differences}


def _hazard(one: HazardTest) -> dict[str, Any]:
    return {
        "name": one.name,
        "chi_square": one.chi_square,
        "p": one.p,
        "times": one.times.tolist(),
        "log_hazard_ratios": one.residuals.tolist(),
        "smooth_times": one.smooth_times.tolist(),
        "smooth": one.smooth.tolist(),
        "smooth_lower_95": one.lower.tolist(),
        "smooth_upper_95": one.upper.tolist(),
    }


def _estimate(name: str, one: Estimate) -> dict[str, Any]:
    return {
        name: one.value,
        f"{name}_95": [one.lower_95, one.upper_95],
        "standard_error": one.standard_error,
    }


def _number(value: float) -> float | None:
    """Limits are not defined where survival is 1 or 0."""
    return value if math.isfinite(value) else None
