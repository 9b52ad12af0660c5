"""Step 3: click the metastases; each can be edited, confirmed, deleted alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QPushButton, QVBoxLayout, QWidget

from liverplan.app.kit.busy import Busy
from liverplan.app.kit.panel import Panel
from liverplan.app.kit.widgets import Table, button, label, row
from liverplan.app.session.desk import Desk
from liverplan.app.session.work import lesion_title
from liverplan.app.slices.tools import ToolName
from liverplan.app.steps.liver.brush_options import BrushOptions
from liverplan.app.steps.liver.given import KINDS, Given
from liverplan.app.steps.liver.marking import Marking
from liverplan.app.steps.metastases.hint_box import HintBox
from liverplan.app.steps.metastases.hinting import Hinting
from liverplan.app.steps.metastases.lesion_edits import LesionEdits
from liverplan.app.steps.metastases.places import place_of
from liverplan.report.numbers import ml, mm
from liverplan.segmentation.labels import LIVER


class MetastasesPanel(Panel):
    """The list of metastases."""

    wants_compare = Signal()
    title = "Metastases"
    place = "metastases"

    def __init__(
        self,
        desk: Desk,
        marking: Marking,
        edits: LesionEdits,
        given: Given,
        hinting: Hinting,
    ) -> None:
        super().__init__(desk)
        self.marking, self.edits, self.given = marking, edits, given
        self.click_button = button(
            "Click one", lambda: self._take("lesion"), role="primary", tip="Click into a metastasis"
        )
        self.axis_button = button(
            "Draw its axes",
            lambda: self._take("axis"),
            tip="Drag along the longest diameter; a second stroke across it gives the short axis",
        )
        self.busy = Busy()
        self.rule = label("", "secondary")
        self.table = Table(["", "mL", "mm", "Where", "State"], stretch=3)
        self.table.setToolTip(
            "Volume; long axis on its axial slice; Couinaud segment where the case has a map of "
            "them, else the side of the liver's middle"
        )
        self.table.itemSelectionChanged.connect(self._chosen)
        self.file_button = button(
            "Masks from a file…", self._file, tip="NIfTI, NRRD or DICOM SEG; each label is one"
        )
        self.options = BrushOptions(desk, marking)
        self.compare_button = button(
            "Compare with another CT…", self.wants_compare.emit, tip="Response, growth"
        )
        self.column.addLayout(row(self.click_button, self.axis_button))
        for part in (self.busy, self.table, self.rule):
            self.column.addWidget(part)
        self.column.addWidget(self._tools())
        self.hints = HintBox(hinting)
        self.column.addWidget(self.hints)
        self.column.addWidget(self.file_button)
        self.column.addWidget(self.compare_button)
        desk.watchers[self.place] = self.busy.watch
        desk.bell.rung.connect(lambda _place: self.refresh())
        desk.tools.changed.connect(self.refresh)
        desk.live.derived_changed.connect(self.refresh)
        marking.target_changed.connect(self.refresh)
        self._labels: tuple[int, ...] = ()
        self.refresh()

    def _tools(self) -> QWidget:
        """Return what works on the chosen lesion, shown once there is one."""
        self.confirm_button = button("Confirm", self._confirm)
        self.biopsy_button = button("Biopsied", self._biopsied)
        self.biopsy_button.setCheckable(True)
        self.delete_button = button("Delete", self._delete)
        self.brush_button = button("Brush", lambda: self._paint("brush"))
        self.eraser_button = button("Eraser", lambda: self._paint("eraser"))
        self.grow_button = button("Grow", lambda: self._resize(1), tip="By 1 mm on every side")
        self.shrink_button = button("Shrink", lambda: self._resize(-1), tip="By 1 mm on every side")
        self.merge_button = button(
            "Merge", lambda: self._take("merge"), tip="Click the other metastasis: both become one"
        )
        self.split_button = button(
            "Split", lambda: self._take("split"), tip="Click into both parts of one metastasis"
        )
        self.tool_buttons: dict[str, QPushButton] = {
            "lesion": self.click_button,
            "axis": self.axis_button,
            "brush": self.brush_button,
            "eraser": self.eraser_button,
            "merge": self.merge_button,
            "split": self.split_button,
        }
        for tool in self.tool_buttons.values():
            tool.setCheckable(True)
        self.after = QWidget()
        column = QVBoxLayout(self.after)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        column.addLayout(row(self.confirm_button, self.biopsy_button, self.delete_button))
        column.addLayout(row(self.brush_button, self.eraser_button))
        column.addWidget(self.options)
        column.addLayout(row(self.grow_button, self.shrink_button))
        column.addLayout(row(self.merge_button, self.split_button))
        return self.after

    def blocked(self) -> str:
        """Wait for the liver."""
        work = self.desk.session.work
        return "" if work.segmentation is not None else "Needs the liver."

    def state(self) -> str:
        """How many there are, and whether all were looked at."""
        work = self.desk.session.work
        labels = self._known()
        if not labels:
            return ""
        open_ones = sum(not work.accepted(label) for label in labels)
        return f"{len(labels)}, {open_ones} to check" if open_ones else f"{len(labels)} ok"

    def _known(self) -> tuple[int, ...]:
        """Label values by the provenance: at hand even while volumes are being measured."""
        segmentation = self.desk.session.work.segmentation
        if segmentation is None:
            return ()
        return tuple(sorted(k for k in segmentation.provenance if k > LIVER))

    def refresh(self) -> None:
        """Show the list."""
        work, tools = self.desk.session.work, self.desk.tools
        self._labels = self._known()
        count = len(self._labels)
        self.next.setText(
            "Click into each metastasis on a slice; its outline appears."
            if not count
            else "Check each outline and its long axis; confirm it, correct it or delete it."
        )
        target = self.marking.target
        current = self._labels.index(target) if target in self._labels else -1
        self.table.setVisible(bool(count))
        self.table.fill([self._row(label) for label in self._labels], current)
        self.rule.setText(self.desk.live.rule.count_refused(count) if count else "")
        self.rule.setVisible(bool(self.rule.text()))
        chosen = current >= 0
        self.after.setVisible(bool(count))
        for part in (self.biopsy_button, self.delete_button, self.brush_button, self.eraser_button):
            part.setEnabled(chosen)
        for part in (self.grow_button, self.shrink_button):
            part.setEnabled(chosen)
        self.merge_button.setEnabled(chosen and count > 1)
        self.confirm_button.setEnabled(chosen and not work.accepted(target))
        self.biopsy_button.setChecked(chosen and target in work.biopsied)
        for name, tool in self.tool_buttons.items():
            mine = chosen or name not in {"brush", "eraser"}
            tool.setChecked(mine and tools.name == name)

    def _row(self, lesion: int) -> tuple[str, str, str, str, str]:
        work, derived, index = self.desk.session.work, self.desk.live.derived, self.desk.live.index
        name = lesion_title(lesion).replace("Metastasis ", "M")
        words = work.lesion_state(lesion).replace("found by machine", "to check")
        if derived is None or index is None or lesion not in derived.axes:
            return name, "…", "…", "", words
        volume = work.segmentation.volume_ml(lesion) if work.segmentation else 0.0
        side = place_of(work, lesion, derived.lesion_centres[lesion] - derived.centre_mm)
        return name, ml(volume), mm(derived.axes[lesion].long_mm), side, words

    def _chosen(self) -> None:
        n = self.table.chosen
        if not 0 <= n < len(self._labels):
            return
        self.marking.target = self._labels[n]
        derived = self.desk.live.derived
        if derived is not None and self.marking.target in derived.axes:
            axes = derived.axes[self.marking.target]
            centre = derived.lesion_centres[self.marking.target].copy()
            centre[2] = axes.long_ends_mm[0][2]
            self.desk.views.move_crosshair(centre)
        self.marking.target_changed.emit()

    def _take(self, tool: ToolName) -> None:
        self.desk.say(self.place, "")
        self.desk.tools.choose("" if self.desk.tools.name == tool else tool)

    def _file(self) -> None:
        chosen: Any = QFileDialog.getOpenFileName(self.window(), "Lesion masks", "", KINDS)
        if chosen[0]:
            self.given.lesions(Path(chosen[0]))

    def _resize(self, sign: int) -> None:
        self.edits.resize(self.marking.target, sign)

    def _paint(self, tool: str) -> None:
        self.marking.paint(self.marking.target, tool)

    def _confirm(self) -> None:
        self.marking.accept(self.marking.target)

    def _biopsied(self) -> None:
        self.marking.toggle_biopsied(self.marking.target)

    def _delete(self) -> None:
        self.marking.delete_lesion(self.marking.target)
