"""What the branches of the portal tree and of the hepatic veins are called.

Names follow from where a branch's tissue lies in the patient (LPS), not from how forks are
numbered: the portal tree is divided into left and right, the right into anterior and posterior, the
left into medial and lateral; the hepatic veins by their angle about the cava. Where vessels or
forks are not as usual the confidence falls; below `SURE` a name is not said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from liverplan.findings import Statement
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.names_by_hand import with_given
from liverplan.resection.anatomy.territories import LUMEN, TREES
from liverplan.resection.anatomy.tree_names import TreeNames, VesselName
from liverplan.resection.anatomy.two_trees import held_together
from liverplan.resection.anatomy.vessel_graph import VesselGraph
from liverplan.resection.anatomy.vessel_sides import FAR_SHARE, WELL_APART, Sides, Usual, divided
from liverplan.segmentation.results import Mask
from liverplan.segmentation.vessels.branches import Branch, branches_of
from liverplan.volume import FloatArray, Grid

LEFTWARD, FORWARD = (0.94, -0.34, 0.0), (0.35, -0.94, 0.0)
"""Across the main portal fissure, and across the right one: directions, general knowledge."""
LEFT = Usual(share=0.33, sd=0.10)
"""33 +- 7 %: Abdalla, Surgery 2004;135:404 (general knowledge); wider for what vessels tell."""
ANTERIOR = Usual(share=0.60, sd=0.15)
"""5 and 8 in the right hemiliver: fact sheet, section 2, rough medians (13 + 26 of 64)."""
LATERAL = Usual(share=0.48, sd=0.17)
"""2 and 3 in the left hemiliver: 16 of 33 %, Abdalla as above."""
MIDDLE_AND_LEFT = Usual(share=0.58, sd=0.13)
LEFT_VEIN = Usual(share=0.42, sd=0.15)
"""Drained by the middle and left veins, and by the left of these: general knowledge."""
TRUNK_RADIUS, PORTAL_TRUNK_SHARE, CAVA_STUB_SHARE = 0.8, 0.08, 0.01
"""What is this thick beside the thickest at the root, and serves less of the liver than this, is
the portal trunk; a stub of the cava."""
CAVA_STUB_MM = 6.0
"""No stub of the cava is thinner."""
CAVA_MM, CAVA_SHARE = 7.5, 0.75
"""A hepatic tree's branch this thick, and of this share of the thickest radius, is the cava."""
SHORT_MM, LONG_MM = 20.0, 50.0
"""Middle and left vein share this much at most as a rule; beyond the second never."""
BEHIND_RAD = np.radians(150)
"""Angles about the cava begin behind it, left of the spine."""


def branches_in(
    maps: Mapping[str, PartMap], roots_mm: Mapping[str, ArrayLike] = MappingProxyType({})
) -> dict[str, tuple[Branch, ...]]:
    """Return the branches of the vessels among the maps of a liver, by tree.

    Parameters
    ----------
    maps : mapping of str to PartMap
        With the territories' middle lines, or with "vessels", in which they are then looked for.
    roots_mm : mapping of str to (n, 3) array
        By part of "vessels": LPS points in the trunks.
    """
    found: dict[str, tuple[Branch, ...]] = {}
    for tree, part in TREES.items():
        if tree in maps and maps[tree].lines:
            found[tree] = maps[tree].lines
        elif LUMEN in maps and part in maps[LUMEN].names:
            mask, grid = maps[LUMEN].mask([part]), maps[LUMEN].grid
            found[tree] = branches_of(mask, grid, roots_mm.get(part, ()))
    return found


