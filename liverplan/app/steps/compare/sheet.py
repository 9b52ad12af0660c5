"""Two CTs side by side: metastases matched and confirmed, the response, the remnant's growth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from liverplan.app.kit.busy import Busy
from liverplan.app.kit.field import Field, read_date
from liverplan.app.kit.widgets import Notice, Table, button, label, row
from liverplan.app.session.context import Context
from liverplan.app.session.session import Topic
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.compare.compare_pane import ComparePane
from liverplan.app.steps.compare.comparing import PLACE, Comparing
from liverplan.eligibility.recist import NonTarget, Response, Visit, assess, category_said, mm
from liverplan.errors import InputError, LiverplanError
from liverplan.followup import Comparison, Examination, Row
from liverplan.followup.comparison import NEW, SEEN, Said
from liverplan.words import in_english
from liverplan.words.numbers import NONE

OTHERS: tuple[NonTarget | None, ...] = (None, "CR", "non-CR/non-PD", "PD", "NE")


class CompareSheet(QFrame):
    """Lies over the views."""

    done = Signal()

    def __init__(self, desk: Context, views: ThreeViews, comparing: Comparing) -> None:
        super().__init__()
        self.desk, self.views, self.comparing = desk, views, comparing
        self._rows: tuple[Row, ...] = ()
        self._chosen: int | None = None
        self.notice, self.busy = Notice(), Busy()
        desk.notices.show_at(PLACE, self.notice.say)
        desk.jobs.watch(PLACE, self.busy.watch)
        self.dates = label("", "secondary", wrap=False)
        self.open_button = button("Open the other CT…", self._open, role="primary")
        self.done_button = button("Done", self.done.emit)
        self.earlier, self.later = ComparePane("Earlier CT"), ComparePane("Later CT")
        self.table = Table(["Earlier", "mm", "Later", "mm", "Counts as", ""], stretch=4)
        self.table.itemSelectionChanged.connect(self._choose)
        self.table.cellClicked.connect(lambda *_: self._choose())
        self.said = QComboBox()
        self.said.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.said.activated.connect(self._say)
        self.confirm_button = button("Confirm", self._confirm, tip="It is so, as the row says")
        self.target_button = button("Target", self._target, tip="Its length counts in the sum")
        self.target_button.setCheckable(True)
        self.others = QComboBox()
        self.others.addItems(["as outlined", *(one for one in OTHERS if one)])
        self.others.activated.connect(self._others)
        self.name = QLineEdit()
        self.name.setPlaceholderText("Your name")
        self.name.textChanged.connect(self._buttons)
        self.keep_button = button("Keep the response", self._keep, role="primary")
        self.category = label("", "title")
        self.finding = label("", "secondary")
        self.visits = Table(["Visit", "Sum, mm", "Category"], stretch=0)
        self.embolised = Field("", read_date, lambda: "", width=110)
        self.growth_button = button("Growth of the remnant", self._grow)
        self.growth = label("", "secondary")
        self._build()
        comparing.changed.connect(self.refresh)
        comparing.moved.connect(self._follow)
        desk.jobs.changed.connect(lambda _place: self._buttons())
        for pane, earlier in ((self.earlier, True), (self.later, False)):
            pane.moved.connect(lambda at, first=earlier: comparing.show_at(at, earlier=first))
            pane.zoomed.connect(self._zoom)
        desk.session.subscribe(self._changed)
        self.refresh()

    def _build(self) -> None:
        title = label("Compare with another CT", "title", wrap=False)
        head = row(title, self.dates, 1, self.open_button, self.done_button)
        head.setContentsMargins(12, 8, 12, 0)
        panes = QSplitter(Qt.Orientation.Horizontal)
        panes.addWidget(self.earlier)
        panes.addWidget(self.later)
        panes.setChildrenCollapsible(False)
        self.below = QWidget()
        columns = QHBoxLayout(self.below)
        columns.setContentsMargins(12, 4, 12, 6)
        columns.setSpacing(18)
        columns.setAlignment(Qt.AlignmentFlag.AlignTop)
        columns.addLayout(self._matching(), 5)
        columns.addLayout(self._response(), 4)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.below)
        self.area = area
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.notice)
        layout.addWidget(self.busy)
        layout.addWidget(panes, 6)
        layout.addWidget(area, 5)

    def _matching(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.addWidget(self.table)
        words = label("The later one is", "secondary", wrap=False)
        column.addLayout(row(words, self.said, self.confirm_button, self.target_button, 1))
        others = label("Non-target lesions", "secondary", wrap=False)
        column.addLayout(row(others, self.others, 1))
        column.addLayout(row(self.name, self.keep_button))
        column.addStretch()
        return column

    def _response(self) -> QVBoxLayout:
        column = QVBoxLayout()
        for part in (self.category, self.finding, self.visits):
            column.addWidget(part)
        embolised = label("Embolisation", "secondary", wrap=False)
        growth = row(embolised, self.embolised, self.growth_button, 1)
        growth.setAlignment(embolised, Qt.AlignmentFlag.AlignTop)
        growth.setAlignment(self.growth_button, Qt.AlignmentFlag.AlignTop)
        column.addLayout(growth)
        column.addWidget(self.growth)
        column.addStretch()
        return column

    def _changed(self, topics: frozenset[Topic]) -> None:
        if topics & {"ct", "facts"}:
            self.refresh()

    def refresh(self) -> None:
        """Show the comparison as it stands."""
        now = self.comparing.comparison
        self.below.setEnabled(now is not None)
        self.earlier.show_examination(now.earlier if now else None)
        self.later.show_examination(now.later if now else None)
        self.growth.setText(self.comparing.growth)
        self._rows = now.rows if now else ()
        if self._chosen is None or self._chosen >= len(self._rows):
            self._chosen = 0 if self._rows else None
        if now is None:
            self.dates.setText("Choose a case of an earlier or a later CT of this patient.")
            self.table.fill([])
            self._show_kept()
        else:
            self.dates.setText(f"{now.earlier.date or '?'} and {now.later.date or '?'}")
            at = -1 if self._chosen is None else self._chosen
            self.table.fill([table_row(now, one) for one in self._rows], at)
            self._show_response(now)
            self._show_choices(now)
        self._buttons()

    def _show_kept(self) -> None:
        """Show the response that an earlier comparison has kept in this case, if any."""
        visits = self.desk.session.work.record.visits.visits
        response = assess(visits) if visits else None
        self.category.setText(category_words(response, complete=True) if response else "")
        self.finding.setText(in_english(response.finding) if response else "")
        self.visits.fill(visit_rows(visits, response) if response else [])

    def _show_response(self, now: Comparison) -> None:
        try:
            visits, response = now.preview()
        except LiverplanError as refusal:
            self.category.setText("No response yet")
            self.finding.setText(str(refusal))
            self.visits.fill([])
            return
        self.category.setText(category_words(response, complete=now.complete))
        self.finding.setText(in_english(response.finding))
        self.visits.fill(visit_rows(visits, response))

    def _show_choices(self, now: Comparison) -> None:
        one = self._row()
        self.said.clear()
        if one is None:
            return
        if one.later is None:
            self.said.addItem("gone", None)
        else:
            for known in sorted(now.earlier.axes):
                self.said.addItem(f"M{known - 1} of the earlier CT", known)
            for words in (NEW, SEEN):
                self.said.addItem(words, words)
            for name in now.lost:
                self.said.addItem(f"target {name}, come back", name)
            mine = one.words if one.earlier is None else one.earlier
            self.said.setCurrentIndex(self.said.findData(mine))
        self.target_button.setChecked(one.earlier in now.targets)

    def _buttons(self) -> None:
        now, one = self.comparing.comparison, self._row()
        busy = self.desk.busy(PLACE)
        self.open_button.setEnabled(not busy)
        self.growth_button.setEnabled(now is not None and not busy)
        self.said.setEnabled(one is not None and one.later is not None)
        self.confirm_button.setEnabled(
            now is not None and one is not None and one.key not in now.confirmed
        )
        self.target_button.setEnabled(one is not None and one.earlier is not None)
        named = bool(self.name.text().strip())
        self.keep_button.setEnabled(now is not None and now.complete and named)
        left = 0 if now is None else sum(r.key not in now.confirmed for r in self._rows)
        self.keep_button.setToolTip(
            f"{left} rows are not confirmed yet." if left else "" if named else "Needs a name."
        )

    def _row(self) -> Row | None:
        if self._chosen is None or self._chosen >= len(self._rows):
            return None
        return self._rows[self._chosen]

    def _choose(self) -> None:
        now = self.comparing.comparison
        if now is None or self.table.chosen < 0:
            return
        self._chosen = self.table.chosen
        self._show_choices(now)
        self._buttons()
        self._go(now)

    def _go(self, now: Comparison) -> None:
        """Show the chosen lesion in both panes."""
        one = self._row()
        if one is None:
            return
        self.earlier.chosen, self.later.chosen = one.earlier, one.later
        if one.later is not None:
            self.comparing.show_at(now.later.centres[one.later], earlier=False)
        elif one.earlier is not None:
            self.comparing.show_at(now.earlier.centres[one.earlier], earlier=True)

    def _say(self, at: int) -> None:
        now, one = self.comparing.comparison, self._row()
        said: Said | None = self.said.itemData(at)
        if now is None or one is None or one.later is None or said is None:
            return
        changed = now.corrected(one.later, said)
        self._chosen = next(n for n, r in enumerate(changed.rows) if r.later == one.later)
        self.comparing.say(changed)

    def _confirm(self) -> None:
        now, one = self.comparing.comparison, self._row()
        if now is None or one is None:
            return
        changed = now.confirming(one)
        left = [n for n, r in enumerate(self._rows) if r.key not in changed.confirmed]
        self._chosen = left[0] if left else self._chosen
        self.comparing.say(changed)
        self._go(changed)

    def _target(self) -> None:
        now, one = self.comparing.comparison, self._row()
        if now is None or one is None or one.earlier is None:
            return
        try:
            is_target = one.earlier not in now.targets
            self.comparing.say(now.with_target(one.earlier, is_target=is_target))
        except InputError as refusal:
            self.desk.say(PLACE, str(refusal))
            self.refresh()

    def _others(self, at: int) -> None:
        now = self.comparing.comparison
        if now is not None:
            self.comparing.say(now.judging(OTHERS[at]))

    def _keep(self) -> None:
        self.comparing.keep(" ".join(self.name.text().split()))

    def _grow(self) -> None:
        try:
            self.comparing.grow(self.embolised.value())
        except InputError as refusal:
            self.embolised.notice.say(str(refusal))

    def _open(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self.window(), "A case of another CT")
        if chosen:
            self.comparing.open(Path(chosen))

    def _follow(self) -> None:
        at, later = self.comparing.at_mm, self.comparing.at_later_mm
        if at is None or later is None:
            return
        for pane, point in ((self.earlier, at), (self.later, later)):
            pane.limits_hu = self.views.limits_hu
            pane.show_point(point)

    def _zoom(self, magnified: float) -> None:
        for pane in (self.earlier, self.later):
            pane.magnified = magnified
            pane.update()


def table_row(now: Comparison, one: Row) -> tuple[str, ...]:
    """Return what the table shows of one lesion over both CTs."""
    earlier = (NONE, NONE) if one.earlier is None else _lesion(now.earlier, one.earlier)
    later = (NONE, NONE) if one.later is None else _lesion(now.later, one.later)
    state = "confirmed" if one.key in now.confirmed else "check"
    return (*earlier, *later, now.role(one), state)


def category_words(response: Response, *, complete: bool) -> str:
    """Return the category, and between readers what else it could be."""
    words = f"{in_english(category_said(response.overall)).capitalize()} ({response.overall})"
    noise = [one for one in response.noise if one != response.target]
    between = f"; another reader could find {' or '.join(noise)}" if noise else ""
    return f"{words}{between}" if complete else f"Not confirmed yet: {words}{between}"


def visit_rows(visits: Sequence[Visit], response: Response) -> list[tuple[str, str, str]]:
    """Return each visit's sum, and the category at the last."""
    rows: list[tuple[str, str, str]] = []
    for number, visit in enumerate(visits):
        total = NONE if visit.sum_tenths is None else mm(visit.sum_tenths)
        name = f"{number + 1}" if visit.date is None else visit.date.isoformat()
        last = number == len(visits) - 1
        rows.append((name, total, response.overall if last else "baseline" if not number else ""))
    return rows


def _lesion(one: Examination, label_value: int) -> tuple[str, str]:
    return f"M{label_value - 1}", mm(one.tenths(label_value))
