"""Missing factors by multiple imputation, and estimates pooled by Rubin's rules.

It holds if what is missing depends only on what was seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from liverplan.endpoints.chain import Chain
from liverplan.endpoints.inputs import FloatArray, checked
from liverplan.endpoints.likelihood import risk_sets
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
    reach = float(scipy.stats.t.ppf(0.975, freedom)) * error
    return Pooled(
        estimate=estimate,
        standard_error=error,
        degrees_of_freedom=freedom,
        lower_95=estimate - reach,
        upper_95=estimate + reach,
        p=float(2 * scipy.stats.t.sf(abs(estimate / error), freedom)),
    )


def imputed(
    factors: Mapping[str, ArrayLike],
    times: ArrayLike,
    events: ArrayLike,
    *,
    tables: int = 20,
    seed: int = SEED,
) -> list[dict[str, FloatArray]]:
    """Fill in what is not a number in (N,) factors, several times over, as fits their Cox model.

    Every factor of that model belongs here, the treatment too: what is filled in without one is
    drawn as if it had no effect.

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
    rng = np.random.default_rng(seed)
    values = np.column_stack(list(columns.values()))
    holes = np.isnan(values)
    for column in range(values.shape[1]):
        gaps = holes[:, column]
        values[gaps, column] = rng.choice(values[~gaps, column], gaps.sum())
    middle, spread = values.mean(axis=0), values.std(axis=0)
    spread[spread == 0] = 1.0
    count = len(durations)
    chain = Chain(
        values=(values - middle) / spread,
        holes=holes,
        happened=happened,
        sets=risk_sets(
            durations, happened, values, np.zeros(count, np.intp), np.full(count, -np.inf)
        ),
        rng=rng,
    )
    found = []
    for _ in range(tables):
        for _ in range(CYCLES):
            chain.cycle()
        filled = np.where(holes, chain.values * spread + middle, values)
        found.append(dict(zip(columns, filled.T.copy(), strict=True)))
    return found
