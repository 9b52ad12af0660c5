"""The Monte-Carlo over a plan's errors, whoever measures a sample.

All errors are normal and independent, with the standard deviations of an `ErrorModel`. A draw's
columns: position and two tilts for each cut, then the liver's and the lesions' boundary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from liverplan.errors import PlanError
from liverplan.findings import Contribution, Interval, Uncertainty
from liverplan.volume import FloatArray
from liverplan.volumetry.uncertainty.error_model import ErrorModel, ErrorSource

SAMPLES: Final = 2000
ALONE_SAMPLES: Final = 400
"""So many samples tell what one source alone does."""
MIDDLE_95: Final = (0.025, 0.975)


class Measurer(Protocol):
    """What measures samples of one plan."""

    @property
    def errors(self) -> ErrorModel:
        """The standard deviations of the draws."""
        ...

    @property
    def functional_ml(self) -> float:
        """The functional liver as measured, mL."""
        ...

    @property
    def denominator_ml(self) -> float | None:
        """What the fraction is of, without error of its own; None: the functional liver."""
        ...

    def volumes_ml(self, draws: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(M, 3 C + 2) standard normal draws to (M,) remnants and (M,) functional livers, mL."""
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
    plan: Measurer, draws: FloatArray, alone: FloatArray, threshold_fraction: float
) -> Uncertainty:
    """Return the intervals, the shift that flips the verdict, and what does what.

    Parameters
    ----------
    plan : Measurer
    draws : (M, S) array
        Standard normal: three columns a cut, S = 3 C + 2.
    alone : (A, S) array
        Standard normal, for what each source alone does.
    threshold_fraction : float
        The verdict is "remnant fraction strictly above this".
    """
    carried_out = _interval(plan, draws, threshold_fraction)
    uncut = draws.copy()
    uncut[:, :-2] = 0.0
    return Uncertainty(
        interval_95=carried_out.interval_95,
        probability_above_threshold=carried_out.probability_above_threshold,
        flip_mm=plan.flip_mm(threshold_fraction * (plan.denominator_ml or plan.functional_ml)),
        contributions=_contributions(plan, alone),
        remnant_95_ml=carried_out.remnant_95_ml,
        standard_error=carried_out.standard_error,
        as_drawn=_interval(plan, uncut, threshold_fraction),
    )


def _interval(plan: Measurer, draws: FloatArray, threshold_fraction: float) -> Interval:
    most = np.inf if plan.denominator_ml else 1.0
    remnants_ml, wholes_ml = plan.volumes_ml(draws)
    fractions = np.clip(_fractions(plan, remnants_ml, wholes_ml), 0.0, most)
    low, high = np.quantile(fractions, MIDDLE_95)
    least, largest = np.quantile(np.maximum(remnants_ml, 0.0), MIDDLE_95)
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


def _fractions(plan: Measurer, remnants_ml: FloatArray, wholes_ml: FloatArray) -> FloatArray:
    fixed = plan.denominator_ml
    return share_of(remnants_ml, np.full_like(wholes_ml, fixed) if fixed else wholes_ml)


def _contributions(plan: Measurer, draws: FloatArray) -> tuple[Contribution, ...]:
    """Spread of the fraction while only one source varies, largest first."""
    found = []
    for source, columns in _columns(plan.errors, draws.shape[1]):
        one = np.zeros_like(draws)
        one[:, columns] = draws[:, columns]
        found.append(
            Contribution(
                name=source.name,
                sd=source.sd,
                unit=source.unit,
                fraction_sd=float(np.std(_fractions(plan, *plan.volumes_ml(one)))),
                source=source.source,
            )
        )
    return tuple(sorted(shared(found), key=lambda row: -row.fraction_sd))


def shared(found: Sequence[Contribution]) -> list[Contribution]:
    """Return independent sources, those of the cut first, with their parts of the variances."""
    drawn = [0.0 if row.name.startswith("cut ") else row.fraction_sd**2 for row in found]
    return [
        replace(
            row,
            share=_part(row.fraction_sd**2, sum(one.fraction_sd**2 for one in found)),
            share_as_drawn=_part(variance, sum(drawn)),
        )
        for row, variance in zip(found, drawn, strict=True)
    ]


def _part(variance: float, whole: float) -> float:
    return variance / whole if whole > 0 else 0.0


def _columns(errors: ErrorModel, count: int) -> list[tuple[ErrorSource, NDArray[np.int64]]]:
    poses = np.arange(count - 2)
    return [
        (errors.position, poses[poses % 3 == 0]),
        (errors.tilt, poses[poses % 3 != 0]),
        (errors.liver, np.array([count - 2])),
        (errors.lesion, np.array([count - 1])),
    ]
