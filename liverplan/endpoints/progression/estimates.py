"""Estimates where time is an interval, another event may come first, or patients enter late."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liverplan.endpoints.inputs import entered

FloatArray = NDArray[np.float64]

STEPS, SETTLED = 20_000, 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Incidence:
    """The chance of each of C causes by each of T times, with pointwise 95 % limits.

    ``times`` is (T,), the others (C, T); limits are log-log (as R's ``conf.type = "log-log"``) by
    the infinitesimal jackknife, and not a number where the incidence is 0 or 1, which has none.
    """

    times: FloatArray
    incidence: FloatArray
    standard_error: FloatArray
    lower: FloatArray
    upper: FloatArray


def incidence_of(
    times: ArrayLike, causes: ArrayLike, *, entries: ArrayLike | None = None
) -> Incidence:
    """Estimate the chance of each cause beside the others (Aalen-Johansen, as R's ``survfit``).

    Parameters
    ----------
    times, causes : (N,) arrays
        Follow-up, and what ended it: 0 where censored, else 1, 2 and so on.
    entries : (N,) array or None
        When each came under observation, where that was after the origin; else 0.
    """
    ends, cause = np.asarray(times, dtype=np.float64), np.asarray(causes, dtype=np.intp)
    steps = np.unique(ends)
    at_risk = (ends[:, None] >= steps) & (entered(entries, ends)[:, None] < steps)
    count = at_risk.sum(axis=0)
    kinds = np.arange(1, max(1, int(cause.max(initial=0))) + 1)[:, None, None]
    happened = (ends[:, None] == steps) & (cause[:, None] == kinds)
    hazards = happened.sum(axis=1) / count
    left = 1 - hazards.sum(axis=0)
    survival = np.r_[1.0, np.cumprod(left)[:-1]]
    moved = (happened - at_risk * hazards[:, None, :]) / count
    of_all = moved.sum(axis=0) / np.where(left > 0, left, np.inf)
    before = np.pad(-np.cumsum(of_all, axis=1), ((0, 0), (1, 0)))[:, :-1] * survival
    influence = np.cumsum(before * hazards[:, None, :] + survival * moved, axis=2)
    error = np.sqrt(np.square(influence).sum(axis=1))
    found = np.cumsum(survival * hazards, axis=1)
    lower, upper = _log_log(found, error)
    return Incidence(times=steps, incidence=found, standard_error=error, lower=lower, upper=upper)


def _log_log(found: FloatArray, error: FloatArray) -> tuple[FloatArray, FloatArray]:
    known = np.where((found > 0) & (found < 1), found, np.nan)
    reach = NormalDist().inv_cdf(0.975) * error / (known * np.log(known))
    middle = np.log(-np.log(known))
    return np.exp(-np.exp(middle - reach)), np.exp(-np.exp(middle + reach))


def cumulative_incidence(times: ArrayLike, causes: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the chance of each cause by each time, without its limits (`incidence_of`).

    Parameters
    ----------
    times, causes : (N,) arrays
        Follow-up, and what ended it: 0 where censored, else 1, 2 and so on.

    Returns
    -------
    (times, incidence)
        (T,) distinct times, and (C, T) incidence of causes 1 to C.
    """
    found = incidence_of(times, causes)
    return found.times, found.incidence


def survival_from(
    entries: ArrayLike, times: ArrayLike, events: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Return survival of patients who are followed only from their entry on (product limit).

    Parameters
    ----------
    entries, times, events : (N,) arrays
        From the origin to the entry and to the end, and whether the end was the event.

    Returns
    -------
    (times, survival)
        (T,) distinct times of events, and survival from each on.

    Raises
    ------
    InputError
        If a patient ends before or at the entry; the sentence names the row, from 1.
    """
    end = np.asarray(times, dtype=np.float64)
    begin = entered(entries, end)
    happened = np.asarray(events, dtype=bool)
    steps = np.unique(end[happened])
    at_risk = np.sum((begin < steps[:, None]) & (end >= steps[:, None]), axis=1)
    dead = np.sum((end == steps[:, None]) & happened, axis=1)
    return steps, np.cumprod(1 - dead / at_risk)


def turnbull(low: ArrayLike, high: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the survival that intervals (low, high] make likeliest (Turnbull 1976).

    Parameters
    ----------
    low, high : (N,) arrays
        The event lies after ``low`` and not after ``high``; at ``low`` where both are the same;
        ``high`` is infinite where it was not seen.

    Returns
    -------
    (times, survival)
        (T,) ends of the intervals that hold all the mass, and survival from each on.
    """
    left, right = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    ends = np.unique(right)
    exact = left == right
    points = np.isin(ends, right[exact])
    starts = np.array([left[left < end].max(initial=0.0) for end in ends])
    after_low = np.where(points, ends > left[:, None], starts >= left[:, None])
    only = np.where(exact[:, None], ends == right[:, None], after_low)
    within = only & (ends <= right[:, None])
    mass = np.full(len(ends), 1 / len(ends))
    for _ in range(STEPS):
        shares = within * mass
        after = np.mean(shares / shares.sum(axis=1, keepdims=True), axis=0)
        settled = float(np.abs(after - mass).max()) < SETTLED
        mass = after
        if settled:
            break
    return ends, 1 - np.cumsum(mass)
