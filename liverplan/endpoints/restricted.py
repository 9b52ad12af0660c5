"""What stands beside a hazard ratio: restricted mean survival and survival at one time, by arm."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from liverplan.endpoints.curves import Curve
from liverplan.findings import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its standard error and 95 % limits; None where it has none."""

    value: float
    standard_error: float | None
    lower_95: float | None
    upper_95: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An arm less the reference, and the test that they are the same."""

    arm: str
    estimate: Estimate
    p: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTime:
    """Estimates by arm, in the order of the curves, at (or until) a time, and their differences."""

    time: float
    arms: tuple[tuple[str, Estimate], ...]
    differences: tuple[Difference, ...]


def restricted_mean(curve: Curve, until: float) -> Estimate:
    """Return the mean time lived until a time: the area under the curve (as R's ``rmean``).

    The limits are the normal ones, by the variance of Greenwood's kind.
    """
    within = curve.times < until
    starts = np.r_[0.0, curve.times[within]]
    areas = np.r_[1.0, curve.survival[within]] * np.diff(np.r_[starts, until])
    beyond = np.cumsum(areas[::-1])[::-1][1:]
    dead, at_risk = curve.events[within], curve.at_risk[within]
    left = at_risk - dead
    terms = dead / np.where(left > 0, at_risk * left, np.inf)
    return _normal(float(areas.sum()), float(np.sum(terms * beyond**2)))


def survival_at(curve: Curve, time: float) -> Estimate:
    """Return survival at a time with Greenwood's standard error and the curve's own limits."""
    survival, low, high = curve.at(time)
    step = int(np.searchsorted(curve.times, time, side="right")) - 1
    variance = float(curve.variance()[step]) if step >= 0 else 0.0
    known = variance > 0 and math.isfinite(low)
    return Estimate(
        value=survival,
        standard_error=math.sqrt(variance) if known else None,
        lower_95=low if known else None,
        upper_95=high if known else None,
    )


def means_until(
    curves: Sequence[Curve], planned: float
) -> tuple[AtTime | None, tuple[Statement, ...]]:
    """Return restricted means until a planned time, or as long as every arm was followed.

    The first curve is the reference. What kept it from the planned time is said.
    """
    followed = [float(c.times[-1]) for c in curves if not c.followed_to(planned)]
    until = min([planned, *followed])
    if until <= 0:
        return None, (Statement.of("trial.no_mean"),)
    notes = (Statement.of("trial.mean_shortened", months=until, planned=planned),)
    found = [(curve.label, restricted_mean(curve, until)) for curve in curves]
    return _compared(until, found), notes if until < planned else ()


def survivals_at(
    curves: Sequence[Curve], time: float
) -> tuple[AtTime | None, tuple[Statement, ...]]:
    """Return every arm's survival at a time and the differences; None where one is not known."""
    short = [curve.label for curve in curves if not curve.followed_to(time)]
    if short:
        return None, (Statement.of("trial.not_followed", arms=tuple(short), months=time),)
    found = [(curve.label, survival_at(curve, time)) for curve in curves]
    sure = [label for label, one in found if one.standard_error is None]
    notes = (Statement.of("trial.no_spread", arms=tuple(sure), months=time),) if sure else ()
    return _compared(time, found), notes


def _compared(time: float, found: Sequence[tuple[str, Estimate]]) -> AtTime:
    (_, reference), *others = found
    return AtTime(
        time=time,
        arms=tuple(found),
        differences=tuple(_difference(label, one, reference) for label, one in others),
    )


def _difference(arm: str, one: Estimate, reference: Estimate) -> Difference:
    value = one.value - reference.value
    if one.standard_error is None or reference.standard_error is None:
        return Difference(arm=arm, estimate=_normal(value, 0.0), p=None)
    estimate = _normal(value, one.standard_error**2 + reference.standard_error**2)
    error = estimate.standard_error or math.inf
    return Difference(arm=arm, estimate=estimate, p=math.erfc(abs(value) / error / math.sqrt(2)))


def _normal(value: float, variance: float) -> Estimate:
    if variance <= 0:
        return Estimate(value=value, standard_error=None, lower_95=None, upper_95=None)
    error = math.sqrt(variance)
    reach = NormalDist().inv_cdf(0.975) * error
    return Estimate(
        value=value, standard_error=error, lower_95=value - reach, upper_95=value + reach
    )
