"""The web parted into two trees: each stretch goes to the root that it is the better branch of.

From its root a vessel goes on about straight ahead, forks at angles that open away from the root,
and does not grow thicker (Murray's law). So a price is laid on turning back, on growing thicker, on
gaps, and a little on going toward the root; each stretch goes to the root that reaches it at the
lower price, and what one tree holds the other does not run through. Then the trees so found tell
which is the denser in this phase, a price is laid on what is not, and the web is parted again.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liverplan.segmentation.vessels.middle_line import Places
from liverplan.segmentation.vessels.opacity import density_prices
from liverplan.segmentation.vessels.ways import running_mean
from liverplan.segmentation.vessels.web import Stretch, Web
from liverplan.volume import FloatArray

TURN, GROWTH, GAP_PER_MM, INWARD_PER_MM = 4.5, 2.0, 0.25, 0.05
"""Prices: of turning by a right angle, of growing e-fold, and of a millimetre in a gap or inward.

A way costs nothing by its length: the farther root is as likely a vein's."""
FREE_GROWTH = 0.1
ROUNDS = 3
TREES = 2
NEVER = 1e3
LEAST_MM = 8.0

Starts = Mapping[int, float]
"""Meetings where a tree may begin, each with its price."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parting:
    """Which tree each stretch belongs to.

    Parameters
    ----------
    tree : (n,) int array
        1 or 2; 0 for a stretch that no root reaches.
    doubt : (n,) array
        How much more the way from the other root costs.
    """

    tree: Places
    doubt: FloatArray


def parted(
    web: Web, starts: Sequence[Starts], roots_mm: FloatArray, above_hu: FloatArray
) -> Parting:
    """Part the web into two trees.

    Parameters
    ----------
    web : Web
    starts : two mappings
        Where the trees may begin.
    roots_mm : (2, 3) array
        The middle of each root, LPS mm.
    above_hu : (n,) array
        How much denser than the tissue near it each of the web's points is, HU.
    """
    search = _Search(web, starts, roots_mm)
    tree = search.trees()
    for _ in range(ROUNDS):
        before, search.density = tree, density_prices(web, above_hu, tree)
        tree = search.trees()
        if (tree == before).all():
            break
    alone = np.full((TREES, len(web.stretches)), NEVER)
    for one in range(TREES):
        for (_, stretch, _), price in search.run((one,), apart=False)[0].items():
            alone[one, stretch] = min(alone[one, stretch], price)
    mine = np.maximum(tree - 1, 0)[None]
    own = np.take_along_axis(alone, mine, axis=0)[0]
    other = np.take_along_axis(alone, 1 - mine, axis=0)[0]
    return Parting(tree=tree, doubt=np.where(tree > 0, other - own, 0.0))


State = tuple[int, int, int]
"""A tree, a stretch, and the end at which it is entered."""


class _Search:
    """Cheapest ways along the web, stretch by stretch, away from the roots."""

    def __init__(self, web: Web, starts: Sequence[Starts], roots_mm: FloatArray) -> None:
        self._web, self._starts, self._roots = web, starts, roots_mm
        self.density: FloatArray = np.zeros((TREES, len(web.stretches)))

    def trees(self) -> Places:
        """(n,) the tree that is first at each stretch, from 1; 0 where none is."""
        owner = self.run((0, 1), apart=True)[1]
        return np.array([owner.get(n, -1) + 1 for n in range(len(self._web.stretches))], np.int64)

    def run(
        self, trees: Sequence[int], *, apart: bool
    ) -> tuple[dict[State, float], dict[int, int]]:
        """Return the price of each state that is reached, and the tree that was there first."""
        waiting: list[tuple[float, State]] = []
        for tree in trees:
            for meeting, price in self._starts[tree].items():
                for stretch, end in self._web.meetings.get(meeting, []):
                    cost = price + self._along(tree, stretch, end)
                    heapq.heappush(waiting, (cost, (tree, stretch, end)))
        reached: dict[State, float] = {}
        owner: dict[int, int] = {}
        while waiting:
            price, state = heapq.heappop(waiting)
            tree, stretch, end = state
            if state in reached or (apart and owner.setdefault(stretch, tree) != tree):
                continue
            reached[state] = price
            for following, at in self._web.meetings[self._web.stretches[stretch].ends[1 - end]]:
                if following != stretch:
                    cost = price + self._fork((stretch, end), (following, at))
                    cost += self._along(tree, following, at)
                    heapq.heappush(waiting, (cost, (tree, following, at)))
        return reached, owner

    def _along(self, tree: int, number: int, end: int) -> float:
        """Price of a stretch that is entered at one of its ends."""
        stretch = self._web.stretches[number]
        line = self._web.points_mm[stretch.points]
        way = (line[-1] - line[0]) * (1 - 2 * end)
        out = line.mean(axis=0) - self._roots[tree]
        outward = float(way @ out) / max(float(np.linalg.norm(way) * np.linalg.norm(out)), 1e-6)
        price = stretch.length_mm * INWARD_PER_MM * (1 - outward) / 2
        price += GAP_PER_MM * stretch.gap_mm + float(self.density[tree, number])
        return price + _growth(stretch.radii_mm[end], stretch.radii_mm[1 - end])

    def _fork(self, one: tuple[int, int], other: tuple[int, int]) -> float:
        """Price of going on from one stretch, entered at an end, into another."""
        before, after = self._web.stretches[one[0]], self._web.stretches[other[0]]
        cosine = float(_way(before, one[1], 1 - one[1]) @ _way(after, other[1], other[1]))
        growth = _growth(before.radii_mm[1 - one[1]], after.radii_mm[other[1]])
        return TURN * (1 - cosine) ** 2 + growth


def _way(stretch: Stretch, entered: int, at: int) -> FloatArray:
    """Return the direction of travel at an end of a stretch that is entered at one."""
    way: FloatArray = stretch.ways[at] * (1 - 2 * entered)
    return way


def _growth(before_mm: float, after_mm: float) -> float:
    return GROWTH * max(0.0, float(np.log(after_mm / before_mm)) - FREE_GROWTH)


def seen_to_the_end(web: Web, tree: Places, least_sd: float) -> dict[int, Places]:
    """Cut the trees' free ends back to where they stand out enough.

    Parameters
    ----------
    web : Web
    tree : (n,) int array
        Of each stretch; those of 0 are left out.
    least_sd : float
        How far the line must stand out.

    Returns
    -------
    dict of int to (m,) int array
        By stretch: the points that are left.
    """
    left = {n: web.stretches[n].points for n in np.flatnonzero(tree).tolist()}
    cut: set[int] = set()
    while True:
        count: dict[int, int] = {}
        for n in left:
            for meeting in web.stretches[n].ends:
                count[meeting] = count.get(meeting, 0) + 1
        ends = [n for n in left if n not in cut and 1 in _counts(web.stretches[n], count)]
        if not ends:
            return left
        for n in ends:
            cut.add(n)
            points = left[n] if count[web.stretches[n].ends[0]] == 1 else left[n][::-1]
            if (seen := _seen(web, points, least_sd)) is None:
                del left[n]
            else:
                left[n] = seen


def _counts(stretch: Stretch, count: Mapping[int, int]) -> tuple[int, int]:
    return count[stretch.ends[0]], count[stretch.ends[1]]


def _seen(web: Web, points: Places, least_sd: float) -> Places | None:
    """Return the points from the first that stands out enough; None where too few are left."""
    steps = np.linalg.norm(np.diff(web.points_mm[points], axis=0), axis=1)
    along = np.append(0, np.cumsum(steps))
    bright: NDArray[np.int64] = np.flatnonzero(running_mean(web.snr[points], along) >= least_sd)
    if bright.size == 0 or along[-1] - along[bright[0]] < LEAST_MM:
        return None
    return points[bright[0] :]
