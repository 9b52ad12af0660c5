"""What is lost with a vessel: the tissue that a cut branch and all that hangs on it feed or drain.

Tissue without inflow (portal vein) or outflow (hepatic vein) stays in place and works no more, as
far as its territory tells: that is the nearest branch, and collaterals are unknown. A branch counts
as cut where it begins; with it goes every branch whose name begins with its own (`PartMap.mask`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liverplan.errors import PlanError
from liverplan.resection.anatomy.couinaud import branch_voxels, by_branches
from liverplan.resection.anatomy.maps import PartMap, hangs_on
from liverplan.resection.anatomy.nearest_lines import nearest_lines
from liverplan.resection.cuts.parts import Parts
from liverplan.resection.plan import Plan
from liverplan.segmentation.boxes import bounding_box, ends_of
from liverplan.segmentation.labels import Segmentation
from liverplan.segmentation.vessels.branches import Branch, branches_of
from liverplan.volume import FloatArray, Grid

Tree = Literal["portal", "hepatic"]

LUMEN: Final = "vessels"
"""Scheme of the map of the vessels themselves."""
TREES: Final[Mapping[Tree, str]] = MappingProxyType(
    {"portal": "portal vein", "hepatic": "hepatic veins"}
)
"""A tree's part of that map, by the scheme of its territories."""
MOST_BRANCHES = 255
CLICK_MM = 6.0
"""So near a vessel must be to a point that means it."""


def territory_maps(
    segmentation: Segmentation,
    lumen: PartMap,
    roots_mm: Mapping[str, ArrayLike] = MappingProxyType({}),
) -> dict[str, PartMap]:
    """Divide the liver by the branches of the vessels that are marked.

    Parameters
    ----------
    segmentation : Segmentation
    lumen : PartMap
        Scheme "vessels", with the parts "portal vein", "hepatic veins" or one of them.
    roots_mm : mapping of str to (n, 3) array
        By part: LPS points in the trunks; a tree without one is rooted at its thickest end.

    Returns
    -------
    dict of str to PartMap
        "portal", "hepatic": as far as there is such a tree. Branches are named as
        `liverplan.segmentation.vessels.branches` says.
    """
    found: dict[str, PartMap] = {}
    for tree, name in TREES.items():
        if name not in lumen.names:
            continue
        branches = branches_of(lumen.mask([name]), lumen.grid, roots_mm.get(name, ()))
        if branches:
            found[tree] = territories(segmentation, branches, tree)
    return found


def territories(
    segmentation: Segmentation,
    branches: Sequence[Branch] | Mapping[str, NDArray[np.bool_]],
    tree: Tree,
) -> PartMap:
    """Give each liver voxel to the nearest branch of a vessel tree.

    Parameters
    ----------
    segmentation : Segmentation
    branches : sequence of Branch, or mapping of str to (k, j, i) bool array
        Middle lines as `branches_of` finds them; or each labelled branch's voxels by its name.
    tree : str
        "portal" (inflow) or "hepatic" (outflow): the map's scheme.

    Raises
    ------
    PlanError
        If there is no branch, there are more than 255, or one lies nowhere on the grid.
    """
    if len(branches) > MOST_BRANCHES:
        raise PlanError(
            f"A map holds at most {MOST_BRANCHES} branches, and there are {len(branches)}."
        )
    if isinstance(branches, Mapping):
        return by_branches(segmentation, branches, scheme=tree)
    for branch in branches:
        if branch_voxels(segmentation.grid, np.array(branch.points_mm))[0].size == 0:
            raise PlanError(f"The vessel branch {branch.name!r} is empty or lies on another grid.")
    grid, box = segmentation.grid, bounding_box(segmentation.labels)
    labels = np.zeros(grid.shape, dtype=np.uint8)
    lines = [np.array(branch.points_mm, dtype=np.float64) for branch in branches]
    affine = grid.crop(*ends_of(box)).affine
    labels[box] = nearest_lines(segmentation.liver[box], affine, lines)  # a fork is the trunk's
    return PartMap(
        scheme=tree,
        grid=grid,
        labels=labels,
        names=tuple(branch.name for branch in branches),
        lines=tuple(branches),
    )


