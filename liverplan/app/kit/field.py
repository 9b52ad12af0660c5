"""A field of a form: a name, a line to write in, and a notice of its own beside it."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Generic, TypeVar

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from liverplan.app.kit import theme
from liverplan.app.kit.language import tr
from liverplan.app.kit.widgets import Notice, label
from liverplan.errors import InputError
from liverplan.plain import unfit_text

T_co = TypeVar("T_co", covariant=True)


class Field(QWidget, Generic[T_co]):
    """One value that is written, taken in when the field is left or Enter is pressed.

    Parameters
    ----------
    name : str
        Shown above.
    read : callable
        Text to value; raises InputError in words.
    keep : callable
        Takes the field's value in; returns why that was refused, "" if it was not.
    width : int
        Of the line, points.
    """

    def __init__(
        self, name: str, read: Callable[[str], T_co], keep: Callable[[], str], *, width: int
    ) -> None:
        super().__init__()
        self._read, self._keep = read, keep
        self._known = ""
        self.line = QLineEdit()
        self.line.setMinimumWidth(theme.pixels(width))
        self.line.setAccessibleName(name)
        if read is read_date:
            self.line.setPlaceholderText(tr("year-month-day"))
        self.line.editingFinished.connect(self._finished)
        self.notice = Notice()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        if name:
            layout.addWidget(label(name, "secondary", wrap=False))
        layout.addWidget(self.line)
        layout.addWidget(self.notice)
        layout.addStretch()

    def value(self) -> T_co:
        """Return what is written.

        Raises
        ------
        InputError
            If it cannot be understood.
        """
        return self._read(self.line.text().strip())

    def show_text(self, text: str) -> None:
        """Show what holds; what is typed meanwhile, or was refused, stays until that changes."""
        if text == self._known and (self.line.hasFocus() or not self.notice.isHidden()):
            return
        self._known = text
        if self.line.text() != text:
            self.line.setText(text)
        self.notice.say("")

    def _finished(self) -> None:
        text = self.line.text().strip()
        if text == self._known:
            self.notice.say("")
            return
        try:
            self.value()
            refusal = self._keep()
        except InputError as fault:
            refusal = str(fault)
        self.notice.say(refusal)
        if not refusal:
            self._known = text


def read_text(text: str) -> str:
    """Any words, no more than are kept."""
    if refusal := unfit_text(text, "This"):
        raise InputError(refusal)
    return text


def read_date(text: str) -> date | None:
    """Read year, month and day; nothing is no date."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(tr("{text} is no date; write it as 2024-03-11.", text=text)) from error


def read_number(text: str) -> float | None:
    """Read a number, with a point or a comma; nothing is no number."""
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError as error:
        words = tr("{text} is no number; write it as 165 or {example}.", text=text, example=70.5)
        raise InputError(words) from error
    if not math.isfinite(value):
        raise InputError(tr("{text} is no number that can be measured.", text=text))
    return value
