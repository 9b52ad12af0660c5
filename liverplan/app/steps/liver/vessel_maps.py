"""The maps of vessel trees: followed from clicks, corrected, kept in the work, shown in 3D."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPolyData

from liverplan.app.scene.structures import branch_name
from liverplan.app.scene.surfaces import vessel_surface
from liverplan.app.session.work import Work
from liverplan.case.record import Point
from liverplan.resection.anatomy import territories
from liverplan.resection.anatomy.carried import carried_maps
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.territories import territory_maps
from liverplan.resection.cuts.parts import TERRITORIES
from liverplan.segmentation import Segmentation, find_vessels
from liverplan.volume import Volume

SCHEME = territories.LUMEN
TREES = tuple(territories.TREES.values())

Seeds = Mapping[str, Sequence[Point]]
Maps = dict[str, PartMap]


def vessel_maps(volume: Volume, segmentation: Segmentation, seeds: Seeds) -> Maps:
    """Follow every tree from its clicks, and divide the liver by its branches.

    Raises
    ------
    SegmentationError
        If no vessel is seen near a click.
    """
    clicks = [(name, point) for name, points in seeds.items() for point in points]
    found = find_vessels(volume, segmentation.liver, np.array([point for _, point in clicks]))
    table = np.array([0, *(TREES.index(name) + 1 for name, _ in clicks)], dtype=np.uint8)
    lumen = PartMap(scheme=SCHEME, grid=volume.grid, labels=table[found.labels], names=TREES)
    return {SCHEME: lumen, **territory_maps(segmentation, lumen, seeds)}


def trees_of(lumen: PartMap) -> NDArray[np.uint8]:
    """(k, j, i) number of each voxel's tree, by their order in `TREES`; 0 elsewhere."""
    numbers = [TREES.index(name) + 1 if name in TREES else 0 for name in lumen.names]
    return np.array([0, *numbers], dtype=np.uint8)[lumen.labels]


def maps_of(segmentation: Segmentation, trees: NDArray[np.uint8], seeds: Seeds) -> Maps:
    """Divide the liver by trees, (k, j, i) numbers by their order in `TREES`; none of no vessel."""
    lumen = PartMap(scheme=SCHEME, grid=segmentation.grid, labels=trees, names=TREES)
    return {SCHEME: lumen, **territory_maps(segmentation, lumen, seeds)} if trees.any() else {}


def with_vessels(work: Work, found: Maps, seeds: Seeds) -> Work:
    """Return the work with other vessels, or with none; plans then cut no branch that was named.

    Other vessels have other branches: what was marked as cut could be another by now. What a person
    called a branch, and how sure it is, stays with it.
    """
    others = {k: v for k, v in work.maps.items() if k != SCHEME and k not in TERRITORIES}
    maps = others | carried_maps(work.maps, found)
    clicks = {name: tuple(points) for name, points in seeds.items() if points} if found else {}
    plans = tuple(plan.removing for plan in work.plans)
    return replace(
        work,
        maps=MappingProxyType(maps),
        record=replace(work.record, vessel_clicks=clicks),
        plans=plans,
        cut=min(work.cut, len(plans[work.plan].cuts) - 1),
    )


def tree_surfaces(maps: Mapping[str, PartMap]) -> dict[str, vtkPolyData]:
    """Return the surface of each tree that has voxels: its main branches, and what is none."""
    made, vessels = {}, maps[SCHEME]
    for number, name in enumerate(vessels.names, 1):
        mask = vessels.labels == number
        scheme = next((one for one, tree in territories.TREES.items() if tree == name), "")
        branches = main_branches(maps[scheme]) if scheme in maps else {}
        if len(branches) > 1:
            for branch, numbers in branches.items():
                held = mask & np.isin(maps[scheme].labels, numbers)
                if held.any():
                    made[branch_name(name, branch)] = vessel_surface(vessels.grid, held)
                    mask &= ~held
        if mask.any():
            made[name] = vessel_surface(vessels.grid, mask)
    return made


def main_branches(part_map: PartMap) -> dict[str, list[int]]:
    """Return trunks and what first hangs on them, each with the label values of all on it."""
    found: dict[str, list[int]] = {}
    for number, name in enumerate(part_map.names, 1):
        found.setdefault(".".join(name.split(".")[:2]), []).append(number)
    return found
