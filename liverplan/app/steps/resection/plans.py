"""Alternative plans: added, deleted, named, and measured beside each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from liverplan.app.kit.language import en, tr
from liverplan.app.session.context import Context
from liverplan.app.session.work import next_plan_name, plan_title
from liverplan.app.steps.resection.edits import PLACE
from liverplan.errors import PlanError
from liverplan.findings import Margin, Volumes
from liverplan.resection import Plan
from liverplan.volumetry import Liver

LONGEST_NAME = 40
MOST_KEPT = 64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanNumbers:
    """What a plan leaves, and the margin to each lesion, as far as it is known yet."""

    remnant: Volumes
    margins: tuple[Margin, ...]


NumbersOf = PlanNumbers | Literal["waiting", "none"]


class Plans:
    """Keeps at least one plan."""

    def __init__(self, context: Context) -> None:
        self._session, self._live = context.session, context.live
        self._notices = context.notices
        self._known: dict[Plan, NumbersOf] = {}
        self._of: Liver | None = None  # what is known is of this liver, and goes with it

    def add(self) -> None:
        """Begin another plan as a copy of this one, to be changed and compared."""
        work = self._session.work
        plan = replace(work.active_plan, name=next_plan_name(work.plans))
        after = replace(work, plans=(*work.plans, plan), plan=len(work.plans))
        self._session.do(en("add {what}", what=plan.name), after)

    def delete(self) -> None:
        """Delete the active plan; the last one is emptied instead."""
        work = self._session.work
        name = plan_title(work.active_plan)
        others = tuple(plan for number, plan in enumerate(work.plans) if number != work.plan)
        plans = others or (Plan(name=name, cuts=()),)
        number = min(work.plan, len(plans) - 1)
        after = replace(work, plans=plans, plan=number, cut=len(plans[number].cuts) - 1)
        self._session.do(en("delete {what}", what=name), after)

    def rename(self, name: str) -> None:
        """Give the active plan another name."""
        work = self._session.work
        clean = name.strip()
        if len(clean) > LONGEST_NAME:
            words = tr("A plan's name has at most {count} characters.", count=LONGEST_NAME)
            self._notices.say(PLACE, words)
            return
        if not clean or clean == plan_title(work.active_plan):
            return
        if clean in {plan_title(plan) for plan in work.plans}:
            self._notices.say(PLACE, tr("There is already a plan named {name}.", name=clean))
            return
        plans = list(work.plans)
        plans[work.plan] = replace(plans[work.plan], name=clean)
        self._session.do(en("rename plan"), replace(work, plans=tuple(plans)))

    def numbers(self, plan: Plan) -> NumbersOf:
        """Measure a plan, or return what is known of it; "none": there is nothing to say."""
        if plan is self._session.work.active_plan:
            return self._live_numbers(plan)
        liver = self._live.liver
        if liver is None:
            return "waiting"
        known = self._known_of(liver)
        if plan not in known:
            known[plan] = numbers_of(liver, plan)
        return known[plan]

    def _live_numbers(self, plan: Plan) -> NumbersOf:
        """Return what follows the mouse."""
        live = self._live
        if live.remnant is None:
            return "waiting"
        if not plan.cuts or live.remnant.functional_ml <= 0:
            return "none"
        found = PlanNumbers(remnant=live.remnant, margins=live.margins)
        if live.liver is not None and not self._session.dragging:
            self._known_of(live.liver)[plan] = found
        return found

    def _known_of(self, liver: Liver) -> dict[Plan, NumbersOf]:
        """Return what is known of a liver's plans; of another liver nothing is kept."""
        if self._of is not liver or len(self._known) > MOST_KEPT:
            self._of, self._known = liver, {}
        return self._known


def numbers_of(liver: Liver, plan: Plan) -> NumbersOf:
    """Measure a plan."""
    if not plan.cuts or liver.functional_ml <= 0:
        return "none"
    try:
        return PlanNumbers(remnant=liver.measure(plan), margins=liver.margins(plan))
    except PlanError:  # it names parts of a map that is not there
        return "none"
