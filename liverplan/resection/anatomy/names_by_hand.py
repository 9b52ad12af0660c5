"""What persons called branches by anatomy, over what the shape of the tree tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from liverplan.errors import PlanError
from liverplan.findings import Statement
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.tree_names import (
    HEPATIC,
    PORTAL,
    TREE_NAMES,
    TreeNames,
    VesselName,
)
from liverplan.resection.anatomy.vessel_graph import VesselGraph

NO_NAME: Final = "none"
"""What a person calls a branch that is none of `TREE_NAMES`, as an accessory vein."""

_LEFT: Final = ("left_medial_portal", "left_lateral_portal")
PARTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "portal_trunk": PORTAL[1:],
        "right_portal": ("right_anterior_portal", "right_posterior_portal"),
        "left_portal": ("umbilical_portion", *_LEFT),
        "umbilical_portion": _LEFT,
        "cava": HEPATIC[1:],
        "middle_and_left_hepatic": ("middle_hepatic", "left_hepatic"),
    }
)
"""What hangs on a branch of a name and may have a name of its own."""
TRUNKS: Final = ("portal_trunk", "cava")
"""What hangs on these is no part of them."""


def with_given(graph: VesselGraph, names: TreeNames) -> TreeNames:
    """Call branches what persons called them, and so what hangs on them.

    What hangs on such a branch keeps its own name where that is of a part of it: on a right portal
    vein the anterior branch stays what it is.
    """
    if not any(branch.called for branch in graph.branches):
        return names
    found = {branch.name: names.names[branch.name] for branch in graph.branches}
    stem: dict[str, bool] = {}
    unnamed = VesselName(key="")
    waiting: list[tuple[int, VesselName | None, VesselName]] = [
        (n, None, unnamed) for n in graph.tops
    ]
    while waiting:
        number, given, above = waiting.pop()
        branch = graph.branches[number]
        own = found[branch.name]
        if branch.called:
            own = given = _given(branch.called, branch.called_by)
        elif given is not None and own.sure and own.key in PARTS.get(given.key, ()):
            given = None
        elif given is not None and given.key not in TRUNKS:
            own = given
        found[branch.name] = own
        stem[branch.name] = (own.key, own.sure) != (above.key, above.sure)
        waiting += [(child, given, own) for child in graph.children[number]]
    made = {name: replace(one, stem=stem.get(name, one.stem)) for name, one in found.items()}
    return replace(names, names=MappingProxyType(made))


def _given(key: str, by: str) -> VesselName:
    reasons = (Statement.of("naming.given", who=by),)
    return VesselName(key="" if key == NO_NAME else key, confidence=1.0, reasons=reasons, by=by)


def named_by_hand(part_map: PartMap, branch: str, key: str, by: str) -> PartMap:
    """Return a map of territories in which a person has named a branch.

    Parameters
    ----------
    part_map : PartMap
        Of scheme "portal" or "hepatic", with its middle lines.
    branch : str
        By its way from the root, e.g. "1.2".
    key : str
        One of the tree's `TREE_NAMES`; "none" where it is none of them; "" takes back what was
        said of it.
    by : str
        Who says so.

    Raises
    ------
    PlanError
        If there is no such branch, no such name in this tree, or nobody says so.
    """
    known = TREE_NAMES.get(part_map.scheme, ())
    if key and key not in (*known, NO_NAME):
        raise PlanError(
            f"{key!r} is no name of a {part_map.scheme} branch; these are: {', '.join(known)}."
        )
    if branch not in {line.name for line in part_map.lines}:
        raise PlanError(f"The {part_map.scheme} tree has no branch {branch} to be named.")
    if key and not by.strip():
        raise PlanError("A branch is named by a person, and nobody is given.")
    lines = tuple(
        replace(line, called=key, called_by=by if key else "") if line.name == branch else line
        for line in part_map.lines
    )
    return replace(part_map, lines=lines)
