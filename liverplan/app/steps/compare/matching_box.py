"""Which metastasis is which: a row for each, corrected or confirmed by a person."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from liverplan.app.kit.language import localised, retold, tr
from liverplan.app.kit.widgets import Table, button, label, row, set_tip
from liverplan.app.steps.compare.comparing import Comparing
from liverplan.eligibility.recist import NonTarget, mm
from liverplan.followup import Comparison, Examination, Row
from liverplan.followup.comparison import NEW, SEEN
from liverplan.plain import clean
from liverplan.words.numbers import NONE

OTHERS: tuple[NonTarget | None, ...] = (None, "CR", "non-CR/non-PD", "PD", "NE")


class MatchingBox(QWidget):
    """The table of rows, and what is said of the chosen one."""

    chosen = Signal()
    """Another row is chosen."""

    def __init__(self, comparing: Comparing) -> None:
        super().__init__()
        self._comparing = comparing
        self._rows: tuple[Row, ...] = ()
        self._at: int | None = None
        heads = [tr("Earlier"), "mm", tr("Later"), "mm", tr("Counts as"), ""]
        self.table = Table(heads, stretch=4)
        self.table.itemSelectionChanged.connect(self._choose)
        self.table.cellClicked.connect(lambda *_: self._choose())
        self.said = QComboBox()
        self.said.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.said.activated.connect(self._say)
        tips = tr("It is so, as the row says"), tr("Its length counts in the sum")
        self.confirm_button = button(tr("Confirm"), self._confirm, tip=tips[0])
        self.target_button = button(tr("Target"), self._target, tip=tips[1])
        self.target_button.setCheckable(True)
        self.others = QComboBox()
        self.others.addItems([tr("as outlined") if one is None else one for one in OTHERS])
        self.others.activated.connect(lambda at: comparing.judge_others(OTHERS[at]))
        self.name = QLineEdit()
        self.name.setPlaceholderText(tr("Your name"))
        self.name.textChanged.connect(self.refresh_buttons)
        self.keep_button = button(tr("Keep the response"), self._keep, role="primary")
        self._build()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        words = label(tr("The later one is"), "secondary", wrap=False)
        column.addLayout(row(words, self.said, self.confirm_button, self.target_button, 1))
        others = label(tr("Non-target lesions"), "secondary", wrap=False)
        column.addLayout(row(others, self.others, 1))
        column.addLayout(row(self.name, self.keep_button))
        column.addStretch()

    @property
    def row(self) -> Row | None:
        """The chosen row."""
        at = self._at
        return self._rows[at] if at is not None and at < len(self._rows) else None

    def refresh(self) -> None:
        """Show the rows as they stand."""
        now = self._comparing.comparison
        self._rows = () if now is None else now.rows
        if self.row is None:
            self._at = 0 if self._rows else None
        rows = [] if now is None else [table_row(now, one) for one in self._rows]
        self.table.fill(rows, -1 if self._at is None else self._at)
        self._show_choices()
        self.refresh_buttons()

    def _show_choices(self) -> None:
        now, one = self._comparing.comparison, self.row
        self.said.clear()
        if now is None or one is None:
            return
        if one.later is None:
            self.said.addItem(tr("gone"), None)
        else:
            self._list_choices(now, one)
        self.target_button.setChecked(one.earlier in now.targets)

    def _list_choices(self, now: Comparison, one: Row) -> None:
        for known in sorted(now.earlier.axes):
            self.said.addItem(tr("M{number} of the earlier CT", number=known - 1), known)
        for words in (NEW, SEEN):
            self.said.addItem(tr(words), words)
        for name in now.lost:
            self.said.addItem(tr("target {name}, come back", name=clean(name)), name)
        mine = one.words if one.earlier is None else one.earlier
        self.said.setCurrentIndex(self.said.findData(mine))

    def refresh_buttons(self) -> None:
        """Show what can be said, and what keeping waits for."""
        now, one = self._comparing.comparison, self.row
        self.said.setEnabled(one is not None and one.later is not None)
        self.target_button.setEnabled(one is not None and one.earlier is not None)
        left = () if now is None else [r for r in self._rows if r.key not in now.confirmed]
        self.confirm_button.setEnabled(one is not None and one in left)
        named = bool(self.name.text().strip())
        self.keep_button.setEnabled(now is not None and not left and named)
        set_tip(
            self.keep_button,
            tr("{count} rows are not confirmed yet.", count=len(left))
            if left
            else ""
            if named
            else tr("Needs a name."),
        )

    def _choose(self) -> None:
        if self._comparing.comparison is None or self.table.chosen < 0:
            return
        self._at = self.table.chosen
        self._show_choices()
        self.refresh_buttons()
        self.chosen.emit()

    def _say(self, at: int) -> None:
        now, one, said = self._comparing.comparison, self.row, self.said.itemData(at)
        if now is None or one is None or one.later is None or said is None:
            return
        after = now.corrected(one.later, said).rows
        self._at = next(n for n, other in enumerate(after) if other.later == one.later)
        self._comparing.correct(one.later, said)

    def _confirm(self) -> None:
        now, one = self._comparing.comparison, self.row
        if now is None or one is None:
            return
        left = [
            n for n, r in enumerate(self._rows) if r.key not in now.confirmed and r.key != one.key
        ]
        self._at = left[0] if left else self._at
        self._comparing.confirm(one)
        self.chosen.emit()

    def _target(self) -> None:
        if self.row is not None and self.row.earlier is not None:
            self._comparing.toggle_target(self.row.earlier)

    def _keep(self) -> None:
        self._comparing.keep(" ".join(self.name.text().split()))


def table_row(now: Comparison, one: Row) -> tuple[str, ...]:
    """Return what the table shows of one lesion over both CTs."""
    earlier = (NONE, NONE) if one.earlier is None else _lesion(now.earlier, one.earlier)
    later = (NONE, NONE) if one.later is None else _lesion(now.later, one.later)
    state = tr("confirmed") if one.key in now.confirmed else tr("check")
    return (*earlier, *later, retold(now.role(one)), state)


def _lesion(one: Examination, label_value: int) -> tuple[str, str]:
    return f"M{label_value - 1}", localised(mm(one.tenths(label_value)))
