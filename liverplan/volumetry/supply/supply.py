"""What a plan costs in blood supply: which branches it divides, and which tissue they leave.

A cut severs a branch where its middle line, inside the liver, passes between what stays and what is
taken out; the place is found on the line by the cuts' own functions, to a hundredth of a
millimetre. From the first point on its way from the root that lies in tissue that is taken out, a
vessel carries nothing: tissue that stays and hangs on it beyond has lost its inflow or its outflow.
A tree that hangs on roots in the liver which are all taken out tells nothing: no plan takes hilum
or cava out, so they are no true roots, but clicks somewhere in the tree.
Tissue hangs on the nearest stretch of its nearest branch. Ablated tissue counts as in place: large
vessels in it stay open. Marked territories (`Parts`) have left the remnant already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from liverplan.findings import SeveredBranch, Vessels, VesselTree
from liverplan.resection.anatomy.courses import STEP_MM, Courses
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.territories import TREES
from liverplan.resection.anatomy.tree_names import TreeNames
from liverplan.resection.anatomy.vessel_names import names_of_trees
from liverplan.resection.cuts.base import Voxels
from liverplan.resection.plan import Plan
from liverplan.segmentation.vessels.branches import Branch
from liverplan.volume import FloatArray
from liverplan.volumetry.shapes.distance import removal
from liverplan.volumetry.shapes.plan_index import KEPT, PlanIndex
from liverplan.volumetry.supply.kernels import walk
from liverplan.volumetry.supply.tissue import LABELS, Tissue

UNSUPPLIED = "unsupplied"
"""Scheme, and only part, of the map of what a plan leaves without blood."""

ROOTLESS_SHARE = 0.9
"""Of a tree's length on roots that are taken out, from which on it tells nothing."""

_HALVINGS = 6
"""Of the step between two points of a line: 0.1 mm becomes 0.002 mm."""

Mask = NDArray[np.bool_]
Thresholds = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Walk:
    """What a plan does to one tree: see `kernels.walk`; ``along_mm`` (B,) where it is crossed.

    ``rootless``: its roots are taken out, so that nothing is told of it.
    """

    crossed: NDArray[np.int64]
    lost: NDArray[np.int64]
    owner: NDArray[np.int64]
    owns: Mask
    along_mm: FloatArray
    limits: Thresholds
    rootless: bool


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
        walks = self._walks(index, plan)
        limits = np.stack([one.limits for one in walks.values()])
        lost = self.tissue.without_blood(limits, plan.rows(), self._mask(index, plan.voxels))
        either, lost[0, 0] = float(lost[0, 0, 0]), 0.0
        totals = dict(zip(walks, lost.sum(axis=(1, 2)), strict=True))
        found = [
            replace(branch, called=_called(self.names, branch))
            for (name, one), ml in zip(walks.items(), lost, strict=True)
            for branch in _severed(name, self.courses[name], one, ml)
        ]
        return Vessels(
            trees=tuple(name for name, one in walks.items() if not one.rootless),
            rootless=tuple(name for name, one in walks.items() if one.rootless),
            severed=tuple(sorted(found, key=lambda one: (-one.lost_ml, one.tree, one.name))),
            without_inflow_ml=float(totals.get("portal", 0.0)),
            without_outflow_ml=float(totals.get("hepatic", 0.0)),
            without_either_ml=either,
        )

    def unsupplied(self, index: PlanIndex, plan: Plan) -> PartMap:
        """Return the map of the tissue that a plan leaves without blood, whether it stays or not.

        Scheme and only part are called `UNSUPPLIED`.
        """
        limits = np.stack([one.limits for one in self._walks(index, plan).values()])
        grid = index.segmentation.grid
        labels = self.tissue.beyond(limits, grid.shape).astype(np.uint8)
        return PartMap(scheme=UNSUPPLIED, grid=grid, labels=labels, names=(UNSUPPLIED,))

    def _walks(self, index: PlanIndex, plan: Plan) -> dict[VesselTree, Walk]:
        cutting = plan.removing.not_ablating
        return {name: _walked(index, cutting, one) for name, one in self.courses.items()}

    def _mask(self, index: PlanIndex, parts: tuple[Voxels, ...]) -> Mask:
        """Functional voxels that parts and sheets leave, by blocks; kept for a drag."""
        if not parts:
            return self.tissue.mask
        if (index, parts) not in self._masks:
            if len(self._masks) >= KEPT:
                self._masks.clear()
            self._masks[index, parts] = self.tissue.without(index.part_mask(parts))
        return self._masks[index, parts]