def names_of_trees(
    branches: Mapping[str, Sequence[Branch]], liver: Mask, grid: Grid
) -> dict[str, TreeNames]:
    """Name the branches of both trees, or of the one that there is.

    Parameters
    ----------
    branches : mapping of str to sequence of Branch
        By tree: "portal", "hepatic", as `branches_of` finds them.
    liver : (k, j, i) bool array
        On the grid, lesions included.
    grid : Grid

    Returns
    -------
    dict of str to TreeNames
        For each tree that has branches; empty where the liver is.
    """
    if not liver.any():
        return {}
    return names_of_graphs(
        {tree: VesselGraph.of(found, liver, grid) for tree, found in branches.items() if found}
    )


def names_of_graphs(graphs: Mapping[str, VesselGraph]) -> dict[str, TreeNames]:
    """Name the branches of trees that hang on their roots; what a person called them holds."""
    made = {"portal": _portal_names, "hepatic": _hepatic_names}
    found = held_together(graphs, {tree: made[tree](graph) for tree, graph in graphs.items()})
    return {tree: with_given(graphs[tree], names) for tree, names in found.items()}


def _portal_names(graph: VesselGraph) -> TreeNames:
    naming = _Naming(graph=graph, tree="portal")
    trunk = _trunk(graph, PORTAL_TRUNK_SHARE)
    naming.put("portal_trunk", graph.under(trunk), 1.0)
    tops = [n for n in graph.tops if n not in trunk]
    main = divided(graph, tops, graph.points_mm @ np.array(LEFTWARD), LEFT)
    if main is None:
        return naming.done()
    reasons = _reasons(main, LEFT)
    naming.put("portal_trunk", main.shared, main.confidence, reasons)
    naming.put("right_portal", main.first, main.confidence, reasons)
    naming.put("left_portal", main.second, main.confidence, reasons)
    axis = graph.points_mm @ np.array(FORWARD)
    right = divided(graph, naming.tops(main.first), axis, ANTERIOR)
    if right is not None:
        sure, reasons = main.confidence * right.confidence, _reasons(right, ANTERIOR)
        naming.put("right_anterior_portal", right.second, sure, reasons)
        naming.put("right_posterior_portal", right.first, sure, reasons)
    left = divided(graph, naming.tops(main.second), graph.points_mm[:, 0], LATERAL)
    if left is not None:
        sure, reasons = main.confidence * left.confidence, _reasons(left, LATERAL)
        naming.put("left_medial_portal", left.first, sure, reasons)
        naming.put("left_lateral_portal", left.second, sure, reasons)
        if len(left.shared) > 1:
            naming.put("umbilical_portion", left.shared[-1:], sure, reasons)
    return naming.done()


def _trunk(graph: VesselGraph, most_share: float, least_mm: float = 0.0) -> tuple[int, ...]:
    """Return branches at the root that are thick and hardly feed or drain: the way in or out."""
    thickest = max(graph.branches[n].radius_mm for n in graph.tops)
    return tuple(
        n
        for n in graph.tops
        if graph.branches[n].radius_mm >= max(least_mm, TRUNK_RADIUS * thickest)
        and graph.share_fraction([n]) < most_share
    )


def _hepatic_names(graph: VesselGraph) -> TreeNames:
    naming = _Naming(graph=graph, tree="hepatic")
    cava, stems = _cava(graph)
    naming.put("cava", cava, 1.0)
    if not stems:
        return naming.done()
    angle = _angle_about(graph, _confluence(graph, cava, stems))
    right = divided(graph, stems, angle, MIDDLE_AND_LEFT)
    if right is None:
        return naming.done()
    sure = right.confidence * _near_root(right)
    reasons = _reasons(right, MIDDLE_AND_LEFT)
    naming.put("", right.shared, 0.0)
    naming.put("right_hepatic", right.first, sure, reasons)
    naming.put("middle_and_left_hepatic", right.second, sure, reasons)
    left = divided(graph, naming.tops(right.second), angle, LEFT_VEIN)
    if left is not None:
        sure *= left.confidence * _near_root(left)
        reasons = _reasons(left, LEFT_VEIN)
        naming.put("middle_hepatic", left.first, sure, reasons)
        naming.put("left_hepatic", left.second, sure, reasons)
    return naming.done()


