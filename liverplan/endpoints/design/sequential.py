"""Bounds of interim analyses: O'Brien-Fleming spending (Lan and DeMets, Biometrika 1983;70:659).

The score process is integrated from look to look (Armitage, McPherson and Rowe, JRSS A
1969;132:235): the density of what has not stopped lies on Gauss-Legendre nodes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import scipy
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_NORMAL = NormalDist()
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(201)
_HIGHEST_Z = 9.0
"""A look so early that its bound would lie beyond this spends nothing that can be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Two-sided, symmetric bounds, a value for each look.

    Parameters
    ----------
    information : tuple of float
        Share of all events at each look, the last 1.
    z, nominal_p, spent : tuples of float
        Bound of |Z|, the same as a two-sided p, and alpha spent until then.
    power : tuple of float
        Chance to have crossed by each look, on the planned side, at the power asked.
    inflation : float
        How many times the events of a trial with one analysis are needed.
    """

    information: tuple[float, ...]
    z: tuple[float, ...]
    nominal_p: tuple[float, ...]
    spent: tuple[float, ...]
    power: tuple[float, ...]
    inflation: float


def spending(information: float, alpha: float) -> float:
    """Return the two-sided alpha spent at a share of the information."""
    quantile = _NORMAL.inv_cdf(1 - alpha / 4)
    return 4 * (1 - _NORMAL.cdf(quantile / math.sqrt(information)))


def bounds(information: Sequence[float], *, alpha: float = 0.05, power: float = 0.8) -> Bounds:
    """Compute the bounds at looks with increasing shares of information, the last 1."""
    spent = [spending(share, alpha) for share in information]
    z: list[float] = []
    for look in range(len(information)):
        increment = spent[look] - (spent[look - 1] if look else 0.0)
        z.append(_bound(information[: look + 1], z, increment / 2))
    single = _NORMAL.inv_cdf(1 - alpha / 2) + _NORMAL.inv_cdf(power)
    drift = float(
        scipy.optimize.brentq(
            lambda d: sum(crossing(information, z, d)) - power, single, 2 * single
        )
    )
    return Bounds(
        information=tuple(information),
        z=tuple(z),
        nominal_p=tuple(2 * _NORMAL.cdf(-value) for value in z),
        spent=tuple(spent),
        power=tuple(np.cumsum(crossing(information, z, drift)).tolist()),
        inflation=(drift / single) ** 2,
    )


def crossing(information: Sequence[float], z: Sequence[float], drift: float = 0.0) -> list[float]:
    """Return the chance to first cross above at each look; ``drift`` is the last Z's mean."""
    process = _continuing(information, z, drift)
    return [
        _above(z[look] * math.sqrt(information[look]), *state)
        for look, state in zip(range(len(z)), process, strict=False)
    ]


def _bound(information: Sequence[float], earlier: Sequence[float], increment: float) -> float:
    *_, state = _continuing(information, (*earlier, _HIGHEST_Z), 0.0)
    scale = math.sqrt(information[-1])
    if _above(_HIGHEST_Z * scale, *state) >= increment:
        return _HIGHEST_Z
    return float(
        scipy.optimize.brentq(lambda z: _above(z * scale, *state) - increment, 0.0, _HIGHEST_Z)
    )


State = tuple[FloatArray, FloatArray, float, float]
"""Nodes, their probability masses, and the mean and sd of the step to the next look."""


def _continuing(information: Sequence[float], z: Sequence[float], drift: float) -> Iterator[State]:
    """Yield what has not stopped before each look."""
    nodes, mass, before = np.zeros(1), np.ones(1), 0.0
    for share, bound in zip(information, z, strict=True):
        mean, sd = drift * (share - before), math.sqrt(share - before)
        yield nodes, mass, mean, sd
        limit = bound * math.sqrt(share)
        reached = limit * _NODES
        steps = (reached[:, None] - nodes - mean) / sd
        density = np.exp(-0.5 * steps**2) @ mass / (sd * math.sqrt(2 * math.pi))
        nodes, mass, before = reached, density * _WEIGHTS * limit, share


def _above(limit: float, nodes: FloatArray, mass: FloatArray, mean: float, sd: float) -> float:
    return float(scipy.special.ndtr((nodes + mean - limit) / sd) @ mass)
