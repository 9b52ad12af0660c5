"""What one tree says of the other's names: veins out of place, or trees taken for each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np
import scipy

from liverplan.findings import Statement
from liverplan.resection.anatomy.named_tree import NamedTree
from liverplan.resection.anatomy.tree_names import TreeNames, VesselName
from liverplan.resection.anatomy.vessel_graph import VesselGraph

SWAPPED = 0.3
"""What remains of the confidence where the portal vein forks above the hepatic veins."""
SIDES: Final = {
    "right": ("right_portal", "right_anterior_portal", "right_posterior_portal"),
    "left": ("left_portal", "umbilical_portion", "left_medial_portal", "left_lateral_portal"),
}
PLACES: Final = {
    "right_hepatic": (0.75, 1.0),
    "middle_hepatic": (0.05, 0.95),
    "left_hepatic": (0.0, 0.25),
}
"""Share of a vein's course that lies nearer to the right portal branches than to the left."""
OFF = 0.3
"""A vein whose share is off by so much is hardly that vein."""
NEAR_MM = 20.0
"""So near the confluence all veins lie beside each other."""


def held_together(
    graphs: Mapping[str, VesselGraph], named: dict[str, TreeNames]
) -> dict[str, TreeNames]:
    """Return names of less confidence where the other tree speaks against them."""
    if named.keys() != {"portal", "hepatic"}:
        return named
    portal, hepatic = (
        NamedTree(graph=graphs[tree], names=named[tree]) for tree in ("portal", "hepatic")
    )
    confluence_mm = hepatic.fork_mm()
    if portal.fork_mm()[2] > confluence_mm[2]:
        reason = Statement.of("naming.trees_swapped")
        return {tree: _doubted(names, SWAPPED, reason) for tree, names in named.items()}
    courses = [portal.lines_mm(*keys) for keys in SIDES.values()]
    if not all(map(len, courses)):
        return named
    sides = list(map(scipy.spatial.cKDTree, courses))
    found = dict(hepatic.names.names)
    for key, (low, high) in PLACES.items():
        course = hepatic.lines_mm(key)
        course = course[np.linalg.norm(course - confluence_mm, axis=1) > NEAR_MM]
        if not len(course):
            continue
        right, left = (side.query(course)[0] for side in sides)
        among = float(np.mean(right < left))
        off = max(low - among, among - high)
        if off <= 0:
            continue
        reason = Statement.of("naming.out_of_place", share=among)
        for branch in hepatic.names.of(key):
            found[branch] = _less(found[branch], max(0.1, 1 - off / OFF), reason)
    return {**named, "hepatic": replace(hepatic.names, names=MappingProxyType(found))}


def _doubted(names: TreeNames, factor: float, reason: Statement) -> TreeNames:
    lowered = {branch: _less(name, factor, reason) for branch, name in names.names.items()}
    return replace(names, names=MappingProxyType(lowered))


def _less(name: VesselName, factor: float, reason: Statement) -> VesselName:
    return replace(name, confidence=factor * name.confidence, reasons=(*name.reasons, reason))
