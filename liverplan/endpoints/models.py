"""Arms compared, and factors that predict: log-rank test, Cox regression, events needed."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liverplan.endpoints.curves import Curve, kaplan_meier
from liverplan.endpoints.inputs import FloatArray, checked, lifelines, module
from liverplan.errors import InputError

EVENTS_PER_COVARIATE = 10
"""Fewer events than this for each covariate make a Cox model unreliable (rule of thumb)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRank:
    """The log-rank test that all arms share one curve."""

    chi_square: float
    degrees_of_freedom: int
    p: float


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
    """A Cox model (Efron's ties): terms, likelihood, and what to beware of."""

    terms: tuple[Term, ...]
    log_likelihood: float
    likelihood_ratio: float
    likelihood_ratio_p: float
    concordance: float
    patients: int
    events: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Arms held against each other."""

    curves: tuple[Curve, ...]
    log_rank: LogRank
    cox: Cox
    reference: str


def log_rank(times: ArrayLike, events: ArrayLike, arms: Sequence[str]) -> LogRank:
    """Test whether arms share one survival curve, from (N,) times and events, one a patient."""
    durations, happened = checked(times, events)
    _require_arms(arms, len(durations))
    found = lifelines().statistics.multivariate_logrank_test(durations, list(arms), happened)
    return LogRank(
        chi_square=float(found.test_statistic),
        degrees_of_freedom=len(set(arms)) - 1,
        p=float(found.p_value),
    )


def cox(times: ArrayLike, events: ArrayLike, covariates: Mapping[str, ArrayLike]) -> Cox:
    """Fit a Cox model with Efron's handling of ties.

    Parameters
    ----------
    covariates : mapping of str to (N,) array
        Numbers; code an arm as 0 and 1.

    Raises
    ------
    InputError
        If a covariate is constant, not a number, or the model cannot be fitted.
    """
    durations, happened = checked(times, events)
    columns = {name: _column(name, values, len(durations)) for name, values in covariates.items()}
    fitted = _fit(durations, happened, columns)
    ratio = fitted.log_likelihood_ratio_test()
    count = int(happened.sum())
    return Cox(
        terms=tuple(_term(name, fitted) for name in columns),
        log_likelihood=float(fitted.log_likelihood_),
        likelihood_ratio=float(ratio.test_statistic),
        likelihood_ratio_p=float(ratio.p_value),
        concordance=float(fitted.concordance_index_),
        patients=len(durations),
        events=count,
        warnings=_cox_warnings(count, len(columns)),
    )


def compare(
    times: ArrayLike, events: ArrayLike, arms: Sequence[str], *, reference: str
) -> Comparison:
    """Compare arms: their curves, the log-rank test, each one's hazard against the reference.

    Times and events are (N,): one of each, and one arm, for every patient.
    """
    durations, happened = checked(times, events)
    _require_arms(arms, len(durations))
    if reference not in arms:
        raise InputError(f"No patient is in the reference arm {reference!r}.")
    groups = np.asarray(arms)
    names = [reference, *sorted(set(arms) - {reference})]
    return Comparison(
        curves=tuple(
            kaplan_meier(durations[groups == name], happened[groups == name], label=name)
            for name in names
        ),
        log_rank=log_rank(durations, happened, arms),
        cox=cox(durations, happened, {name: groups == name for name in names[1:]}),
        reference=reference,
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


def _require_arms(arms: Sequence[str], count: int) -> None:
    if len(arms) != count or len(set(arms)) < 2:
        raise InputError("A comparison needs the arm of every patient, and at least two arms.")


def _cox_warnings(events: int, covariates: int) -> tuple[str, ...]:
    if events >= EVENTS_PER_COVARIATE * covariates:
        return ()
    return (
        f"{events} events for {covariates} covariates: fewer than {EVENTS_PER_COVARIATE} each, "
        "so the model is unreliable.",
    )


def _fit(
    durations: FloatArray, happened: NDArray[np.bool_], columns: Mapping[str, FloatArray]
) -> Any:  # noqa: ANN401 - lifelines' fitter
    library, pandas = lifelines(), module("pandas")
    table = pandas.DataFrame({**columns, "(time)": durations, "(event)": happened})
    # The default stops up to 2e-6 short of the maximum; these iterate until nothing moves.
    exact = {"precision": 1e-18, "r_precision": -1.0}
    doubts = library.exceptions.ConvergenceWarning
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", doubts)
            return library.CoxPHFitter().fit(table, "(time)", "(event)", fit_options=exact)
    except (library.exceptions.ConvergenceError, doubts) as error:
        raise InputError(
            f"The Cox model of {', '.join(columns)} cannot be fitted: too few events, or a "
            "covariate that separates them or repeats another."
        ) from error


def _term(name: str, fitted: Any) -> Term:  # noqa: ANN401 - lifelines' fitter
    row = fitted.summary.loc[name]
    return Term(
        name=name,
        coefficient=float(row["coef"]),
        standard_error=float(row["se(coef)"]),
        hazard_ratio=float(row["exp(coef)"]),
        lower_95=float(row["exp(coef) lower 95%"]),
        upper_95=float(row["exp(coef) upper 95%"]),
        z=float(row["z"]),
        p=float(row["p"]),
    )
