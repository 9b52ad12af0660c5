"""What a plan costs in blood supply: which branches it divides, and which tissue they leave.

A cut severs a branch where its middle line, inside the liver, passes between what stays and what is
taken out; the place is found on the line by the cuts' own functions, to a hundredth of a
millimetre. From the first point on its way from the root that lies in tissue that is taken out, a
vessel carries nothing: tissue that stays and hangs on it beyond has lost its inflow or its outflow.
A tree that hangs on roots in the liver which are all taken out tells nothing: no plan takes hilum
or cava out, so they are no true roots, but clicks somewhere in the tree.
A branch that the surgeon keeps, and all that feeds it, carries blood wherever it runs: crossings on
it are spared. What hangs on it is judged by its own crossings.
Tissue hangs on the nearest stretch of its nearest branch. Ablated tissue counts as in place: large
vessels in it stay open. Marked territories (`Parts`) have left the remnant already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self, TypeVar

import numpy as np

from liverplan.findings import KeptBranch, SeveredBranch, SparedCrossing, Vessels, VesselTree
from liverplan.resection.anatomy.courses import Courses
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.territories import TREES
from liverplan.resection.anatomy.tree_names import TreeNames
from liverplan.resection.anatomy.vessel_names import names_of_trees
from liverplan.resection.cuts.base import Voxels
from liverplan.resection.kept import KeptVessel
from liverplan.resection.plan import Plan
from liverplan.segmentation.vessels.branches import Branch
from liverplan.volume import FloatArray
from liverplan.volumetry.shapes.plan_index import KEPT, PlanIndex
from liverplan.volumetry.supply.keeping import Keeping
from liverplan.volumetry.supply.tissue import Tissue
from liverplan.volumetry.supply.walks import Mask, Walk, walked

Found = TypeVar("Found", SeveredBranch, KeptBranch, SparedCrossing)

UNSUPPLIED = "unsupplied"
"""Scheme, and only part, of the map of what a plan leaves without blood."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Supply:
    """The vessel trees of a liver, made ready for plans of any cuts.

    Parameters
    ----------
    maps : mapping of str to PartMap
        The territories whose middle lines are known.
    courses : mapping of str to Courses
        By tree.
    tissue : Tissue
    names : mapping of str to TreeNames
        What the branches of each tree are called by anatomy.
    """

    maps: Mapping[VesselTree, PartMap]
    courses: Mapping[VesselTree, Courses]
    tissue: Tissue
    names: Mapping[str, TreeNames]
    _masks: dict[tuple[PlanIndex, tuple[Voxels, ...]], Mask] = field(default_factory=dict)
    _keepings: dict[tuple[KeptVessel, ...], Keeping] = field(default_factory=dict)

    @classmethod
    def of(cls, index: PlanIndex) -> Self | None:
        """Make the trees of an index's maps ready; None if no middle line is known."""
        maps = known_trees(index.maps)
        if not maps or not index.functional.total:
            return None
        courses = {name: Courses.of(one.lines, index.segmentation) for name, one in maps.items()}
        tissue = Tissue.of(index.functional, maps, courses)
        lines: dict[str, tuple[Branch, ...]] = {name: one.lines for name, one in maps.items()}
        names = names_of_trees(lines, index.segmentation.liver, index.segmentation.grid)
        return cls(maps=maps, courses=courses, tissue=tissue, names=names)

    def cost(self, index: PlanIndex, plan: Plan) -> Vessels:
        """Tell what a plan severs, and what that costs.

        Raises
        ------
        PlanError
            If the plan names parts of a map that is not at hand.
        """
        if not plan.is_flat:
            index.remnant_ml(plan)  # asked for anyway; what it clips need not be clipped again
        keeping = self.keeping(plan.kept)
        walks = self._walks(index, plan, keeping)
        limits = np.stack([one.limits for one in walks.values()])
        found_ml = self.tissue.without_blood(limits, plan.rows(), self._mask(index, plan.voxels))
        drawn, either = map(float, found_ml[0, 0, :2])
        found_ml[0, 0] = 0.0
        saved, lost = found_ml[:, :, 0], found_ml[:, :, 1:]
        totals = dict(zip(walks, lost.sum(axis=(1, 2)), strict=True))
        found = [
            self._named(branch)
            for (name, one), ml in zip(walks.items(), lost, strict=True)
            for branch in _severed(name, self.courses[name], one, ml, keeping.whole[name])
        ]
        return Vessels(
            trees=tuple(name for name, one in walks.items() if not one.rootless),
            rootless=tuple(name for name, one in walks.items() if one.rootless),
            severed=tuple(sorted(found, key=lambda one: (-one.lost_ml, one.tree, one.name))),
            without_inflow_ml=float(totals.get("portal", 0.0)),
            without_outflow_ml=float(totals.get("hepatic", 0.0)),
            without_either_ml=either,
            kept=self._kept(keeping, walks, saved),
            spared=tuple(self._spared(keeping, walks)),
            by_word_ml=max(drawn - either, 0.0),
        )

    def keeping(self, kept: tuple[KeptVessel, ...]) -> Keeping:
        """Find kept branches on the trees; kept for a drag."""
        found = self._keepings.get(kept)  # a search in another thread may clear what is kept
        if found is None:
            if len(self._keepings) >= KEPT:
                self._keepings.clear()
            found = self._keepings[kept] = Keeping.of(kept, self.courses)
        return found

    def middle_mm(self, tree: VesselTree, branch: str) -> tuple[float, float, float]:
        """Return the LPS point halfway along a branch, which no other branch comes so near to."""
        courses = self.courses[tree]
        number = courses.names.index(branch)
        point, _ = courses.at_mm(number, float(courses.away_mm[number][-1]) / 2)
        return float(point[0]), float(point[1]), float(point[2])

    def _kept(
        self, keeping: Keeping, walks: Mapping[VesselTree, Walk], saved_ml: FloatArray
    ) -> tuple[KeptBranch, ...]:
        """Return the kept branches; (T, 256) keeps its blood by the surgeon's word alone."""
        if not keeping.branches:
            return ()
        by_branch = {
            name: own[1 : len(self.courses[name].names) + 1]
            for name, own in zip(walks, saved_ml, strict=True)
        }
        crossed = {name: one.crossed >= 0 for name, one in walks.items()}
        return tuple(self._named(one) for one in keeping.costing(crossed, by_branch))

    def _spared(
        self, keeping: Keeping, walks: Mapping[VesselTree, Walk]
    ) -> Iterator[SparedCrossing]:
        """Give the crossings that do not count, tree by tree from the root on."""
        for name, one in walks.items():
            courses, whole = self.courses[name], keeping.whole[name]
            for b in map(int, np.flatnonzero((one.crossed >= 0) & whole)):
                point, radius = courses.at_mm(b, float(one.along_mm[b]))
                crossing = SparedCrossing(
                    name=courses.names[b],
                    radius_mm=radius,
                    tree=name,
                    point_mm=(float(point[0]), float(point[1]), float(point[2])),
                    for_branch=keeping.branches[keeping.keepers[name][b]].name,
                )
                yield self._named(crossing)

    def _named(self, branch: Found) -> Found:
        """Return a branch with its anatomical name, where that is sure."""
        known = self.names[branch.tree].names.get(branch.name) if branch.tree else None
        if known is None or not known.sure:
            return branch
        return replace(branch, called=known.key, stem=known.stem, called_by=known.by)

    def unsupplied(self, index: PlanIndex, plan: Plan) -> PartMap:
        """Return the map of the tissue that a plan leaves without blood, whether it stays or not.

        Scheme and only part are called `UNSUPPLIED`.
        """
        walks = self._walks(index, plan, self.keeping(plan.kept))
        limits = np.stack([one.limits for one in walks.values()])
        grid = index.segmentation.grid
        labels = self.tissue.beyond(limits, grid.shape).astype(np.uint8)
        return PartMap(scheme=UNSUPPLIED, grid=grid, labels=labels, names=(UNSUPPLIED,))

    def _walks(self, index: PlanIndex, plan: Plan, keeping: Keeping) -> dict[VesselTree, Walk]:
        cutting = plan.removing.not_ablating
        return {
            name: walked(index, cutting, one, keeping.whole[name])
            for name, one in self.courses.items()
        }

    def _mask(self, index: PlanIndex, parts: tuple[Voxels, ...]) -> Mask:
        """Functional voxels that parts and sheets leave, by blocks; kept for a drag."""
        if not parts:
            return self.tissue.mask
        found = self._masks.get((index, parts))
        if found is None:
            if len(self._masks) >= KEPT:
                self._masks.clear()
            found = self._masks[index, parts] = self.tissue.without(index.part_mask(parts))
        return found


