"""A vessel's middle line as a tree of stations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liverplan.volume import FloatArray

SPUR_RADII = 1.5
"""What goes on no farther than so many radii is a bump, not a branch."""
END_MM = 10.0
"""The last stretch of an end tells how thick it is."""

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tree:
    """Stations of a middle line, numbered outward from the root, and what hangs on each.

    Parameters
    ----------
    points_mm : (n, 3) array
        LPS mm.
    radius_mm : (n,) array
        The vessel's radius there.
    children : n lists of int
        The stations that follow each.
    away_mm, reach_mm : (n,) arrays
        The way to the root along the middle line, and how far the line goes on beyond.
    weight : (n,) int array
        How many voxels lie there and beyond.
    """

    points_mm: FloatArray
    radius_mm: FloatArray
    children: list[list[int]]
    away_mm: FloatArray
    reach_mm: FloatArray
    weight: Places

    @classmethod
    def of(cls, points: FloatArray, radius: FloatArray, sizes: Places, parents: Places) -> Tree:
        """Join (n, 3) points, LPS mm, by the (n,) stations before each (of the first, itself)."""
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

    def thick_end(self, spur_mm: float) -> int:
        """Return the station at the thickest end, the root's own included."""
        ends: list[tuple[float, int]] = []
        for _, way, goes_on in self.ways("", spur_mm):
            if way[0] == 0 and self.away_mm[way[-1]] >= spur_mm:
                first = [n for n in way if self.away_mm[n] < END_MM]
                ends.append((float(self.radius_mm[first].mean()), 0))
            if not goes_on:
                last = [n for n in way[1:] if self.away_mm[way[-1]] - self.away_mm[n] < END_MM]
                ends.append((float(self.radius_mm[last or way].mean()), way[-1]))
        return max(ends)[1]

    def ways(self, trunk: str, spur_mm: float) -> Iterator[tuple[str, list[int], bool]]:
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
