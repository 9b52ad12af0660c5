"""Verbs of the fourth step: cuts other than planes, made round a lesion, by clicks, or by name."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject

from liverplan.app.scene.renderer import Scene
from liverplan.app.session.context import Context
from liverplan.app.session.cut_words import kind_of
from liverplan.app.session.job import Progress
from liverplan.app.session.work import lesion_title, plan_title
from liverplan.app.steps.resection.planning import Planning, misses
from liverplan.errors import PlanError
from liverplan.resection import (
    Ablation,
    CurvedCut,
    Cut,
    FoldedCut,
    Parts,
    Plan,
    Plane,
    VCut,
)
from liverplan.resection.anatomy.named import SCHEME, split_fourth
from liverplan.resection.anatomy.territories import branch_at, toggled
from liverplan.resection.cuts.checks import frame_of
from liverplan.volume import FloatArray
from liverplan.volumetry.search.placing import RoundKind, cut_round, parting_cut
from liverplan.volumetry.shapes.cut_map import CutMap, flatten
from liverplan.words import in_english

CLICKED_RADIUS_MM = 15.0
"""Of an ablation zone placed by a click: the usual needle's zone is about 3 cm across."""

BEYOND_NONE = (
    "No tissue lies beyond all planes, so a V of them would take nothing; swap the sides of one."
)
HANGS_ON_CUT = "This branch hangs on one that is cut already: it is lost with that."

ROUND_WORDS: dict[RoundKind, str] = {
    "plane": "separate",
    "wedge": "add wedge round",
    "sphere": "add sphere round",
    "ablation": "add ablation zone round",
}
"""Names of the steps to undo."""

UNKNOWN_REACH_MM = 120.0
"""Of the liver, while its surface is not there yet."""

SURFACE_RIM_MM = 12.0
"""A curved cut reaches this far beyond the liver on all sides."""


