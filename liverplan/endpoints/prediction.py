"""How well factors predict survival: together, with treatment, and whether predictions hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import ArrayLike

from liverplan.endpoints.curves import kaplan_meier
from liverplan.endpoints.imputation import Pooled, imputed, pool
from liverplan.endpoints.inputs import FloatArray, checked
from liverplan.endpoints.models import cox

GROUPS = 3
TREATMENT = "treatment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concordance:
    """Harrell's c-index and its 95 % limits (infinitesimal jackknife, as R's ``concordance``)."""

    c_index: float
    standard_error: float
    lower_95: float
    upper_95: float


def concordance(times: ArrayLike, events: ArrayLike, risk: ArrayLike) -> Concordance:
    """Return how often who has the higher risk dies first, from (N,) arrays.

    Ties of risk count one half; a censoring at the time of a death comes after it.
    """
    durations, happened = checked(times, events)
    score = np.asarray(risk, dtype=np.float64)
    earlier = happened[:, None] & (
        (durations[:, None] < durations) | ((durations[:, None] == durations) & ~happened[None, :])
    )
    agrees = np.where(score[:, None] > score, 1.0, np.where(score[:, None] == score, 0.5, 0.0))
    won = np.where(earlier, agrees, 0.0)
    pairs = float(earlier.sum())
    index = float(won.sum() / pairs) if pairs else float("nan")
    of_each = (won.sum(0) + won.sum(1)) - index * (earlier.sum(0) + earlier.sum(1))
    error = float(np.sqrt(np.sum(np.square(of_each / pairs)))) if pairs else float("nan")
    reach = float(scipy.stats.norm.ppf(0.975)) * error
    return Concordance(
        c_index=index,
        standard_error=error,
        lower_95=max(0.0, index - reach),
        upper_95=min(1.0, index + reach),
    )


def predicted_survival(
    times: ArrayLike, events: ArrayLike, risk: ArrayLike, *, at: float
) -> FloatArray:
    """Return (N,) survival at a time under (N,) linear predictors, by Breslow's baseline."""
    durations, happened = checked(times, events)
    relative = np.exp(np.asarray(risk, dtype=np.float64))
    hazard = sum(
        np.sum((durations == time) & happened) / relative[durations >= time].sum()
        for time in np.unique(durations[happened & (durations <= at)])
    )
    return np.asarray(np.exp(-hazard * relative), dtype=np.float64)


def prediction(
    times: ArrayLike,
    events: ArrayLike,
    treated: Sequence[bool],
    factors: Mapping[str, ArrayLike],
    *,
    at: float,
    tables: int = 20,
) -> dict[str, Any]:
    """Return the pooled model, interactions with treatment, calibration and c-index.

    Parameters
    ----------
    times, events : (N,) arrays
    treated : (N,) sequence of bool
        Whether a patient is in another arm than the reference.
    factors : mapping of str to (N,) array
        Not a number where missing.
    at : float
        The time of the predictions, in the unit of the times.
    """
    missing = {name: int(np.isnan(np.asarray(v, float)).sum()) for name, v in factors.items()}
    arm = np.asarray(treated, dtype=np.float64)
    full = imputed({TREATMENT: arm, **factors}, times, events, tables=tables)
    terms = _pooled(times, events, full)
    crossed = {name: _interaction(times, events, arm, full, name) for name in factors}
    risks = [
        sum((terms[name].estimate * table[name] for name in terms), np.zeros(len(arm)))
        for table in full
    ]
    return {
        "terms": [_hazard(name, pooled) for name, pooled in terms.items()],
        "interactions_with_treatment": [_hazard(name, one) for name, one in crossed.items()],
        "calibration": _calibration(times, events, risks, at),
        "discrimination": _discrimination(times, events, risks),
        "missing": [{"factor": name, "patients": count} for name, count in missing.items()],
        "imputed_tables": len(full) if any(missing.values()) else 0,
        "methods": [
            "Missing factors were imputed as fits the Cox model of treatment and factors "
            "(substantive model compatible, Bartlett 2015); estimates were pooled by Rubin's "
            "rules. This holds if what is missing depends only on what is known.",
            "Calibration and c-index were taken in each imputed table and pooled likewise; they "
            "are of the patients that the model was fitted to: in others they will be worse.",
        ],
    }


