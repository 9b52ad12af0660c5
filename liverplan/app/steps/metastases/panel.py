"""Step 3: click the metastases; each can be edited, confirmed, deleted alone."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from liverplan.app.kit.choice_box import ChoiceBox
from liverplan.app.kit.files import MASKS, file_to_open
from liverplan.app.kit.language import en, localised, retold, tr
from liverplan.app.kit.panel import Panel
from liverplan.app.kit.widgets import Table, button, label, row
from liverplan.app.session.context import Context
from liverplan.app.slices.brush import BrushSettings, BrushTool
from liverplan.app.slices.brush_options import BrushOptions
from liverplan.app.slices.tool_button import tool_button
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.metastases.axis_tool import AxisTool
from liverplan.app.steps.metastases.click_tool import ClickTool
from liverplan.app.steps.metastases.hint_box import HintBox
from liverplan.app.steps.metastases.hinting import Hinting
from liverplan.app.steps.metastases.lesion_edits import LesionEdits
from liverplan.app.steps.metastases.lesions import PLACE, Lesions
from liverplan.app.steps.metastases.mask_import import MaskImport
from liverplan.app.steps.metastases.part_tools import MergeTool, SplitTool
from liverplan.app.steps.metastases.prompt_tools import BoxTool, DenyTool
from liverplan.resection.anatomy.lesion_places import place_of
from liverplan.segmentation.labels import LIVER
from liverplan.words.numbers import ml, mm

SIDES = {"left": en("left side"), "right": en("right side")}


class MetastasesPanel(Panel):
    """The list of metastases."""

    wants_compare = Signal()
    title = en("Metastases")
    place = PLACE

    def __init__(
        self,
        context: Context,
        views: ThreeViews,
        brush: BrushSettings,
        lesions: Lesions,
        edits: LesionEdits,
        masks: MaskImport,
        hinting: Hinting,
    ) -> None:
        super().__init__()
        self._session, self._live, self._views = context.session, context.live, views
        self._lesions, self._masks = lesions, masks
        self.rule = label("", "secondary")
        self.table = Table(["", "mL", "mm", tr("Where"), tr("State")], stretch=3)
        self.table.setToolTip(
            tr(
                "Volume; long axis on its axial slice; Couinaud segment where the case has a map "
                "of them, else the side of the liver's middle"
            )
        )
        self.table.itemSelectionChanged.connect(self._choose)
        self.file_button = button(
            tr("Masks from a file…"),
            self._file,
            tip=tr("NIfTI, NRRD or DICOM SEG; each label is one"),
        )
        self.options = BrushOptions(context.session, brush)
        self.hints = HintBox(hinting)
        self.compare_button = button(
            tr("Compare with another CT…"), self.wants_compare.emit, tip=tr("Response, growth")
        )
        self._make_tools(context, views, brush, edits)
        self._make_prompts(context, views)
        self._make_edits(edits)
        self._build()
        context.live.derived_changed.connect(self.refresh)
        lesions.chosen_changed.connect(self.refresh)
        self._labels: tuple[int, ...] = ()
        self._list_methods()
        self.refresh()

    def _make_tools(
        self, context: Context, views: ThreeViews, brush: BrushSettings, edits: LesionEdits
    ) -> None:
        session, lesions, notices = context.session, self._lesions, context.notices
        self.click_button = tool_button(
            views,
            ClickTool(lesions),
            tr("Click one"),
            role="primary",
            tip=tr("Click into a metastasis"),
        )
        self.axis_button = tool_button(
            views,
            AxisTool(context, lesions),
            tr("Draw its axes"),
            tip=tr(
                "Drag along the longest diameter; a second stroke across it gives the short axis"
            ),
        )
        paint = BrushTool(session, brush, "brush", self._painted)
        erase = BrushTool(session, brush, "eraser", self._painted)
        self.brush_button = tool_button(views, paint, tr("Brush"))
        self.eraser_button = tool_button(views, erase, tr("Eraser"))
        self.merge_button = tool_button(
            views,
            MergeTool(lesions, edits, notices),
            tr("Merge"),
            tip=tr("Click the other metastasis: both become one"),
        )
        self.split_button = tool_button(
            views,
            SplitTool(lesions, edits, notices),
            tr("Split"),
            tip=tr("Click into both parts of one metastasis"),
        )

    def _make_prompts(self, context: Context, views: ThreeViews) -> None:
        lesions = self._lesions
        self.method = ChoiceBox(tr("Which method outlines what you point at"))
        self.method.picked.connect(lesions.backends.choose)
        lesions.backends.changed.connect(self._list_methods)
        self.box_button = tool_button(
            views,
            BoxTool(context, lesions),
            tr("Box"),
            tip=tr("Drag a box round a metastasis on one slice"),
        )
        self.deny_button = tool_button(
            views,
            DenyTool(lesions),
            tr("Not this"),
            tip=tr(
                "Click what is no part of the chosen metastasis: it is outlined anew without it"
            ),
        )

    def _make_edits(self, edits: LesionEdits) -> None:
        lesions = self._lesions
        self.confirm_button = button(tr("Confirm"), lesions.confirm)
        self.biopsy_button = button(tr("Biopsied"), lesions.toggle_biopsied)
        self.biopsy_button.setCheckable(True)
        self.delete_button = button(tr("Delete"), lesions.delete)
        side = tr("By 1 mm on every side")
        self.grow_button = button(tr("Grow"), lambda: edits.resize(1), tip=side)
        self.shrink_button = button(tr("Shrink"), lambda: edits.resize(-1), tip=side)

    def _build(self) -> None:
        self.after = QWidget()  # what works on the chosen lesion, shown once there is one
        column = QVBoxLayout(self.after)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        column.addLayout(row(self.confirm_button, self.biopsy_button, self.delete_button))
        column.addLayout(row(self.deny_button, self.brush_button, self.eraser_button))
        column.addWidget(self.options)
        column.addLayout(row(self.grow_button, self.shrink_button))
        column.addLayout(row(self.merge_button, self.split_button))
        self.column.addWidget(self.method)
        self.column.addLayout(row(self.click_button, self.axis_button, self.box_button))
        for part in (self.table, self.rule, self.after, self.hints):
            self.column.addWidget(part)
        self.column.addWidget(self.file_button)
        self.column.addWidget(self.compare_button)

    def _list_methods(self) -> None:
        backends = self._lesions.backends
        self.method.show_choices(backends.choices, backends.chosen)

    def blocked(self) -> str:
        """Wait for the liver."""
        work = self._session.work
        return "" if work.segmentation is not None else tr("Needs the liver.")

    def state(self) -> str:
        """How many there are, and whether all were looked at."""
        work = self._session.work
        labels = self._lesions.labels
        if not labels:
            return ""
        open_ones = sum(not work.accepted(label) for label in labels)
        if not open_ones:
            return f"{len(labels)} ok"
        return tr("{count}, {open} to check", count=len(labels), open=open_ones)

    def _painted(self) -> int | None:
        """Label value of what brush and eraser work on."""
        return self._lesions.chosen if self._lesions.chosen in self._lesions.labels else None

    def refresh(self) -> None:
        """Show the list."""
        self._labels = self._lesions.labels
        count = len(self._labels)
        self.next.setText(
            tr("Click into each metastasis on a slice; its outline appears.")
            if not count
            else tr("Check each outline and its long axis; confirm it, correct it or delete it.")
        )
        chosen = self._painted()
        current = -1 if chosen is None else self._labels.index(chosen)
        self.table.setVisible(bool(count))
        self.table.fill([self._row(label) for label in self._labels], current)
        self.rule.setText(retold(self._live.rule.count_refused(count)) if count else "")
        self.rule.setVisible(bool(self.rule.text()))
        self.after.setVisible(bool(count))
        self._allow(chosen, count)

    def _allow(self, chosen: int | None, count: int) -> None:
        """Allow what can be done with the chosen one."""
        work = self._session.work
        for part in (
            self.biopsy_button,
            self.delete_button,
            self.deny_button,
            self.brush_button,
            self.eraser_button,
            self.grow_button,
            self.shrink_button,
        ):
            part.setEnabled(chosen is not None)
        self.merge_button.setEnabled(chosen is not None and count > 1)
        self.confirm_button.setEnabled(chosen is not None and not work.accepted(chosen))
        self.biopsy_button.setChecked(chosen in work.biopsied)

    def _row(self, lesion: int) -> tuple[str, str, str, str, str]:
        work, derived, index = self._session.work, self._live.derived, self._live.index
        name = f"M{lesion - LIVER}"
        state = work.lesion_state(lesion)
        words = tr("to check") if state in {"found by machine", "given"} else tr(state)
        if derived is None or index is None or lesion not in derived.axes:
            return name, "…", "…", "", words
        volume = work.segmentation.volume_ml(lesion) if work.segmentation else 0.0
        away_mm = derived.lesion_centres[lesion] - derived.centre_mm
        place = place_of(derived.segmentation, lesion, away_mm, work.maps)
        long = localised(mm(derived.axes[lesion].long_mm))
        where = place.name if place.segments else tr(SIDES[place.side])
        return name, localised(ml(volume)), long, where, words

    def _choose(self) -> None:
        n = self.table.chosen
        if not 0 <= n < len(self._labels):
            return
        label_value, derived = self._labels[n], self._live.derived
        if derived is not None and label_value in derived.axes:
            centre = derived.lesion_centres[label_value].copy()
            centre[2] = derived.axes[label_value].long_ends_mm[0][2]
            self._views.move_crosshair(centre)
        self._lesions.choose(label_value)

    def _file(self) -> None:
        chosen = file_to_open(self, tr("Lesion masks"), MASKS)
        if chosen is not None:
            self._masks.take(chosen)

    def accept(self) -> None:
        """Confirm the chosen one, if nobody has yet."""
        if self.confirm_button.isEnabled():
            self._lesions.confirm()
