"""The Monte-Carlo over a plan's errors, whoever measures a sample.

All errors are normal and independent, with the standard deviations of an `ErrorModel`. A draw's
columns: position and two tilts for each cut, then two for each source of doubt about a boundary.
A cut's errors are measured anew for each draw; a boundary's move the remnant and the functional
liver by what their covariance says, so that a draw costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import scipy

from liverplan.errors import PlanError
from liverplan.findings import Contribution, Interval, Uncertainty
from liverplan.volume import FloatArray
from liverplan.volumetry.uncertainty.boundary_offsets import Spread
from liverplan.volumetry.uncertainty.error_model import ErrorModel, ErrorSource
from liverplan.volumetry.uncertainty.narrowing import narrowing

SAMPLES: Final = 2000
ALONE_SAMPLES: Final = 400
"""So many samples tell what the cut's position, or its tilt, does alone."""
MIDDLE_95: Final = (0.025, 0.975)


class Measurer(Protocol):
    """What measures samples of one plan."""

    @property
    def errors(self) -> ErrorModel:
        """The standard deviations of the draws."""
        ...

    @property
    def cut_count(self) -> int:
        """How many cuts there are."""
        ...

    @property
    def remnant_ml(self) -> float:
        """The remnant as measured, mL."""
        ...

    @property
    def functional_ml(self) -> float:
        """The functional liver as measured, mL."""
        ...

    @property
    def denominator_ml(self) -> float | None:
        """What the fraction is of, without error of its own; None: the functional liver."""
        ...

    @property
    def spreads(self) -> tuple[Spread, ...]:
        """What each source of doubt about a boundary does."""
        ...

    def remnants_ml(self, draws: FloatArray) -> FloatArray:
        """(M, C, 3) standard normal draws for each cut to (M,) remnants, mL."""
        ...

    def flip_mm(self, needed_ml: float) -> float | None:
        """Return the smallest common shift of all cuts that changes "remnant > needed", mm."""
        ...


def require_measurable(functional_ml: float, denominator_ml: float | None, samples: int) -> None:
    """Refuse what has no uncertainty.

    Raises
    ------
    PlanError
        If there is no functional liver, the denominator is not positive or samples < 2.
    """
    if functional_ml == 0:
        raise PlanError("There is no functional liver, so a remnant has no uncertainty.")
    if denominator_ml is not None and not 0 < denominator_ml < np.inf:
        raise PlanError(f"A denominator of {denominator_ml} mL is not a positive volume.")
    if samples < 2:
        raise PlanError(f"{samples} samples are too few to estimate an uncertainty.")


