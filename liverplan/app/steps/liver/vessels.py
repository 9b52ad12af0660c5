"""Portal and hepatic veins from clicks: found, kept in the case, shown on slices and in 3D.

What each branch feeds or drains is told with them, and told anew when the liver's mask changes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QObject, Signal
from vtkmodules.vtkCommonDataModel import vtkPolyData

from liverplan.app.kit.language import en, tr
from liverplan.app.session.backends import Backends
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.session import Topic
from liverplan.app.session.telling import told
from liverplan.app.session.work import Work
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.liver.vessel_maps import (
    SCHEME,
    TREES,
    Maps,
    Seeds,
    maps_of,
    tree_surfaces,
    trees_of,
    vessel_maps,
    with_vessels,
)
from liverplan.findings import Statement
from liverplan.resection.anatomy import territories
from liverplan.resection.anatomy.carried import carried_maps
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.territories import territory_maps
from liverplan.resection.cuts.parts import TERRITORIES
from liverplan.segmentation import find_trees, follow_with
from liverplan.segmentation.backends import CLASSICAL
from liverplan.segmentation.results import Mask
from liverplan.segmentation.vessels import corrected
from liverplan.segmentation.vessels.corrected import Follow, Labels
from liverplan.segmentation.vessels.joined import joined
from liverplan.segmentation.vessels.trees import CLICK_MM
from liverplan.volume import FloatArray, Grid
from liverplan.workflow.vessels import Unasked, divided_by

CUT_ANEW = en("The vessels were found anew: mark again which of their branches are cut.")

Change = Callable[[Labels, Grid, FloatArray, Follow], Labels]
"""What makes other trees of trees on a grid, (n, 3) LPS points in their trunks, and what follows
a vessel of no tree."""


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
            self._take(tree, point_mm)
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

        def change(trees: Labels, grid: Grid, roots: FloatArray, _follow: Follow) -> Labels:
            return corrected.dropped(trees, grid, point_mm, roots)

        self._correct(change, en("drop vessel"), tr("Dropping the vessel"))

    def cut(self, point_mm: FloatArray, *, moved: bool) -> None:
        """Cut the branch at a (3,) LPS point, mm; what lies beyond goes, or moves to the other."""
        trees = self._trees
        if trees is None or self._session.work.volume is None:
            return
        grid = self._session.work.volume.grid
        there = corrected.tree_at(trees, grid, point_mm, CLICK_MM)
        other = 3 - there if moved and there else 0

        def change(trees: Labels, grid: Grid, roots: FloatArray, _follow: Follow) -> Labels:
            return corrected.cut(trees, grid, point_mm, roots, to=other)

        root = (TREES[other - 1], point_mm) if other else None
        self._correct(change, en("cut vessel"), tr("Cutting the vessel"), root)

    def join(self, end_mm: FloatArray, to_mm: FloatArray) -> None:
        """Join the vessel at a (3,) LPS point, mm, to the tree at another."""
        volume = self._session.work.volume
        if volume is None:
            return

        def change(trees: Labels, _grid: Grid, roots: FloatArray, follow: Follow) -> Labels:
            return joined(trees, volume, end_mm, to_mm, roots, follow=follow)

        self._correct(change, en("join vessels"), tr("Joining the vessels"))

    def _take(self, tree: str, point_mm: FloatArray) -> None:
        """Take what is clicked into a tree."""
        number = TREES.index(tree) + 1

        def change(trees: Labels, grid: Grid, roots: FloatArray, follow: Follow) -> Labels:
            return corrected.taken(trees, grid, number, point_mm, roots, follow=follow)

        self._correct(change, self._taking(tree), tr("Following the vessel"), (tree, point_mm))

    def _taking(self, tree: str) -> str:
        """Name the step that takes a vessel in: the trail keeps whose outline it is."""
        if self.followers.chosen == CLASSICAL:
            return en("take vessel")
        return en("mark {tree} by {method}", tree=en(tree), method=self.followers.chosen)

    @property
    def _trees(self) -> Labels | None:
        maps = self._session.work.maps
        return trees_of(maps[SCHEME]) if SCHEME in maps else None

    def _correct(
        self, change: Change, name: str, doing: str, root: tuple[str, FloatArray] | None = None
    ) -> None:
        """Change the trees, off the screen's thread; ``root``: a tree and where it begins now."""
        work, trees = self._session.work, self._trees
        if work.volume is None or work.segmentation is None or (trees is None and root is None):
            return
        volume, segmentation, seeds = work.volume, work.segmentation, self.seeds
        method, said = self.followers.chosen, list[Statement]()
        after = {tree: list(seeds.get(tree, [])) for tree in TREES}
        if root is not None:
            x, y, z = root[1].tolist()
            after[root[0]].append((x, y, z))

        def task(_report: Progress, cancel: threading.Event) -> Maps:
            def follow(point: FloatArray) -> Mask:
                found = follow_with(method, volume, segmentation.liver, point, cancel=cancel)
                said.extend(found.warnings)
                return found.mask

            roots = np.array([point for points in seeds.values() for point in points], dtype=float)
            before = np.zeros(volume.grid.shape, np.uint8) if trees is None else trees
            return maps_of(segmentation, change(before, volume.grid, roots, follow), after)

        def then(maps: Maps) -> None:
            self._do(name, with_vessels(self._session.work, maps, after))
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
