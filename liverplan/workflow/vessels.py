"""Given vessels: what each branch feeds or drains, and what is lost where one is cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from liverplan import dicom
from liverplan.errors import InputError, PlanError
from liverplan.findings import Statement
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.named import SCHEME
from liverplan.resection.anatomy.segment_branches import SegmentBranches, read_segment_branches
from liverplan.resection.anatomy.territories import (
    CLICK_MM,
    LUMEN,
    TREES,
    branch_at,
    cut_branches,
    territories,
    territory_maps,
    toggled,
)
from liverplan.resection.anatomy.vessel_names import branches_in
from liverplan.resection.anatomy.vessel_segments import VesselSegments, by_vessels
from liverplan.resection.kept import KeptVessel
from liverplan.resection.plan import Plan
from liverplan.segmentation import Segmentation, Trees, find_trees, read_mask_file
from liverplan.segmentation.files.formats import is_seg
from liverplan.segmentation.results import Mask
from liverplan.volume import Grid, Volume
from liverplan.volumetry import Liver
from liverplan.volumetry.supply.keeping import nearest_branch
from liverplan.workflow.inputs import Outlined
from liverplan.workflow.request import KeptPoint, Request

VALUES: Final[Mapping[int, str]] = MappingProxyType(dict(enumerate(TREES.values(), 1)))
"""What a label value stands for: 1 the portal vein, 2 the hepatic veins; others are let be."""

CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("32764006", "73931004", "70253006", "284639000"), TREES["portal"]),
        **dict.fromkeys(("8993003", "272998002", "273099000", "273202007"), TREES["hepatic"]),
    }
)
"""SNOMED CT, by which a DICOM SEG names them; right, middle, left and umbilical parts as well."""


def read_vessels(path: Path, segmentation: Segmentation) -> dict[str, PartMap]:
    """Read the vessels of a liver, and divide it by their branches.

    Returns
    -------
    dict of str to PartMap
        "vessels", and "portal" and "hepatic" as far as there are such trees in the liver.

    Raises
    ------
    InputError
        If the file cannot be read, or holds neither tree.
    """
    grid = segmentation.grid
    named = _coded(path, grid) if is_seg(path) else _values(path, grid)
    if not any(mask.any() for mask in named.values()):
        raise InputError(
            f"{path.name} holds neither a portal vein (label 1) nor hepatic veins (label 2)."
        )
    labels = np.zeros(grid.shape, np.uint8)
    for number, name in enumerate(TREES.values(), 1):
        if name in named:
            labels[named[name]] = number
    lumen = PartMap(scheme=LUMEN, grid=grid, labels=labels, names=tuple(TREES.values()))
    divided = territory_maps(segmentation, lumen)
    if not any(part_map.labels.any() for part_map in divided.values()):
        raise InputError(f"The vessels in {path.name} are too short to divide the liver by.")
    return {LUMEN: lumen, **divided}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unasked:
    """Vessels that were found without a click: their maps, where the trees begin, what is said."""

    maps: Mapping[str, PartMap] = field(default_factory=dict)
    roots_mm: Mapping[str, tuple[tuple[float, float, float], ...]] = field(default_factory=dict)
    notes: tuple[Statement, ...] = ()


def unasked_vessels(request: Request, volume: Volume, made: Outlined) -> Unasked:
    """Find portal vein and hepatic veins where that is asked for, and divide the liver by them.

    Raises
    ------
    SegmentationError
        If there is no liver.
    """
    if not request.find_vessels:
        return Unasked()
    return divided_by(find_trees(volume, made.segmentation.liver), made.segmentation)


def divided_by(found: Trees, segmentation: Segmentation) -> Unasked:
    """Divide a liver by the trees that were found in its CT; by none where it shows none."""
    if not found.branches:
        return Unasked(notes=found.warnings)
    names = tuple(TREES.values())
    lumen = PartMap(scheme=LUMEN, grid=segmentation.grid, labels=found.labels, names=names)
    roots = {names[tree - 1]: points for tree, points in found.roots_mm.items()}
    maps = {LUMEN: lumen}
    sure = zip(found.branches, found.confidence, strict=True)
    branches = [replace(branch, confidence=confidence) for branch, confidence in sure]
    for number, tree in enumerate(TREES, 1):
        if own := [branch for branch in branches if branch.tree == number]:
            maps[tree] = territories(segmentation, own, tree)
    return Unasked(maps=maps, roots_mm=roots, notes=found.warnings)


def read_branches(request: Request) -> SegmentBranches | None:
    """Read what is asked of vessels before the work: what is wrong with it is said at once.

    Raises
    ------
    InputError, PlanError
        If vessels are needed and not given, segments come from two sources, or the file is wrong.
    """
    asked = request.segment_branches
    if request.vessels is not None and request.find_vessels:
        raise InputError("Give the vessels or have them found: one of the two.")
    known = request.vessels is not None or request.find_vessels
    if not known and (request.vessels_cut or request.vessels_kept or asked is not None):
        raise InputError(
            "A vessel can be cut, kept, or followed to a segment, once vessels are given "
            "(--vessels FILE) or found (--find-vessels)."
        )
    if asked is None:
        return None
    if request.landmarks is not None or request.segments is not None:
        raise InputError("Give landmarks, a map of the segments or their branches: one of them.")
    return read_segment_branches(asked)


def with_vessel_segments(
    segmentation: Segmentation, maps: Mapping[str, PartMap]
) -> tuple[dict[str, PartMap], VesselSegments | None, tuple[Statement, ...]]:
    """Add segments by the vessels where both are wanted: vessels are there, segments are not.

    Returns
    -------
    dict of str to PartMap, VesselSegments or None, tuple of Statement
        The maps; what is told of the segments, where they were made; why they were not.
    """
    if SCHEME in maps or LUMEN not in maps:
        return dict(maps), None, ()
    try:
        segments, told = by_vessels(segmentation, branches_in(maps))
    except PlanError as error:
        return dict(maps), None, (Statement.of("note.no_segments", why=str(error)),)
    return {**maps, SCHEME: segments}, told, ()


def with_vessels_cut(
    plan: Plan, maps: Mapping[str, PartMap], points_mm: Sequence[Sequence[float]]
) -> Plan:
    """Return a plan in which the branches at some points are cut as well.

    Raises
    ------
    PlanError
        If there is no vessel near a point.
    """
    if not points_mm:
        return plan
    cut: dict[str, tuple[str, ...]] = dict.fromkeys(TREES, ())
    for point in points_mm:
        tree, branch = branch_at(maps, point)
        cut[tree] = cut[tree] if branch in cut[tree] else toggled(cut[tree], branch)
    return cut_branches(portal=cut["portal"], hepatic=cut["hepatic"], beside=plan)


def with_vessels_kept(plan: Plan, liver: Liver, points: Sequence[KeptPoint]) -> Plan:
    """Return a plan in which the branches at some points are left whole as well.

    Raises
    ------
    PlanError
        If there is no vessel near a point; how far the nearest is, is named.
    """
    kept = tuple(KeptVessel.of(point, tree) for point, tree in points)
    for one in kept:
        branch = nearest_branch(one, {} if liver.supply is None else liver.supply.courses)
        if branch.name:
            continue
        place = ", ".join(f"{x:.1f}" for x in one.point_mm)
        known = {"": "vessel", "portal": "portal vein", "hepatic": "hepatic vein"}[one.tree]
        if branch.away_mm is None:
            raise PlanError(f"No {known} is known, so none can be kept at {place} mm.")
        raise PlanError(
            f"No {known} lies within {CLICK_MM:g} mm of {place} mm, so none can be kept there; the "
            f"nearest is {branch.away_mm:.1f} mm away."
        )
    return replace(plan, kept=(*plan.kept, *kept))


def _values(path: Path, grid: Grid) -> dict[str, Mask]:
    file = read_mask_file(path, grid)
    there = [value for value in VALUES if value in file.values]
    return dict(zip((VALUES[v] for v in there), file.masks(there), strict=True)) if there else {}


def _coded(path: Path, grid: Grid) -> dict[str, Mask]:
    found: dict[str, Mask] = {}
    for segment in dicom.read_seg(path, grid):
        name = CODES.get(segment.code.value, "")
        if name:
            found[name] = segment.mask | found.get(name, np.zeros(grid.shape, bool))
    return found
