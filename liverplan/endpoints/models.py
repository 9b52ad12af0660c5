"""Cox regression, Firth's where the likelihood has no top; factors that predict; events needed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from liverplan.endpoints.curves import survival_before
from liverplan.endpoints.firth import Firth, firth, penalised
from liverplan.endpoints.hazards import ProportionalHazards, proportional
from liverplan.endpoints.inputs import FloatArray, checked, codes, entered
from liverplan.endpoints.likelihood import RiskSets, highest, risk_sets
from liverplan.endpoints.ranks import concordance
from liverplan.errors import InputError
from liverplan.findings import Statement
from liverplan.words import in_english

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
    warnings: tuple[Statement, ...] = ()
    method: Literal["Efron", "Firth"] = "Efron"


def cox(
    times: ArrayLike,
    events: ArrayLike,
    covariates: Mapping[str, ArrayLike],
    *,
    strata: Sequence[str] | None = None,
    entries: ArrayLike | None = None,
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
    entries : (N,) array or None
        When each came under observation, where that was after the origin; else 0.

    Raises
    ------
    InputError
        If a covariate is constant, not a number, or the model cannot be fitted.
    """
    made = _prepared(times, events, covariates, strata, entries)
    best = made.best
    fit = _efron(made.sets, best) if best is not None else _firth(made)
    names, count = list(covariates), int(made.happened.sum())
    height = penalised if best is None else _likelihood
    null, top = height(made.sets, np.zeros(len(names))), height(made.sets, fit.coefficients)
    linear = made.sets.covariates @ fit.coefficients
    return Cox(
        terms=tuple(
            _term(name, fit, position, float(made.widths[position]))
            for position, name in enumerate(names)
        ),
        method="Efron" if best is not None else "Firth",
        log_likelihood=top,
        likelihood_ratio=2 * (top - null),
        likelihood_ratio_p=float(scipy.stats.chi2.sf(2 * (top - null), len(names))),
        concordance=concordance(made.times, made.happened, linear, made.within, made.begin),
        patients=len(made.times),
        events=count,
        warnings=(*_few(count, len(names)), *_monotone(names, best)),
    )


def proportional_hazards(
    times: ArrayLike,
    events: ArrayLike,
    covariates: Mapping[str, ArrayLike],
    *,
    strata: Sequence[str] | None = None,
    entries: ArrayLike | None = None,
) -> ProportionalHazards | None:
    """Test whether the hazards of the model that `cox` fits are in proportion.

    The scaled Schoenfeld test against Kaplan-Meier time (as R's ``cox.zph``), from the same
    (N,) arguments. None where the likelihood has no top, or time cannot be told from a covariate.
    """
    made = _prepared(times, events, covariates, strata, entries)
    if made.best is None:
        return None
    return proportional(
        made.sets,
        made.best,
        list(covariates),
        clock=1 - survival_before(made.times, made.happened, made.begin),
        times=made.times,
        widths=made.widths,
    )


def predictive_factors(
    times: ArrayLike,
    events: ArrayLike,
    factors: Mapping[str, ArrayLike],
    *,
    entries: ArrayLike | None = None,
) -> tuple[tuple[Cox, ...], Cox]:
    """Fit each factor alone, and all together; e.g. the remnant fraction in steps of 0.10.

    Times, events, entries and the values of each factor are (N,): one for every patient.
    """
    alone = tuple(cox(times, events, {n: v}, entries=entries) for n, v in factors.items())
    return alone, cox(times, events, factors, entries=entries)


def events_needed(hazard_ratio: float, *, power: float = 0.80, alpha: float = 0.05) -> int:
    """Events that a 1:1 trial needs to find a hazard ratio, two-sided (Schoenfeld 1983)."""
    if not (0 < hazard_ratio < math.inf and hazard_ratio != 1 and 0 < power < 1 and 0 < alpha < 1):
        raise InputError("A hazard ratio must be positive and not 1; power and alpha between 0, 1.")
    quantile = NormalDist().inv_cdf
    return math.ceil(
        4 * ((quantile(1 - alpha / 2) + quantile(power)) / math.log(hazard_ratio)) ** 2
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Prepared:
    """A model before its limits: risk sets of covariates in widths, and where it is highest."""

    times: FloatArray
    happened: NDArray[np.bool_]
    within: NDArray[np.intp]
    begin: FloatArray
    names: tuple[str, ...]
    widths: FloatArray
    sets: RiskSets
    best: FloatArray | None


def _prepared(
    times: ArrayLike,
    events: ArrayLike,
    covariates: Mapping[str, ArrayLike],
    strata: Sequence[str] | None,
    entries: ArrayLike | None,
) -> _Prepared:
    durations, happened = checked(times, events)
    begin = entered(entries, durations)
    matrix = np.column_stack([_column(n, v, len(durations)) for n, v in covariates.items()])
    within = codes(strata or [""] * len(durations))
    widths = np.asarray(np.ptp(matrix, axis=0))
    sets = risk_sets(durations, happened, matrix / widths, within, begin)
    return _Prepared(
        times=durations,
        happened=happened,
        within=within,
        begin=begin,
        names=tuple(covariates),
        widths=widths,
        sets=sets,
        best=highest(sets) if _told_apart(sets) else None,
    )


def _column(name: str, values: ArrayLike, count: int) -> FloatArray:
    column = np.asarray(values, dtype=np.float64)
    if column.shape != (count,) or not np.isfinite(column).all():
        raise InputError(f"The covariate {name!r} must be one number for each of {count} patients.")
    if np.ptp(column) == 0:
        raise InputError(f"The covariate {name!r} is the same for everybody, so it says nothing.")
    return column


def _few(events: int, covariates: int) -> tuple[Statement, ...]:
    if events >= EVENTS_PER_COVARIATE * covariates:
        return ()
    fewest = EVENTS_PER_COVARIATE
    return (Statement.of("trial.few_events", events=events, covariates=covariates, fewest=fewest),)


def _told_apart(sets: RiskSets) -> bool:
    """Return whether some death distinguishes every covariate from the others."""
    count = sets.covariates.shape[1]
    if not sets.dead.size:
        return False
    information = sets.at(np.zeros(count)).information
    return bool(np.linalg.matrix_rank(information, hermitian=True) == count)


def _monotone(names: Sequence[str], best: FloatArray | None) -> tuple[Statement, ...]:
    return () if best is not None else (Statement.of("trial.monotone", names=tuple(names)),)


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


def _firth(made: _Prepared) -> Firth:
    found = firth(made.sets) if _told_apart(made.sets) else None
    if found is None:
        raise InputError(in_english(Statement.of("trial.unfitted", names=made.names)))
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
