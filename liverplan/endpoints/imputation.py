"""Missing factors by multiple imputation, and estimates pooled by Rubin's rules.

Chained equations with predictive mean matching (statsmodels); the event and the cumulative hazard
are among the predictors (White and Royston, Stat Med 2009). It holds if what is missing depends
only on what was seen.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from liverplan.endpoints.inputs import FloatArray, checked, module
from liverplan.errors import InputError

SEED = 20240311
"""The same table gives the same imputations."""

CYCLES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """One estimate over several imputed tables."""

    estimate: float
    standard_error: float
    degrees_of_freedom: float
    lower_95: float
    upper_95: float
    p: float


def pool(estimates: ArrayLike, standard_errors: ArrayLike, *, patients: int) -> Pooled:
    """Pool (M,) estimates and their standard errors by Rubin's rules (R's ``pool.scalar``).

    Degrees of freedom are Barnard and Rubin's; with one table, or none that differ, the complete
    table's.
    """
    values = np.asarray(estimates, dtype=np.float64)
    within = float(np.mean(np.square(standard_errors)))
    count, complete = len(values), float(max(patients - 1, 1))
    between = float(np.var(values, ddof=1)) if count > 1 else 0.0
    total = within + (1 + 1 / count) * between
    share = (1 + 1 / count) * between / total
    observed = (complete + 1) / (complete + 3) * complete * (1 - share)
    freedom = observed
    if share > 0:
        old = (count - 1) / share**2
        freedom = old * observed / (old + observed)
    estimate, error = float(values.mean()), float(np.sqrt(total))
    reach = float(stats.t.ppf(0.975, freedom)) * error
    return Pooled(
        estimate=estimate,
        standard_error=error,
        degrees_of_freedom=freedom,
        lower_95=estimate - reach,
        upper_95=estimate + reach,
        p=float(2 * stats.t.sf(abs(estimate / error), freedom)),
    )


def imputed(
    factors: Mapping[str, ArrayLike],
    times: ArrayLike,
    events: ArrayLike,
    *,
    tables: int = 20,
    seed: int = SEED,
) -> list[dict[str, FloatArray]]:
    """Fill in what is not a number in (N,) factors, several times over.

    Returns
    -------
    list of dict of str to (N,) array
        One table where nothing was missing.

    Raises
    ------
    InputError
        If a factor is missing in everybody.
    """
    columns = {name: np.asarray(values, dtype=np.float64) for name, values in factors.items()}
    empty = [name for name, values in columns.items() if np.isnan(values).all()]
    if empty:
        raise InputError(f"Nobody's {', '.join(empty)} is known.")
    if not any(np.isnan(values).any() for values in columns.values()):
        return [columns]
    durations, happened = checked(times, events)
    names = {name: f"x{n}" for n, name in enumerate(columns)}
    frame = module("pandas").DataFrame(
        {
            **{names[name]: values for name, values in columns.items()},
            "hazard": _cumulative_hazard(durations, happened),
            "event": happened.astype(float),
        }
    )
    found = []
    chain = module("statsmodels.imputation.mice").MICEData(frame, rng=seed)
    with warnings.catch_warnings():
        # What a column that repeats another says of the rest is the same for every solution.
        singular = module("statsmodels.tools.sm_exceptions").SingularMatrixWarning
        warnings.simplefilter("ignore", singular)
        for _ in range(tables):
            chain.update_all(CYCLES)
            found.append({name: chain.data[one].to_numpy().copy() for name, one in names.items()})
    return found


def _cumulative_hazard(durations: FloatArray, happened: np.ndarray) -> FloatArray:
    """Nelson and Aalen's estimate at everybody's own time."""
    times = np.unique(durations[happened])
    steps = [np.sum((durations == time) & happened) / np.sum(durations >= time) for time in times]
    total = np.concatenate([[0.0], np.cumsum(steps)])
    return np.asarray(total[np.searchsorted(times, durations, side="right")], dtype=np.float64)
