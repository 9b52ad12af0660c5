"""What can be added to a plan, by kind: one row of kinds, and what the chosen one needs."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from liverplan.app.kit.language import en, tr
from liverplan.app.kit.widgets import button, label
from liverplan.app.session.context import Context
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.resection.add_pages import AblationPage, CurvedPage, PlanePage
from liverplan.app.steps.resection.round_box import RoundBox
from liverplan.app.steps.resection.segments_box import SegmentsBox
from liverplan.app.steps.resection.verbs import Verbs
from liverplan.app.steps.resection.vessels_box import VesselsBox

Way = Literal["plane", "wedge", "sphere", "ablation", "curved", "segments", "vessels"]

TITLES: dict[Way, str] = {
    "plane": en("Plane"),
    "wedge": en("Wedge"),
    "sphere": en("Sphere"),
    "ablation": en("Ablation"),
    "curved": en("Curved"),
    "segments": en("Segments"),
    "vessels": en("Vessels"),
}
COLUMNS = 4


class AddCuts(QWidget):
    """A button for each way to cut; below, how such a cut is made."""

    def __init__(self, context: Context, views: ThreeViews, verbs: Verbs) -> None:
        super().__init__()
        self._views = views
        self.way: Way = "plane"
        self.kinds = {way: self._way_button(way) for way in TITLES}
        self.plane = PlanePage(context, views, verbs)
        self.ablation = AblationPage(views, verbs)
        self.curved = CurvedPage(context, views, verbs)
        self.segments = SegmentsBox(context, views, verbs)
        self.vessels = VesselsBox(context, views, verbs.parts)
        self.round = RoundBox(context, verbs.placing)
        self.pages: dict[Way, QWidget] = {
            "plane": self.plane,
            "ablation": self.ablation,
            "curved": self.curved,
            "segments": self.segments,
            "vessels": self.vessels,
        }
        self._build()

    def _way_button(self, way: Way) -> QPushButton:
        made = button(tr(TITLES[way]), lambda: self.choose(way))
        made.setCheckable(True)
        made.setStyleSheet("padding: 4px 2px;")
        return made

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        grid = QGridLayout()
        grid.setSpacing(4)
        for number, widget in enumerate(self.kinds.values()):
            grid.addWidget(widget, number // COLUMNS, number % COLUMNS)
        column.addWidget(label(tr("Add a cut"), "secondary"))
        column.addLayout(grid)
        for page in self.pages.values():
            column.addWidget(page)
        column.addWidget(self.round)

    def choose(self, way: Way) -> None:
        """Show how such a cut is made."""
        if way != self.way:
            self.way = way
            self._views.disarm()
        self.refresh()

    def refresh(self) -> None:
        """Show what can be done now, and why not otherwise."""
        for way, widget in self.kinds.items():
            widget.setChecked(way == self.way)
        for way, page in self.pages.items():
            page.setVisible(way == self.way)
        for part in (self.plane, self.curved, self.segments, self.vessels):
            part.refresh()
        self.round.refresh(self.way)
