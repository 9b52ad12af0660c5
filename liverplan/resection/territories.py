"""What is lost with a vessel: the tissue that a cut branch feeds or drains.

Tissue without inflow (portal vein) or outflow (hepatic vein) stays in place and works no more, as
far as its territory tells: that is the nearest branch, and collaterals are unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from liverplan.errors import PlanError
from liverplan.resection.couinaud import branch_mask, by_branches
from liverplan.resection.maps import PartMap
from liverplan.resection.plan import Parts, Plan
from liverplan.segmentation.labels import Segmentation
from liverplan.segmentation.vessels import Branch

Tree = Literal["portal", "hepatic"]

MOST_BRANCHES = 255


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
        Middle lines as `liverplan.segmentation.vessels` finds them, named "1", "2", ... in their
        order; or each labelled branch's voxels by its name.
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
    if not isinstance(branches, Mapping):
        branches = {
            str(number): branch_mask(segmentation, np.array(branch.points_mm))
            for number, branch in enumerate(branches, 1)
        }
    return by_branches(segmentation, branches, scheme=tree)


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
    if beside is not None:
        cuts_beside, name = beside.cuts, beside.name
    else:
        cuts_beside, name = (), "vessels cut"
    if not cuts and not cuts_beside:
        raise PlanError("No branch is marked as cut, so nothing is lost.")
    return Plan(cuts=(*cuts_beside, *cuts), name=name)
