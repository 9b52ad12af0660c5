"""Log-rank test and hazard ratio of many trials at once, in strata by centre.

Times have no ties: this is for played trials. `liverplan.endpoints.log_rank` and `cox` are for
patients.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liverplan.endpoints.design.simulate import Trials

FloatArray = NDArray[np.float64]

NEWTON_STEPS = 12


@dataclass(frozen=True, slots=True, eq=False)
class _AtRisk:
    """Patients in order of centre and time: (T, N) who had the event, the arm, and risk sets."""

    event: FloatArray
    treated: FloatArray
    treated_at_risk: FloatArray
    reference_at_risk: FloatArray

    def score(self, log_ratio: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the partial likelihood's slope and information, (T,) each."""
        weighted = self.treated_at_risk * np.exp(log_ratio)[:, None]
        share = weighted / (weighted + self.reference_at_risk)
        slope = np.sum(self.event * (self.treated - share), axis=1)
        return slope, np.sum(self.event * share * (1 - share), axis=1)


def log_rank_z(trials: Trials, *, by_centre: bool = True) -> FloatArray:
    """Return Z of the log-rank test, (T,); negative where the treatment's hazard is lower."""
    slope, information = _at_risk(trials, by_centre=by_centre).score(np.zeros(len(trials.months)))
    return slope / np.sqrt(information)


def hazard_ratios(trials: Trials, *, by_centre: bool = True) -> tuple[FloatArray, FloatArray]:
    """Return the log hazard ratio by Cox regression and its standard error, (T,) each."""
    sets = _at_risk(trials, by_centre=by_centre)
    log_ratio = np.zeros(len(trials.months))
    for _ in range(NEWTON_STEPS):
        slope, information = sets.score(log_ratio)
        log_ratio = log_ratio + np.clip(slope / information, -1, 1)
    return log_ratio, 1 / np.sqrt(sets.score(log_ratio)[1])


def _at_risk(trials: Trials, *, by_centre: bool) -> _AtRisk:
    centre = trials.centre if by_centre else np.zeros_like(trials.centre)
    order = np.lexsort((trials.months, centre), axis=1)
    centre = np.take_along_axis(centre, order, axis=1)
    event = np.take_along_axis(trials.event, order, axis=1)
    arm = np.take_along_axis(trials.treated, order, axis=1).astype(np.float64)
    return _AtRisk(event.astype(np.float64), arm, _still(arm, centre), _still(1 - arm, centre))


def _still(member: FloatArray, centre: NDArray[np.intp]) -> FloatArray:
    """Count, from each patient on, members of the same centre; all (T, N)."""
    behind = np.cumsum(member[:, ::-1], axis=1)[:, ::-1]
    beyond = np.pad(behind, ((0, 0), (0, 1)))
    ends = [np.sum(centre <= c, axis=1) for c in range(int(centre.max()) + 1)]
    after = np.take_along_axis(beyond, np.stack(ends, axis=1), axis=1)
    return behind - np.take_along_axis(after, centre, axis=1)
