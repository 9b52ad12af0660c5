"""What every panel is: a title, a state, a reason why it waits, a notice and a job of its own."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from liverplan.app.kit.busy import Busy
from liverplan.app.kit.widgets import Notice, Words

NEXT_LINES = 3
"""Room for what can be done next, whatever it is: what stands below never moves."""


class Panel(QWidget):
    """A step's controls; subclasses say what they wait for and redraw when told.

    Attributes
    ----------
    title : str
        What the step is called.
    place : str
        Where notices and jobs of this step belong.
    next : QLabel
        What can be done next.
    notice : Notice
        What happened here.
    busy : Busy
        The long job that runs here.
    status : QWidget
        Notice and job together: the window gives them a place where they move nothing.
    """

    wants_step = Signal(int)
    title = ""
    place = ""

    def __init__(self) -> None:
        super().__init__()
        self.next = Words(lines=NEXT_LINES)
        self.notice = Notice()
        self.busy = Busy()
        self.status = QWidget()
        self.said = QVBoxLayout(self.status)
        self.said.setContentsMargins(0, 0, 0, 0)
        self.said.setSpacing(4)
        self.said.addWidget(self.busy)
        self.said.addWidget(self.notice)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(7, 8, 7, 12)
        self.column.setSpacing(7)
        self.column.addWidget(self.next)
        self.column.addWidget(self.status)

    def blocked(self) -> str:
        """Why this step cannot begin yet; empty if it can."""
        return ""

    def state(self) -> str:
        """Return a word or two to stand beside the title."""
        return ""

    def refresh(self) -> None:
        """Show what holds now."""

    def accept(self) -> None:
        """Take the step's proposal, as Enter does; most steps have none."""
