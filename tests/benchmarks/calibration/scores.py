"""Coverage, errors, widths and the reliability of probabilities, of what intervals said."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tests.benchmarks.calibration.plans import Said

BINS = 10
LEAST = 30
"""Planes in a bin of which its reliability is judged."""
DISTANCES = (0.0, 1.0, 2.0, 4.0, 100.0)
"""Points from the limit."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """Per cent covered; root mean square, bias and mean half width in points.

    ``error`` is the standard error of what is covered, between livers: plans on one share the draw
    of its mask's error. ``standardised`` is the root mean square of errors, each over the standard
    error that its interval tells: 1 where intervals are as wide as they must be.
    """

    outcomes: int
    coverage: float
    error: float
    rms: float
    bias: float
    half_width: float
    standardised: float

    @classmethod
    def of(cls, said: Sequence[Said]) -> "Score":
        """Count what intervals said."""
        off = 100 * np.array([one.drawn - one.truth for one in said])
        covered = 100 * np.array([one.covered for one in said], np.float64)
        told = 100 * np.array([one.interval.standard_error or np.nan for one in said])
        _, liver = np.unique([one.liver for one in said], return_inverse=True)
        livers = np.bincount(liver, weights=covered) / np.bincount(liver)
        several = len(livers) > 1
        return cls(
            outcomes=len(said),
            coverage=float(np.mean(covered)),
            error=float(np.std(livers, ddof=1) / len(livers) ** 0.5) if several else np.nan,
            rms=float(np.sqrt(np.mean(off**2))),
            bias=float(np.mean(off)),
            half_width=100 * float(np.mean([one.interval.half_width for one in said])),
            standardised=float(np.sqrt(np.mean((off / told) ** 2))),
        )

    def __str__(self) -> str:
        return (
            f"{self.outcomes:6d} outcomes  covered {self.coverage:5.1f} % (+- {self.error:.1f})"
            f"  off {self.rms:5.2f} points (bias {self.bias:+5.2f}; {self.standardised:.2f}"
            f" standard errors)  half width {self.half_width:5.2f}"
        )


def reliability(said: Sequence[Said]) -> list[tuple[float, float, int]]:
    """(mean probability, share above the threshold, plans) by tenths of the probability.

    A plan may be held against many livers; it counts once.
    """
    told = np.array([one.interval.probability_above_threshold for one in said])
    above = np.array([one.truth > one.threshold for one in said])
    plan = np.array([one.threshold for one in said])
    place = np.minimum((told * BINS).astype(int), BINS - 1)
    return [
        (float(told[place == n].mean()), float(above[place == n].mean()), _plans(plan[place == n]))
        for n in range(BINS)
        if (place == n).any()
    ]


def by_distance(said: Sequence[Said]) -> list[tuple[str, float, float, int]]:
    """(points from the limit, mean probability of the right side, share right, plans)."""
    away = 100 * np.abs([one.drawn - one.threshold for one in said])
    right = np.array([(one.truth > one.threshold) == (one.drawn > one.threshold) for one in said])
    told = np.array([one.interval.probability_above_threshold for one in said])
    plan = np.array([one.threshold for one in said])
    sure = np.where([one.drawn > one.threshold for one in said], told, 1 - told)
    rows = []
    for low, high in pairwise(DISTANCES):
        mine = (away >= low) & (away < high)
        if mine.any():
            name = f"{low:g} to {high:g}" if high < DISTANCES[-1] else f"over {low:g}"
            rows.append(
                (name, float(sure[mine].mean()), float(right[mine].mean()), _plans(plan[mine]))
            )
    return rows


def _plans(thresholds: np.ndarray) -> int:
    """No two plans have the same threshold."""
    return len(np.unique(thresholds))
