"""Alternative plans beside each other: what each leaves, and how near it comes to the lesions."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from liverplan.app.kit.widgets import Table, button, row
from liverplan.app.session.context import Context
from liverplan.app.session.measuring import Margin, margins_of, remnant_of
from liverplan.app.session.work import plan_title
from liverplan.app.steps.resection.planning import Planning
from liverplan.errors import PlanError
from liverplan.resection import Plan
from liverplan.volumetry.shapes.plan_index import PlanIndex
from liverplan.words.numbers import NONE, ml, mm
from liverplan.workflow.rule import Rule

WAITING = "…"
Row = tuple[str, str, str, str]


class PlanList(QWidget):
    """A table of the plans; the chosen one is on screen."""

    def __init__(self, desk: Context, planning: Planning) -> None:
        super().__init__()
        self.desk = desk
        self.table = Table(["Plan", "FLR", "mL", "margin"], stretch=0)
        self.table.itemSelectionChanged.connect(self._chosen)
        self.name = QLineEdit()
        self.name.setMaxLength(40)
        self.name.editingFinished.connect(lambda: planning.rename_plan(self.name.text()))
        self.add_button = button(
            "Copy plan", planning.add_plan, tip="Keep this plan and change a copy"
        )
        self.delete_button = button("Delete", planning.delete_plan)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        column.addLayout(row(self.name, self.add_button, self.delete_button))
        self._rows: list[Row] = []
        self._known: dict[Plan, tuple[PlanIndex, Rule, Row]] = {}

    def refresh(self) -> None:
        """Show every plan's numbers."""
        work = self.desk.session.work
        if not self.name.hasFocus():
            self.name.setText(plan_title(work.active_plan))
        self.add_button.setEnabled(bool(work.cuts))
        self._rows = [
            self._active_row() if n == work.plan else self._other_row(plan)
            for n, plan in enumerate(work.plans)
        ]
        self.table.fill(self._rows, work.plan)

    def follow(self) -> None:
        """Show the numbers of a drag under way, or of what has just been worked out."""
        work = self.desk.session.work
        if not self.isVisible() or len(self._rows) != len(work.plans):
            return
        for column, text in enumerate(self._active_row()):
            item = self.table.item(work.plan, column)
            if item is not None and item.text() != text:
                item.setText(text)

    def _active_row(self) -> Row:
        live, plan = self.desk.live, self.desk.session.work.active_plan
        remnant = live.remnant
        if remnant is None:
            return plan_title(plan), WAITING, WAITING, WAITING
        if not plan.cuts or remnant.functional_ml <= 0:
            return plan_title(plan), NONE, NONE, NONE
        words = margin_words(live.margins)
        found: Row = (plan_title(plan), live.rule.share(remnant), ml(remnant.remnant_ml), words)
        if live.plan_index is not None and words != WAITING:
            self._known[plan] = live.plan_index, live.rule, found
        return found

    def _other_row(self, plan: Plan) -> Row:
        index = self.desk.live.plan_index
        if index is None:
            return plan_title(plan), WAITING, WAITING, WAITING
        known, rule = self._known.get(plan), self.desk.live.rule
        if known is not None and known[0] is index and known[1] is rule:
            return known[2]
        found = plan_row(index, plan, rule)
        if len(self._known) > 64:
            self._known.clear()
        self._known[plan] = index, rule, found
        return found

    def _chosen(self) -> None:
        if self.table.chosen >= 0:
            self.desk.session.choose(plan=self.table.chosen)


def plan_row(index: PlanIndex, plan: Plan, rule: Rule) -> Row:
    """Return a plan's name, share, millilitres and smallest margin, as words."""
    if not plan.cuts or index.functional_ml <= 0:
        return plan_title(plan), NONE, NONE, NONE
    try:
        remnant = remnant_of(index, plan)
        margins = margins_of(index, plan)
    except PlanError:  # it names parts of a map that is not there
        return plan_title(plan), NONE, NONE, NONE
    words = margin_words(margins) if margins or plan.is_flat else NONE
    return plan_title(plan), rule.share(remnant), ml(remnant.remnant_ml), words


def margin_words(margins: tuple[Margin, ...]) -> str:
    """Return the smallest margin; "left in" where a lesion stays."""
    if any(margin.in_remnant for margin in margins):
        return "left in"
    known = [margin.margin_mm for margin in margins if margin.margin_mm is not None]
    return f"{mm(min(known))} mm" if known else NONE
