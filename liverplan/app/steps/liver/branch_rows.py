"""The branches that a person looks at: what is named, loose pieces, and what is unsure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from liverplan.findings import Statement, VesselTree
from liverplan.resection.anatomy.maps import PartMap, hangs_on
from liverplan.resection.anatomy.tree_names import TreeNames, VesselName
from liverplan.segmentation.vessels.branches import Branch
from liverplan.volumetry.supply.supply import known_trees

SURE, FAIRLY_SURE = 0.85, 0.6
"""From so much confidence on a branch counts as sure on screen; less than the second is unsure.

Of a vessel 0.5 means that it is as likely one of the other tree."""

Level = Literal["unsure", "fairly sure", "sure", "named"]
LEVELS: tuple[Level, ...] = ("unsure", "fairly sure", "sure", "named")
"""In the order of the list; the last was said by a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRow:
    """A branch as the list shows it.

    Parameters
    ----------
    tree : {"portal", "hepatic"}
    line : Branch
        Its way from the root, its course, and how sure it is that it is a vessel of this tree.
    name : VesselName
        What it is called by anatomy, and how sure that is.
    said : Statement
        What to call it.
    """

    tree: VesselTree
    line: Branch
    name: VesselName
    said: Statement

    @property
    def key(self) -> tuple[VesselTree, str]:
        """By which it is known on screen."""
        return self.tree, self.line.name

    @property
    def confidence(self) -> float:
        """How sure it is: as its name, and as that it is a vessel of its tree at all (0-1)."""
        told = 1.0 if self.line.confidence is None else self.line.confidence
        return min(told, self.name.confidence) if self.name.key else told

    @property
    def level(self) -> Level:
        """The confidence in words."""
        if self.line.called:
            return "named"
        if self.confidence >= SURE:
            return "sure"
        return "fairly sure" if self.confidence >= FAIRLY_SURE else "unsure"

    @property
    def point_mm(self) -> tuple[float, float, float]:
        """The (x, y, z) LPS point of its course that lies in its middle."""
        return self.line.points_mm[len(self.line.points_mm) // 2]


def rows_of(
    maps: Mapping[str, PartMap],
    names: Mapping[str, TreeNames],
    chosen: tuple[VesselTree, str] | None = None,
) -> tuple[BranchRow, ...]:
    """List where names begin, trunks, loose pieces, and what may be no vessel; the unsure first.

    ``chosen``: a branch that is listed whatever it is.
    """
    rows = [
        row
        for tree, part_map in known_trees(maps).items()
        if tree in names
        for row in _of_tree(tree, part_map.lines, names[tree], chosen)
    ]
    return tuple(sorted(rows, key=_order))


def _of_tree(
    tree: VesselTree,
    lines: Iterable[Branch],
    names: TreeNames,
    chosen: tuple[VesselTree, str] | None,
) -> Iterable[BranchRow]:
    ordered = sorted(lines, key=lambda one: one.name)
    likeliest = _longest_doubted(ordered, names)
    doubted = ""
    for line in ordered:
        name = names.names.get(line.name, VesselName(key=""))
        doubtful = line.confidence is not None and line.confidence < FAIRLY_SURE
        begins = doubtful and not (doubted and hangs_on(line.name, doubted))
        if begins:
            doubted = line.name
        named = name.stem and name.sure and line.length_mm > 0  # a root in a fork has no length
        root = "." not in line.name and line.length_mm > 0
        chosen_one = bool(line.called) or (tree, line.name) == chosen or line.name in likeliest
        if named or begins or root or chosen_one:
            yield BranchRow(tree=tree, line=line, name=name, said=names.said(line.name))


def _longest_doubted(lines: Sequence[Branch], names: TreeNames) -> frozenset[str]:
    """Return for each name that nothing surely bears the longest branch that may begin it."""
    found: dict[str, Branch] = {}
    for line in lines:
        name = names.names.get(line.name, VesselName(key=""))
        if name.key and not name.sure and name.stem:
            known = found.get(name.key)
            if known is None or line.length_mm > known.length_mm:
                found[name.key] = line
    return frozenset(line.name for key, line in found.items() if not names.of(key))


def _order(row: BranchRow) -> tuple[int, bool, float]:
    return LEVELS.index(row.level), row.tree == "hepatic", -row.line.radius_mm
