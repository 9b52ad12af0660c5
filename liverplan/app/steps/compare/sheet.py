"""Two CTs side by side: metastases matched and confirmed, the response, the remnant's growth."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from liverplan.app.kit import theme
from liverplan.app.kit.busy import Busy
from liverplan.app.kit.files import folder
from liverplan.app.kit.language import tr
from liverplan.app.kit.widgets import Elided, Notice, button, label, row
from liverplan.app.session.context import Context
from liverplan.app.session.session import Topic
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.compare.compare_pane import ComparePane
from liverplan.app.steps.compare.comparing import PLACE, Comparing
from liverplan.app.steps.compare.matching_box import MatchingBox
from liverplan.app.steps.compare.response_box import ResponseBox

SIDE_BY_SIDE_PT = 640.0
"""So wide a window is that both tables stand beside each other."""


class CompareSheet(QFrame):
    """Lies over the views."""

    done = Signal()

    def __init__(self, context: Context, views: ThreeViews, comparing: Comparing) -> None:
        super().__init__()
        self._session, self._jobs, self._views = context.session, context.jobs, views
        self.comparing = comparing
        self.notice, self.busy = Notice(), Busy()
        context.notices.show_at(PLACE, self.notice.say)
        context.jobs.watch(PLACE, self.busy.watch)
        self.dates = Elided(role="secondary")
        self.open_button = button(tr("Open the other CT…"), self._open, role="primary")
        self.done_button = button(tr("Done"), self.done.emit)
        self.earlier, self.later = ComparePane(tr("Earlier CT")), ComparePane(tr("Later CT"))
        self.matching, self.response = MatchingBox(comparing), ResponseBox(comparing)
        self._build()
        comparing.changed.connect(self.refresh)
        comparing.moved.connect(self._follow)
        self.matching.chosen.connect(self._go)
        context.jobs.changed.connect(lambda _place: self._buttons())
        for pane, earlier in ((self.earlier, True), (self.later, False)):
            pane.moved.connect(lambda at, first=earlier: comparing.show_at(at, earlier=first))
            pane.zoomed.connect(self._zoom)
        context.session.subscribe(self._changed)
        self.refresh()

    def _build(self) -> None:
        title = label(tr("Compare with another CT"), "title", wrap=False)
        head = row(title, self.dates, self.open_button, self.done_button)
        head.setStretch(1, 1)
        head.setContentsMargins(12, 8, 12, 0)
        panes = QSplitter(Qt.Orientation.Horizontal)
        panes.addWidget(self.earlier)
        panes.addWidget(self.later)
        panes.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.notice)
        layout.addWidget(self.busy)
        layout.addWidget(panes, 6)
        layout.addWidget(self._below(), 5)

    def _below(self) -> QScrollArea:
        self.below = QWidget()
        self.columns = columns = QHBoxLayout(self.below)
        columns.setContentsMargins(12, 4, 12, 6)
        columns.setSpacing(18)
        columns.setAlignment(Qt.AlignmentFlag.AlignTop)
        columns.addWidget(self.matching, 5)
        columns.addWidget(self.response, 4)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self.below)
        return self.area

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Put the response below the matching where both have no room side by side."""
        super().resizeEvent(event)
        way = QBoxLayout.Direction
        beside = self.width() >= theme.pixels(SIDE_BY_SIDE_PT)
        self.columns.setDirection(way.LeftToRight if beside else way.TopToBottom)

    def _changed(self, topics: frozenset[Topic]) -> None:
        if topics & {"ct", "facts"}:
            self.refresh()

    def refresh(self) -> None:
        """Show the comparison as it stands."""
        now = self.comparing.comparison
        self.below.setEnabled(now is not None)
        self.earlier.show_examination(now.earlier if now else None)
        self.later.show_examination(now.later if now else None)
        self.dates.setText(
            tr("Choose a case of an earlier or a later CT of this patient.")
            if now is None
            else f"{now.earlier.date or '?'} {tr('and')} {now.later.date or '?'}"
        )
        self.matching.refresh()
        self.response.refresh(self._session.work.record.visits)
        self._buttons()

    def _buttons(self) -> None:
        busy = self._jobs.busy(PLACE)
        self.open_button.setEnabled(not busy)
        self.response.growth_button.setEnabled(self.comparing.comparison is not None and not busy)

    def _go(self) -> None:
        """Show the chosen lesion in both panes."""
        now, one = self.comparing.comparison, self.matching.row
        if now is None or one is None:
            return
        self.earlier.chosen, self.later.chosen = one.earlier, one.later
        if one.later is not None:
            self.comparing.show_at(now.later.centres[one.later], earlier=False)
        elif one.earlier is not None:
            self.comparing.show_at(now.earlier.centres[one.earlier], earlier=True)

    def _open(self) -> None:
        chosen = folder(self, tr("A case of another CT"))
        if chosen is not None:
            self.comparing.open(chosen)

    def _follow(self) -> None:
        at, later = self.comparing.at_mm, self.comparing.at_later_mm
        if at is None or later is None:
            return
        for pane, point in ((self.earlier, at), (self.later, later)):
            pane.limits_hu = self._views.limits_hu
            pane.show_point(point)

    def _zoom(self, magnified: float) -> None:
        for pane in (self.earlier, self.later):
            pane.magnified = magnified
            pane.update()