def _called(names: Mapping[str, TreeNames], branch: SeveredBranch) -> str:
    """Return the key of a branch's anatomical name; "" where that is not sure."""
    known = names[branch.tree].names.get(branch.name) if branch.tree in names else None
    return known.key if known is not None and known.sure else ""


def known_trees(maps: Mapping[str, PartMap]) -> dict[VesselTree, PartMap]:
    """Return the territories whose branches' middle lines are known."""
    return {tree: maps[tree] for tree in TREES if tree in maps and maps[tree].lines}


def _walked(index: PlanIndex, plan: Plan, courses: Courses) -> Walk:
    gone = _gone(index, plan, courses.points_mm)
    rootless = _is_rootless(courses, gone)
    if rootless:
        gone = np.zeros_like(gone)
    crossed, before, lost, owner, owns = walk(courses.order, courses.parents, courses.starts, gone)
    along = _crossings(index, plan, courses, crossed, before, gone)
    limits = np.full((2, LABELS), np.inf, dtype=np.float32)
    for b in np.flatnonzero(lost != -1):
        here = lost[b] == crossed[b]
        start = along[b] if here else courses.along_mm[lost[b]]
        limits[0, b + 1] = -np.inf if lost[b] == -2 else start
    limits[1, 1 : len(owns) + 1][owns] = along[owns]
    return Walk(
        crossed=crossed,
        lost=lost,
        owner=owner,
        owns=owns,
        along_mm=along,
        limits=limits,
        rootless=rootless,
    )


def _is_rootless(courses: Courses, gone: Mask) -> bool:
    """Whether nearly all of a tree hangs on roots within the liver that are taken out.

    ``gone``: (N,) of each of its points in the liver.
    """
    lengths = np.diff(courses.starts)
    taken = {
        name
        for name, parent, start, length in zip(
            courses.names, courses.parents, courses.starts, lengths, strict=False
        )
        if parent < 0 and length and courses.along_mm[start] == 0 and gone[start]
    }
    hanging = [name.partition(".")[0] in taken for name in courses.names]
    return bool(taken) and float(lengths[hanging].sum()) >= ROOTLESS_SHARE * float(lengths.sum())


def _gone(index: PlanIndex, plan: Plan, points_mm: FloatArray) -> Mask:
    """(N,) whether LPS points in the liver lie in tissue that a plan takes out."""
    gone = removal(plan)(points_mm) < 0
    if plan.voxels:
        voxels = np.rint(index.segmentation.grid.to_index(points_mm)).astype(np.int64)
        gone |= ~index.taken(plan.voxels).left.holds(voxels)
    return np.asarray(gone)


def _crossings(
    index: PlanIndex,
    plan: Plan,
    courses: Courses,
    crossed: NDArray[np.int64],
    before: NDArray[np.int64],
    gone: Mask,
) -> FloatArray:
    """(B,) how far along each branch the cut crosses it first, mm; infinity where it does not."""
    found = np.full(len(crossed), np.inf)
    at = np.flatnonzero(crossed >= 0)
    if not at.size:
        return found
    after, last = crossed[at], before[at]
    found[at] = courses.along_mm[after]
    apart = courses.along_mm[after] - courses.along_mm[last]
    near = (last >= courses.starts[at]) & (apart < 1.5 * STEP_MM)  # else it left the liver between
    at, after, last = at[near], after[near], last[near]
    low, high = np.zeros(len(at)), np.ones(len(at))
    start, way = courses.points_mm[last], courses.points_mm[after] - courses.points_mm[last]
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        passed = _gone(index, plan, start + middle[:, None] * way) == gone[after]
        low, high = np.where(passed, low, middle), np.where(passed, middle, high)
    found[at] = courses.along_mm[last] + high * (courses.along_mm[after] - courses.along_mm[last])
    return found


def _severed(
    tree: VesselTree, courses: Courses, walked: Walk, lost_ml: FloatArray
) -> list[SeveredBranch]:
    """List a tree's branches that are crossed; (256, 2) mL go to the divisions that cost them."""
    count = len(courses.names)
    costs = np.zeros(count + 1)  # the last: what goes with branches that nothing crosses
    np.add.at(costs, walked.owner, lost_ml[1 : count + 1, 0])
    costs[:count] += lost_ml[1 : count + 1, 1]
    found = []
    for b in map(int, np.flatnonzero(walked.crossed >= 0)):
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
