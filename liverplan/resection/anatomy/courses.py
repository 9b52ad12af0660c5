"""A vessel tree as courses: where each branch runs, point by point, and what it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from liverplan.resection.anatomy.maps import hangs_on
from liverplan.segmentation.labels import Segmentation
from liverplan.segmentation.vessels.branches import Branch
from liverplan.volume import FloatArray

STEP_MM = 0.1
"""So close stand the points at which a course is asked where it runs."""

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Courses:
    """The middle lines of a tree's B branches, and S points of them that lie in the liver.

    Parameters
    ----------
    names : tuple of str
    parents : (B,) int array
        The branch that each comes from; -1 for a trunk.
    order : (B,) int array
        All branches, each after the one that it comes from.
    corners : tuple of (N, 3) arrays
        Each middle line, LPS mm, away from the root.
    radii : tuple of (N,) arrays
        The vessel's radius at its corners, mm.
    away_mm : tuple of (N,) arrays
        How far along its branch each corner lies.
    points_mm : (S, 3) array
        LPS mm; along each branch away from the root.
    along_mm : (S,) array
        How far along its branch each point lies.
    starts : (B + 1,) int array
        Where each branch's points begin.
    """

    names: tuple[str, ...]
    parents: Places
    order: Places
    corners: tuple[FloatArray, ...]
    radii: tuple[FloatArray, ...]
    away_mm: tuple[FloatArray, ...]
    points_mm: FloatArray
    along_mm: FloatArray
    starts: Places

    @classmethod
    def of(cls, branches: Sequence[Branch], segmentation: Segmentation) -> Self:
        """Lay a tree's branches out, and find where they run in the liver, lesions included."""
        names = tuple(branch.name for branch in branches)
        corners = tuple(np.array(branch.points_mm, dtype=np.float64) for branch in branches)
        walked = [_walked(line) for line in corners]
        inside = [_inside(points, segmentation) for points, _ in walked]
        counts = [int(np.count_nonzero(some)) for some in inside]
        return cls(
            names=names,
            parents=np.array([_parent(name, names) for name in names], dtype=np.int64),
            order=np.argsort([name.count(".") for name in names], kind="stable"),
            corners=corners,
            radii=tuple(map(_radii, branches)),
            away_mm=tuple(map(lengths_mm, corners)),
            points_mm=np.concatenate([p[i] for (p, _), i in zip(walked, inside, strict=True)]),
            along_mm=np.concatenate([a[i] for (_, a), i in zip(walked, inside, strict=True)]),
            starts=np.cumsum([0, *counts], dtype=np.int64),
        )

    def at_mm(self, branch: int, along_mm: float) -> tuple[FloatArray, float]:
        """Return the (3,) LPS point of a branch so far along it, and the vessel's radius there."""
        line, away = self.corners[branch], self.away_mm[branch]
        point = np.array([np.interp(along_mm, away, line[:, axis]) for axis in range(3)])
        return point, float(np.interp(along_mm, away, self.radii[branch]))


def lengths_mm(line: FloatArray) -> FloatArray:
    """(N,) way along an (N, 3) line to each of its corners, mm."""
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _walked(line: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Points of a line, corners included, and how far along it each lies, mm."""
    away = lengths_mm(line)
    steps = np.maximum(np.ceil(np.diff(away) / STEP_MM).astype(int), 1)
    parts = [np.arange(count) / count for count in steps]
    at = np.concatenate([n + part for n, part in enumerate(parts)] + [[len(line) - 1.0]])
    corner = np.arange(len(line))
    points = np.stack([np.interp(at, corner, line[:, axis]) for axis in range(3)], axis=1)
    return points, np.interp(at, corner, away)


def _inside(points_mm: FloatArray, segmentation: Segmentation) -> NDArray[np.bool_]:
    at = np.rint(segmentation.grid.to_index(points_mm)).astype(np.int64)
    inside = np.all((at >= 0) & (at < segmentation.grid.shape), axis=1)
    inside[inside] = segmentation.labels[tuple(at[inside].T)] > 0
    return np.asarray(inside)


def _parent(name: str, names: Sequence[str]) -> int:
    above = name.rpartition(".")[0]
    return names.index(above) if above in names else -1


def _radii(branch: Branch) -> FloatArray:
    if len(branch.radii_mm) == len(branch.points_mm):
        return np.array(branch.radii_mm, dtype=np.float64)
    return np.full(len(branch.points_mm), branch.radius_mm)


def beyond(
    branches: Sequence[Branch], name: str, point_mm: tuple[float, float, float]
) -> tuple[FloatArray, ...]:
    """(N, 3) lines of a branch from its point nearest to a place on, and of all that hangs on it.

    LPS mm, away from the root.
    """
    found = []
    for branch in branches:
        line = np.array(branch.points_mm, dtype=np.float64)
        if branch.name == name:
            points, along = _walked(line)
            at = int(np.linalg.norm(points - point_mm, axis=1).argmin())
            corners = line[lengths_mm(line) > along[at]]
            found.append(np.concatenate([points[at : at + 1], corners]))
        elif hangs_on(branch.name, name):
            found.append(line)
    return tuple(found)
