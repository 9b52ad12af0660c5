"""Which branches a surgeon keeps: each found by its point, with all that feeds it from the root."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from liverplan.findings import KeptBranch, VesselTree
from liverplan.resection.anatomy.courses import Courses, lengths_mm
from liverplan.resection.anatomy.maps import hangs_on
from liverplan.resection.anatomy.territories import CLICK_MM
from liverplan.resection.kept import KeptVessel
from liverplan.volume import FloatArray

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Trees = Mapping[VesselTree, Courses]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Keeping:
    """Kept branches on a liver's trees.

    Parameters
    ----------
    branches : tuple of KeptBranch
        Each once: "not found" where no vessel lies near its point, else "not crossed" until a plan
        is walked.
    whole : mapping of str to (B,) bool array
        By tree: the kept branches and all that feed them.
    keepers : mapping of str to (B,) int array
        By tree: to which of ``branches`` each branch owes the blood that comes to where it begins;
        -1: to none. What feeds several owes it to the first.
    ways : tuple of (B,) bool arrays
        Of each of ``branches``: itself and all that feed it, in its tree; empty if not found.
    """

    branches: tuple[KeptBranch, ...]
    whole: Mapping[VesselTree, Mask]
    keepers: Mapping[VesselTree, Numbers]
    ways: tuple[Mask, ...]

    @classmethod
    def of(cls, kept: Sequence[KeptVessel], trees: Trees) -> Self:
        """Find each kept vessel's branch."""
        found = [nearest_branch(one, trees) for one in kept]
        branches = tuple({(one.tree, one.name or one.point_mm): one for one in found}.values())
        ways = tuple(_way(one, trees) for one in branches)
        whole = {tree: np.zeros(len(one.names), dtype=np.bool_) for tree, one in trees.items()}
        for one, way in zip(branches, ways, strict=True):
            if one.tree and one.name:
                whole[one.tree] |= way
        keepers = {tree: _keepers(tree, one, branches, ways) for tree, one in trees.items()}
        return cls(branches=branches, whole=whole, keepers=keepers, ways=ways)

    def costing(
        self, crossed: Mapping[VesselTree, Mask], saved_ml: Mapping[VesselTree, FloatArray]
    ) -> tuple[KeptBranch, ...]:
        """Return the branches with what hangs on each.

        Parameters
        ----------
        crossed : mapping of str to (B,) bool array
            By tree: the branches that a cut crosses as it is drawn.
        saved_ml : mapping of str to (B,) array
            By tree: tissue on each branch that has its blood by the surgeon's word alone.
        """
        found = []
        for number, (one, way) in enumerate(zip(self.branches, self.ways, strict=True)):
            if not one.tree or not one.name:
                found.append(one)
                continue
            own = self.keepers[one.tree] == number
            ml = max(float(saved_ml[one.tree][own].sum()), 0.0)
            counts = ml > 0 or bool(np.any(crossed[one.tree] & way))
            portal = one.tree == "portal"
            found.append(
                replace(
                    one,
                    standing="kept" if counts else "not crossed",
                    feeds_ml=ml if portal else 0.0,
                    drains_ml=0.0 if portal else ml,
                )
            )
        return tuple(found)


def nearest_branch(kept: KeptVessel, trees: Trees) -> KeptBranch:
    """Return the branch whose middle line runs nearest to a kept vessel's point.

    It is "not found" where the vessel's wall is more than `CLICK_MM` away.
    """
    best: tuple[float, float, VesselTree, str] | None = None
    for tree, courses in trees.items():
        if kept.tree not in ("", tree):
            continue
        middle_mm, wall_mm, name = _nearest(np.array(kept.point_mm), courses)
        if best is None or middle_mm < best[0]:
            best = middle_mm, wall_mm, tree, name
    if best is None:
        return KeptBranch(name="", tree=kept.tree, point_mm=kept.point_mm)
    _, away_mm, tree, name = best
    there = away_mm <= CLICK_MM
    return KeptBranch(
        name=name if there else "",
        tree=tree if there else kept.tree,
        point_mm=kept.point_mm,
        away_mm=away_mm,
        standing="not crossed" if there else "not found",
    )


def _nearest(point_mm: FloatArray, courses: Courses) -> tuple[float, float, str]:
    """Return how far the nearest middle line and its vessel's wall are, mm, and its branch."""
    best = np.inf, np.inf, ""
    for name, line, radii in zip(courses.names, courses.corners, courses.radii, strict=True):
        way, square = np.diff(line, axis=0), np.diff(lengths_mm(line)) ** 2
        along = ((point_mm - line[:-1]) * way).sum(axis=1) / np.where(square > 0, square, 1.0)
        share = np.clip(along, 0.0, 1.0)
        away = np.linalg.norm(line[:-1] + share[:, None] * way - point_mm, axis=1)
        if not away.size:
            share, away = np.zeros(1), np.linalg.norm(line - point_mm, axis=1)
        n = int(away.argmin())
        if away[n] < best[0]:
            radius = float(np.interp(n + share[n], np.arange(len(radii)), radii))
            best = float(away[n]), max(float(away[n]) - radius, 0.0), name
    return best


def _way(branch: KeptBranch, trees: Trees) -> Mask:
    """(B,) a branch and all that feed it; empty where it was not found."""
    names = trees[branch.tree].names if branch.tree and branch.name else ()
    return np.array([hangs_on(branch.name, name) for name in names], dtype=np.bool_)


def _keepers(
    tree: VesselTree, courses: Courses, branches: Sequence[KeptBranch], ways: Sequence[Mask]
) -> Numbers:
    keepers = np.full(len(courses.names), -1)
    known = [n for n, one in enumerate(branches) if one.tree == tree and one.name]
    for n in reversed(known):
        keepers[ways[n]] = n
    for n in known:
        keepers[courses.names.index(branches[n].name)] = n
    for b in map(int, courses.order):  # what hangs on them owes them its blood, too
        if keepers[b] < 0 and courses.parents[b] >= 0:
            keepers[b] = keepers[courses.parents[b]]
    return keepers
