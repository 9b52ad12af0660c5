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
    """Per cent covered; root mean square, bias and mean half width in points."""

    plans: int
    coverage: float
    rms: float
    bias: float
    half_width: float

    @classmethod
    def of(cls, said: Sequence[Said]) -> "Score":
        """Count what intervals said."""
        off = 100 * np.array([one.drawn - one.truth for one in said])
        return cls(
            plans=len(said),
            coverage=100 * float(np.mean([one.covered for one in said])),
            rms=float(np.sqrt(np.mean(off**2))),
            bias=float(np.mean(off)),
            half_width=100 * float(np.mean([one.interval.half_width for one in said])),
        )

    def __str__(self) -> str:
        return (
            f"{self.plans:5d} plans  covered {self.coverage:5.1f} %  off {self.rms:5.2f} points"
            f" (bias {self.bias:+5.2f})  half width {self.half_width:5.2f}"
        )


def reliability(said: Sequence[Said]) -> list[tuple[float, float, int]]:
    """(mean probability, share above the threshold, plans) by tenths of the probability."""
    told = np.array([one.interval.probability_above_threshold for one in said])
    above = np.array([one.truth > one.threshold for one in said])
    place = np.minimum((told * BINS).astype(int), BINS - 1)
    return [
        (float(told[place == n].mean()), float(above[place == n].mean()), int((place == n).sum()))
        for n in range(BINS)
        if (place == n).any()
    ]


def by_distance(said: Sequence[Said]) -> list[tuple[str, float, float, int]]:
    """(points from the limit, mean probability of the right side, share right, plans)."""
    away = 100 * np.abs([one.drawn - one.threshold for one in said])
    right = np.array([(one.truth > one.threshold) == (one.drawn > one.threshold) for one in said])
    told = np.array([one.interval.probability_above_threshold for one in said])
    sure = np.where([one.drawn > one.threshold for one in said], told, 1 - told)
    rows = []
    for low, high in pairwise(DISTANCES):
        mine = (away >= low) & (away < high)
        if mine.any():
            name = f"{low:g} to {high:g}" if high < DISTANCES[-1] else f"over {low:g}"
            rows.append(
                (name, float(sure[mine].mean()), float(right[mine].mean()), int(mine.sum()))
            )
    return rows
