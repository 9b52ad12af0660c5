"""Whether hazards are in proportion: the scaled Schoenfeld test, its residuals and their smooth.

As ``cox.zph`` of R's ``survival`` from 3.0 on, with its default transform of time: the test is the
score test of each covariate's product with one less the Kaplan-Meier estimate just before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.endpoints.inputs import FloatArray
from liverplan.endpoints.likelihood import RiskSets

POINTS = 40
"""Places at which the smooth is told."""

FEWEST = 6
"""Deaths at different times that a smooth of four degrees of freedom needs."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HazardTest:
    """The test of one covariate, and what a plot of it shows.

    Parameters
    ----------
    name : str
        Of the covariate.
    chi_square, p : float
        With one degree of freedom.
    times, residuals : (E,) arrays
        Every death, and the log hazard ratio that it alone speaks for (scaled Schoenfeld residual
        plus the coefficient).
    smooth_times, smooth, lower, upper : (M,) arrays
        A natural cubic spline through them, with 95 % limits; empty where deaths are too few.
    """

    name: str
    chi_square: float
    p: float
    times: FloatArray
    residuals: FloatArray
    smooth_times: FloatArray
    smooth: FloatArray
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProportionalHazards:
    """The tests of every covariate, and of all at once."""

    tests: tuple[HazardTest, ...]
    chi_square: float
    degrees_of_freedom: int
    p: float


def proportional(
    sets: RiskSets,
    coefficients: FloatArray,
    names: Sequence[str],
    *,
    clock: FloatArray,
    times: FloatArray,
    widths: FloatArray,
) -> ProportionalHazards | None:
    """Test a fitted model; None where time cannot be told from the covariates.

    Parameters
    ----------
    sets, coefficients : RiskSets, (P,) array
        The model at its highest likelihood, its covariates divided by their (P,) ``widths``.
    clock, times : (N,) arrays
        One less the survival of all just before each patient's end, and that end.
    """
    died, clock = times[sets.dead], clock[sets.dead]
    centred = clock - clock.mean()
    point = sets.at(coefficients)
    count = len(names)
    score = centred @ point.residuals
    parts = [np.tensordot(centred**power, point.variances, axes=1) for power in (0, 1, 2)]
    whole = np.block([[parts[0], parts[1]], [parts[1], parts[2]]])
    if np.linalg.matrix_rank(whole, hermitian=True) < 2 * count:
        return None
    scaled = len(died) * _shared(point.residuals, sets) @ np.linalg.inv(parts[0]) + coefficients
    errors = np.sqrt(len(died) * np.diag(np.linalg.inv(parts[0]))) / widths
    tests = []
    for term, name in enumerate(names):
        square = _square(whole, score, count, [term])
        y = scaled[:, term] / widths[term]
        spline = _smooth(clock, died, y, float(errors[term]))
        tests.append(_test(name, square, float(scipy.stats.chi2.sf(square, 1)), died, y, spline))
    square = _square(whole, score, count, range(count))
    return ProportionalHazards(
        tests=tuple(tests),
        chi_square=square,
        degrees_of_freedom=count,
        p=float(scipy.stats.chi2.sf(square, count)),
    )


def _test(
    name: str, square: float, p: float, times: FloatArray, residuals: FloatArray, spline: FloatArray
) -> HazardTest:
    order = np.argsort(times, kind="stable")
    at, smooth, lower, upper = spline
    return HazardTest(
        name=name,
        chi_square=square,
        p=p,
        times=times[order],
        residuals=residuals[order],
        smooth_times=at,
        smooth=smooth,
        lower=lower,
        upper=upper,
    )


def _square(whole: FloatArray, score: FloatArray, count: int, terms: Sequence[int]) -> float:
    keep = [*range(count), *(count + term for term in terms)]
    slope = np.r_[np.zeros(count), score[list(terms)]]
    return float(slope @ np.linalg.solve(whole[np.ix_(keep, keep)], slope))


def _shared(residuals: FloatArray, sets: RiskSets) -> FloatArray:
    """Return residuals around the mean of Efron's steps of those who died together, (E, P)."""
    own = sets.covariates[sets.dead]
    group = np.cumsum(~_tied_to_former(sets)) - 1
    counts = np.bincount(group)[:, None]
    means = np.zeros((len(counts), own.shape[1]))
    np.add.at(means, group, own - residuals)
    return np.asarray(own - (means / counts)[group])


def _tied_to_former(sets: RiskSets) -> NDArray[np.bool_]:
    """Return whether each of E deaths, in order, follows one of its own time and stratum."""
    return np.asarray(sets.tied.any(axis=1))


def _smooth(clock: FloatArray, died: FloatArray, y: FloatArray, error: float) -> FloatArray:
    """Return (4, M): times, and there the spline with its limits, fitted on the clock's scale."""
    if np.unique(clock).size < FEWEST:
        return np.empty((4, 0))
    knots = np.quantile(clock, (0, 1 / 3, 2 / 3, 1))
    if np.unique(knots).size < len(knots):
        return np.empty((4, 0))
    basis = _natural(clock, knots)
    at = np.linspace(clock.min(), clock.max(), POINTS)
    shown = _natural(at, knots)
    weights = np.linalg.lstsq(basis, y, rcond=None)[0]
    spread = np.einsum("mi,ij,mj->m", shown, np.linalg.pinv(basis.T @ basis), shown)
    reach = NormalDist().inv_cdf(0.975) * error * np.sqrt(np.maximum(spread, 0))
    middle = shown @ weights
    order = np.argsort(clock)
    months = np.interp(at, clock[order], died[order])
    return np.stack([months, middle, middle - reach, middle + reach])


def _natural(x: FloatArray, knots: FloatArray) -> FloatArray:
    """Return (N, K) values of cubic splines that are straight beyond the outer of (K,) knots."""
    cubes = np.maximum(x[:, None] - knots, 0) ** 3
    slopes = (cubes[:, :-1] - cubes[:, -1:]) / (knots[-1] - knots[:-1])
    return np.column_stack([np.ones_like(x), x, slopes[:, :-1] - slopes[:, -1:]])
