"""Arms compared, and factors that predict: log-rank test, Cox regression, events needed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from liverplan.endpoints.curves import Curve, kaplan_meier
from liverplan.endpoints.firth import Firth, firth, penalised
from liverplan.endpoints.inputs import FloatArray, checked, codes, require_arms
from liverplan.endpoints.likelihood import RiskSets, highest, risk_sets
from liverplan.endpoints.ranks import LogRank, concordance, log_rank
from liverplan.errors import InputError

EVENTS_PER_COVARIATE = 10
"""Fewer events than this for each covariate make a Cox model unreliable (rule of thumb)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One covariate of a Cox model."""

    name: str
    coefficient: float
    standard_error: float
    hazard_ratio: float
    lower_95: float
    upper_95: float
    z: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cox:
    """A Cox model: terms, likelihood, and what to beware of.

    ``method`` is "Efron", or "Firth" where the likelihood and what is made of it are penalised.
    """

    terms: tuple[Term, ...]
    log_likelihood: float
    likelihood_ratio: float
    likelihood_ratio_p: float
    concordance: float | None
    patients: int
    events: int
    warnings: tuple[str, ...] = ()
    method: Literal["Efron", "Firth"] = "Efron"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Arms held against each other."""

    curves: tuple[Curve, ...]
    log_rank: LogRank | None
    cox: Cox | None
    reference: str
    notes: tuple[str, ...] = ()


def cox(
    times: ArrayLike,
    events: ArrayLike,
    covariates: Mapping[str, ArrayLike],
    *,
    strata: Sequence[str] | None = None,
) -> Cox:
    """Fit a Cox model with Efron's handling of ties.

    Where the likelihood rises without end (no death on one side of a covariate), the model is
    Firth's penalised one, with limits and tests of its profile likelihood, and says so.

    Parameters
    ----------
    times, events : (N,) arrays
        One of each for every patient.
    covariates : mapping of str to (N,) array
        Numbers; code an arm as 0 and 1.
    strata : sequence of N str, or None
        Each with its own baseline hazard, as a centre.

    Raises
    ------
    InputError
        If a covariate is constant, not a number, or the model cannot be fitted.
    """
    durations, happened = checked(times, events)
    columns = {name: _column(name, values, len(durations)) for name, values in covariates.items()}
    within = codes(strata or [""] * len(durations))
    matrix = np.column_stack(list(columns.values()))
    sets = risk_sets(durations, happened, matrix / np.ptp(matrix, axis=0), within)
    if not _told_apart(sets):
        raise InputError(_unfitted(columns))
    best = highest(sets)
    fit = _efron(sets, best) if best is not None else _firth(sets, columns)
    count = int(happened.sum())
    height = penalised if best is None else _likelihood
    null, top = height(sets, np.zeros(len(columns))), height(sets, fit.coefficients)
    from scipy.stats import chi2  # noqa: PLC0415 - slow to load

    return Cox(
        terms=tuple(
            _term(name, fit, position, float(np.ptp(columns[name])))
            for position, name in enumerate(columns)
        ),
        method="Efron" if best is not None else "Firth",
        log_likelihood=top,
        likelihood_ratio=2 * (top - null),
        likelihood_ratio_p=float(chi2.sf(2 * (top - null), len(columns))),
        concordance=concordance(durations, happened, sets.covariates @ fit.coefficients, within),
        patients=len(durations),
        events=count,
        warnings=(*_cox_warnings(count, len(columns)), *_monotone(columns, best)),
    )


def compare(
    times: ArrayLike,
    events: ArrayLike,
    arms: Sequence[str],
    *,
    reference: str,
    strata: Sequence[str] | None = None,
) -> Comparison:
    """Compare arms: their curves, the log-rank test, each one's hazard against the reference.

    Times, events, arms and strata are (N,), one of each for every patient. Each part stands
    alone: what cannot be estimated is None, and a note says why.
    """
    durations, happened = checked(times, events)
    require_arms(arms, len(durations))
    if reference not in arms:
        raise InputError(f"No patient is in the reference arm {reference!r}.")
    groups = np.asarray(arms)
    names = [reference, *sorted(set(arms) - {reference})]
    curves = tuple(
        kaplan_meier(durations[groups == name], happened[groups == name], label=name)
        for name in names
    )
    test = log_rank(durations, happened, arms, strata=strata)
    notes = [f"No event in {name}." for name in names if not happened[groups == name].any()]
    if test is None:
        notes.append("The log-rank test needs an event while two arms are followed.")
    try:
        shown = {name: groups == name for name in names[1:]}
        model = cox(durations, happened, shown, strata=strata)
    except InputError as fault:
        model = None
        notes.append(f"The hazard ratio cannot be estimated: {fault}")
    return Comparison(
        curves=curves, log_rank=test, cox=model, reference=reference, notes=tuple(notes)
    )


