"""Small parts that every panel uses: labels, buttons, notices, a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Protocol

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDoubleSpinBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from liverplan.app.kit import theme
from liverplan.plain import clean_lines


class Tipped(Protocol):
    """A widget or an item that can say more where the mouse rests."""

    def setToolTip(self, tip: str, /) -> None:  # noqa: N802 - Qt's name
        """Say this."""


class PlainLabel(QLabel):
    """Text as it was written: no mark-up in it is followed, nothing in it hides or reorders."""

    def __init__(self, text: str = "") -> None:
        super().__init__(clean_lines(text))
        self.setTextFormat(Qt.TextFormat.PlainText)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Show other words."""
        super().setText(clean_lines(text))


class Words(PlainLabel):
    """Text that wraps and is exactly as high as its lines at the width it is given.

    ``lines``: never lower than these, so that other words move nothing.
    """

    def __init__(self, text: str = "", *, lines: int = 0) -> None:
        super().__init__(text)
        self._lines = lines
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Show other words."""
        if clean_lines(text) != self.text():
            super().setText(text)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fit the height to the width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self.width() > 60:
            self.ensurePolished()  # the rim that a role gives counts before it is first shown
            self.setMinimumHeight(0)  # a label never asks for less than its least height
            least = max(self._lines * self.fontMetrics().lineSpacing(), 4)
            self.setFixedHeight(max(self.heightForWidth(self.width()), least))


class Elided(PlainLabel):
    """One line that ends between words where there is no room, and is whole in its tip.

    Cut within a word, a margin of 10 mm could be read as 1 mm.
    """

    def __init__(self, text: str = "", role: str = "") -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if role:
            self.setProperty("role", role)
        self.setText(text)

    @property
    def whole(self) -> str:
        """All that it says."""
        return self._whole

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Say other words."""
        self._whole = clean_lines(text)
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show as many words as there is room for."""
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        self.ensurePolished()
        room = self.contentsRect().width()
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room)
        if shown != self._whole:
            shown = f"{shown[:-1].rpartition(' ')[0]} …"
        super().setText(shown)
        set_tip(self, self._whole)


def label(text: str = "", role: str = "", *, wrap: bool = True) -> QLabel:
    """Show text in one of the style sheet's roles."""
    widget = Words(text) if wrap else PlainLabel(text)
    if role:
        widget.setProperty("role", role)
    return widget


def button(
    text: str, clicked: Callable[[], object], *, role: str = "", tip: str = ""
) -> QPushButton:
    """Make a button that calls one verb."""
    widget = QPushButton(text)
    widget.clicked.connect(lambda _checked=False: clicked())
    set_tip(widget, tip)
    if role:
        widget.setProperty("role", role)
    return widget


def set_tip(part: Tipped, text: str) -> None:
    """Say more where the mouse rests; Qt would follow mark-up in a tip, which has no format."""
    shown = clean_lines(text)
    part.setToolTip(f"<p>{escape(shown)}</p>" if set(shown) & set("<&") else shown)


def row(*parts: QWidget | int, spacing: int = 6) -> QHBoxLayout:
    """Widgets side by side; a number is a stretch."""
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for part in parts:
        if isinstance(part, int):
            layout.addStretch(part)
        else:
            layout.addWidget(part)
    return layout


def show_number(box: QSpinBox | QDoubleSpinBox, value: float) -> None:
    """Show a number that holds now, silently, but never over one that is being typed."""
    if being_typed(box):
        return
    blocker = QSignalBlocker(box)
    if isinstance(box, QSpinBox):
        box.setValue(round(value))
    else:
        box.setValue(value)
    del blocker


def being_typed(box: QSpinBox | QDoubleSpinBox) -> bool:
    """Whether a box holds the cursor and digits that it has not taken in yet."""
    taken_in = box.textFromValue(box.value())  # type: ignore[arg-type]
    return box.hasFocus() and box.cleanText() != taken_in


def restyle(widget: QWidget, name: str, value: str) -> None:
    """Set a property that the style sheet looks at."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class Notice(Words):
    """What happened, what follows, one action; hidden while there is nothing to say."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "notice")
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.hide()

    def say(self, text: str, kind: str = "warning") -> None:
        """Show a notice; no text hides it."""
        restyle(self, "kind", kind)
        restyle(self, "stale", "false")
        self.setText(text)
        self.setVisible(bool(text))

    def grey(self) -> None:
        """Show that it was said of what is no longer on screen."""
        restyle(self, "stale", "true")


class Table(QTableWidget):
    """A table that is read, not typed into, as high as its rows."""

    def __init__(self, headers: Sequence[str], stretch: int = 0, most_rows: int = 8) -> None:
        super().__init__(0, len(headers))
        self.setHorizontalHeaderLabels(list(headers))
        self.verticalHeader().hide()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAlternatingRowColors(True)
        self.setTabKeyNavigation(False)  # Tab goes on to the next control; arrows choose a row
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(24)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
        self._most_rows = most_rows

    def fill(self, rows: Sequence[Sequence[str]], current: int = -1) -> None:
        """Show these rows; ``current`` is selected."""
        self.blockSignals(True)  # noqa: FBT003 - Qt
        self.setRowCount(len(rows))
        for r, cells in enumerate(rows):
            for c, text in enumerate(map(clean_lines, cells)):
                item = self.item(r, c)
                if item is None:
                    item = QTableWidgetItem()
                    self.setItem(r, c, item)
                if item.text() != text:
                    item.setText(text)
                set_tip(item, text if len(text) > 18 else "")
        if 0 <= current < len(rows):
            self.selectRow(current)
        else:
            self.clearSelection()
        self.blockSignals(False)  # noqa: FBT003 - Qt
        self.fit()

    def grey(self, row_number: int) -> None:
        """Show a row as one that cannot be chosen."""
        for column in range(self.columnCount()):
            item = self.item(row_number, column)
            if item is not None:
                item.setForeground(QColor(theme.palette().faint))

    def fit(self) -> None:
        """Be as high as the rows, up to eight; then scroll."""
        self.resizeRowsToContents()
        heights = [self.rowHeight(r) for r in range(min(self.rowCount(), self._most_rows))]
        total = self.horizontalHeader().sizeHint().height() + sum(heights) + 4
        self.setFixedHeight(total)

    @property
    def chosen(self) -> int:
        """Selected row; -1 where there is none."""
        rows = self.selectionModel().selectedRows()
        return rows[0].row() if rows else -1


def clear(layout: QLayout) -> None:
    """Take every widget out of a layout."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item else None
        if widget is not None:
            widget.deleteLater()
