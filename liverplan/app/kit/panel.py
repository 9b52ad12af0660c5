"""What every panel is: a title, a state, a reason why it waits, a notice of its own."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from liverplan.app.kit.widgets import Notice, label
from liverplan.app.session.desk import Desk
from liverplan.app.session.session import Topic


class Panel(QWidget):
    """A step's controls; subclasses say what they wait for and redraw when told."""

    wants_step = Signal(int)
    title = ""
    place = ""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.next = label("")
        self.notice = Notice()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(7, 8, 7, 12)
        self.column.setSpacing(7)
        self.column.addWidget(self.next)
        self.column.addWidget(self.notice)
        desk.notices[self.place] = self.notice.say
        desk.session.subscribe(self._changed)

    def blocked(self) -> str:
        """Why this step cannot begin yet; empty if it can."""
        return ""

    def state(self) -> str:
        """Return a word or two to stand beside the title."""
        return ""

    def refresh(self) -> None:
        """Show what holds now."""

    def _changed(self, topics: frozenset[Topic]) -> None:
        if topics != {"cuts"} or not self.desk.session.dragging:
            self.refresh()
