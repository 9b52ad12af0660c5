"""A vessel mask as branches that hang on each other.

From the root, where blood enters or leaves, a front runs through the vessel; where it parts, the
vessel forks. Each connected piece of the front is a station, its middle a point of the middle line.
(Thinning, the usual way to a middle line, at times eats a whole limb of even thickness.) A branch
runs from one fork to the next and is named by its way from the root: "1" is the trunk, "1.2" the
smaller of the first two that hang on it, "1.2.1" what hangs on that; "2" the trunk of another tree.
So a name and a dot begin the names of all that is lost with a branch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from liverplan.segmentation.blocks import blocks_of
from liverplan.segmentation.boxes import bounding_box, ends_of
from liverplan.segmentation.morphology import depth_mm
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray, Grid, Volume

FINE_MM = 1.0
THIN_SHARE = 0.3
"""A block belongs to the vessel if this share of it does: thin vessels stay in one piece."""
FRONT_MM, FRONT_VOXELS = 2.0, 1.25
"""How thick the front is, at least: so thick that it stays in one piece across a vessel."""
SPUR_MM, SPUR_RADII = 6.0, 1.5
"""What goes on no farther than this, or than so many radii, is a bump, not a branch."""
SMALLEST = 4
"""Pieces of fewer voxels are specks."""
MOST = 255
"""Branches that a map of their territories can hold; beyond, shorter ones are left out."""
END_MM = 10.0
"""The last stretch of an end tells how thick it is."""
_TOUCH = 1.8
"""Voxels that share a corner are nearer than this, in voxels."""

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A stretch of vessel between forks or ends.

    Parameters
    ----------
    name : str
        Its way from the root, e.g. "1.2".
    points_mm : tuple of (x, y, z)
        Its middle line, LPS mm, away from the root.
    radius_mm : float
        Mean radius.
    tree : int
        The click that it hangs on, from 1.
    """

    name: str
    points_mm: tuple[tuple[float, float, float], ...]
    radius_mm: float
    tree: int = 1

    @property
    def length_mm(self) -> float:
        """Length along the middle line."""
        steps = np.diff(np.array(self.points_mm), axis=0)
        return float(np.linalg.norm(steps, axis=1).sum())


