"""How sure the growth between two CTs is: from how sure each of the two remnants is.

The errors of two CTs are taken as independent. Masks of one method err alike on both, so that the
ranges are rather too wide than too narrow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from liverplan.findings import Findings, Interval, Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthRange:
    """The 95 % ranges of growth: fractions (0-1), and fractions a week."""

    degree_of_hypertrophy_95: Pair
    relative_growth_95: Pair
    kinetic_growth_95_per_week: Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranged:
    """A number, and how far it may lie below and above, with 95 %."""

    value: float
    below: float = 0.0
    above: float = 0.0

    @classmethod
    def between(cls, value: float, ends: Pair) -> Ranged:
        """Return a number with the ends of its range."""
        return cls(value=value, below=max(value - ends[0], 0.0), above=max(ends[1] - value, 0.0))

    def over(self, divisor: float) -> Ranged:
        """Return it divided by what has no error."""
        return Ranged(
            value=self.value / divisor, below=self.below / divisor, above=self.above / divisor
        )


def ranges_of(
    before: Findings, after: Findings, denominator: str, divisors_ml: Pair, days: float
) -> tuple[GrowthRange | None, GrowthRange | None]:
    """Return how sure the growth in ``days`` is, as drawn and as carried out; None if not known.

    Parameters
    ----------
    before, after : Findings
        With the planned remnant at each date.
    denominator, divisors_ml : str, (float, float)
        What each remnant is divided by, mL.
    """
    doubts = before.uncertainty, after.uncertainty
    intervals = (
        (doubts[0].as_drawn, doubts[1].as_drawn),
        (doubts[0].as_carried_out, doubts[1].as_carried_out),
    )
    drawn, carried_out = (
        _range(
            _remnant(before, first, denominator, divisors_ml[0]),
            _remnant(after, second, denominator, divisors_ml[1]),
            days,
        )
        for first, second in intervals
    )
    return drawn, carried_out


def _remnant(
    found: Findings, interval: Interval | None, denominator: str, divisor_ml: float
) -> tuple[Ranged, Ranged] | None:
    """Return a remnant, mL, and its share, each with its range; None where that is not known.

    Where the share decides, its own range serves: errors of the outline that change the remnant
    and the liver alike cancel in it. Growth is of all that stays, whether vessels are known or not;
    it is as unsure as what of it counts.
    """
    if interval is None or interval.remnant_95_ml is None:
        return None
    volumes, fractions = found.volumes, found.remnant_fraction
    counted = Ranged.between(volumes.counted_ml, interval.remnant_95_ml)
    ml = replace(counted, value=volumes.remnant_ml)
    if denominator == fractions.deciding and fractions.deciding_fraction is not None:
        share = Ranged.between(fractions.deciding_fraction, interval.interval_95)
        return ml, replace(share, value=fractions.by_volume or share.value)
    return ml, ml.over(divisor_ml)


def _range(
    first: tuple[Ranged, Ranged] | None, second: tuple[Ranged, Ranged] | None, days: float
) -> GrowthRange | None:
    if first is None or second is None:
        return None
    points, weeks = _difference(first[1], second[1]), days / 7
    return GrowthRange(
        degree_of_hypertrophy_95=points,
        relative_growth_95=_difference(Ranged(value=1.0), _ratio(first[0], second[0])),
        kinetic_growth_95_per_week=(points[0] / weeks, points[1] / weeks),
    )


def _difference(first: Ranged, second: Ranged) -> Pair:
    """Return between what the second less the first lies."""
    value = second.value - first.value
    return (
        value - math.hypot(second.below, first.above),
        value + math.hypot(second.above, first.below),
    )


def _ratio(first: Ranged, second: Ranged) -> Ranged:
    """Return the second over the first, whose relative errors add up as their squares."""
    before, now = first.over(first.value), second.over(first.value)
    return Ranged(
        value=now.value,
        below=math.hypot(now.below, now.value * before.above),
        above=math.hypot(now.above, now.value * before.below),
    )
