"""The best plan of each family: searched for in the background, a plan of its own at a click."""

from __future__ import annotations

import threading
from dataclasses import replace

from liverplan.app.kit.language import en, tr
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.session import Topic
from liverplan.app.session.telling import told
from liverplan.app.session.work import Work, next_plan_name
from liverplan.app.steps.resection.edits import PLACE, CutEdits
from liverplan.resection import Plan
from liverplan.volumetry.search.suggest import Suggested, Suggestions
from liverplan.volumetry.supply.supply import known_trees


class Suggesting:
    """Searches at the margin that the user plans with.

    Attributes
    ----------
    found : Suggestions or None
        They hold for one mask and one margin.
    keep_blood : bool
        Whether most of what keeps its inflow and its outflow is searched for.
    """

    def __init__(self, context: Context, edits: CutEdits) -> None:
        self._session, self._live, self._jobs = context.session, context.live, context.jobs
        self._notices, self._edits = context.notices, edits
        self.found: Suggestions | None = None
        self.keep_blood = False
        self._session.subscribe(self._forget)

    def suggest(self) -> None:
        """Search each family; the best plane is shown at once, or what keeps most its blood."""
        liver, margin = self._live.liver, self._session.work.margin_mm
        if liver is None:
            return
        line, keep_blood = self._live.rule.line, self.keep_blood and self.knows_vessels

        def task(_report: Progress, _cancel: threading.Event) -> Suggestions:
            return liver.suggest(margin_mm=margin, threshold_fraction=line, keep_blood=keep_blood)

        def then(found: Suggestions) -> None:
            self.found = found
            planes = [best for best in found.best if best.family == "plane"]
            self.take(planes[0] if planes and not keep_blood else found.best[0])
            self._notices.say(PLACE, told(found.says), "info")

        self._jobs.run(PLACE, tr("Searching"), task, then, holds=self._session.same_masks())

    @property
    def knows_vessels(self) -> bool:
        """Whether it can be searched for what keeps its blood."""
        return bool(known_trees(self._session.work.maps))

    def choose_blood(self, keep: bool) -> None:  # noqa: FBT001 - what a tick box says
        """Search from now on for what keeps its blood, or for what stays; no step to undo."""
        self.keep_blood, self.found = keep, None
        self._session.announce("plans")

    def take(self, suggested: Suggested) -> None:
        """Show a suggested plan: beside what was drawn by hand, never in its place."""
        work, cuts = self._session.work, suggested.plan.cuts
        kept = [n for n, plan in enumerate(work.plans) if same_cuts(suggested, plan.cuts)]
        if kept:
            self._session.choose(plan=kept[0])
        else:
            after = work if not work.cuts else with_empty_plan(work)
            name = en("suggested {family}", family=en(suggested.family))
            self._session.do(name, after.with_cuts(cuts, 0))
        self._edits.show(cuts[0])

    @property
    def taken(self) -> int:
        """Which of the suggestions is the plan on screen; -1: none."""
        if self.found is None:
            return -1
        cuts = self._session.work.cuts
        return next((n for n, best in enumerate(self.found.best) if same_cuts(best, cuts)), -1)

    def _forget(self, topics: frozenset[Topic]) -> None:
        known = self.found
        if topics & {"ct", "labels", "maps"} or (
            known is not None and known.margin_mm != self._session.work.margin_mm
        ):
            self.found = None


def with_empty_plan(work: Work) -> Work:
    """Return the work with one more plan, which is active and has no cuts; nothing is locked."""
    plan = Plan(name=next_plan_name(work.plans), cuts=())
    return replace(work, plans=(*work.plans, plan), plan=len(work.plans), cut=-1)


def same_cuts(best: Suggested, cuts: tuple[object, ...]) -> bool:
    """Whether these are a suggestion's own cuts."""
    return len(cuts) == len(best.plan.cuts) and all(
        any(cut is other for other in cuts) for cut in best.plan.cuts
    )
