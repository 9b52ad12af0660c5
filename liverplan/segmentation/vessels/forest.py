"""The cheapest forest: what hangs on what, so that all links together cost least.

Each thing is taken in one of its states or left out; a state that is taken hangs on another one
that is taken, or begins a tree. That is a whole-number program, whose linear one tells in
hundredths of a second how far each link is taken, often wholly or not at all. Where some are taken
in part, whole numbers are asked for, unless so much is open that this could take minutes. Loops
that hang on nothing are forbidden as they turn up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.segmentation.vessels.middle_line import Places
from liverplan.volume import FloatArray

ROOT = -1
GAP, MOST_ROUNDS = 1e-4, 20
"""How far from the cheapest, as a share, is near enough; and how often loops are looked for."""
SURELY, MOST_OPEN = 1e-6, 400
"""So near to 0 or 1 a link is not open. Of a vessel's web some 300 were open at most."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Links:
    """What may hang on what.

    Parameters
    ----------
    group : (s,) int array
        Which thing each state is a state of, from 0.
    source, target : (n,) int arrays
        The states that a link leads from and to; the source is `ROOT` where a tree begins.
    """

    group: Places
    source: Places
    target: Places


def cheapest_forest(
    links: Links, price: FloatArray, left_out: float, *, whole: bool = True
) -> FloatArray:
    """Find the cheapest forest.

    Parameters
    ----------
    links : Links
    price : (n,) array
        Of each link; none is less than nothing.
    left_out : float
        Price of a thing that is in no tree.
    whole : bool
        Whether a link must be taken or not; else shares are as good.

    Returns
    -------
    (n,) array
        How far each link is taken, 0 to 1: shares too where more than `MOST_OPEN` links stay open.
    """
    groups = int(links.group.max()) + 1
    cost = np.concatenate([price, np.full(groups, left_out)])
    rules = [_once_each(links, groups), _on_what_is_taken(links, groups)]
    while True:
        taken = _solved(cost, rules, whole=False)[: len(price)]
        is_open = int(np.count_nonzero(np.abs(taken - np.rint(taken)) > SURELY))
        if not whole or is_open > MOST_OPEN:
            return taken
        if is_open:
            taken = _solved(cost, rules, whole=True)[: len(price)]
        loops = _loops(links, taken > 0.5)
        if not loops or len(rules) > MOST_ROUNDS:
            return taken
        rules.append(_from_outside(links, groups, loops))


def _solved(
    cost: FloatArray, rules: list[scipy.optimize.LinearConstraint], *, whole: bool
) -> FloatArray:
    solved = scipy.optimize.milp(
        cost,
        constraints=rules,
        integrality=np.full(len(cost), int(whole)),
        bounds=scipy.optimize.Bounds(0, 1),
        options={"mip_rel_gap": GAP},
    )
    return np.asarray(solved.x, np.float64)


def _once_each(links: Links, groups: int) -> scipy.optimize.LinearConstraint:
    """Let each thing hang on one other, or be left out."""
    count = len(links.target)
    row = np.concatenate([links.group[links.target], np.arange(groups)])
    every = count + groups
    return _rule(row, np.arange(every), np.ones(every), (1, 1), every)


def _on_what_is_taken(links: Links, groups: int) -> scipy.optimize.LinearConstraint:
    """Let a link lead from a state only if a link leads to that state."""
    inner = np.flatnonzero(links.source != ROOT)
    by_target = np.argsort(links.target, kind="stable")
    first, last = (
        np.searchsorted(links.target[by_target], links.source[inner], side=side)
        for side in ("left", "right")
    )
    counts = last - first
    row = np.repeat(np.arange(len(inner)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    into = by_target[np.repeat(first, counts) + within]
    rows = np.concatenate([np.arange(len(inner)), row])
    columns = np.concatenate([inner, into])
    values = np.concatenate([np.ones(len(inner)), -np.ones(len(row))])
    return _rule(rows, columns, values, (-np.inf, 0), len(links.target) + groups)


def _from_outside(
    links: Links, groups: int, loops: list[set[int]]
) -> scipy.optimize.LinearConstraint:
    """Make what went round in a loop hang on something else, or leave one of it out."""
    count = len(links.target)
    of_source = np.where(links.source == ROOT, ROOT, links.group[links.source])
    rows, columns = [], []
    for number, loop in enumerate(loops):
        members = np.array(sorted(loop))
        inward = np.isin(links.group[links.target], members) & ~np.isin(of_source, members)
        columns.append(np.concatenate([np.flatnonzero(inward), count + members]))
        rows.append(np.full(len(columns[-1]), number))
    row, column = np.concatenate(rows), np.concatenate(columns)
    return _rule(row, column, np.ones(len(row)), (1, np.inf), count + groups)


def _rule(
    row: Places, column: Places, value: FloatArray, bounds: tuple[float, float], columns: int
) -> scipy.optimize.LinearConstraint:
    """Bound sums of some columns, one in each row."""
    rows = int(row.max(initial=-1)) + 1
    sums = scipy.sparse.csr_array((value, (row, column)), (rows, columns))
    return scipy.optimize.LinearConstraint(sums, *bounds)


def _loops(links: Links, taken: Flags) -> list[set[int]]:
    """Return the things that hang on each other in a ring, ring by ring."""
    before = dict(zip(links.target[taken].tolist(), links.source[taken].tolist(), strict=True))
    grounded: set[int] = {ROOT}
    loops = []
    for first in before:
        way: list[int] = []
        state = first
        while state not in grounded and state not in way:
            way.append(state)
            state = before[state]
        if state in way:
            loops.append({int(links.group[s]) for s in way[way.index(state) :]})
        grounded |= set(way)
    return loops
