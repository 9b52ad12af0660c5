"""The log-rank test, and how well a model ranks who dies first; both within strata."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from liverplan.endpoints.inputs import FloatArray, checked, codes, entered, require_arms


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRank:
    """The log-rank test that all arms share one curve."""

    chi_square: float
    degrees_of_freedom: int
    p: float


def log_rank(
    times: ArrayLike,
    events: ArrayLike,
    arms: Sequence[str],
    *,
    strata: Sequence[str] | None = None,
    entries: ArrayLike | None = None,
) -> LogRank | None:
    """Test whether arms share one survival curve.

    Parameters
    ----------
    times, events : (N,) arrays
        One of each for every patient.
    arms, strata : sequences of N str
        Each patient's arm, and what it is compared within (a centre).
    entries : (N,) array or None
        When each came under observation, where that was after the origin; else 0.

    Returns
    -------
    LogRank or None
        None where nobody died while two arms were at risk.
    """
    durations, happened = checked(times, events)
    begin = entered(entries, durations)
    require_arms(arms, len(durations))
    groups, within = codes(arms), codes(strata or [""] * len(durations))
    count = int(groups.max()) + 1
    excess, expected, spread = np.zeros(count), np.zeros(count), np.zeros((count, count))
    for stratum in np.unique(within):
        mine = within == stratum
        one = _stratum(durations[mine], happened[mine], groups[mine], count, begin[mine])
        excess, expected, spread = excess + one[0], expected + one[1], spread + one[2]
    told = np.flatnonzero(expected > 0)[1:]
    inner = spread[np.ix_(told, told)]
    if not told.size or np.linalg.matrix_rank(inner) < told.size:
        return None
    chi_square = float(excess[told] @ np.linalg.solve(inner, excess[told]))
    return LogRank(
        chi_square=chi_square,
        degrees_of_freedom=told.size,
        p=float(scipy.stats.chi2.sf(chi_square, told.size)),
    )


def _stratum(
    times: FloatArray,
    events: NDArray[np.bool_],
    groups: NDArray[np.intp],
    count: int,
    begin: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return observed less expected deaths (G,), expected (G,) and their covariance (G, G)."""
    days = np.unique(times[events])[:, None]
    members = groups[:, None] == np.arange(count)
    at_risk = ((times >= days) & (begin < days)).astype(float) @ members
    died = ((times == days) & events).astype(float) @ members
    all_risk, all_died = at_risk.sum(axis=1), died.sum(axis=1)
    share = at_risk / all_risk[:, None]
    expected = all_died[:, None] * share
    left = (all_risk - all_died) / np.maximum(all_risk - 1, 1) * all_died
    spread = np.diag(left @ share) - np.einsum("d,di,dj->ij", left, share, share)
    return (died - expected).sum(axis=0), expected.sum(axis=0), spread


def concordance(
    times: FloatArray,
    events: NDArray[np.bool_],
    risk: FloatArray,
    strata: NDArray[np.intp],
    begin: FloatArray,
) -> float | None:
    """Return the share of pairs that (N,) risks rank rightly, ties half; None without a pair."""
    right, pairs = 0.0, 0
    risk = np.round(risk, 9)
    for patient in np.flatnonzero(events):
        later = (times > times[patient]) | ((times == times[patient]) & ~events)
        others = risk[later & (strata == strata[patient]) & (begin < times[patient])]
        right += np.sum(others < risk[patient]) + 0.5 * np.sum(others == risk[patient])
        pairs += others.size
    return float(right / pairs) if pairs else None
