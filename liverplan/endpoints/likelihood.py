"""The partial likelihood of a Cox model (Efron's ties, strata) and where it is highest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liverplan.endpoints.inputs import FloatArray

MOST_STEPS = 40
"""Newton's steps; a likelihood with a maximum needs about five, a monotone one never ends."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Point:
    """The likelihood at one place, with what each of E deaths adds to its slope and curvature."""

    value: float
    residuals: FloatArray
    variances: FloatArray

    @property
    def score(self) -> FloatArray:
        """Return the slope, (P,)."""
        return np.asarray(self.residuals.sum(axis=0))

    @property
    def information(self) -> FloatArray:
        """Return the curvature turned over, (P, P)."""
        return np.asarray(self.variances.sum(axis=0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RiskSets:
    """Who is at risk at each of E deaths, in order of stratum and time.

    Parameters
    ----------
    covariates : (N, P) array
        Each covariate around its mean.
    at_risk : (E, N) bool array
        Who may die at each death's time, of its stratum.
    tied : (E, N) array
        Efron's share by which those dying at the same time no longer count.
    dead : (E,) int array
        Which patient died.
    """

    covariates: FloatArray
    at_risk: NDArray[np.bool_]
    tied: FloatArray
    dead: NDArray[np.intp]

    def at(self, coefficients: FloatArray) -> Point:
        """Return the likelihood at (P,) coefficients."""
        linear = self.covariates @ coefficients
        linear = linear - linear.max()
        weights = (self.at_risk - self.tied) * np.exp(linear)
        total = weights.sum(axis=1)
        share = weights / total[:, None]
        mean = share @ self.covariates
        squares = np.einsum("ni,nj->nij", self.covariates, self.covariates)
        spread = np.tensordot(share, squares, axes=1) - np.einsum("ei,ej->eij", mean, mean)
        return Point(
            value=float(np.sum(linear[self.dead] - np.log(total))),
            residuals=self.covariates[self.dead] - mean,
            variances=spread,
        )


def risk_sets(
    times: FloatArray,
    events: NDArray[np.bool_],
    covariates: FloatArray,
    strata: NDArray[np.intp],
    begin: FloatArray,
) -> RiskSets:
    """Order the deaths of (N,) times, events and strata with (N, P) covariates.

    ``begin`` is when each of N came under observation.
    """
    order = np.lexsort((times, strata))
    dead = order[events[order]]
    same = strata[dead][:, None] == strata[None, :]
    at_risk = same & (times[None, :] >= times[dead][:, None]) & (begin < times[dead][:, None])
    together = same & (times[None, :] == times[dead][:, None]) & events[None, :]
    earlier = np.tril(together[:, dead], k=-1).sum(axis=1)
    share = earlier / np.maximum(together.sum(axis=1), 1)
    return RiskSets(
        covariates=covariates - covariates.mean(axis=0),
        at_risk=at_risk,
        tied=together * share[:, None],
        dead=dead,
    )


def highest(sets: RiskSets) -> FloatArray | None:
    """Return the (P,) coefficients of the highest likelihood; None if it rises without end."""
    here = np.zeros(sets.covariates.shape[1])
    point = sets.at(here)
    flat = 1e-8 * float(np.linalg.eigvalsh(point.information)[0])
    for _ in range(MOST_STEPS):
        if np.linalg.eigvalsh(point.information)[0] < flat:  # rising without end, or nearly level
            break
        step = np.linalg.solve(point.information, point.score)
        there = sets.at(here + step)
        while not there.value >= point.value - 1e-9 * (1 + abs(point.value)):
            step = step / 2
            there = sets.at(here + step)
        here, point = here + step, there
        if np.abs(step * sets.covariates.std(axis=0)).max() < 1e-10:
            return here
    return None
