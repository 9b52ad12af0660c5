"""A line to write in, where a text shall stand on a slice."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from liverplan.app.kit.language import tr
from liverplan.findings.annotations import LONGEST_TEXT

WIDE, HIGH = 190, 28


class TextEntry(QLineEdit):
    """Taken in by Enter or by leaving it, given up by Escape."""

    def __init__(self, over: QWidget, done: Callable[[str], object]) -> None:
        super().__init__(over)
        self._done: Callable[[str], object] | None = done
        self.setMaxLength(LONGEST_TEXT)
        self.setPlaceholderText(tr("Text, then Enter"))
        self.returnPressed.connect(lambda: self.finish(self.text()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Give up on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.finish("")
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Take in what was written."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.finish(self.text())

    def finish(self, text: str) -> None:
        """Hand the text over, once, and go."""
        done, self._done = self._done, None
        if done is None:
            return
        self.hide()
        self.deleteLater()
        done(" ".join(text.split()))


def ask_text(over: QWidget, at: tuple[float, float], done: Callable[[str], object]) -> TextEntry:
    """Let a person write at a place of a canvas, (x, y) pixels; "" where it was given up."""
    entry = TextEntry(over, done)
    x = min(max(round(at[0]) + 8, 2), max(2, over.width() - WIDE - 2))
    y = min(max(round(at[1]) + 8, 2), max(2, over.height() - HIGH - 2))
    entry.setGeometry(x, y, WIDE, HIGH)
    entry.show()
    entry.setFocus()
    return entry
