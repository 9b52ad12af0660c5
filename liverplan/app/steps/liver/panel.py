"""Step 2: find the liver, look, correct, confirm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QFileDialog, QSizePolicy, QVBoxLayout, QWidget

from liverplan.app.kit.busy import Busy
from liverplan.app.kit.panel import Panel
from liverplan.app.kit.widgets import button, label, restyle, row
from liverplan.app.session.desk import Desk
from liverplan.app.slices.tools import ToolName
from liverplan.app.steps.liver.brush_options import BrushOptions
from liverplan.app.steps.liver.given import KINDS, Given
from liverplan.app.steps.liver.marking import Marking
from liverplan.app.steps.liver.vessels import SCHEME, VesselMarking
from liverplan.report.numbers import ml
from liverplan.segmentation.labels import LIVER


class LiverPanel(Panel):
    """The liver mask."""

    title = "Liver"
    place = "liver"

    def __init__(self, desk: Desk, marking: Marking, given: Given, vessels: VesselMarking) -> None:
        super().__init__(desk)
        self.marking, self.given, self.vessels = marking, given, vessels
        self.run_button = button("Find the liver", marking.segment, role="primary")
        self.file_button = button(
            "Mask…", self._file, tip="Take the liver from a NIfTI, NRRD or DICOM SEG file"
        )
        self.method = QComboBox()
        self.method.setToolTip("Which method finds the liver")
        self.method.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.method.activated.connect(self._choose_method)
        marking.backends.changed.connect(self._list_methods)
        self.busy = Busy()
        self.volume = label("", "title")
        self.brush_button = button("Brush", lambda: marking.paint(LIVER, "brush"))
        self.eraser_button = button("Eraser", lambda: marking.paint(LIVER, "eraser"))
        self.inside_button = button(
            "Is liver", lambda: self._click("inside"), tip="Click tissue that was left out"
        )
        self.outside_button = button(
            "Not liver", lambda: self._click("outside"), tip="Click tissue that was taken in"
        )
        self.outline_button = button(
            "Outline",
            lambda: self._click("outline"),
            tip="Draw around the whole liver on a few axial slices; between them it follows",
        )
        for tool in (self.brush_button, self.eraser_button, self.outline_button):
            tool.setCheckable(True)
        for tool in (self.inside_button, self.outside_button):
            tool.setCheckable(True)
        self.options = BrushOptions(desk, marking)
        self.portal_button = button("Portal vein", lambda: self._click("portal vein"))
        self.hepatic_button = button("Hepatic veins", lambda: self._click("hepatic veins"))
        for tool in (self.portal_button, self.hepatic_button):
            tool.setCheckable(True)
            tool.setToolTip("Click into its trunk on a slice: what hangs on it is followed")
        self.no_vessels_button = button("Remove vessels", vessels.clear)
        self.confirm_button = button("Confirm liver", lambda: marking.accept(LIVER), role="primary")
        self.correct = label(
            "Where it is wrong, correct it by clicks, by brush, or by outlines on a few slices.",
            "secondary",
        )
        self.column.addWidget(self.method)
        self.column.addLayout(row(self.run_button, self.file_button))
        self.column.addWidget(self.busy)
        self.column.addWidget(self._tools())
        desk.watchers[self.place] = self.busy.watch
        desk.bell.rung.connect(lambda _place: self.refresh())
        desk.tools.changed.connect(self.refresh)
        desk.live.derived_changed.connect(self.refresh)
        self.refresh()

    def _tools(self) -> QWidget:
        """Return what works on the mask, shown once there is one."""
        self.after = QWidget()
        inside = QVBoxLayout(self.after)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(7)
        inside.addWidget(self.volume)
        inside.addWidget(self.correct)
        inside.addLayout(row(self.inside_button, self.outside_button))
        inside.addLayout(row(self.brush_button, self.eraser_button, self.outline_button))
        inside.addWidget(self.options)
        inside.addWidget(self.confirm_button)
        inside.addWidget(label("Vessels, by a click into each trunk", "secondary"))
        inside.addLayout(row(self.portal_button, self.hepatic_button))
        inside.addWidget(self.no_vessels_button)
        return self.after

    def blocked(self) -> str:
        """Wait for a CT."""
        return "" if self.desk.session.work.volume is not None else "Needs an open CT."

    def state(self) -> str:
        """Whether there is a mask, and whether somebody has looked at it."""
        work = self.desk.session.work
        if work.segmentation is None:
            return ""
        return "ok" if work.liver_confirmed else "check"

    def refresh(self) -> None:
        """Show the volume and the tools."""
        work, tools = self.desk.session.work, self.desk.tools
        has = work.segmentation is not None
        busy = self.desk.busy(self.place)
        self.next.setText(self._next(has=has, confirmed=work.liver_confirmed))
        self.run_button.setVisible(not busy)
        self.file_button.setVisible(not busy)
        self.method.setVisible(len(self.marking.backends.choices) > 1)
        self.method.setEnabled(not busy)
        self.run_button.setText("Find the liver again" if has else "Find the liver")
        restyle(self.run_button, "role", "" if has else "primary")
        self.after.setVisible(has)
        index = self.desk.live.index
        if index is not None:
            self.volume.setText(f"Liver {ml(index.liver_ml)} mL")
        elif has:
            self.volume.setText("Liver … mL")
        self.confirm_button.setEnabled(has and not work.liver_confirmed)
        self.confirm_button.setText("Liver confirmed" if work.liver_confirmed else "Confirm liver")
        mine = self.marking.target == LIVER
        self.brush_button.setChecked(mine and tools.name == "brush")
        self.eraser_button.setChecked(mine and tools.name == "eraser")
        self.inside_button.setChecked(tools.name == "inside")
        self.outside_button.setChecked(tools.name == "outside")
        self.outline_button.setChecked(tools.name == "outline")
        self.portal_button.setChecked(tools.name == "portal vein")
        self.hepatic_button.setChecked(tools.name == "hepatic veins")
        self.no_vessels_button.setVisible(SCHEME in work.maps)

    def _file(self) -> None:
        chosen: Any = QFileDialog.getOpenFileName(self.window(), "A liver mask", "", KINDS)
        if chosen[0]:
            self.given.liver(Path(chosen[0]))

    def _list_methods(self) -> None:
        """Show every back end; one that lacks something is greyed and says what."""
        backends = self.marking.backends
        model = QStandardItemModel(self.method)
        for choice in backends.choices:
            item = QStandardItem(choice.title)
            item.setToolTip(choice.title)
            item.setData(choice.name, Qt.ItemDataRole.UserRole)
            item.setEnabled(not choice.lacks)
            model.appendRow(item)
        self.method.setModel(model)
        names = [choice.name for choice in backends.choices]
        self.method.setCurrentIndex(names.index(backends.chosen))
        popup = self.method.view()
        popup.setTextElideMode(Qt.TextElideMode.ElideRight)
        popup.setMinimumWidth(min(popup.sizeHintForColumn(0) + 24, 560))
        self.refresh()

    def _choose_method(self, number: int) -> None:
        name = self.method.itemData(number, Qt.ItemDataRole.UserRole)
        if isinstance(name, str) and name != self.marking.backends.chosen:
            self.marking.backends.choose(name)

    def _click(self, tool: ToolName) -> None:
        self.desk.tools.choose("" if self.desk.tools.name == tool else tool)

    def _next(self, *, has: bool, confirmed: bool) -> str:
        if not has:
            return "Find the liver automatically; it takes seconds."
        if confirmed:
            return "The liver is confirmed. Next: Metastases."
        return "Look through the slices. Where the outline is right everywhere, confirm it."