def branches_of(vessel: Mask, grid: Grid, roots_mm: ArrayLike = ()) -> tuple[Branch, ...]:
    """Divide a vessel into branches.

    Parameters
    ----------
    vessel : (k, j, i) bool array
    grid : Grid
    roots_mm : (n, 3) array
        LPS points in the trunks. Of a tree that holds several the first counts; one that holds
        none is rooted at its thickest end.

    Returns
    -------
    tuple of Branch
        At most 255, a trunk before what hangs on it, larger trees first; none if the mask is empty
        or only specks.
    """
    lumen = _Lumen.of(vessel, grid)
    if lumen is None:
        return ()
    trees = lumen.trees(np.asarray(roots_mm, dtype=float).reshape(-1, 3))
    spur = SPUR_MM
    while True:
        kept = [tree for tree in trees if tree.reach_mm[0] >= spur]
        found = [b for number, tree in enumerate(kept, 1) for b in tree.branches(str(number), spur)]
        if len(found) <= MOST:
            return tuple(found)
        spur *= 1.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Lumen:
    """A vessel's voxels: where they lie, how deep in it, and which touch, with their distances.

    ``front_mm`` is how thick a front must be there.
    """

    points_mm: FloatArray
    depth_mm: FloatArray
    joined: csr_array[np.float64, tuple[int, int]]
    front_mm: float

    @classmethod
    def of(cls, vessel: Mask, grid: Grid) -> _Lumen | None:
        if not vessel.any():
            return None
        box = bounding_box(vessel, margin=(1, 1, 1))
        part = Volume(grid=grid.crop(*ends_of(box)), hu=vessel[box].astype(np.int16))
        blocks = blocks_of(part, FINE_MM)
        inside = blocks.hu >= THIN_SHARE
        at = np.argwhere(inside)
        if len(at) < SMALLEST:
            return None
        points = blocks.grid.to_mm(at)
        a, b = cKDTree(at).query_pairs(_TOUCH, output_type="ndarray").T
        steps = np.linalg.norm(points[a] - points[b], axis=1)
        depth = depth_mm(inside, blocks.spacing_mm)[tuple(at.T)]
        joined = coo_array((steps, (a, b)), shape=(len(at), len(at))).tocsr()
        return cls(
            points_mm=points,
            depth_mm=depth.astype(np.float64),
            joined=joined,
            front_mm=max(FRONT_MM, FRONT_VOXELS * max(blocks.spacing_mm)),
        )

    def trees(self, roots_mm: FloatArray) -> list[_Tree]:
        """Return one tree for each connected piece, the largest first."""
        count, pieces = connected_components(self.joined, directed=False)
        given = np.atleast_1d(cKDTree(self.points_mm).query(roots_mm)[1]) if len(roots_mm) else ()
        found = []
        sizes = np.bincount(pieces, minlength=count)
        for piece in np.argsort(-sizes)[: np.count_nonzero(sizes >= SMALLEST)]:
            inside = np.flatnonzero(pieces == piece)
            own = [root for root in given if pieces[root] == piece]
            root = own[0] if own else self._thick_end(inside)
            found.append(self._tree(int(root), inside))
        return found

    def _thick_end(self, inside: Places) -> int:
        """Return a piece's voxel at its thickest end: peripheral ends are thin."""
        tree = self._tree(int(inside[self.depth_mm[inside].argmax()]), inside)
        end_mm = tree.points_mm[tree.thick_end(SPUR_MM)]
        away = np.linalg.norm(self.points_mm[inside] - end_mm, axis=1)
        return int(inside[away.argmin()])

    def _tree(self, root: int, inside: Places) -> _Tree:
        """Let the front run from a root through its piece, and join its stations."""
        part = self.joined[inside][:, inside]
        first = int(np.searchsorted(inside, root))
        away, before = dijkstra(part, directed=False, indices=first, return_predecessors=True)  # type: ignore[call-overload]  # the stubs know no csr_array
        fronts = (away / self.front_mm).astype(np.int64)
        edges = part.tocoo()
        same = fronts[edges.row] == fronts[edges.col]
        within = coo_array(
            (np.ones(same.sum()), (edges.row[same], edges.col[same])), shape=part.shape
        )
        count, pieces = connected_components(within, directed=False)
        front = np.zeros(count, dtype=np.int64)
        front[pieces] = fronts
        station = np.argsort(np.argsort(front, kind="stable"))[pieces]  # numbered outward
        sizes = np.bincount(station, minlength=count)
        points = np.stack(
            [np.bincount(station, self.points_mm[inside, n]) / sizes for n in range(3)], axis=1
        )
        radius = np.zeros(count)
        np.maximum.at(radius, station, self.depth_mm[inside])
        before[first] = first
        enters = np.flatnonzero(station[before] != station)
        votes = coo_array(
            (np.ones(len(enters)), (station[enters], station[before[enters]])), (count, count)
        ).tocsr()
        parents = votes.argmax(axis=1)
        return _Tree.of(points, radius, sizes, np.asarray(parents).ravel())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Tree:
    """Stations, numbered outward, and what hangs on each.

    ``away_mm`` is the way to the root along the middle line, ``reach_mm`` how far the line goes on
    beyond each station, ``weight`` how many voxels lie there.
    """

    points_mm: FloatArray
    radius_mm: FloatArray
    children: list[list[int]]
    away_mm: FloatArray
    reach_mm: FloatArray
    weight: Places

    @classmethod
    def of(cls, points: FloatArray, radius: FloatArray, sizes: Places, parents: Places) -> _Tree:
        count = len(points)
        children: list[list[int]] = [[] for _ in range(count)]
        away, weight = np.zeros(count), sizes.copy()
        for n in range(1, count):
            children[parents[n]].append(n)
            away[n] = away[parents[n]] + np.linalg.norm(points[n] - points[parents[n]])
        end = away.copy()
        for n in range(count - 1, 0, -1):
            end[parents[n]] = max(end[parents[n]], end[n])
            weight[parents[n]] += weight[n]
        return cls(
            points_mm=points,
            radius_mm=radius,
            children=children,
            away_mm=away,
            reach_mm=end - away,
            weight=weight,
        )

    def branches(self, trunk: str, spur_mm: float) -> Iterator[Branch]:
        """Give each branch from fork to fork; its first point is the fork's."""
        for name, way, _ in self._ways(trunk, spur_mm):
            points = tuple((float(x), float(y), float(z)) for x, y, z in self.points_mm[way])
            radius = float(self.radius_mm[way[1:] or way].mean())
            yield Branch(name=name, points_mm=points, radius_mm=radius)

    def thick_end(self, spur_mm: float) -> int:
        """Return the station at the thickest end, the root's own included."""
        ends: list[tuple[float, int]] = []
        for _, way, goes_on in self._ways("", spur_mm):
            if way[0] == 0 and self.away_mm[way[-1]] >= spur_mm:
                first = [n for n in way if self.away_mm[n] < END_MM]
                ends.append((float(self.radius_mm[first].mean()), 0))
            if not goes_on:
                last = [n for n in way[1:] if self.away_mm[way[-1]] - self.away_mm[n] < END_MM]
                ends.append((float(self.radius_mm[last or way].mean()), way[-1]))
        return max(ends)[1]

    def _ways(self, trunk: str, spur_mm: float) -> Iterator[tuple[str, list[int], bool]]:
        """Give each branch's name and stations, and whether any hangs on it."""
        way = [0]
        self._follow(way, spur_mm)
        waiting = [(way, trunk)]
        while waiting:
            way, name = waiting.pop()
            hanging = self._hanging_on(way[-1], spur_mm)
            yield name, way, bool(hanging)
            waiting += [(on, f"{name}.{n}") for n, on in reversed(list(enumerate(hanging, 1)))]

    def _hanging_on(self, fork: int, spur_mm: float) -> list[list[int]]:
        """Ways that begin at a fork, the heaviest first; forks that nearly meet are one."""
        found, near = [], [([fork, child], child) for child in self._onward(fork, spur_mm)]
        while near:
            way, first = near.pop()
            onward = self._follow(way, spur_mm)
            if onward and self.away_mm[way[-1]] - self.away_mm[fork] < spur_mm:
                near += [([*way, child], child) for child in onward]
            else:
                found.append((self.weight[first], way))
        return [way for _, way in sorted(found, reverse=True)]

    def _follow(self, way: list[int], spur_mm: float) -> list[int]:
        """Go on to the next fork, whose ways on are returned, or to the end."""
        while self.children[way[-1]]:
            onward = self._onward(way[-1], spur_mm)
            if len(onward) > 1:
                return onward
            way.append(max(self.children[way[-1]], key=lambda n: self.reach_mm[n]))
        return []

    def _onward(self, station: int, spur_mm: float) -> list[int]:
        """Return the ways on that are no bumps."""
        following = self.children[station]
        least = max(spur_mm, SPUR_RADII * self.radius_mm[[station, *following]].max())
        return [n for n in following if self.reach_mm[n] >= least]
