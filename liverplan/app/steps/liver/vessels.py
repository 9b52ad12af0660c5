"""Portal and hepatic veins from clicks: found, kept in the case, shown on slices and in 3D.

What each branch feeds or drains is told with them, and told anew when the liver's mask changes.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from vtkmodules.vtkCommonDataModel import vtkPolyData

from liverplan.app.kit.language import en, tr
from liverplan.app.scene.structures import branch_name
from liverplan.app.scene.surfaces import vessel_surface
from liverplan.app.session.backends import Backends
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.session import Topic
from liverplan.app.session.telling import told
from liverplan.app.session.work import Work
from liverplan.app.slices.views import ThreeViews
from liverplan.case.record import Point
from liverplan.findings import Statement
from liverplan.resection.anatomy import territories
from liverplan.resection.anatomy.carried import carried_maps
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.territories import territory_maps
from liverplan.resection.cuts.parts import TERRITORIES
from liverplan.segmentation import Segmentation, find_trees, find_vessels, follow_with
from liverplan.segmentation.backends import CLASSICAL
from liverplan.segmentation.results import Mask
from liverplan.segmentation.vessels import corrected
from liverplan.volume import FloatArray, Volume
from liverplan.workflow.vessels import Unasked, divided_by

SCHEME = territories.LUMEN
TREES = tuple(territories.TREES.values())
CUT_ANEW = en("The vessels were found anew: mark again which of their branches are cut.")

Seeds = Mapping[str, Sequence[Point]]
Maps = dict[str, PartMap]


class VesselMarking(QObject):
    """Finds the trees that were clicked, and makes their surfaces.

    Attributes
    ----------
    surfaces : dict of str to vtkPolyData
        By the tree's name, LPS mm; empty until they are made.
    followers : Backends
        Who can follow a vessel from a click.
    """

    surfaces_changed = Signal()

    def __init__(self, context: Context, views: ThreeViews, followers: Backends) -> None:
        super().__init__()
        self.followers = followers
        self._session, self._jobs, self._notices = context.session, context.jobs, context.notices
        self._views = views
        self.surfaces: dict[str, vtkPolyData] = {}
        self._shown: tuple[PartMap | None, ...] = ()
        self._session.subscribe(self._changed)

    @property
    def seeds(self) -> Seeds:
        """Clicks by tree, LPS mm."""
        return self._session.work.record.vessel_clicks

    @property
    def maps(self) -> Mapping[str, PartMap]:
        """What is known of the liver's parts, by scheme."""
        return self._session.work.maps

    def mark(self, tree: str, point_mm: FloatArray) -> None:
        """Follow a tree from a click at a (3,) LPS point, mm; or take what is clicked into it."""
        work = self._session.work
        if work.volume is None or work.segmentation is None:
            return
        if SCHEME in work.maps or self.followers.chosen != CLASSICAL:
            self._correct(tree, point_mm, self._taking(tree), tr("Following the vessel"))
            return
        volume, segmentation = work.volume, work.segmentation
        seeds = {name: list(self.seeds.get(name, [])) for name in TREES}
        x, y, z = point_mm.tolist()
        seeds[tree].append((x, y, z))

        def task(_report: Progress, _cancel: threading.Event) -> Maps:
            return vessel_maps(volume, segmentation, seeds)

        def then(found: Maps) -> None:
            name = en("mark {tree}", tree=en(tree))
            self._do(name, with_vessels(self._session.work, found, seeds))
            self._views.disarm()

        name = tr("Following the {tree}", tree=tr(tree))
        self._jobs.run("liver", name, task, then, holds=self._session.same_ct())

    def find(self) -> None:
        """Find both trees without a click; what was marked before is found anew."""
        work = self._session.work
        if work.volume is None or work.segmentation is None:
            return
        volume, segmentation = work.volume, work.segmentation

        def task(report: Progress, cancel: threading.Event) -> Unasked:
            trees = find_trees(volume, segmentation.liver, progress=report, cancel=cancel)
            return divided_by(trees, segmentation)

        def then(found: Unasked) -> None:
            if found.maps:
                work = with_vessels(self._session.work, dict(found.maps), found.roots_mm)
                self._do(en("find vessels"), work)
            self._views.disarm()
            self._notices.say("liver", " ".join(map(told, found.notes)))

        holds = self._session.same_masks()
        self._jobs.run("liver", tr("Finding the vessels"), task, then, holds=holds)

    def drop(self, point_mm: FloatArray) -> None:
        """Drop the branch at a (3,) LPS point, mm, and what hangs on it."""
        if SCHEME in self._session.work.maps:
            self._correct("", point_mm, en("drop vessel"), tr("Dropping the vessel"))

    def _taking(self, tree: str) -> str:
        """Name the step that takes a vessel in: the trail keeps whose outline it is."""
        if self.followers.chosen == CLASSICAL:
            return en("take vessel")
        return en("mark {tree} by {method}", tree=en(tree), method=self.followers.chosen)

    def _correct(self, tree: str, point_mm: FloatArray, name: str, doing: str) -> None:
        """Take what is clicked into a tree, or out of all of them where none is named."""
        work = self._session.work
        if work.volume is None or work.segmentation is None:
            return
        volume, segmentation, seeds = work.volume, work.segmentation, self.seeds
        before = trees_of(work.maps[SCHEME]) if SCHEME in work.maps else None
        method, said = self.followers.chosen, list[Statement]()

        def task(_report: Progress, cancel: threading.Event) -> tuple[Maps, Seeds]:
            def follow(point: FloatArray) -> Mask:
                found = follow_with(method, volume, segmentation.liver, point, cancel=cancel)
                said.extend(found.warnings)
                return found.mask

            return corrected_maps(volume, segmentation, before, seeds, tree, point_mm, follow)

        def then(answer: tuple[Maps, Seeds]) -> None:
            self._do(name, with_vessels(self._session.work, *answer))
            if said:
                self._notices.say("liver", " ".join(map(told, said)))

        self._jobs.run("liver", doing, task, then, holds=self._session.same_masks())

    def clear(self) -> None:
        """Forget the vessels and their clicks."""
        work = self._session.work
        if SCHEME in work.maps or self.seeds:
            self._do(en("remove vessels"), with_vessels(work, {}, {}))

    def _do(self, name: str, after: Work) -> None:
        lost = after.plans != self._session.work.plans
        self._session.do(name, after)
        self._notices.say("resection", tr(CUT_ANEW) if lost else "")

    def _changed(self, topics: frozenset[Topic]) -> None:
        if "labels" in topics and "ct" not in topics:
            self._divide_anew()
        if not topics & {"ct", "maps"}:
            return
        maps = self._session.work.maps
        wanted = tuple(maps.get(scheme) for scheme in (SCHEME, *territories.TREES))
        if self._shown and all(a is b for a, b in zip(wanted, self._shown, strict=True)):
            return
        self._shown = wanted
        if SCHEME not in maps:
            self._show({})
            return

        def task(_report: Progress, _cancel: threading.Event) -> dict[str, vtkPolyData]:
            return tree_surfaces(maps)

        holds = lambda: self._shown is wanted  # noqa: E731 - asked when it ends
        self._jobs.follow("vessel surfaces", task, self._show, holds=holds)

    def _divide_anew(self) -> None:
        """Give tissue that joined the liver to its nearest branch."""
        work = self._session.work
        segmentation, lumen = work.segmentation, work.maps.get(SCHEME)
        if segmentation is None or lumen is None or not TERRITORIES & work.maps.keys():
            return
        seeds = self.seeds

        def task(_report: Progress, _cancel: threading.Event) -> Maps:
            return territory_maps(segmentation, lumen, seeds)

        def then(divided: Maps) -> None:
            known = self._session.work.maps
            maps = {**known, **carried_maps(known, divided)}
            self._session.put_maps(MappingProxyType(maps))

        self._jobs.follow("territories", task, then, holds=self._session.same_masks())

    def _show(self, surfaces: dict[str, vtkPolyData]) -> None:
        self.surfaces = surfaces
        self.surfaces_changed.emit()


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


