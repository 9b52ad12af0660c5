"""What would narrow a remnant's interval most: one outline corrected by hand, and how far."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from liverplan.findings import Narrowing, Remedy
from liverplan.volume import FloatArray
from liverplan.volumetry.uncertainty.boundary_offsets import Spread
from liverplan.volumetry.uncertainty.error_model import ErrorModel

CORRECTED: dict[Remedy, FloatArray] = {
    "liver_near_cut": np.array([1.0, 0.0, 1.0, 0.0]),
    "liver_that_stays": np.array([1.0, 1.0, 0.0, 0.0]),
    "liver_that_goes": np.array([0.0, 0.0, 1.0, 1.0]),
}
"""Which of `boundary_offsets.PARTS` each remedy corrects."""
WORTH = 0.05
"""Less than so much of the half width is not worth a correction."""
NOTHING = 1e-6
"""A half width that is rounding alone: without a cut all of the liver stays, whatever its size."""


def narrowing(
    spreads: Sequence[Spread], errors: ErrorModel, slope: FloatArray, half_width: float
) -> tuple[Narrowing, ...]:
    """Return what would narrow the interval as drawn, best first.

    Parameters
    ----------
    spreads : sequence of Spread
    errors : ErrorModel
        Tells how far off a boundary is once it was corrected by hand.
    slope : (2,) array
        Change of the fraction for 1 mL more of remnant and of functional liver.
    half_width : float
        Of the interval as drawn, a fraction.
    """
    now = _variance(spreads, slope, {})
    if half_width < NOTHING or now <= 0:
        return ()
    scaled = {remedy: _factors(remedy, errors) for remedy in (*CORRECTED, _LESIONS)}
    found = [
        Narrowing(
            remedy=remedy,
            half_width_now=half_width,
            half_width_then=half_width * (_variance(spreads, slope, factors) / now) ** 0.5,
        )
        for remedy, factors in scaled.items()
    ]
    worth = [one for one in found if one.half_width_then < (1 - WORTH) * half_width]
    return tuple(sorted(worth, key=lambda one: one.half_width_then))


_LESIONS: Remedy = "lesions"


def _factors(remedy: Remedy, errors: ErrorModel) -> dict[str, FloatArray]:
    """Return by how much a remedy scales each source's error in each part."""
    if remedy == _LESIONS:
        return {errors.lesion.name: np.full(4, errors.lesion.corrected_factor)}
    parts = CORRECTED[remedy]
    return {s.name: 1 - parts * (1 - s.corrected_factor) for s in errors.livers}


def _variance(
    spreads: Sequence[Spread], slope: FloatArray, factors: dict[str, FloatArray]
) -> float:
    return sum(
        max(float(slope @ spread.volumes_ml2(factors.get(spread.source.name)) @ slope), 0.0)
        for spread in spreads
    )
