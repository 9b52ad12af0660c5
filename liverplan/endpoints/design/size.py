"""How many events and patients: Schoenfeld's formula, with accrual, allocation and drop-out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from liverplan.endpoints.design.plan import Design

_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSize:
    """What the plan needs, and what the patients planned give.

    Parameters
    ----------
    events_needed, patients_needed : int
        For the power asked.
    events_expected : float
        Of the patients planned, at the end of follow-up.
    power : float
        Of those events.
    """

    events_needed: int
    patients_needed: int
    events_expected: float
    power: float


def schoenfeld_events(
    hazard_ratio: float, *, alpha: float, power: float, allocation: float = 1.0
) -> float:
    """Return the events that a two-sided log-rank test needs, unrounded.

    Schoenfeld, Biometrics 1983;39:499. ``allocation`` is patients treated for each in the
    reference.
    """
    share = allocation / (1 + allocation)
    z = _NORMAL.inv_cdf(1 - alpha / 2) + _NORMAL.inv_cdf(power)
    return float(z**2 / (share * (1 - share) * math.log(hazard_ratio) ** 2))


def power_of(events: float, hazard_ratio: float, *, alpha: float, allocation: float) -> float:
    """Return the power that a number of events gives."""
    share = allocation / (1 + allocation)
    drift = abs(math.log(hazard_ratio)) * math.sqrt(events * share * (1 - share))
    return _NORMAL.cdf(drift - _NORMAL.inv_cdf(1 - alpha / 2))


def event_chance(hazard: float, drop_out: float, accrual: float, follow_up: float) -> float:
    """Return the chance that a patient's event is seen before the trial ends.

    Exponential times, uniform accrual (Lachin and Foulkes, Biometrics 1986;42:507). Hazards are
    per month; ``accrual`` and ``follow_up`` (after the last patient) in months.
    """
    total = hazard + drop_out
    mean_left = math.exp(-total * follow_up)
    if accrual:
        mean_left *= -math.expm1(-total * accrual) / (total * accrual)
    return hazard / total * (1 - mean_left)


def sample_size(design: Design) -> SampleSize:
    """Return what a design needs, and what it has."""
    needed = schoenfeld_events(
        design.hazard_ratio, alpha=design.alpha, power=design.power, allocation=design.allocation
    )
    chance = _mean_chance(design)
    expected = design.patients * chance
    return SampleSize(
        events_needed=math.ceil(needed),
        patients_needed=math.ceil(needed / chance),
        events_expected=expected,
        power=power_of(
            expected, design.hazard_ratio, alpha=design.alpha, allocation=design.allocation
        ),
    )


def _mean_chance(design: Design) -> float:
    share = design.allocation / (1 + design.allocation)
    reference = design.reference_hazard
    chances = [
        event_chance(hazard, design.drop_out, design.accrual_months, design.follow_up_months)
        for hazard in (reference, reference * design.hazard_ratio)
    ]
    return (1 - share) * chances[0] + share * chances[1]
