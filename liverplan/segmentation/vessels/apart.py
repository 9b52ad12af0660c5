"""The web parted into two trees: each stretch hangs on the one that it is the better branch of.

From its root a vessel goes on about straight ahead, forks at the angles that cost the least blood
and work, and does not grow thicker (Murray's law). So a price is laid on turning beyond that, on
growing thicker, on gaps, and a little on going toward the root; and of all ways to hang stretches
on each other, or on a root, the cheapest is taken. It is the sum over all links that counts: by the
price of its own way alone, what lies far from its root would go to whatever touches it. Then the
trees so found tell which is the denser in this phase, a price is laid on what is not, and the web
is parted again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liverplan.segmentation.vessels.forest import ROOT, Links, cheapest_forest
from liverplan.segmentation.vessels.middle_line import Places
from liverplan.segmentation.vessels.opacity import density_prices
from liverplan.segmentation.vessels.ways import running_mean
from liverplan.segmentation.vessels.web import Stretch, Web
from liverplan.volume import FloatArray

TURN, GROWTH, GAP_PER_MM, INWARD_PER_MM = 3.0, 2.0, 0.25, 0.05
"""Prices: of a right angle, of growing e-fold, and of a millimetre in a gap or inward."""
FREE_GROWTH = 0.1
LEFT_OUT = 30.0
"""Price of a stretch in neither tree: only what no root reaches is."""
LEAST_SHARE = 0.5
ROUNDS = 3
TREES = 2
LEAST_MM = 8.0
SHAKEN, SHAKES = 1.0, 8
"""How sure a stretch is: in what share of partings it stays where it is when each price is raised
by chance, by so much on the average; there are so many of them."""

Starts = Mapping[int, float]
"""Meetings where a tree may begin, each with its price."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parting:
    """Which tree each stretch belongs to.

    Parameters
    ----------
    tree : (n,) int array
        1 or 2; 0 for a stretch that no root reaches.
    sure : (n,) array
        How sure that is, 0 to 1.
    """

    tree: Places
    sure: FloatArray


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
    prices = np.zeros((TREES, len(web.stretches)))
    tree = search.trees(prices)
    for _ in range(ROUNDS):
        before, prices = tree, density_prices(web, above_hu, tree)
        tree = search.trees(prices)
        if (tree == before).all():
            break
    return Parting(tree=tree, sure=search.sure(prices, tree))


class _Search:
    """All that may hang on what, and its price; a state is a tree, a stretch and its first end."""

    def __init__(self, web: Web, starts: Sequence[Starts], roots_mm: FloatArray) -> None:
        self._count = len(web.stretches)
        forks = [
            (one, 1 - end, other, at, _fork(web, (one, 1 - end), (other, at)))
            for there in web.meetings.values()
            for one, end in there
            for other, at in there
            if one != other
        ]
        begun = [
            (tree, stretch, end, price)
            for tree in range(TREES)
            for meeting, price in starts[tree].items()
            for stretch, end in web.meetings.get(meeting, [])
        ]
        every = range(TREES)
        along = {
            (tree, stretch, end): _along(web, stretch, end, roots_mm[tree])
            for tree in every
            for stretch in range(self._count)
            for end in (0, 1)
        }
        source = [self._state(t, one, end) for t in every for one, end, _, _, _ in forks]
        target = [self._state(t, two, at) for t in every for _, _, two, at, _ in forks]
        price = [p + along[t, two, at] for t in every for _, _, two, at, p in forks]
        source += [ROOT] * len(begun)
        target += [self._state(*state) for *state, _ in begun]
        price += [p + along[t, s, e] for t, s, e, p in begun]
        self._price = np.array(price)
        self._links = Links(
            group=np.tile(np.repeat(np.arange(self._count), 2), TREES),
            source=np.array(source, np.int64),
            target=np.array(target, np.int64),
        )
        self._whose, self._stretch = np.divmod(self._links.target // 2, max(self._count, 1))

    def trees(self, more: FloatArray) -> Places:
        """(n,) the tree of each stretch, from 1; 0 for one that no root reaches.

        ``more`` is the (2, n) further price of each stretch in either tree.
        """
        shares = self._shares(self._whole_price(more), whole=True)
        return np.where(shares.sum(axis=0) > LEAST_SHARE, shares.argmax(axis=0) + 1, 0)

    def sure(self, more: FloatArray, tree: Places) -> FloatArray:
        """(n,) how sure each stretch's tree is, 0 to 1."""
        chance, price = np.random.default_rng(0), self._whole_price(more)
        total = np.zeros((TREES, self._count))
        for _ in range(SHAKES):
            shaken = price + SHAKEN * chance.exponential(size=len(price))
            total += self._shares(shaken, whole=False)
        own = np.take_along_axis(total, np.maximum(tree - 1, 0)[None], axis=0)[0]
        return np.where(tree > 0, (own + 1) / (SHAKES + 1), 0.0)

    def _whole_price(self, more: FloatArray) -> FloatArray:
        price: FloatArray = self._price + more[self._whose, self._stretch]
        return price

    def _shares(self, price: FloatArray, *, whole: bool) -> FloatArray:
        """(2, n) how far each stretch is in either tree."""
        shares = np.zeros((TREES, self._count))
        if len(price):
            taken = cheapest_forest(self._links, price, LEFT_OUT, whole=whole)
            np.add.at(shares, (self._whose, self._stretch), taken)
        return shares

    def _state(self, tree: int, stretch: int, end: int) -> int:
        return (tree * self._count + stretch) * 2 + end


def _along(web: Web, number: int, end: int, root_mm: FloatArray) -> float:
    """Price of a stretch that is entered at one of its ends."""
    stretch = web.stretches[number]
    line = web.points_mm[stretch.points]
    way = (line[-1] - line[0]) * (1 - 2 * end)
    out = line.mean(axis=0) - root_mm
    outward = float(way @ out) / max(float(np.linalg.norm(way) * np.linalg.norm(out)), 1e-6)
    price = stretch.length_mm * INWARD_PER_MM * (1 - outward) / 2
    price += GAP_PER_MM * stretch.gap_mm
    return price + _growth(stretch.radii_mm[end], stretch.radii_mm[1 - end])


def _fork(web: Web, one: tuple[int, int], other: tuple[int, int]) -> float:
    """Price of going on from one stretch, entered at an end, into another."""
    before, after = web.stretches[one[0]], web.stretches[other[0]]
    cosine = float(_way(before, one[1], 1 - one[1]) @ _way(after, other[1], other[1]))
    radii = before.radii_mm[1 - one[1]], after.radii_mm[other[1]]
    return TURN * max(0.0, straight_ahead(*radii) - cosine) ** 2 + _growth(*radii)


def straight_ahead(before_mm: float, after_mm: float) -> float:
    """Cosine of the angle at which a branch leaves a vessel at the least cost of blood and work.

    One as thick as the vessel goes straight on; the thinner, the more to the side, up to a right
    angle (Murray 1926, doi:10.1085/jgp.9.6.835).
    """
    share = min(1.0, after_mm / before_mm)
    other = (1 - share**3) ** (4 / 3)
    return float((1 + share**4 - other) / (2 * share**2))


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
