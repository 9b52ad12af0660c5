"""Where the vessels run that a plan divides: each from the cut on, with all that hangs on it.

Beside them those that a cut crosses as it is drawn and the surgeon keeps: each from there on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from liverplan.findings import Vessels
from liverplan.resection.anatomy.courses import beyond
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation.vessels.branches import Branch
from liverplan.volume import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Divided:
    """A divided branch, or a kept one, as it is drawn.

    Parameters
    ----------
    point_mm : (x, y, z)
        Where the cut crosses it, LPS.
    lines_mm : tuple of (N, 3) arrays
        What of the vessel and its branches carries nothing any more, LPS; of a kept one its own
        course beyond the cut.
    kept : bool
    """

    point_mm: tuple[float, float, float]
    lines_mm: tuple[FloatArray, ...]
    kept: bool = False


def divided_courses(vessels: Vessels, maps: Mapping[str, PartMap]) -> tuple[Divided, ...]:
    """Return what is drawn of each divided branch; what hangs on another is part of that."""
    divided = tuple(
        Divided(
            point_mm=branch.point_mm,
            lines_mm=()
            if branch.hangs_on
            else beyond(maps[branch.tree].lines, branch.name, branch.point_mm),
        )
        for branch in vessels.severed
        if branch.tree in maps
    )
    spared = (
        Divided(
            point_mm=one.point_mm,
            lines_mm=beyond(_alone(maps[one.tree], one.name), one.name, one.point_mm),
            kept=True,
        )
        for one in vessels.spared
        if one.tree in maps
    )
    return (*divided, *spared)


def _alone(part_map: PartMap, name: str) -> tuple[Branch, ...]:
    return tuple(line for line in part_map.lines if line.name == name)