def _cava(graph: VesselGraph) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the branches that are the cava itself, and those that hang on it or on the root."""
    thickest = max(branch.radius_mm for branch in graph.branches)
    least = max(CAVA_MM, CAVA_SHARE * thickest)
    cava = list(_trunk(graph, CAVA_STUB_SHARE, CAVA_STUB_MM))
    stems = [n for n in graph.tops if n not in cava]
    while thick := [n for n in stems if graph.branches[n].radius_mm >= least]:
        stems = [n for n in stems if n not in thick]
        cava += thick
        stems += [child for n in thick for child in graph.children[n]]
    return tuple(cava), tuple(stems)


def _confluence(graph: VesselGraph, cava: tuple[int, ...], stems: tuple[int, ...]) -> FloatArray:
    """(3,) point where the veins join the cava: the middle of its parts, by what they drain."""
    ends = [graph.ahead_mm[n] for n in cava if set(graph.children[n]) & set(stems)]
    shares = [
        graph.share_fraction(set(graph.children[n]) & set(stems))
        for n in cava
        if set(graph.children[n]) & set(stems)
    ]
    if not ends or not sum(shares):
        return graph.root_mm
    return np.average(np.array(ends), axis=0, weights=shares)


def _angle_about(graph: VesselGraph, centre_mm: FloatArray) -> FloatArray:
    """(n,) angle of each point of the liver about the cava: right low, front between, left high."""
    away = graph.points_mm - centre_mm
    angle = np.arctan2(away[:, 0], -away[:, 1])
    return np.where(angle > BEHIND_RAD, angle - 2 * np.pi, angle)


def _near_root(sides: Sides) -> float:
    """How well two veins part near the cava, as main veins do (0.1-1)."""
    return float(np.clip((LONG_MM - sides.together_mm) / (LONG_MM - SHORT_MM), 0.1, 1))


def _reasons(sides: Sides, usual: Usual) -> tuple[Statement, ...]:
    found = []
    if sides.apart < WELL_APART:
        found.append(Statement.of("naming.overlap", share=1 - sides.apart))
    if abs(sides.share - usual.share) > 2 * usual.sd:
        found.append(Statement.of("naming.unusual_share", share=sides.share, usual=usual.share))
    if sides.changes > 1:
        found.append(Statement.of("naming.several_stems", number=sides.changes + 1))
    if sides.far_fraction > FAR_SHARE / 2:
        found.append(Statement.of("naming.not_seen", share=sides.far_fraction))
    return tuple(found)


class _Naming:
    """Names as they are found, the finer over the coarser."""

    def __init__(self, *, graph: VesselGraph, tree: str) -> None:
        self._graph, self._tree = graph, tree
        self._names = dict.fromkeys(range(len(graph.branches)), VesselName(key=""))
        self._above = {child: number for number, on in enumerate(graph.children) for child in on}

    def put(
        self,
        key: str,
        branches: Sequence[int],
        confidence: float,
        reasons: tuple[Statement, ...] = (),
    ) -> None:
        """Name branches; over a name that is sure, only by one that is sure as well."""
        name = VesselName(key=key, confidence=confidence, reasons=reasons)
        for number in branches:
            if name.sure or not self._names[number].sure or not key:
                self._names[number] = name

    def tops(self, branches: Sequence[int]) -> tuple[int, ...]:
        """Return those of some branches that hang on none of them."""
        return tuple(n for n in branches if self._above.get(n, -1) not in branches)

    def done(self) -> TreeNames:
        """Return the names by branch, each with whether it begins there."""
        names = {}
        for number, branch in enumerate(self._graph.branches):
            above = self._above.get(number, -1)
            begins = above < 0 or self._names[above].key != self._names[number].key
            names[branch.name] = replace(self._names[number], stem=begins)
        return TreeNames(tree=self._tree, names=MappingProxyType(names))
