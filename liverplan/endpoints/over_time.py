"""Quality of life over time: means by arm and visit, a mixed model, and deterioration.

The mixed model of each scale has months, arm and their product as fixed effects and a random
intercept for each patient, by REML. It holds if what is missing depends only on what was seen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import scipy
from numpy.typing import ArrayLike

from liverplan.endpoints.comparison import compare
from liverplan.endpoints.mixed import mixed_model
from liverplan.endpoints.visits import SCALES, Visit
from liverplan.errors import InputError

Row = dict[str, Any]

CHANGE = 10.0
"""Points that patients feel (Osoba et al., J Clin Oncol 1998)."""


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
            reach = float(scipy.stats.t.ppf(0.975, count - 1)) * error
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
