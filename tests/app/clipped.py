"""Finds text that is cut off or lies on other text, and controls too small for a finger."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QWidget,
)

LEAST_PX = 24
"""Of a control's height and width, WCAG 2.2, 2.5.8."""

CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox)


def faults_of(window: QWidget) -> list[str]:
    """Say everything that is wrong with what a window shows now; empty if all is well."""
    seen = [part for part in window.findChildren(QWidget) if is_seen(part)]
    found = []
    for part in seen:
        if isinstance(part, QLabel):
            found += cut_label(part)
        if isinstance(part, QPushButton):
            found += cut_button(part)
        if isinstance(part, QTableWidget):
            found += cut_headers(part)
        if isinstance(part, CONTROLS) and not inside_another(part):
            found += too_small(part)
    return found + lying_on_each_other(seen)


def is_seen(part: QWidget) -> bool:
    return part.isVisible() and part.width() > 0 and part.window().isVisible()


def inside_another(part: QWidget) -> bool:
    """Whether it is a part of a control, as the line in a box of numbers."""
    return isinstance(part.parentWidget(), (QComboBox, QAbstractSpinBox, QTableWidget))


def named(part: QWidget) -> str:
    text = getattr(part, "text", None)
    return f"{type(part).__name__} {text()[:40]!r}" if callable(text) else type(part).__name__


def cut_label(part: QLabel) -> list[str]:
    if not part.text() or part.toolTip():  # what is too long is whole in its tip
        return []
    room = part.contentsRect()
    if part.wordWrap():
        if part.heightForWidth(part.width()) > part.height() + 2:
            return [f"{named(part)} is cut off below"]
        return []
    wide = max(part.fontMetrics().horizontalAdvance(line) for line in part.text().splitlines())
    return [f"{named(part)} is cut off by {wide - room.width()} px"] if wide > room.width() else []


def cut_button(part: QPushButton) -> list[str]:
    wide = part.fontMetrics().horizontalAdvance(part.text())
    over = wide + 4 - part.width()
    return [f"{named(part)} is cut off by {over} px"] if over > 0 else []


def cut_headers(part: QTableWidget) -> list[str]:
    metrics, found = part.horizontalHeader().fontMetrics(), []
    for column in range(part.columnCount()):
        item = part.horizontalHeaderItem(column)
        lines = item.text().splitlines() if item else []
        wide = max(map(metrics.horizontalAdvance, lines), default=0)
        if wide > part.columnWidth(column):
            found.append(f"the heading {item.text()!r} is cut off")
    return found


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