def uncertainty_of(
    plan: Measurer, *, threshold_fraction: float, samples: int, seed: int
) -> Uncertainty:
    """Return both intervals, the shift that flips the verdict, and what does what.

    Parameters
    ----------
    plan : Measurer
    threshold_fraction : float
        The verdict is "remnant fraction strictly above this".
    samples, seed : int
        Of the Monte-Carlo.
    """
    sampled = _Sampled.draw(plan, samples, seed)
    carried_out = sampled.interval(sampled.cut_ml, threshold_fraction)
    drawn = sampled.interval(np.full(samples, plan.remnant_ml), threshold_fraction)
    return Uncertainty(
        interval_95=carried_out.interval_95,
        probability_above_threshold=carried_out.probability_above_threshold,
        flip_mm=plan.flip_mm(threshold_fraction * (plan.denominator_ml or plan.functional_ml)),
        contributions=_contributions(plan, sampled.poses[:ALONE_SAMPLES]),
        remnant_95_ml=carried_out.remnant_95_ml,
        standard_error=carried_out.standard_error,
        as_drawn=drawn,
        narrowing=narrowing(plan.spreads, plan.errors, _slope(plan), drawn.half_width),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sampled:
    """M draws of a plan: the cuts' (M, C, 3), what they leave, and what the boundaries add to it.

    ``moved_ml`` is (M, 2): more remnant, more functional liver.
    """

    plan: Measurer
    poses: FloatArray
    cut_ml: FloatArray
    moved_ml: FloatArray

    @classmethod
    def draw(cls, plan: Measurer, samples: int, seed: int) -> _Sampled:
        cuts = 3 * plan.cut_count
        draws = standard_normal(samples, cuts + 2 * len(plan.spreads), seed)
        poses = draws[:, :cuts].reshape(samples, -1, 3)
        moved = np.zeros((samples, 2))
        for number, spread in enumerate(plan.spreads):
            own = draws[:, cuts + 2 * number :][:, :2]
            moved += own @ _root(spread.volumes_ml2())
        return cls(plan=plan, poses=poses, cut_ml=plan.remnants_ml(poses), moved_ml=moved)

    def interval(self, left_ml: FloatArray, threshold_fraction: float) -> Interval:
        """Return where the fraction lies when the cuts leave (M,) mL of the liver as measured."""
        fixed = self.plan.denominator_ml
        remnants = np.maximum(left_ml + self.moved_ml[:, 0], 0.0)
        wholes = self.plan.functional_ml + self.moved_ml[:, 1]
        fractions = share_of(remnants, np.full_like(wholes, fixed) if fixed else wholes)
        fractions = np.clip(fractions, 0.0, np.inf if fixed else 1.0)
        low, high = np.quantile(fractions, MIDDLE_95)
        least, largest = np.quantile(remnants, MIDDLE_95)
        return Interval(
            lower_95=float(low),
            upper_95=float(high),
            probability_above_threshold=float(np.mean(fractions > threshold_fraction)),
            standard_error=float(np.std(fractions)),
            remnant_95_ml=(float(least), float(largest)),
        )


def share_of(remnant_ml: FloatArray, total_ml: FloatArray) -> FloatArray:
    """(M,) remnants and totals, mL, to (M,) fractions: without any liver nothing stays."""
    none = np.zeros_like(remnant_ml)
    return np.divide(remnant_ml, total_ml, out=none, where=total_ml > 0)


def standard_normal(samples: int, sources: int, seed: int) -> FloatArray:
    """(M, S) standard normal draws, each column stratified (a Latin hypercube)."""
    rng = np.random.default_rng(seed)
    rank = rng.permuted(np.tile(np.arange(samples), (sources, 1)), axis=1).T
    return np.asarray(scipy.special.ndtri((rank + rng.uniform(size=rank.shape)) / samples))


def _root(covariance: FloatArray) -> FloatArray:
    """Return a matrix that makes draws of that covariance from independent ones."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))).T)


def _slope(plan: Measurer) -> FloatArray:
    """(2,) change of the fraction for 1 mL more of remnant and of functional liver."""
    if plan.denominator_ml:
        return np.array([1.0, 0.0]) / plan.denominator_ml
    return np.array([1.0, -plan.remnant_ml / plan.functional_ml]) / plan.functional_ml


def _contributions(plan: Measurer, poses: FloatArray) -> tuple[Contribution, ...]:
    """Spread of the fraction while only one source varies, largest first."""
    slope = _slope(plan)
    cut = [
        (plan.errors.position, _alone(plan, poses, [0])),
        (plan.errors.tilt, _alone(plan, poses, [1, 2])),
    ]
    boundary = [(s.source, float(slope @ s.volumes_ml2() @ slope)) for s in plan.spreads]
    carried_out = sum(variance for _, variance in cut + boundary)
    drawn = sum(variance for _, variance in boundary)
    rows = [_contribution(*one, carried_out, 0.0) for one in cut]
    rows += [_contribution(*one, carried_out, _part(one[1], drawn)) for one in boundary]
    return tuple(sorted(rows, key=lambda row: -row.fraction_sd))


def _alone(plan: Measurer, poses: FloatArray, columns: Sequence[int]) -> float:
    """Return the variance of the fraction while only some columns of the cuts' draws vary."""
    one = np.zeros_like(poses)
    one[:, :, columns] = poses[:, :, columns]
    return float(np.var(plan.remnants_ml(one) / (plan.denominator_ml or plan.functional_ml)))


def _contribution(
    source: ErrorSource, variance: float, whole: float, share_as_drawn: float
) -> Contribution:
    return Contribution(
        name=source.name,
        sd=source.sd,
        unit=source.unit,
        fraction_sd=max(variance, 0.0) ** 0.5,
        source=source.source,
        share=_part(variance, whole),
        share_as_drawn=share_as_drawn,
    )


def _part(variance: float, whole: float) -> float:
    return variance / whole if whole > 0 else 0.0