def corrected_maps(
    volume: Volume,
    segmentation: Segmentation,
    trees: NDArray[np.uint8] | None,
    seeds: Seeds,
    tree: str,
    point_mm: FloatArray,
    follow: corrected.Follow,
) -> tuple[Maps, Seeds]:
    """Take what is clicked into a tree, or drop it where none is named; divide the liver anew.

    ``trees`` is a (k, j, i) array of each voxel's tree, None where there is none yet; ``point_mm``
    a (3,) LPS point. What is in no tree yet is followed by ``follow``.

    Raises
    ------
    SegmentationError
        If no vessel is near the click, or the tree has it already.
    """
    if trees is None:
        trees = np.zeros(volume.grid.shape, np.uint8)
    roots = np.array([point for points in seeds.values() for point in points], dtype=float)
    after = {name: list(seeds.get(name, [])) for name in TREES}
    if tree:
        number = TREES.index(tree) + 1
        labels = corrected.taken(trees, volume.grid, number, point_mm, roots, follow=follow)
        x, y, z = point_mm.tolist()
        after[tree].append((x, y, z))
    else:
        labels = corrected.dropped(trees, volume.grid, point_mm, roots)
    lumen = PartMap(scheme=SCHEME, grid=volume.grid, labels=labels, names=TREES)
    maps = {SCHEME: lumen, **territory_maps(segmentation, lumen, after)} if labels.any() else {}
    return maps, after


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
