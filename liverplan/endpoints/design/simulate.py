"""Trials played many at once: centres, accrual, drop-out, hazards in proportion or not."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from liverplan.endpoints.design.plan import Design

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What is true in a played trial.

    The treatment's hazard is ``early_ratio`` times the reference's until ``change_months`` and
    ``late_ratio`` times after it; every centre multiplies both by its own log-normal factor with
    ``centre_sd``.
    """

    early_ratio: float
    late_ratio: float
    change_months: float = 0.0
    centre_sd: float = 0.0

    @classmethod
    def proportional(cls, hazard_ratio: float, *, centre_sd: float = 0.0) -> Scenario:
        """Return a scenario with one hazard ratio throughout."""
        return cls(early_ratio=hazard_ratio, late_ratio=hazard_ratio, centre_sd=centre_sd)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trials:
    """Played trials, each a row.

    Parameters
    ----------
    months, event, treated, centre, entry : (T, N) arrays
        Follow-up, whether it ended in the event, the arm, the number of the centre, and the month
        of the trial at which the patient was randomised.
    """

    months: FloatArray
    event: NDArray[np.bool_]
    treated: NDArray[np.bool_]
    centre: NDArray[np.intp]
    entry: FloatArray

    def seen_at(self, information: float) -> Trials:
        """Return the trials as they stand once a share of each one's events has happened."""
        day = np.where(self.event, self.entry + self.months, np.inf)
        count = np.ceil(information * self.event.sum(axis=1)).astype(np.intp)
        now = np.take_along_axis(np.sort(day, axis=1), count[:, None] - 1, axis=1)
        followed = np.clip(now - self.entry, 0, None)
        return replace(
            self, months=np.minimum(self.months, followed), event=self.event & (day <= now)
        )


def play(design: Design, scenario: Scenario, *, trials: int, seed: int) -> Trials:
    """Play a number of trials by the design's patients, arms, centres, accrual and drop-out."""
    rng = np.random.default_rng(seed)
    shape = (trials, design.patients)
    treated = _arms(rng, design, shape)
    centre = rng.integers(len(design.centres), size=shape)
    factors = np.exp(rng.normal(0, scenario.centre_sd, (trials, len(design.centres))))
    hazard = design.reference_hazard * np.take_along_axis(factors, centre, axis=1)
    death = _times(rng.exponential(size=shape), hazard, treated, scenario)
    entry = rng.uniform(0, design.accrual_months, shape)
    end = design.accrual_months + design.follow_up_months - entry
    if design.drop_out:
        end = np.minimum(end, rng.exponential(1 / design.drop_out, shape))
    return Trials(
        months=np.minimum(death, end),
        event=death <= end,
        treated=treated,
        centre=centre,
        entry=entry,
    )


def _arms(rng: np.random.Generator, design: Design, shape: tuple[int, int]) -> NDArray[np.bool_]:
    share = design.allocation / (1 + design.allocation)
    one = np.arange(shape[1]) < round(share * shape[1])
    return rng.permuted(np.broadcast_to(one, shape), axis=1)


def _times(
    drawn: FloatArray, hazard: FloatArray, treated: NDArray[np.bool_], scenario: Scenario
) -> FloatArray:
    """Turn unit exponential draws, both (T, N), into months by the cumulative hazard."""
    early = np.where(treated, scenario.early_ratio, 1.0) * hazard
    late = np.where(treated, scenario.late_ratio, 1.0) * hazard
    at_change = early * scenario.change_months
    return np.where(
        drawn < at_change, drawn / early, scenario.change_months + (drawn - at_change) / late
    )