def branch_at(
    maps: Mapping[str, PartMap], point_mm: ArrayLike, *, within_mm: float = CLICK_MM
) -> tuple[Tree, str]:
    """Return the tree and the branch that a point means: that of the nearest vessel.

    Parameters
    ----------
    maps : mapping of str to PartMap
        With "vessels", "portal" and "hepatic", as far as there are any.
    point_mm : (3,) array
        LPS.

    Raises
    ------
    PlanError
        If no vessel with a territory lies within so many millimetres.
    """
    point = np.asarray(point_mm, dtype=np.float64)
    best: tuple[float, Tree, str] | None = None
    for tree, name in TREES.items():
        if tree not in maps or LUMEN not in maps or name not in maps[LUMEN].names:
            continue
        part_map, number = maps[tree], maps[LUMEN].names.index(name) + 1
        start, around = _around(part_map.grid, point, within_mm)
        inside = (maps[LUMEN].labels[around] == number) & (part_map.labels[around] > 0)
        voxels = np.argwhere(inside) + start
        away = np.linalg.norm(part_map.grid.to_mm(voxels) - point, axis=1)
        if len(voxels) and (best is None or away.min() < best[0]):
            nearest = tuple(voxels[away.argmin()])
            best = float(away.min()), tree, part_map.names[part_map.labels[nearest] - 1]
    if best is None or best[0] > within_mm:
        place = ", ".join(f"{x:.1f}" for x in point)
        raise PlanError(f"No vessel inside the liver lies within {within_mm:g} mm of {place} mm.")
    return best[1], best[2]


def _around(
    grid: Grid, point_mm: FloatArray, reach_mm: float
) -> tuple[NDArray[np.int64], tuple[slice, ...]]:
    """Return a box of voxels round a point: its first voxel, and the box as slices."""
    at, reach = grid.to_index(point_mm), np.ceil(reach_mm / np.array(grid.spacing_mm))
    start = np.clip(np.floor(at - reach), 0, grid.shape).astype(np.int64)
    stop = np.clip(np.ceil(at + reach) + 1, 0, grid.shape).astype(np.int64)
    return start, tuple(slice(int(a), int(b)) for a, b in zip(start, stop, strict=True))


def toggled(cut: Sequence[str], branch: str) -> tuple[str, ...]:
    """Return the branches that are cut once another is marked, or its mark taken back.

    What hangs on a marked branch needs no mark of its own.
    """
    if branch in cut:
        return tuple(name for name in cut if name != branch)
    if any(hangs_on(branch, name) for name in cut):
        return tuple(cut)
    return (*(name for name in cut if not hangs_on(name, branch)), branch)


def cut_branches(
    *, portal: Iterable[str] = (), hepatic: Iterable[str] = (), beside: Plan | None = None
) -> Plan:
    """Return the plan in which branches are cut: tissue that loses inflow or outflow leaves.

    Parameters
    ----------
    portal, hepatic : names of branches
        On the "portal" and the "hepatic" map. What both lose counts once: a plan is a union.
    beside : Plan, optional
        Cuts that are made as well.

    Raises
    ------
    PlanError
        If nothing is cut at all.
    """
    marked: tuple[tuple[Tree, tuple[str, ...]], ...] = (
        ("portal", tuple(portal)),
        ("hepatic", tuple(hepatic)),
    )
    cuts = tuple(Parts(scheme=tree, names=names) for tree, names in marked if names)
    whole = Plan(cuts=(), name="vessels cut") if beside is None else beside
    if not cuts and not whole.cuts:
        raise PlanError("No branch is marked as cut, so nothing is lost.")
    return replace(whole, cuts=(*whole.cuts, *cuts))