class Cutting(QObject):
    """Adds wedges, spheres, curved cuts, ablation zones and named parts."""

    def __init__(self, desk: Context, scene: Scene, planning: Planning) -> None:
        super().__init__()
        self.desk, self.scene, self.planning = desk, scene, planning

    def ablate(self, point: FloatArray) -> None:
        """Add an ablation zone of the usual size round a point."""
        radii = np.full(3, CLICKED_RADIUS_MM)
        self._add(Ablation(centre_mm=point, radii_mm=radii, axes=np.eye(3)))

    def round_lesion(self, kind: RoundKind, label: int) -> None:
        """Add a plane, a wedge, a sphere or an ablation zone round a lesion, with the margin."""
        index, work = self.desk.live.plan_index, self.desk.session.work
        if index is None:
            self.desk.say("resection", "The liver is still being measured; try again.")
            return
        margin, beside = work.margin_mm, work.cuts

        def task(_report: Progress, _cancel: threading.Event) -> tuple[Cut, str]:
            cut = cut_round(index, label, margin, kind=kind, beside=beside)
            return cut, f"{ROUND_WORDS[kind]} {lesion_title(label)}"

        def then(answer: tuple[Cut, str]) -> None:
            cut, words = answer
            self.planning.add(words, cut)

        name, holds = f"Cutting round {lesion_title(label)}", self.desk.session.same_masks()
        self.desk.run("resection", name, task, then, holds=holds)

    def bend_plane(self) -> None:
        """Turn the active plane into a curved cut, to be bent by its control points."""
        work = self.desk.session.work
        plane = work.active_plane
        if plane is None or work.locked:
            return
        self.desk.session.do("bend plane", work.with_cut(self._level(plane)))

    def join_planes(self) -> None:
        """Make the plan's planes one V, which takes only what lies beyond all; or part one."""
        work = self.desk.session.work
        if work.locked:
            return
        if isinstance(work.active_cut, VCut):
            parted = work.active_cut.planes
            others = tuple(cut for cut in work.cuts if cut is not work.active_cut)
            self.desk.session.do("part V", work.with_cuts((*others, *parted), len(work.cuts)))
            return
        planes = work.active_plan.planes
        if len(planes) < 2:
            return
        joined = VCut(planes=planes)
        index = self.desk.live.plan_index
        if index is not None and misses(index, joined):
            self.desk.say("resection", BEYOND_NONE)
            return
        others = tuple(cut for cut in work.cuts if cut not in planes)
        self.desk.session.do("join planes", work.with_cuts((*others, joined), len(others)))

    def close_contour(self, points: list[FloatArray]) -> None:
        """Lay a cut through a contour's points; the larger part stays."""
        index = self.desk.live.plan_index
        if index is None:
            return

        def task(_report: Progress, _cancel: threading.Event) -> CurvedCut | FoldedCut:
            return parting_cut(index, points)

        def then(cut: CurvedCut | FoldedCut) -> None:
            if self._add(cut):
                self.desk.say(
                    "resection", " ".join(map(in_english, Plan(cuts=(cut,)).notes)), "info"
                )

        name, holds = "Laying a cut through the contour", self.desk.session.same_masks()
        self.desk.run("resection", name, task, then, holds=holds)

    def take_segments(self, names: tuple[str, ...]) -> None:
        """Let the plan take these Couinaud segments and no others; none takes the cut away."""
        self._take(SCHEME, split_fourth(names))

    def cut_vessel(self, point: FloatArray) -> None:
        """Mark the vessel branch at a point as cut, or take the mark back."""
        work = self.desk.session.work
        try:
            tree, branch = branch_at(work.maps, point)
        except PlanError as refusal:
            self.desk.say("resection", str(refusal))
            return
        before = self.taken(tree)
        after = toggled(before, branch)
        beyond = after == before
        self.desk.say("resection", HANGS_ON_CUT if beyond else "", "info")
        self.take_parts(tree, after)

    def take_parts(self, scheme: str, names: tuple[str, ...]) -> None:
        """Let the plan take the territory of these vessel branches and no others."""
        self._take(scheme, names)

    def lay_flat(self, then: Callable[[CutMap, str], None]) -> None:
        """Lay the active plane or curved cut flat, and hand its map on."""
        index, work = self.desk.live.plan_index, self.desk.session.work
        cut = work.active_cut
        if index is None or cut is None or not cut.can_lie_flat:
            return
        lumen = work.maps.get("vessels")
        vessels = None if lumen is None else lumen.labels > 0

        def task(_report: Progress, _cancel: threading.Event) -> CutMap:
            return flatten(index, cut, vessels=vessels)

        def ended(cut_map: CutMap) -> None:
            then(cut_map, f"Cut {work.cut + 1} of {plan_title(work.active_plan)}")

        holds = self.desk.session.same_masks()
        self.desk.run("resection", "Laying the cut flat", task, ended, holds=holds)

    def taken(self, scheme: str) -> tuple[str, ...]:
        """Return the parts of a map that the plan takes."""
        cuts = self.desk.session.work.cuts
        return next(
            (cut.names for cut in cuts if isinstance(cut, Parts) and cut.scheme == scheme), ()
        )

    def _take(self, scheme: str, names: tuple[str, ...]) -> None:
        work = self.desk.session.work
        if names == self.taken(scheme) or work.locked:
            return
        kept = tuple(c for c in work.cuts if not (isinstance(c, Parts) and c.scheme == scheme))
        word = "segments" if scheme == SCHEME else f"{scheme} branches"
        if not names:
            self.desk.session.do(f"keep all {word}", work.with_cuts(kept, len(kept) - 1))
            return
        cuts = (*kept, Parts(scheme=scheme, names=names))
        self.desk.session.do(f"take {word}", work.with_cuts(cuts, len(cuts) - 1))

    def add_curved(self, point: FloatArray) -> None:
        """Add a curved cut, level at first, through a point; the larger part stays."""
        plane = self.planning.plane_through(point)
        if plane is not None:
            self._add(self._level(plane))

    def _level(self, plane: Plane) -> CurvedCut:
        """Return a level surface in a plane, just large enough to cut through the liver."""
        foot = plane.nearest_mm(self.planning.centre())
        size = 2 * SURFACE_RIM_MM + 2 * self._reach_mm(foot, frame_of(plane.normal)[:2])
        return CurvedCut.flat(foot, plane.normal, size_mm=size, controls=5)

    def _reach_mm(self, foot: FloatArray, axes: FloatArray) -> float:
        """How far the liver reaches from a point along two directions."""
        points = self.scene.vertices
        return float(np.abs((points - foot) @ axes.T).max()) if len(points) else UNKNOWN_REACH_MM

    def _add(self, cut: Cut, name: str = "") -> bool:
        return self.planning.add(name or f"add {kind_of(cut)}", cut)


def contour_words(count: int) -> str:
    """Say how a contour goes on."""
    if count < 4:
        return f"{count} of at least 4 points on the liver's surface, in order; click the next."
    return f"{count} points; click more, or press Enter to close the contour."
