"""Quality of life over time: means by arm and visit, a mixed model, and deterioration.

The mixed model of each scale has months, arm and their product as fixed effects and a random
intercept for each patient, by REML (R's ``nlme::lme``). It holds if what is missing depends only
on what was seen.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from liverplan.endpoints.comparison import compare
from liverplan.endpoints.inputs import module
from liverplan.endpoints.visits import SCALES, Visit
from liverplan.errors import InputError

Row = dict[str, Any]

CHANGE = 10.0
"""Points that patients feel (Osoba et al., J Clin Oncol 1998)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One fixed effect of a mixed model, with its 95 % limits (normal)."""

    name: str
    coefficient: float
    standard_error: float
    lower_95: float
    upper_95: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedModel:
    """A linear mixed model with a random intercept for each patient, by REML."""

    effects: tuple[Effect, ...]
    variance_between: float
    variance_within: float
    log_likelihood: float


def mixed_model(
    scores: ArrayLike, patients: Sequence[str], effects: Mapping[str, ArrayLike]
) -> MixedModel:
    """Fit (N,) scores on fixed effects, each (N,), with a random intercept for each patient.

    Raises
    ------
    InputError
        If it cannot be fitted: too few visits, effects that repeat each other, no variance.
    """
    values = np.asarray(scores, dtype=np.float64)
    columns = [np.asarray(column, dtype=np.float64) for column in effects.values()]
    design = np.column_stack([np.ones(len(values)), *columns])
    names = ("intercept", *effects)
    if np.linalg.matrix_rank(design) < len(names) or len(set(patients)) <= len(names):
        raise InputError("The mixed model has too few patients or visits for its effects.")
    linear = module("statsmodels.regression.mixed_linear_model")
    doubts = module("statsmodels.tools.sm_exceptions").ConvergenceWarning
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", doubts)
            warnings.simplefilter("error", RuntimeWarning)
            fitted = linear.MixedLM(values, design, groups=np.asarray(patients)).fit(reml=True)
    except (doubts, RuntimeWarning, np.linalg.LinAlgError) as error:
        raise InputError("The mixed model did not converge.") from error
    errors = np.sqrt(np.diag(fitted.cov_params()))
    return MixedModel(
        effects=tuple(
            _effect(name, float(fitted.fe_params[n]), float(errors[n]))
            for n, name in enumerate(names)
        ),
        variance_between=float(np.asarray(fitted.cov_re)[0, 0]),
        variance_within=float(fitted.scale),
        log_likelihood=float(fitted.llf),
    )


def quality_over_time(
    visits: Sequence[Visit], arms: Mapping[str, str], *, reference: str
) -> dict[str, Any]:
    """Return means, mixed models and deterioration of every scale that was answered.

    Parameters
    ----------
    arms : mapping of str to str
        The arm of every patient of the trial by id.
    reference : str
        The arm that the others are held against.

    Raises
    ------
    InputError
        If a visit is of nobody in the trial.
    """
    strangers = sorted({visit.id for visit in visits} - set(arms))
    if strangers:
        raise InputError(f"Quality of life of patients not in the trial: {', '.join(strangers)}.")
    means: list[Row] = []
    models: list[Row] = []
    worse: list[Row] = []
    remarks: list[str] = []
    for scale in SCALES:
        seen = [visit for visit in visits if visit.scores.get(scale) is not None]
        if not seen:
            continue
        means.extend(_means(scale, seen, arms))
        for rows, part in ((models, _modelled), (worse, _deterioration)):
            try:
                rows.extend(part(scale, seen, arms, reference))
            except InputError as fault:
                remarks.append(f"{scale}: {fault}")
    return {
        "mixed_models": models,
        "deterioration": worse,
        "means": means,
        "methods": [
            "Mixed models: months, arm and their product, a random intercept for each patient, "
            "REML; what is missing is taken to depend only on what was seen.",
            f"Deterioration: the first visit {CHANGE:g} points worse than the baseline (the first "
            "visit); who had none is censored at the last visit, also by death.",
        ],
        "remarks": remarks,
    }


def deterioration(visits: Sequence[Visit], scale: str) -> tuple[float, bool] | None:
    """Months from one patient's first visit to the first that is 10 points worse.

    Returns
    -------
    (months, worse) or None
        None with fewer than two scored visits.
    """
    scored = sorted(
        (visit.months, score) for visit in visits if (score := visit.scores.get(scale)) is not None
    )
    if len(scored) < 2:
        return None
    sign = 1.0 if SCALES[scale].kind == "symptom" else -1.0
    (start, baseline), *later = scored
    for months, score in later:
        if sign * (score - baseline) >= CHANGE - 1e-9:
            return months - start, True
    return later[-1][0] - start, False


def _effect(name: str, coefficient: float, error: float) -> Effect:
    reach = float(stats.norm.ppf(0.975)) * error
    return Effect(
        name=name,
        coefficient=coefficient,
        standard_error=error,
        lower_95=coefficient - reach,
        upper_95=coefficient + reach,
        p=float(2 * stats.norm.sf(abs(coefficient / error))),
    )


def _means(scale: str, seen: Sequence[Visit], arms: Mapping[str, str]) -> Iterator[Row]:
    groups: dict[tuple[str, float], list[float]] = {}
    for visit in seen:
        score = visit.scores[scale]
        if score is not None:
            groups.setdefault((arms[visit.id], visit.months), []).append(score)
    for (arm, months), scores in sorted(groups.items()):
        count, mean = len(scores), float(np.mean(scores))
        reach = None
        if count > 1:
            error = float(np.std(scores, ddof=1)) / math.sqrt(count)
            reach = float(stats.t.ppf(0.975, count - 1)) * error
        limits = None if reach is None else [mean - reach, mean + reach]
        yield {"scale": scale, "arm": arm, "months": months, "patients": count, "mean": mean,
               "mean_95": limits}  # fmt: skip


def _modelled(
    scale: str, seen: Sequence[Visit], arms: Mapping[str, str], reference: str
) -> list[Row]:
    months = np.array([visit.months for visit in seen])
    effects: dict[str, ArrayLike] = {"months": months}
    for other in sorted(set(arms.values()) - {reference}):
        inside = np.array([arms[visit.id] == other for visit in seen], dtype=np.float64)
        effects |= {other: inside, f"{other} x months": inside * months}
    model = mixed_model(
        [score for visit in seen if (score := visit.scores[scale]) is not None],
        [visit.id for visit in seen],
        effects,
    )
    return [
        {
            "scale": scale,
            "effect": effect.name,
            "coefficient": effect.coefficient,
            "coefficient_95": [effect.lower_95, effect.upper_95],
            "standard_error": effect.standard_error,
            "p": effect.p,
        }
        for effect in model.effects
    ]


def _deterioration(
    scale: str, seen: Sequence[Visit], arms: Mapping[str, str], reference: str
) -> list[Row]:
    of: dict[str, list[Visit]] = {}
    for visit in seen:
        of.setdefault(visit.id, []).append(visit)
    timed = {name: deterioration(own, scale) for name, own in of.items()}
    known = {name: found for name, found in timed.items() if found is not None}
    compared = compare(
        [months for months, _ in known.values()],
        [worse for _, worse in known.values()],
        [arms[name] for name in known],
        reference=reference,
    )
    return [
        {
            "scale": scale,
            "arm": curve.label,
            "patients": int(curve.at_risk[0]),
            "deteriorated": int(curve.events.sum()),
            "median": curve.median,
            "log_rank_p": None if compared.log_rank is None else compared.log_rank.p,
        }
        for curve in compared.curves
    ]