def known_trees(maps: Mapping[str, PartMap]) -> dict[VesselTree, PartMap]:
    """Return the territories whose branches' middle lines are known."""
    return {tree: maps[tree] for tree in TREES if tree in maps and maps[tree].lines}


def _severed(
    tree: VesselTree, courses: Courses, walked: Walk, lost_ml: FloatArray, whole: Mask
) -> list[SeveredBranch]:
    """List a tree's branches that are crossed and not (B,) whole.

    (256, 2) mL go to the divisions that cost them.
    """
    count = len(courses.names)
    costs = np.zeros(count + 1)  # the last: what goes with branches that nothing crosses
    np.add.at(costs, walked.owner, lost_ml[1 : count + 1, 0])
    costs[:count] += lost_ml[1 : count + 1, 1]
    found = []
    for b in map(int, np.flatnonzero((walked.crossed >= 0) & ~whole)):
        point, radius = courses.at_mm(b, float(walked.along_mm[b]))
        ml, on = float(costs[b]), int(walked.owner[b])
        found.append(
            SeveredBranch(
                name=courses.names[b],
                radius_mm=radius,
                feeds_ml=ml if tree == "portal" else 0.0,
                drains_ml=ml if tree == "hepatic" else 0.0,
                tree=tree,
                point_mm=(float(point[0]), float(point[1]), float(point[2])),
                hangs_on=courses.names[on] if on >= 0 and not walked.owns[b] else "",
            )
        )
    return found
