"""Segments to take, by the operation's name or one by one; what makes them where none are yet."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QVBoxLayout, QWidget

from liverplan.app.kit.language import en, retold, tr
from liverplan.app.kit.widgets import button, label, row
from liverplan.app.session.context import Context
from liverplan.app.session.telling import told
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.resection.segment_volumes import SegmentVolumes
from liverplan.app.steps.resection.segments import SegmentTool
from liverplan.app.steps.resection.verbs import Verbs
from liverplan.resection.anatomy.named import (
    SCHEME,
    SEGMENTS,
    name_of,
    resections,
    split_fourth,
)
from liverplan.resection.anatomy.territories import LUMEN

COLUMNS = 5
BY_NAME = en("by name …")
MISSING = en(
    "Needs the segments: where both vessel trees are marked they follow from these; or click ten "
    "landmarks once, or each segment's portal branch."
)


class SegmentsBox(QWidget):
    """Ticks and names; buttons that divide the liver, or lead through the clicks for it."""

    def __init__(self, context: Context, views: ThreeViews, verbs: Verbs) -> None:
        super().__init__()
        self._session, self._views = context.session, views
        self._parts, self._segments = verbs.parts, verbs.segments
        self.names = QComboBox()
        self.names.addItems([tr(BY_NAME), *(retold(known.name) for known in resections())])
        self.names.activated.connect(self._named)
        self.ticks = {name: QCheckBox(name) for name in SEGMENTS}
        self.called = label("", "secondary")
        self.reason = label(tr(MISSING), "secondary")
        self.step = label("")
        self.told = label("", "secondary")
        self.vessels_button = button(
            tr("Segments from the vessels"),
            verbs.segments.from_vessels,
            tip=tr("Divide the liver by its portal branches and hepatic veins: nothing to click"),
        )
        self.landmarks_button = button(tr("Click landmarks"), self._landmarks_or_stop)
        self.landmarks_button.setCheckable(True)
        self.branches_button = button(
            tr("Click branches"),
            lambda: views.arm(self._segments.by_branches),
            tip=tr("Click the portal branch of each segment: its tissue follows"),
        )
        tips = tr("Click the last one again"), tr("Its neighbours get its tissue")
        self.back_button = button(tr("Back"), self._back, tip=tips[0])
        self.skip_button = button(tr("Skip"), self._skip, tip=tips[1])
        self.volumes_button = button(tr("Volumes…"), self._volumes)
        self._build()
        self._segments.changed.connect(self.refresh)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        grid = QGridLayout()
        for number, (name, tick) in enumerate(self.ticks.items()):
            tick.clicked.connect(lambda _checked=False: self._ticked())
            tick.setToolTip(tr("Segment {name}", name=name))
            grid.addWidget(tick, number // COLUMNS, number % COLUMNS)
        column.addWidget(self.names)
        column.addLayout(grid)
        column.addWidget(self.called)
        column.addWidget(self.reason)
        column.addWidget(self.told)
        column.addWidget(self.step)
        column.addWidget(self.vessels_button)
        column.addLayout(row(self.landmarks_button, self.branches_button))
        column.addLayout(row(self.back_button, self.skip_button, self.volumes_button))

    def refresh(self) -> None:
        """Show which segments go, or what is missing."""
        maps, tool = self._session.work.maps, self._segments.tool
        self._show_taken(ready=SCHEME in maps and not self._session.work.locked)
        self.reason.setVisible(SCHEME not in maps and tool is None)
        told_of = self._session.work.record.vessel_segments
        self.told.setText(" ".join(map(told, told_of.says)) if told_of and SCHEME in maps else "")
        self.told.setVisible(bool(self.told.text()) and tool is None)
        self.vessels_button.setVisible(tool is None)
        self.vessels_button.setEnabled({LUMEN, "portal"} <= maps.keys())
        self.branches_button.setVisible(tool is None)
        self.branches_button.setEnabled({LUMEN, "portal"} <= maps.keys())
        self.volumes_button.setVisible(SCHEME in maps and tool is None)
        self._show_guide(tool)

    def _show_taken(self, *, ready: bool) -> None:
        taken = self._parts.taken(SCHEME)
        self.names.setEnabled(ready)
        for name, tick in self.ticks.items():
            tick.setEnabled(ready)
            tick.setChecked(name in taken)
        called = retold(name_of(taken)) if taken else ""
        self.called.setText(tr("Takes {what}.", what=called) if taken else "")
        self.called.setVisible(bool(taken))

    def _show_guide(self, tool: SegmentTool | None) -> None:
        guide = None if tool is None else tool.guide
        self.step.setText("" if tool is None else tool.words)
        self.step.setVisible(tool is not None)
        self.landmarks_button.setChecked(tool is not None)
        self.landmarks_button.setText(tr("Click landmarks") if tool is None else tr("Stop"))
        self.skip_button.setVisible(guide is not None and guide.by_branches)
        self.back_button.setVisible(guide is not None)
        self.back_button.setEnabled(guide is not None and bool(guide.points_mm))

    def _landmarks_or_stop(self) -> None:
        self._views.arm(self._segments.by_landmarks if self._segments.tool is None else None)

    def _back(self) -> None:
        if self._segments.tool is not None:
            self._segments.tool.back()

    def _skip(self) -> None:
        if self._segments.tool is not None:
            self._segments.tool.skip()

    def _named(self, number: int) -> None:
        if number > 0:
            self._parts.take_segments(split_fourth(resections()[number - 1].segments))
        self.names.setCurrentIndex(0)

    def _ticked(self) -> None:
        chosen = tuple(name for name, tick in self.ticks.items() if tick.isChecked())
        self._parts.take_segments(split_fourth(chosen))

    def _volumes(self) -> None:
        measured = self._parts.segment_volumes()
        if measured is not None:
            SegmentVolumes(measured, self.window()).show()
