"""Couinaud's segments from the portal branches that feed them: a point in each segment's branch.

Every branch that hangs on a segment's goes with it, and so does the tissue that these feed. What
hangs on the trunk between is given to the nearest segment.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self

import numpy as np

from liverplan import regular
from liverplan.errors import PlanError
from liverplan.resection.anatomy.couinaud import nearest_parts
from liverplan.resection.anatomy.maps import PartMap, hangs_on
from liverplan.resection.anatomy.named import SCHEME, SEGMENTS
from liverplan.resection.anatomy.territories import branch_at
from liverplan.segmentation.labels import Segmentation
from liverplan.volume import FloatArray, read_only

SCHEMA: Final = "liverplan.segment-branches/1"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SegmentBranches:
    """A point in the portal branch of each segment.

    Parameters
    ----------
    points_mm : mapping of str to (3,) array
        By segment ("1", "2", "3", "4a", "4b", "5" to "8"), LPS; two at least. A segment that is
        left out is counted to its neighbours.

    Raises
    ------
    PlanError
        If a name is no segment, or a point is not three numbers.
    """

    points_mm: Mapping[str, FloatArray]

    def __post_init__(self) -> None:
        unknown = [str(name) for name in self.points_mm if name not in SEGMENTS]
        if unknown:
            raise PlanError(
                f"No segment is called {', '.join(unknown)}; segments are {', '.join(SEGMENTS)}."
            )
        points, faults = {}, []
        for name in SEGMENTS:
            if name not in self.points_mm:
                continue
            try:
                point = np.array(self.points_mm[name], dtype=np.float64).reshape(-1)
            except (TypeError, ValueError):
                point = np.empty(0)
            if point.shape != (3,) or not np.isfinite(point).all():
                faults.append(name)
                continue
            read_only(point)
            points[name] = point
        if faults:
            raise PlanError(
                f"The points of these segments are not three numbers: {', '.join(faults)}."
            )
        if len(points) < 2:
            raise PlanError("Segments need the portal branches of two of them at least.")
        object.__setattr__(self, "points_mm", MappingProxyType(points))

    def to_json(self) -> dict[str, Any]:
        """Return the ``liverplan.segment-branches/1`` document: mm, LPS."""
        points = {name: point.tolist() for name, point in self.points_mm.items()}
        return {"schema": SCHEMA, "branches_mm": points}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote, or what a file holds.

        Raises
        ------
        PlanError
            If the document is of another schema or holds something else.
        """
        schema = document.get("schema", SCHEMA)
        points = document.get("branches_mm")
        unknown = sorted(set(document) - {"schema", "branches_mm"})
        if schema != SCHEMA or unknown or not isinstance(points, Mapping):
            raise PlanError(
                "The segments' branches are no table branches_mm with a point for each segment."
            )
        return cls(points_mm=points)


def read_segment_branches(path: Path) -> SegmentBranches:
    """Read a TOML file: a table ``[branches_mm]`` with ``5 = [x, y, z]``, LPS.

    Raises
    ------
    PlanError
        If the file cannot be read or holds something else.
    """
    try:
        document = regular.read_toml(path)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PlanError(f"The segments' branches {path} cannot be read: {error}.") from error
    return SegmentBranches.from_json(document)


def by_segment_branches(
    segmentation: Segmentation, maps: Mapping[str, PartMap], given: SegmentBranches
) -> PartMap:
    """Divide the liver into the segments whose portal branches are given.

    Parameters
    ----------
    segmentation : Segmentation
    maps : mapping of str to PartMap
        With "vessels" and "portal", as `territory_maps` makes them.
    given : SegmentBranches

    Returns
    -------
    PartMap
        Scheme "couinaud"; every liver voxel has one segment.

    Raises
    ------
    PlanError
        If a point lies near no portal branch, or two lie in one.
    """
    fed = {name: _branch(maps, name, point) for name, point in given.points_mm.items()}
    _require_apart(fed)
    portal, names = maps["portal"], tuple(fed)
    table = np.zeros(256, dtype=np.uint8)
    for number, branch in enumerate(portal.names, 1):
        # the segment's branch that is nearest along the vessel: its name is the longest
        above = [name for name in names if hangs_on(branch, fed[name])]
        if above:
            table[number] = names.index(max(above, key=lambda name: len(fed[name]))) + 1
    seeds = table[portal.labels] * (segmentation.labels > 0)
    return nearest_parts(segmentation, seeds.astype(np.uint8), names, SCHEME)


def _branch(maps: Mapping[str, PartMap], name: str, point_mm: FloatArray) -> str:
    known = {scheme: found for scheme, found in maps.items() if scheme != "hepatic"}
    try:
        return branch_at(known, point_mm)[1]
    except PlanError as fault:
        raise PlanError(f"Segment {name}: {fault}") from fault


def _require_apart(fed: Mapping[str, str]) -> None:
    for one, branch in fed.items():
        shared = [other for other in fed if other != one and fed[other] == branch]
        if shared:
            raise PlanError(
                f"The points of segments {', '.join((one, *shared))} lie in one portal branch; "
                "take points farther out, beyond its fork."
            )
