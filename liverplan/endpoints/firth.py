"""Firth's penalised Cox model: finite where the likelihood rises without end.

The penalty is half the logarithm of the information's determinant (Heinze and Schemper 2001);
limits and tests are those of the penalised profile likelihood, since Wald's are far off there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.endpoints.inputs import FloatArray
from liverplan.endpoints.likelihood import RiskSets

CHI_SQUARE_95 = 3.841458820694124
FURTHEST = 200.0
_STEP = 1e-5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Firth:
    """Coefficients (P,), their covariance (P, P), 95 % limits (P, 2) and likelihood ratios (P,)."""

    coefficients: FloatArray
    covariance: FloatArray
    limits: FloatArray
    ratios: FloatArray


def penalised(sets: RiskSets, coefficients: FloatArray) -> float:
    """Return the logarithm of the likelihood with its penalty, at (P,) coefficients."""
    point = sets.at(coefficients)
    sign, size = np.linalg.slogdet(point.information)
    return point.value + 0.5 * float(size) if sign > 0 else -np.inf


def firth(sets: RiskSets) -> Firth | None:
    """Fit every coefficient; None where not even the penalty tells them apart."""
    spread = sets.covariates.std(axis=0)
    count = spread.size
    start = np.zeros(count)
    if not np.isfinite(penalised(sets, start)):
        return None
    best = _climb(sets, start, free=np.ones(count, bool))
    top = penalised(sets, best)
    limits, ratios = np.empty((count, 2)), np.empty(count)
    for term in range(count):
        fall = _fall(sets, best, top, term)
        ratios[term] = fall(0.0)
        limits[term] = [_limit(fall, best[term], side / spread[term]) for side in (-1, 1)]
    return Firth(
        coefficients=best,
        covariance=np.asarray(np.linalg.inv(sets.at(best).information), np.float64),
        limits=limits,
        ratios=ratios,
    )


def _fall(sets: RiskSets, best: FloatArray, top: float, term: int) -> Callable[[float], float]:
    """Return by how much twice the profile lies below its top where one term is held."""
    free = np.arange(best.size) != term

    def fall(held: float) -> float:
        start = np.where(free, best, held)
        return 2 * (top - penalised(sets, _climb(sets, start, free=free)))

    return fall


def _limit(fall: Callable[[float], float], best: float, step: float) -> float:
    """Return where the profile has fallen by the 95 % quantile; infinite if it never does."""
    reach = step
    while fall(best + reach) < CHI_SQUARE_95:
        reach *= 2
        if abs(reach / step) > FURTHEST:
            return float(np.copysign(np.inf, step))
    return float(
        scipy.optimize.brentq(lambda at: fall(at) - CHI_SQUARE_95, best, best + reach, xtol=1e-10)
    )


def _climb(sets: RiskSets, start: FloatArray, *, free: NDArray[np.bool_]) -> FloatArray:
    here, value = start, penalised(sets, start)
    for _ in range(100):
        step = _step(sets, here, free) if free.any() else np.zeros(here.size)
        there = penalised(sets, here + step)
        while there < value and np.abs(step).max() > 1e-12:
            step = step / 2
            there = penalised(sets, here + step)
        if there < value or np.abs(step * sets.covariates.std(axis=0)).max() < 1e-9:
            break
        here, value = here + step, there
    return here


def _step(sets: RiskSets, here: FloatArray, free: NDArray[np.bool_]) -> FloatArray:
    """Return Newton's step on the penalised score, over the free terms."""
    point = sets.at(here)
    inverse = np.linalg.pinv(point.information)
    score = point.score.copy()
    width = _STEP / np.maximum(sets.covariates.std(axis=0), 1e-12)
    for term in np.flatnonzero(free):
        move = np.zeros(here.size)
        move[term] = width[term]
        change = sets.at(here + move).information - sets.at(here - move).information
        score[term] += 0.5 * float(np.trace(inverse @ change)) / (2 * width[term])
    step = np.zeros(here.size)
    step[free] = np.linalg.lstsq(point.information[np.ix_(free, free)], score[free], rcond=None)[0]
    longest = np.abs(step * sets.covariates.std(axis=0)).max()
    return np.asarray(step / max(1.0, float(longest) / 2))
