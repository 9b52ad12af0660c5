"""Alternative plans beside each other: what each leaves, and how near it comes to the lesions."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from liverplan.app.kit import theme
from liverplan.app.kit.language import localised, tr
from liverplan.app.kit.widgets import Table, button, row
from liverplan.app.session.context import Context
from liverplan.app.session.work import plan_title
from liverplan.app.steps.resection.plans import Plans
from liverplan.findings import Margin
from liverplan.resection import Plan
from liverplan.words.numbers import NONE, ml, mm

WAITING = "…"
Row = tuple[str, str, str, str]
PictureOf = Callable[[Plan], QPixmap | None]
"""A plan's small picture; None while there is none of it as it is now."""

PICTURE = (52, 42)
"""Pixels of it in a row."""

ML, ROOM_PT = 2, 235.0
"""The column of millilitres, and how wide the table is that has room for it beside the names."""


class PlanList(QWidget):
    """A table of the plans; the chosen one is on screen."""

    def __init__(self, context: Context, plans: Plans) -> None:
        super().__init__()
        self._session, self._live, self._plans = context.session, context.live, plans
        self.table = Table([tr("Plan"), "FLR", "mL", tr("margin")], stretch=0)
        self.table.setIconSize(QSize(*PICTURE))
        self.table.itemSelectionChanged.connect(self._chosen)
        self._picture_of: PictureOf = lambda _plan: None
        self.name = QLineEdit()
        self.name.editingFinished.connect(lambda: plans.rename(self.name.text()))
        tip = tr("Keep this plan and change a copy")
        self.add_button = button(tr("Copy plan"), plans.add, tip=tip)
        self.delete_button = button(tr("Delete"), plans.delete)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        column.addLayout(row(self.name, self.add_button, self.delete_button))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Leave the millilitres to the line under the number where a name would be cut."""
        super().resizeEvent(event)
        self.table.setColumnHidden(ML, self.width() < theme.pixels(ROOM_PT))

    def refresh(self) -> None:
        """Show every plan's numbers."""
        work = self._session.work
        if not self.name.hasFocus():
            self.name.setText(plan_title(work.active_plan))
        self.add_button.setEnabled(bool(work.cuts))
        self.table.fill([self._row(plan) for plan in work.plans], work.plan)
        for number, plan in enumerate(work.plans):
            self._show_picture(number, plan)
        self.table.fit()

    def show_pictures(self, picture_of: PictureOf) -> None:
        """Ask for the picture of each plan from now on."""
        self._picture_of = picture_of
        self.refresh()

    def _show_picture(self, number: int, plan: Plan) -> None:
        """Show a plan's picture, or its place: the row never changes its height."""
        item, picture = self.table.item(number, 0), self._picture_of(plan)
        if item is None:
            return
        if picture is None:
            picture = QPixmap(*PICTURE)
            picture.fill(Qt.GlobalColor.transparent)
        icon = QIcon(picture)
        icon.addPixmap(picture, QIcon.Mode.Selected)  # as it is: Qt would tint it
        item.setIcon(icon)

    def follow(self) -> None:
        """Show the numbers of a drag under way, or of what has just been worked out."""
        work = self._session.work
        if not self.isVisible() or self.table.rowCount() != len(work.plans):
            return
        for column, text in enumerate(self._row(work.active_plan)):
            item = self.table.item(work.plan, column)
            if item is not None and item.text() != text:
                item.setText(text)
        self._show_picture(work.plan, work.active_plan)

    def _row(self, plan: Plan) -> Row:
        title = plan_title(plan)
        match self._plans.numbers(plan):
            case "waiting":
                return title, WAITING, WAITING, WAITING
            case "none":
                return title, NONE, NONE, NONE
            case found:
                share = localised(self._live.rule.share(found.remnant))
                stays = localised(ml(found.remnant.counted_ml))
                return title, share, stays, margin_words(found.margins)

    def _chosen(self) -> None:
        if self.table.chosen >= 0:
            self._session.choose(plan=self.table.chosen)


def margin_words(margins: tuple[Margin, ...]) -> str:
    """Return the smallest margin; "left in" where a lesion stays."""
    if any(margin.in_remnant for margin in margins):
        return tr("left in")
    known = [margin.margin_mm for margin in margins if margin.margin_mm is not None]
    return f"{localised(mm(min(known)))} mm" if known else NONE
