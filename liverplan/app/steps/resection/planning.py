"""Verbs of the fourth step: planes, and what is done to any cut and plan."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject

from liverplan.app.session.context import Context
from liverplan.app.session.cut_words import kind_of
from liverplan.app.session.job import Progress
from liverplan.app.session.measuring import remnant_of
from liverplan.app.session.session import Topic
from liverplan.app.session.work import next_plan_name, plan_title
from liverplan.app.slices.views import ThreeViews
from liverplan.resection import Cut, Plan, Plane
from liverplan.volume import FloatArray
from liverplan.volumetry.search.placing import larger_part_stays
from liverplan.volumetry.search.suggest import Suggested, Suggestions, suggest
from liverplan.volumetry.shapes.plan_index import PlanIndex

MOST_CUTS = 12
SMALLEST_ML = 1e-6


class Planning(QObject):
    """Adds planes; deletes, names and compares cuts and plans."""

    def __init__(self, desk: Context, views: ThreeViews) -> None:
        super().__init__()
        self.desk, self.views = desk, views
        self.suggestions: Suggestions | None = None
        desk.session.subscribe(self._forget)

    def _forget(self, topics: frozenset[Topic]) -> None:
        """Suggestions hold for one mask and one margin."""
        known = self.suggestions
        if topics & {"ct", "labels", "maps"} or (
            known is not None and known.margin_mm != self.desk.session.work.margin_mm
        ):
            self.suggestions = None

    def add_through(self, point: FloatArray) -> None:
        """Add a plane through a point of the liver; the larger part stays."""
        plane = self.plane_through(point)
        if plane is not None:
            self.add("add plane", plane)

    def plane_through(self, point: FloatArray) -> Plane | None:
        """Return a plane through a point, the larger part staying; None while that is unknown."""
        if self.desk.live.index is None:
            self.desk.say("resection", "The liver is still being measured; click again.")
            return None
        toward = self.centre() - point
        if np.linalg.norm(toward) < 15:
            toward = self._away_from_lesions(point)
        toward[2] *= 0.3  # rather upright than flat: most transections run from front to back
        return Plane(point_mm=point, normal=toward)

    def add_through_three(self, points: list[FloatArray]) -> None:
        """Add a plane through three points; the larger part stays."""
        first, second, third = points
        normal = np.cross(second - first, third - first)
        area = float(np.linalg.norm(normal))
        if area < 50:
            self.desk.say(
                "resection", "The three points lie on one line; click three that span a plane."
            )
            return
        centroid = (first + second + third) / 3
        plane = Plane(point_mm=centroid, normal=normal / area)
        index = self.desk.live.index
        self.add("add plane", plane if index is None else larger_part_stays(index, plane))

    def suggest(self) -> None:
        """Search each family of plans at the margin; the best plane is filled in at once."""
        index, margin = self.desk.live.plan_index, self.desk.session.work.margin_mm
        if index is None:
            return
        line = self.desk.live.rule.line

        def task(_report: Progress, _cancel: threading.Event) -> Suggestions:
            return suggest(index, margin_mm=margin, threshold_fraction=line)

        def then(found: Suggestions) -> None:
            self.suggestions = found
            planes = [best for best in found.best if best.family == "plane"]
            self.take(planes[0] if planes else found.best[0])
            self.desk.say("resection", found.sentence, "info")

        self.desk.run("resection", "Searching", task, then, holds=self.desk.session.same_masks())

    def take(self, suggested: Suggested) -> None:
        """Fill in a suggested plan in place of the active plan's cuts."""
        cuts = suggested.plan.cuts
        work = self.desk.session.work
        self.desk.session.do(f"suggested {suggested.family}", work.with_cuts(cuts, 0))
        self.show(cuts[0])

    def set_margin(self, margin_mm: float) -> None:
        """Plan with another margin."""
        work = self.desk.session.work
        if margin_mm != work.margin_mm:
            self.desk.session.do("margin", replace(work, margin_mm=margin_mm))

    def delete_cut(self) -> None:
        """Take the active cut away."""
        work = self.desk.session.work
        if work.active_cut is None:
            return
        cuts = tuple(cut for n, cut in enumerate(work.cuts) if n != work.cut)
        name = f"delete {kind_of(work.active_cut)}"
        self.desk.session.do(name, work.with_cuts(cuts, len(cuts) - 1))

    def flip(self) -> None:
        """Let the other side of the active cut stay."""
        work = self.desk.session.work
        other = None if work.active_cut is None else work.active_cut.flipped()
        if other is not None:
            self.desk.session.do("swap sides", work.with_cut(other))

    def toggle_lock(self) -> None:
        """Protect the cuts from the mouse, or give them back to it."""
        work = self.desk.session.work
        name = "unlock cuts" if work.locked else "lock cuts"
        self.desk.session.do(name, replace(work, locked=not work.locked))

    def add_plan(self) -> None:
        """Begin another plan as a copy of this one, to be changed and compared."""
        work = self.desk.session.work
        plan = Plan(name=next_plan_name(work.plans), cuts=work.cuts)
        after = replace(work, plans=(*work.plans, plan), plan=len(work.plans))
        self.desk.session.do(f"add {plan.name}", after)

    def delete_plan(self) -> None:
        """Delete the active plan; the last one is emptied instead."""
        work = self.desk.session.work
        name = plan_title(work.active_plan)
        others = tuple(p for n, p in enumerate(work.plans) if n != work.plan)
        plans = others or (Plan(name=name, cuts=()),)
        number = min(work.plan, len(plans) - 1)
        after = replace(work, plans=plans, plan=number, cut=len(plans[number].cuts) - 1)
        self.desk.session.do(f"delete {name}", after)

    def rename_plan(self, name: str) -> None:
        """Give the active plan another name."""
        work = self.desk.session.work
        clean = name.strip()[:40]
        if not clean or clean == plan_title(work.active_plan):
            return
        if clean in {plan_title(plan) for plan in work.plans}:
            self.desk.say("resection", f"There is already a plan named {clean}.")
            return
        plans = list(work.plans)
        plans[work.plan] = replace(plans[work.plan], name=clean)
        self.desk.session.do("rename plan", replace(work, plans=tuple(plans)))

    def add(self, name: str, cut: Cut) -> bool:
        """Add a cut to the active plan, unless it misses the liver; say whether it was added."""
        work = self.desk.session.work
        index = self.desk.live.plan_index
        if len(work.cuts) >= MOST_CUTS:
            self.desk.say("resection", f"A plan takes {MOST_CUTS} cuts; delete one first.")
            return False
        if index is not None and misses(index, cut):
            self.desk.say(
                "resection",
                f"This {kind_of(cut)} misses the liver, so it was not added. Click on the liver.",
            )
            return False
        self.desk.say("resection", "")
        self.views.disarm()
        self.desk.session.do(name, work.with_added(cut))
        self.show(cut)
        return True

    def show(self, cut: Cut) -> None:
        """Bring slices that cross a cut into view."""
        seen = cut.seen_from(self.centre())
        if seen is not None:
            self.views.move_crosshair(seen)

    def centre(self) -> FloatArray:
        """Return the liver's middle, LPS mm."""
        segmentation = self.desk.session.work.segmentation
        if segmentation is None:
            return np.zeros(3)
        derived = self.desk.live.derived
        if derived is not None and derived.centre_mm is not None:
            return derived.centre_mm
        return segmentation.grid.to_mm(np.array(segmentation.grid.shape) / 2)

    def _away_from_lesions(self, point: FloatArray) -> FloatArray:
        derived = self.desk.live.derived
        middles = list(derived.lesion_centres.values()) if derived else []
        away = point - np.mean(middles, axis=0) if middles else np.array([1.0, 0.0, 0.0])
        return away if np.linalg.norm(away) > 1 else np.array([1.0, 0.0, 0.0])


def misses(index: PlanIndex, cut: Cut) -> bool:
    """Whether a cut takes nothing of the liver, or a plane all of it.

    Raises
    ------
    PlanError
        If it names parts of a map that is not at hand.
    """
    stays = remnant_of(index, Plan(cuts=(cut,))).remnant_ml
    return stays >= index.functional_ml - SMALLEST_ML or (cut.can_lie_flat and stays <= SMALLEST_ML)