def _pooled(
    times: ArrayLike, events: ArrayLike, tables: Sequence[Mapping[str, ArrayLike]]
) -> dict[str, Pooled]:
    models = [cox(times, events, table) for table in tables]
    names = [term.name for term in models[0].terms]
    of = {name: [m.terms[n] for m in models] for n, name in enumerate(names)}
    return {
        name: pool(
            [term.coefficient for term in terms],
            [term.standard_error for term in terms],
            patients=models[0].patients,
        )
        for name, terms in of.items()
    }


def _interaction(
    times: ArrayLike,
    events: ArrayLike,
    arm: FloatArray,
    tables: Sequence[Mapping[str, FloatArray]],
    name: str,
) -> Pooled:
    """Pool the product of treatment and one centred factor, beside both."""
    crossed = []
    for table in tables:
        centred = table[name] - table[name].mean()
        crossed.append({TREATMENT: arm, name: centred, "product": arm * centred})
    return _pooled(times, events, crossed)["product"]


def _hazard(name: str, pooled: Pooled) -> dict[str, Any]:
    return {
        "name": name,
        "hazard_ratio": float(np.exp(pooled.estimate)),
        "hazard_ratio_95": [float(np.exp(pooled.lower_95)), float(np.exp(pooled.upper_95))],
        "coefficient": pooled.estimate,
        "standard_error": pooled.standard_error,
        "degrees_of_freedom": pooled.degrees_of_freedom,
        "p": pooled.p,
    }


def _discrimination(
    times: ArrayLike, events: ArrayLike, risks: Sequence[FloatArray]
) -> dict[str, float]:
    found = [concordance(times, events, risk) for risk in risks]
    errors = [one.standard_error for one in found]
    pooled = pool([one.c_index for one in found], errors, patients=len(risks[0]))
    return {
        "c_index": pooled.estimate,
        "standard_error": pooled.standard_error,
        "lower_95": max(0.0, pooled.lower_95),
        "upper_95": min(1.0, pooled.upper_95),
    }


def _calibration(
    times: ArrayLike, events: ArrayLike, risks: Sequence[FloatArray], at: float
) -> list[dict[str, Any]]:
    """Hold predicted survival against Kaplan and Meier's, in groups of rising risk."""
    durations, happened = checked(times, events)
    predicted = np.zeros(GROUPS)
    observed: list[list[tuple[float, float, float] | None]] = [[] for _ in range(GROUPS)]
    for risk in risks:
        survival = predicted_survival(durations, happened, risk, at=at)
        groups = np.array_split(np.argsort(risk, kind="stable"), GROUPS)
        for number, members in enumerate(groups):
            predicted[number] += survival[members].mean() / len(risks)
            curve = kaplan_meier(durations[members], happened[members])
            followed = bool(durations[members].max() >= at)
            observed[number].append(curve.at(at) if followed else None)
    return [
        {
            "risk_group": f"{number + 1} of {GROUPS}",
            "patients": len(members),
            "predicted": float(predicted[number]),
            **_observed(observed[number], len(members)),
        }
        for number, members in enumerate(np.array_split(np.arange(len(durations)), GROUPS))
    ]


def _observed(
    found: Sequence[tuple[float, float, float] | None], patients: int
) -> dict[str, float | list[float] | None]:
    """Pool survival with its limits on the log-log scale, where they are symmetric."""
    known = [one for one in found if one is not None and one[1] > 0 and one[2] < 1]
    if len(known) < len(found):
        whole = [one[0] for one in found if one is not None]
        mean = float(np.mean(whole)) if len(whole) == len(found) else None
        return {"observed": mean, "observed_95": None}
    low, middle, up = (np.log(-np.log([one[n] for one in known])) for n in (2, 0, 1))
    errors = (up - low) / (2 * scipy.stats.norm.ppf(0.975))
    pooled = pool(middle, errors, patients=patients)
    estimate, least, most = (
        float(np.exp(-np.exp(value)))
        for value in (pooled.estimate, pooled.upper_95, pooled.lower_95)
    )
    return {"observed": estimate, "observed_95": [least, most]}