def predictive_factors(
    times: ArrayLike, events: ArrayLike, factors: Mapping[str, ArrayLike]
) -> tuple[tuple[Cox, ...], Cox]:
    """Fit each factor alone, and all together; e.g. the remnant fraction in steps of 0.10.

    Times, events and the values of each factor are (N,): one for every patient.
    """
    alone = tuple(cox(times, events, {name: values}) for name, values in factors.items())
    return alone, cox(times, events, factors)


def events_needed(hazard_ratio: float, *, power: float = 0.80, alpha: float = 0.05) -> int:
    """Events that a 1:1 trial needs to find a hazard ratio, two-sided (Schoenfeld 1983)."""
    if not (0 < hazard_ratio < math.inf and hazard_ratio != 1 and 0 < power < 1 and 0 < alpha < 1):
        raise InputError("A hazard ratio must be positive and not 1; power and alpha between 0, 1.")
    quantile = NormalDist().inv_cdf
    return math.ceil(
        4 * ((quantile(1 - alpha / 2) + quantile(power)) / math.log(hazard_ratio)) ** 2
    )


def _column(name: str, values: ArrayLike, count: int) -> FloatArray:
    column = np.asarray(values, dtype=np.float64)
    if column.shape != (count,) or not np.isfinite(column).all():
        raise InputError(f"The covariate {name!r} must be one number for each of {count} patients.")
    if np.ptp(column) == 0:
        raise InputError(f"The covariate {name!r} is the same for everybody, so it says nothing.")
    return column


def _cox_warnings(events: int, covariates: int) -> tuple[str, ...]:
    if events >= EVENTS_PER_COVARIATE * covariates:
        return ()
    return (
        f"{events} events for {covariates} covariates: fewer than {EVENTS_PER_COVARIATE} each, "
        "so the model is unreliable.",
    )


def _told_apart(sets: RiskSets) -> bool:
    """Return whether some death distinguishes every covariate from the others."""
    count = sets.covariates.shape[1]
    if not sets.dead.size:
        return False
    information = sets.at(np.zeros(count)).information
    return bool(np.linalg.matrix_rank(information, hermitian=True) == count)


def _unfitted(columns: Mapping[str, FloatArray]) -> str:
    return (
        f"The Cox model of {', '.join(columns)} cannot be fitted: too few events, or a "
        "covariate that repeats another."
    )


def _monotone(columns: Mapping[str, FloatArray], best: FloatArray | None) -> tuple[str, ...]:
    if best is not None:
        return ()
    return (
        f"The hazard ratio of {', '.join(columns)} cannot be estimated by maximum likelihood, "
        "which rises without end (no event on one side); given is Firth's penalised estimate "
        "with profile limits.",
    )


def _likelihood(sets: RiskSets, coefficients: FloatArray) -> float:
    return sets.at(coefficients).value


def _efron(sets: RiskSets, best: FloatArray) -> Firth:
    """Return the highest likelihood with Wald's limits and tests."""
    covariance = np.asarray(np.linalg.inv(sets.at(best).information), np.float64)
    error = np.sqrt(np.diag(covariance))
    reach = NormalDist().inv_cdf(0.975) * error
    return Firth(
        coefficients=best,
        covariance=covariance,
        limits=np.column_stack([best - reach, best + reach]),
        ratios=(best / error) ** 2,
    )


def _firth(sets: RiskSets, columns: Mapping[str, FloatArray]) -> Firth:
    found = firth(sets)
    if found is None:
        raise InputError(_unfitted(columns))
    return found


def _term(name: str, fit: Firth, position: int, width: float) -> Term:
    """Return a term in its own unit; the fit's is the covariate's whole width."""
    coefficient = float(fit.coefficients[position]) / width
    error = math.sqrt(fit.covariance[position, position]) / width
    low, high = (_exp(float(limit) / width) for limit in fit.limits[position])
    z = math.copysign(math.sqrt(max(float(fit.ratios[position]), 0.0)), coefficient)
    return Term(
        name=name,
        coefficient=coefficient,
        standard_error=error,
        hazard_ratio=_exp(coefficient),
        lower_95=low,
        upper_95=high,
        z=z,
        p=math.erfc(abs(z) / math.sqrt(2)),
    )


def _exp(power: float) -> float:
    return math.exp(power) if power < 700 else math.inf
