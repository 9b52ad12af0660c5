"""Kaplan-Meier curves and their medians."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liverplan.endpoints.inputs import FloatArray, checked, entered

HALF = 1.5e-8
"""How far from one half still is one half, as R's."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """A Kaplan-Meier curve: a step at every time at which somebody died or was censored.

    Parameters
    ----------
    label : str
        Whose curve.
    times, survival, lower, upper : (N,) arrays
        Survival from each time on, with its pointwise 95 % limits (log-log; as R's
        ``conf.type = "log-log"``); not a number where survival is 1 or 0, which has none.
    at_risk, events, censored : (N,) arrays
        Counts at each time.
    entries : (K,) array
        When those came under observation who were not from the origin on.
    """

    label: str
    times: FloatArray
    survival: FloatArray
    lower: FloatArray
    upper: FloatArray
    at_risk: FloatArray
    events: FloatArray
    censored: FloatArray
    entries: FloatArray

    def at(self, time: float) -> tuple[float, float, float]:
        """Return survival at a time and its 95 % limits; beyond the last time, the last known."""
        step = int(np.searchsorted(self.times, time, side="right")) - 1
        if step < 0:
            return 1.0, 1.0, 1.0
        return float(self.survival[step]), float(self.lower[step]), float(self.upper[step])

    def at_risk_at(self, time: float) -> int:
        """Return how many are still followed just before a time."""
        ended = np.sum((self.events + self.censored)[self.times >= time])
        return int(ended - np.sum(self.entries >= time))

    def variance(self) -> FloatArray:
        """Return Greenwood's variance of the survival from each time on, (N,); 0 where it is 0."""
        left = self.at_risk - self.events
        terms = self.events / np.where(left > 0, self.at_risk * left, np.inf)
        return np.asarray(self.survival**2 * np.cumsum(terms))

    def followed_to(self, time: float) -> bool:
        """Whether survival at a time is known: somebody was followed so long, or all had died."""
        return float(self.times[-1]) >= time or float(self.survival[-1]) == 0

    @property
    def median(self) -> float | None:
        """Time at which survival is one half; None if it never falls so low.

        Where the curve is exactly one half for a while, its middle (as R).
        """
        return _crossing(self.times, self.survival)

    @property
    def median_95(self) -> tuple[float | None, float | None]:
        """Limits of the median: where the curve's limits cross one half."""
        return _crossing(self.times, self.lower), _crossing(self.times, self.upper)


def kaplan_meier(
    times: ArrayLike, events: ArrayLike, *, entries: ArrayLike | None = None, label: str = ""
) -> Curve:
    """Estimate survival.

    Parameters
    ----------
    times : (N,) array
        Follow-up of each patient, not negative.
    events : (N,) array of bool
        Whether it ended in the event; else it was censored.
    entries : (N,) array or None
        When each came under observation, where that was after the origin; else 0.

    Raises
    ------
    InputError
        If there are no patients, lengths differ, a value is no number, or a patient ends at the
        entry or before it.
    """
    durations, happened = checked(times, events)
    begin = entered(entries, durations)
    late = begin > 0
    steps, at_risk, dead = _counts(durations, happened, begin)
    ended = np.sum(durations == steps[:, None], axis=1)
    survival, lower, upper = _product_limit(at_risk, dead)
    return Curve(
        label=label,
        times=steps,
        survival=survival,
        lower=lower,
        upper=upper,
        at_risk=at_risk,
        events=dead,
        censored=ended - dead,
        entries=np.sort(begin[late]),
    )


def risk_months(curves: Sequence[Curve]) -> tuple[int, ...]:
    """Return the months at which the numbers at risk are told: every 6, or 12 beyond 5 years."""
    longest = max(float(curve.times[-1]) for curve in curves)
    return tuple(range(0, int(longest) + 1, 6 if longest <= 60 else 12))


def survival_before(times: FloatArray, events: NDArray[np.bool_], begin: FloatArray) -> FloatArray:
    """Return the survival of all together just before each of (N,) times.

    ``begin`` is when each of N came under observation.
    """
    steps, at_risk, dead = _counts(times, events, begin)
    survival = np.r_[1.0, np.cumprod(1 - dead / at_risk)]
    return np.asarray(survival[np.searchsorted(steps, times, side="left")])


def _counts(
    times: FloatArray, events: NDArray[np.bool_], begin: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return distinct times, and how many are at risk and die at each."""
    steps = np.unique(times)
    at_risk = np.sum((begin < steps[:, None]) & (times >= steps[:, None]), axis=1) * 1.0
    dead = np.sum((times == steps[:, None]) & events, axis=1) * 1.0
    return steps, at_risk, dead


def _product_limit(at_risk: FloatArray, dead: FloatArray) -> tuple[FloatArray, ...]:
    """Return survival with its limits, which it has none where it is 1 or 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(1 - dead / at_risk)
        spread = np.cumsum(dead / (at_risk * (at_risk - dead)))
        reach = NormalDist().inv_cdf(0.975) * np.sqrt(spread) / np.log(survival)
        lower, upper = survival ** np.exp(-reach), survival ** np.exp(reach)
    bounded = (survival > 0) & (survival < 1)
    return np.asarray(survival), np.where(bounded, lower, np.nan), np.where(bounded, upper, np.nan)


def _crossing(times: FloatArray, survival: FloatArray) -> float | None:
    """Return the time where a falling curve passes one half, the middle of a flat one half.

    Where it stays at one half to its end, the middle from there to the end (as R's ``quantile``).
    """
    reached = np.flatnonzero(survival < 0.5 + HALF)
    if not reached.size:
        return None
    first = reached[0]
    if survival[first] < 0.5 - HALF:
        return float(times[first])
    below = np.flatnonzero(survival < 0.5 - HALF)
    return float(times[first] + times[below[0] if below.size else -1]) / 2
