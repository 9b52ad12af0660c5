"""Finds text that is cut off or lies on other text, and controls too small for a finger."""

import re
from collections.abc import Sequence
from importlib.util import find_spec

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenuBar,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QTabBar,
    QTableWidget,
    QToolButton,
    QWidget,
)

from liverplan.app.slices.view import SliceView
from tests.app.slice_words import faults_on

LEAST_PX = 24
"""Of a control's height and width, WCAG 2.2, 2.5.8."""

CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox)
ARROW_PX = 30
"""Of a box's arrow and frame, which words must leave free."""
SHORT_PX = 100
"""A box so narrow is made for a word: no tip excuses it if that is cut off."""
READ_FIRST = ("title", "step", "verdict", "number")
"""Roles of what must be whole where it stands: a tip is no excuse for it."""


def faults_of(window: QWidget, language: str = "en", known: Sequence[str] = ()) -> list[str]:
    """Say everything that is wrong with what a window shows now; empty if all is well.

    ``known``: texts that are not the window's own, and so in any language.
    """
    seen = [part for part in window.findChildren(QWidget) if is_seen(part)]
    found = []
    for part in seen:
        for kind, finds in FINDERS:
            if isinstance(part, kind):
                found += finds(part)
        if isinstance(part, CONTROLS) and not inside_another(part):
            found += too_small(part)
        if isinstance(part, (QLabel, *CONTROLS)):
            found += cut_beside(part)
    return found + lying_on_each_other(seen) + untranslated_on(window, language, known)


def untranslated_on(window, language, known):
    """Say what is not said in the language, where that can be told."""
    if language == "en" or find_spec("tests.app.untranslated") is None:
        return []
    from tests.app.untranslated import untranslated

    return [f"not translated: {text}" for text in untranslated(window, known)]


def is_seen(part: QWidget) -> bool:
    return part.isVisible() and part.width() > 0 and part.window().isVisible()


def inside_another(part: QWidget) -> bool:
    """Whether it is a part of a control, as the line in a box of numbers."""
    return isinstance(part.parentWidget(), (QComboBox, QAbstractSpinBox, QTableWidget))


def named(part: QWidget) -> str:
    text = getattr(part, "text", None)
    return f"{type(part).__name__} {text()[:40]!r}" if callable(text) else type(part).__name__


def wide(part: QWidget, text: str) -> int:
    return max(map(part.fontMetrics().horizontalAdvance, text.splitlines()), default=0)


def cut_beside(part: QWidget) -> list[str]:
    """What stands partly outside of its pane; below it may be scrolled to."""
    over = part.width() - part.visibleRegion().boundingRect().width()
    hidden = part.visibleRegion().isEmpty()
    return [f"{named(part)} lies {over} px outside of its pane"] if over > 2 and not hidden else []


def cut_label(part: QLabel) -> list[str]:
    if not part.text() or (part.toolTip() and part.property("role") not in READ_FIRST):
        return []  # what is too long is whole in its tip
    room = part.contentsRect()
    if part.wordWrap():
        below = part.heightForWidth(part.width()) > part.height() + 2
        pieces = re.split(r"\s|(?<=[-/])", part.text())  # a path may wrap behind its slashes
        beside = max(map(part.fontMetrics().horizontalAdvance, pieces), default=0)
        cut = below or (beside > room.width() and part.textFormat() == Qt.TextFormat.PlainText)
        return [f"{named(part)} is cut off below"] if cut else []
    over = wide(part, part.text()) - room.width()
    return [f"{named(part)} is cut off by {over} px"] if over > 0 else []


def cut_button(part: QAbstractButton) -> list[str]:
    over = wide(part, part.text()) - room_for_words(part)
    if part.property("role") in READ_FIRST and "…" in part.text().partition("·")[0]:
        return [f"{named(part)} is cut off"]
    return [f"{named(part)} is cut off by {over} px"] if over > 0 else []


def room_for_words(part: QAbstractButton) -> int:
    """How wide the words on a button may be, in pixels, as its style draws it."""
    if not isinstance(part, QPushButton):
        return part.width() - 4
    option = QStyleOptionButton()
    part.initStyleOption(option)
    inside = QStyle.SubElement.SE_PushButtonContents
    return part.style().subElementRect(inside, option, part).width()


def cut_marked(part: QCheckBox) -> list[str]:
    """A box with a mark is as wide as it asks to be."""
    over = part.sizeHint().width() - part.width()
    return [f"{named(part)} is cut off by {over} px"] if over > 1 and part.text() else []


