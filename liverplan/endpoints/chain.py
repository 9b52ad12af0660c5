"""A chain of tables in which what is missing is drawn so that it fits the Cox model to be made.

Each value is proposed from the other factors (linear regression; logistic where a factor is yes or
no) and kept as often as the Cox model makes its own patient's follow-up likely: Bartlett, Seaman,
White, Carpenter, Stat Methods Med Res 2015;24:462-487. A linear prediction from event and
cumulative hazard, the usual way, does not fit that model where a factor is skewed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from liverplan.endpoints.inputs import FloatArray
from liverplan.endpoints.likelihood import RiskSets

WIDEST = 10.0
"""Standard deviation of the coefficients' prior, per standard deviation of a factor: it counts
only where the likelihood has no top, or where one factor repeats another."""
MOST_STEPS = 30
PROPOSALS, ROUNDS = 50, 20
"""So many at once, so many times; then the last is kept: under the model it hardly happens."""

Slope = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
"""A likelihood's (P,) slope and (P, P) information at (P,) coefficients."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chain:
    """A table whose holes are filled anew, one factor after the other.

    Parameters
    ----------
    values : (N, P) array
        Around their means, over their standard deviations; something stands in the holes.
    holes : (N, P) bool array
        What is missing.
    happened : (N,) bool array
    sets : RiskSets
        Of the N patients, with any covariates.
    rng : numpy.random.Generator
    """

    values: FloatArray
    holes: NDArray[np.bool_]
    happened: NDArray[np.bool_]
    sets: RiskSets
    rng: np.random.Generator

    def cycle(self) -> None:
        """Fill each factor's holes once, those with the fewest first."""
        for column in np.argsort(self.holes.sum(axis=0), kind="stable"):
            rows = np.flatnonzero(self.holes[:, column])
            if rows.size:
                self._fill(int(column), rows)

    def _fill(self, column: int, rows: NDArray[np.intp]) -> None:
        effects, baseline = self._hazard()
        propose = self._proposals(column)
        rest = self.values @ effects - self.values[:, column] * effects[column]
        for _ in range(ROUNDS):
            tried = propose(rows)
            risk = np.exp(rest[rows, None] + effects[column] * tried)
            hazard = baseline[rows, None] * risk
            likely = np.where(
                self.happened[rows, None], hazard * np.exp(1 - hazard), np.exp(-hazard)
            )
            kept = self.rng.random(tried.shape) < likely
            found = kept.any(axis=1)
            first = np.where(found, kept.argmax(axis=1), PROPOSALS - 1)
            self.values[rows, column] = tried[np.arange(rows.size), first]
            rows = rows[~found]
            if not rows.size:
                return

    def _hazard(self) -> tuple[FloatArray, FloatArray]:
        """Draw (P,) effects of the factors, and everybody's (N,) cumulative baseline hazard."""
        sets = replace(self.sets, covariates=self.values)

        def slope(effects: FloatArray) -> tuple[FloatArray, FloatArray]:
            point = sets.at(effects)
            return point.score, point.information

        effects = _drawn(slope, self.values.shape[1], self.rng)
        risk = np.exp(self.values @ effects)
        steps = 1 / ((sets.at_risk - sets.tied) @ risk)
        return effects, np.asarray(sets.at_risk.T @ steps)

    def _proposals(self, column: int) -> Callable[[NDArray[np.intp]], FloatArray]:
        """Return what draws (M, PROPOSALS) values of M patients from their other factors."""
        own = self.values[:, column]
        others = np.insert(np.delete(self.values, column, axis=1), 0, 1.0, axis=1)
        known = np.unique(own[~self.holes[:, column]])
        if known.size == 2:
            low, high = known
            linear = others @ _drawn(_logistic(others, own == high), others.shape[1], self.rng)
            chance = 1 / (1 + np.exp(-linear))
            return lambda rows: np.where(self._uniform(rows) < chance[rows, None], high, low)
        inverse = np.linalg.pinv(others.T @ others)
        middle = inverse @ others.T @ own
        freedom = max(len(own) - others.shape[1], 1)
        spread = np.sqrt(np.sum((own - others @ middle) ** 2) / self.rng.chisquare(freedom))
        foretold = others @ self.rng.multivariate_normal(middle, spread**2 * inverse)
        return lambda rows: (
            foretold[rows, None] + spread * self.rng.standard_normal((rows.size, PROPOSALS))
        )

    def _uniform(self, rows: NDArray[np.intp]) -> FloatArray:
        return self.rng.random((rows.size, PROPOSALS))


def _drawn(slope: Slope, terms: int, rng: np.random.Generator) -> FloatArray:
    """Draw (terms,) coefficients around a likelihood's top, by its curvature and the prior's."""
    prior, here = np.eye(terms) / WIDEST**2, np.zeros(terms)
    for _ in range(MOST_STEPS):
        score, information = slope(here)
        step = np.linalg.solve(information + prior, score - prior @ here)
        step /= max(1.0, float(np.abs(step).max()) / 2)
        here = here + step
        if np.abs(step).max() < 1e-6:
            break
    return rng.multivariate_normal(here, np.linalg.inv(slope(here)[1] + prior))


def _logistic(others: FloatArray, yes: NDArray[np.bool_]) -> Slope:
    """Return the slope of a logistic model of (N,) answers on (N, P) columns."""

    def slope(coefficients: FloatArray) -> tuple[FloatArray, FloatArray]:
        chance = 1 / (1 + np.exp(-(others @ coefficients)))
        weights = chance * (1 - chance)
        return others.T @ (yes - chance), (others.T * weights) @ others

    return slope
