"""The left column: the steps, one open at a time, undo and redo below, notices at the end."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from liverplan.app.kit import theme
from liverplan.app.kit.language import tr
from liverplan.app.kit.panel import Panel
from liverplan.app.kit.widgets import Notice, button, label, row, set_tip
from liverplan.app.session.context import Context
from liverplan.app.session.notices import WINDOW
from liverplan.app.session.session import Topic

HEADING_RIM, MIN_ROOM = 24, 200
"""Pixels beside a heading's words, and the room that they have before the window is laid out."""


STATUS_PT = 76.0
"""Points for a notice of four lines, or a job under way with one of two; longer ones scroll."""


SOON_MS = 100
SIDES_PX, PADDING_PX = 22, 26
"""Beside the two buttons below the steps, and beside the words on one of them."""


class Step(QWidget):
    """A heading that opens its panel, with its state; greyed, with the reason, until it can."""

    def __init__(self, number: int, panel: Panel) -> None:
        super().__init__()
        self.number, self.panel = number, panel
        self.heading = QPushButton()
        self.heading.setProperty("role", "step")
        self.heading.setCheckable(True)
        self.heading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.reason = label("", "secondary")
        self.reason.setContentsMargins(12, 0, 8, 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.heading)
        layout.addWidget(self.reason)
        layout.addWidget(panel)
        self.show_open(is_open=False)

    def show_open(self, *, is_open: bool) -> None:
        """Unfold or fold the panel."""
        self.panel.setVisible(is_open)
        self.panel.status.setVisible(is_open)
        self.heading.setChecked(is_open)
        self.refresh()

    def refresh(self) -> None:
        """Show the step's state, and what it waits for."""
        blocked = self.panel.blocked()
        self.heading.setEnabled(not blocked)
        self.reason.setText(blocked)
        self.reason.setVisible(bool(blocked))
        state = "" if blocked else self.panel.state()
        title = f"{self.number}  {tr(self.panel.title)}"
        text = f"{title}  ·  {state}" if state else title
        room = max(self.heading.width() - HEADING_RIM, MIN_ROOM)
        metrics = self.heading.fontMetrics()
        self.heading.setText(metrics.elidedText(text, Qt.TextElideMode.ElideRight, room))
        set_tip(self.heading, state)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show as much of the state as there is room for."""
        super().resizeEvent(event)
        self.refresh()


class Steps(QFrame):
    """The column of steps."""

    def __init__(self, context: Context, panels: Sequence[Panel]) -> None:
        super().__init__()
        self.session = session = context.session
        self.setFixedWidth(theme.pixels(theme.STEPS_PT["wide"]))
        self.steps = [Step(number, panel) for number, panel in enumerate(panels, 1)]
        self.notice = Notice()
        self.undo_button = button(tr("Undo"), session.undo, tip="Ctrl+Z")
        self.redo_button = button(tr("Redo"), session.redo, tip="Ctrl+Y")
        self.saved = label("", "secondary")
        for widget in (self.undo_button, self.redo_button):
            widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        for step in self.steps:
            step.heading.clicked.connect(lambda _=False, s=step: self.open(s.number))
            step.panel.wants_step.connect(self.open)
            column.addWidget(step)
        column.addStretch()
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inside)
        inside.setAutoFillBackground(False)
        self._build()
        for panel in panels:
            self.said.addWidget(panel.status)
            self._wire(context, panel)
        self.said.addStretch()
        context.notices.show_at(WINDOW, self.notice.say)
        session.subscribe(self._changed)
        self.open(1)
        self.refresh()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.area, 1)
        foot = QWidget()
        column = QVBoxLayout(foot)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        column.addWidget(self._place_of_notices())
        self.undo_row = row(self.undo_button, self.redo_button)
        column.addLayout(self.undo_row)
        column.addWidget(self.saved)
        layout.addWidget(foot)

    def _place_of_notices(self) -> QScrollArea:
        """Return a place of one height for whatever is said: what comes and goes moves nothing."""
        inside = QWidget()
        self.said = QVBoxLayout(inside)
        self.said.setContentsMargins(0, 0, 0, 0)
        self.said.setSpacing(4)
        self.said.addWidget(self.notice)
        self.status = QScrollArea()
        self.status.setWidgetResizable(True)
        self.status.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.status.setFixedHeight(theme.pixels(STATUS_PT))
        self.status.setWidget(inside)
        return self.status

    def _wire(self, context: Context, panel: Panel) -> None:
        """Show notices and jobs of a panel's place in it, and let it follow the work."""
        context.notices.show_at(panel.place, panel.notice.say)
        context.jobs.watch(panel.place, panel.busy.watch)
        context.jobs.changed.connect(lambda _place: panel.refresh())
        context.session.subscribe(
            lambda topics: panel.refresh() if self._is_of_interest(topics) else None
        )

    def accept(self) -> None:
        """Take the open step's proposal."""
        self.steps[self.current - 1].panel.accept()

    def open(self, number: int) -> None:
        """Unfold one step and fold the others."""
        for step in self.steps:
            step.show_open(is_open=step.number == number and not step.panel.blocked())
        self.current = number
        QTimer.singleShot(0, self._reveal)

    def open_again(self, number: int) -> None:
        """Unfold a step as soon as what it waits for is there."""
        if self.steps[number - 1].panel.blocked():
            QTimer.singleShot(SOON_MS, self, lambda: self.open_again(number))
        else:
            self.open(number)

    def _reveal(self) -> None:
        step = self.steps[self.current - 1]
        self.area.ensureVisible(0, step.y(), 0, 0)

    def refresh(self) -> None:
        """Show every heading's state and the names of undo and redo."""
        for step in self.steps:
            step.refresh()
        if self.steps[self.current - 1].panel.blocked():
            self.open(1)
        history = self.session.history
        steps = (
            (self.undo_button, tr("Undo"), history.undo_name),
            (self.redo_button, tr("Redo"), history.redo_name),
        )
        metrics, whole = self.undo_button.fontMetrics(), self.width() - SIDES_PX
        bare = [metrics.horizontalAdvance(word) + PADDING_PX for _, word, name in steps if not name]
        named = (whole - sum(bare)) // max(1, len(steps) - len(bare))
        for place, (widget, word, name) in enumerate(steps):
            wide = named if name else bare.pop(0)
            self.undo_row.setStretch(place, wide)
            widget.setEnabled(bool(name))
            text = f"{word} {tr(name)}" if name else word
            elided = metrics.elidedText(text, Qt.TextElideMode.ElideRight, wide - PADDING_PX + 2)
            widget.setText(elided)
            set_tip(widget, text)

    def _changed(self, topics: frozenset[Topic]) -> None:
        if self._is_of_interest(topics):
            for step in self.steps:
                for said in step.panel.status.findChildren(Notice):
                    said.grey()
            self.refresh()

    def _is_of_interest(self, topics: frozenset[Topic]) -> bool:
        """Whether more has changed than where a cut is while it is dragged."""
        return bool(topics - {"cuts"}) or not self.session.dragging