def cut_box(part: QComboBox) -> list[str]:
    over = wide(part, part.currentText()) + ARROW_PX - part.width()
    excused = over <= 0 or (part.toolTip() and part.width() > SHORT_PX)
    return [] if excused else [f"QComboBox {part.currentText()[:40]!r} is cut off by {over} px"]


def cut_line(part: QLineEdit) -> list[str]:
    """What asks to be written must be read whole; what is written may be longer than its line."""
    over = wide(part, part.placeholderText()) + 8 - part.width()
    if part.text() or over <= 0:
        return []
    return [f"QLineEdit {part.placeholderText()[:40]!r} is cut off by {over} px"]


def cut_number(part: QAbstractSpinBox) -> list[str]:
    over = wide(part, part.text()) + 4 - part.lineEdit().width()
    return [f"{named(part)} is cut off by {over} px"] if over > 0 else []


def cut_cells(part: QTableWidget) -> list[str]:
    header, found = part.horizontalHeader(), []
    metrics = header.fontMetrics()
    columns = [n for n in range(part.columnCount()) if not part.isColumnHidden(n)]
    for column in columns:
        item = part.horizontalHeaderItem(column)
        lines = item.text().splitlines() if item else []
        if max(map(metrics.horizontalAdvance, lines), default=0) > part.columnWidth(column):
            found.append(f"the heading {item.text()!r} is cut off")
    for row in range(part.rowCount()):
        found += [cut for column in columns for cut in cut_cell(part, row, column)]
    return found


def cut_cell(part: QTableWidget, row: int, column: int) -> list[str]:
    item = part.item(row, column)
    if item is None or item.toolTip() or not item.text():
        return []
    picture = 0 if item.icon().isNull() else part.iconSize().width() + 4
    room = part.visualItemRect(item).adjusted(2 + picture, 0, -2, 2)
    flags = Qt.TextFlag.TextWordWrap if part.wordWrap() else Qt.TextFlag.TextSingleLine
    needed = part.fontMetrics().boundingRect(QRect(0, 0, room.width(), 9999), flags, item.text())
    cut = needed.width() > room.width() or needed.height() > room.height()
    return [f"the cell {item.text()[:40]!r} is cut off"] if cut else []


def cut_tabs(part: QTabBar) -> list[str]:
    return [
        f"the tab {part.tabText(n)!r} is cut off"
        for n in range(part.count())
        if wide(part, part.tabText(n)) + 8 > part.tabRect(n).width()
    ]


def cut_menus(part: QMenuBar) -> list[str]:
    """Menus whose name does not stand in the bar, or that are higher than the screen."""
    found, room = [], part.screen().availableGeometry()
    for action in part.actions():
        if not part.rect().contains(part.actionGeometry(action)):
            found.append(f"the menu {action.text()!r} is cut off")
        high, across = action.menu().sizeHint().height(), action.menu().sizeHint().width()
        if high > room.height() or across > room.width():
            found.append(f"the menu {action.text()!r} is larger than the screen: {across}x{high}")
    return found


def cut_slice(part: SliceView) -> list[str]:
    return faults_on(part.overlay, part.name) if part.grid is not None else []


FINDERS = (
    (QLabel, cut_label),
    ((QPushButton, QToolButton), cut_button),
    (QCheckBox, cut_marked),
    (QComboBox, cut_box),
    (QLineEdit, cut_line),
    (QAbstractSpinBox, cut_number),
    (QTableWidget, cut_cells),
    (QTabBar, cut_tabs),
    (QMenuBar, cut_menus),
    (SliceView, cut_slice),
)


def too_small(part: QWidget) -> list[str]:
    least = min(part.width(), part.height())
    return [f"{named(part)} is only {least} px"] if least < LEAST_PX else []


def lying_on_each_other(seen: list[QWidget]) -> list[str]:
    texts = [part for part in seen if isinstance(part, (QLabel, *CONTROLS))]
    by_parent: dict[QWidget, list[QWidget]] = {}
    for part in texts:
        by_parent.setdefault(part.parentWidget(), []).append(part)
    return [
        f"{named(one)} lies on {named(other)}"
        for siblings in by_parent.values()
        for number, one in enumerate(siblings)
        for other in siblings[number + 1 :]
        if shared(one.geometry(), other.geometry())
    ]


def shared(one: QRect, other: QRect) -> bool:
    both = one.intersected(other)
    return both.width() > 1 and both.height() > 1
