"""A vessel tree hung on the root that its own shape tells, with the tissue nearest to each branch.

Branches are named by their way from where they were rooted (`segmentation.vessels.branches`), and a
vein that ends at the edge of what is seen has no trunk there to be rooted at. So names by anatomy
start from a root of their own: the fork or end from which vessels narrow outward and part forward.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.segmentation.results import Mask
from liverplan.segmentation.vessels.branches import Branch
from liverplan.volume import FloatArray, Grid

SAMPLES = 20_000
"""So many points of the liver stand for all of it."""
STEP_MM = 2.0
AHEAD_MM = 10.0
"""So far along a branch its direction is taken."""
THICK = 0.6
"""A root lies at a branch of this share of the thickest radius, at least."""
WIDER_COST, FORK_COST = 3.0, 0.2
"""What speaks against a root, beside one branch that turns back: one that is twice as wide as what
it hangs on; one that would turn as at a usual fork, if the root itself were none."""

Numbers = NDArray[np.int64]
Place = tuple[str, int]
"""A fork or an end: of the branch called so, where it begins (0) or ends (1)."""
End = tuple[int, bool]
"""A branch by its number, and whether its end, not its beginning, is meant."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VesselGraph:
    """Branches, numbered as given, and the liver around them.

    Parameters
    ----------
    branches : tuple of Branch
    tops : tuple of int
        Branches at the root: several where it is a fork, or where there are several trees.
    children : tuple of tuple of int
        What hangs on each.
    root_mm : (3,) array
        LPS; of the largest tree.
    ahead_mm : (branches, 3) array
        Where each branch ends, away from the root.
    points_mm : (n, 3) array
        Points of the liver, evenly spread, LPS.
    nearest : (n,) array
        The branch that each of them lies nearest to.
    away_mm : (n,) array
        How far it is.
    """

    branches: tuple[Branch, ...]
    tops: tuple[int, ...]
    children: tuple[tuple[int, ...], ...]
    root_mm: FloatArray
    ahead_mm: FloatArray
    points_mm: FloatArray
    nearest: Numbers
    away_mm: FloatArray

    @classmethod
    def of(cls, branches: Sequence[Branch], liver: Mask, grid: Grid) -> VesselGraph:
        """Hang branches on their roots and give each the tissue nearest to it.

        Parameters
        ----------
        branches : sequence of Branch
            At least one.
        liver : (k, j, i) bool array
            On the grid; not empty.
        grid : Grid
        """
        tops, children, ends, roots = _rooted(branches)
        inside = np.argwhere(liver)
        points = grid.to_mm(inside[:: max(1, len(inside) // SAMPLES)])
        lines = [line_mm(branch) for branch in branches]
        owner = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
        away, at = scipy.spatial.cKDTree(np.concatenate(lines)).query(points)
        return cls(
            branches=tuple(branches),
            tops=tuple(tops),
            children=tuple(map(tuple, children)),
            root_mm=roots[0],
            ahead_mm=ends,
            points_mm=points,
            nearest=owner[at],
            away_mm=np.asarray(away),
        )

    def under(self, tops: Iterable[int]) -> tuple[int, ...]:
        """Return branches and all that hangs on them."""
        found, waiting = list[int](), list(tops)
        while waiting:
            found.append(waiting.pop())
            waiting += self.children[found[-1]]
        return tuple(found)

    def begin_mm(self, number: int) -> FloatArray:
        """(3,) where a branch begins, seen from the root, LPS mm."""
        first, last = (np.array(self.branches[number].points_mm[end]) for end in (0, -1))
        return last if np.array_equal(first, self.ahead_mm[number]) else first

    def fed(self, branches: Iterable[int]) -> NDArray[np.bool_]:
        """(n,) whether each point of the liver lies nearest to one of some branches."""
        table = np.zeros(len(self.branches), dtype=np.bool_)
        table[list(branches)] = True
        return np.asarray(table[self.nearest])

    def share_fraction(self, tops: Iterable[int]) -> float:
        """Share of the liver that branches and all on them feed or drain (0-1)."""
        return float(self.fed(self.under(tops)).mean())


def line_mm(branch: Branch) -> FloatArray:
    """(n, 3) points along a branch, at most 2 mm apart, LPS mm."""
    stops = np.array(branch.points_mm, dtype=np.float64)
    found = [stops[:1]]
    for start, end in pairwise(stops):
        count = max(1, int(np.ceil(np.linalg.norm(end - start) / STEP_MM)))
        found.append(start + np.arange(1, count + 1)[:, None] / count * (end - start))
    return np.concatenate(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """A tree from one of its forks or ends: its branches outward, and what speaks against it."""

    tops: tuple[int, ...]
    turned: dict[int, bool]
    hangs: dict[int, tuple[int, ...]]
    cost: float


def _rooted(
    branches: Sequence[Branch],
) -> tuple[list[int], list[tuple[int, ...]], FloatArray, list[FloatArray]]:
    """Return tops, children, ends and the roots of all trees, the thickest tree's first."""
    trees = defaultdict[str, list[int]](list)
    for number, branch in enumerate(branches):
        trees[f"{branch.tree} {branch.name.split('.')[0]}"].append(number)
    sizes = {key: sum(_size(branches[n]) for n in tree) for key, tree in trees.items()}
    tops: list[int] = []
    children: list[tuple[int, ...]] = [()] * len(branches)
    ends, roots = np.zeros((len(branches), 3)), list[FloatArray]()
    for key in sorted(trees, key=lambda key: -sizes[key]):
        walk = _best(branches, trees[key])
        tops += walk.tops
        for number, turned in walk.turned.items():
            children[number] = walk.hangs.get(number, ())
            ends[number] = branches[number].points_mm[0 if turned else -1]
        first = walk.tops[0]
        roots.append(np.array(branches[first].points_mm[-1 if walk.turned[first] else 0]))
    return tops, children, ends, roots


def _size(branch: Branch) -> float:
    return branch.length_mm * branch.radius_mm**2


def _best(branches: Sequence[Branch], tree: list[int]) -> _Walk:
    """Return the walk from the fork or end that the vessels' radii and turns speak for."""
    places, leaving = _places(branches, tree), _leaving(branches, tree)
    thickest = max(branches[n].radius_mm for n in tree)
    likely = [
        place
        for place, meeting in places.items()
        if max(branches[n].radius_mm for n, _ in meeting) >= THICK * thickest
    ]
    walks = (_walk(branches, places, leaving, place) for place in likely)
    return min(walks, key=lambda walk: walk.cost)


def _leaving(branches: Sequence[Branch], tree: list[int]) -> dict[End, FloatArray]:
    """Return the (3,) direction in which each branch leaves its beginning and its end."""
    found = {}
    for number in tree:
        line = line_mm(branches[number])
        for at_end, points in ((False, line), (True, line[::-1])):
            ahead = points[min(len(points) - 1, int(AHEAD_MM / STEP_MM))] - points[0]
            length = float(np.linalg.norm(ahead))
            found[number, at_end] = ahead / length if length else np.zeros(3)
    return found


def _places(branches: Sequence[Branch], tree: list[int]) -> dict[Place, list[tuple[int, bool]]]:
    """Return what meets at each fork and end: branches, and whether they run in there."""
    named = {branches[n].name for n in tree}
    found = defaultdict[Place, list[End]](list)
    for number in tree:
        above = branches[number].name.rpartition(".")[0]
        found[(above, 1) if above in named else (branches[number].name, 0)].append((number, False))
        found[branches[number].name, 1].append((number, True))
    return found


def _walk(
    branches: Sequence[Branch],
    places: dict[Place, list[End]],
    leaving: dict[End, FloatArray],
    root: Place,
) -> _Walk:
    """Go through a tree from one place outward."""
    far = {(n, end): place for place, meeting in places.items() for n, end in meeting}
    tops = tuple(n for n, _ in places[root])
    turned = dict(places[root])
    hangs, waiting = dict[int, tuple[int, ...]](), list(tops)
    cost = FORK_COST * sum(sorted(branches[n].radius_mm for n in tops)[:-1])
    while waiting:
        number = waiting.pop()
        end = (number, not turned[number])
        onward = [(n, t) for n, t in places[far[end]] if n not in turned]
        turned.update(onward)
        hangs[number] = tuple(n for n, _ in onward)
        for after in onward:
            wide, radius = branches[number].radius_mm, branches[after[0]].radius_mm
            turn = (1 + float(leaving[end] @ leaving[after])) / 2
            cost += radius * (WIDER_COST * max(0.0, radius / wide - 1) + turn)
        waiting += hangs[number]
    return _Walk(tops=tops, turned=turned, hangs=hangs, cost=cost)
