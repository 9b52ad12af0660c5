"""Step 4: planes, margins, alternative plans beside each other."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit

from liverplan.app.desk import Desk
from liverplan.app.panels.busy import Busy
from liverplan.app.panels.panel import Panel
from liverplan.app.planning import Planning
from liverplan.app.state import Plan, lesion_title
from liverplan.app.widgets import Table, button, label, row
from liverplan.report.numbers import NONE, ml, mm, percent
from liverplan.segmentation.labels import LIVER
from liverplan.volumetry import lesion_margins, measure


class ResectionPanel(Panel):
    """Planes and plans."""

    title = "Resection"
    place = "resection"

    def __init__(self, desk: Desk, planning: Planning) -> None:
        super().__init__(desk)
        self.planning = planning
        self.suggest_button = button("Suggest best plane", planning.suggest, role="primary")
        self.margin = QDoubleSpinBox()
        self.margin.setRange(0, 60)
        self.margin.setDecimals(0)
        self.margin.setSuffix(" mm")
        self.margin.setKeyboardTracking(False)
        self.margin.valueChanged.connect(planning.set_margin)
        self.click_button = button(
            "1 click", lambda: self._tool("plane"), tip="A plane through one clicked point"
        )
        self.three_button = button(
            "3 points",
            lambda: self._tool("three points"),
            tip="A plane through three clicked points",
        )
        for tool in (self.click_button, self.three_button):
            tool.setCheckable(True)
        self.lesion = QComboBox()
        self.separate_button = button(
            "Separate",
            self._separate,
            tip="The plane that takes this metastasis with the margin and leaves most",
        )
        self.busy = Busy()
        self.flip_button = button("Swap sides", planning.flip)
        self.lock_button = button("Lock", planning.toggle_lock)
        self.delete_button = button("Delete plane", planning.delete_plane)
        self.planes = label("", "secondary")
        self.name = QLineEdit()
        self.name.setMaxLength(40)
        self.name.editingFinished.connect(lambda: planning.rename_plan(self.name.text()))
        self.add_plan_button = button(
            "Copy plan", planning.add_plan, tip="Keep this plan and change a copy"
        )
        self.delete_plan_button = button("Delete", planning.delete_plan)
        self.table = Table(["Plan", "FLR", "mL", "margin"], stretch=0)
        self.table.itemSelectionChanged.connect(self._plan_chosen)
        self.column.addWidget(self.suggest_button)
        self.column.addLayout(row(label("Margin", "secondary", wrap=False), self.margin, 1))
        self.column.addWidget(self.busy)
        self.column.addLayout(
            row(label("Add", "secondary", wrap=False), self.click_button, self.three_button, 1)
        )
        self.column.addLayout(row(self.lesion, self.separate_button))
        self.column.addWidget(self.planes)
        self.column.addLayout(row(self.flip_button, self.lock_button, self.delete_button))
        self.column.addWidget(label("Plans", "secondary"))
        self.column.addWidget(self.table)
        self.column.addLayout(row(self.name, self.add_plan_button, self.delete_plan_button))
        desk.watchers[self.place] = self.busy.watch
        desk.bell.rung.connect(lambda _place: self.refresh())
        desk.tools.changed.connect(self.refresh)
        desk.live.derived_changed.connect(self.refresh)
        desk.live.measured.connect(self._show_active_row)
        self._rows: list[tuple[str, str, str, str]] = []
        self.refresh()

    def blocked(self) -> str:
        """Wait for the liver; lesions need not be there."""
        return "" if self.desk.session.work.segmentation is not None else "Needs the liver."

    def state(self) -> str:
        """How many planes the plan on screen has."""
        work = self.desk.session.work
        count = len(work.planes)
        return f"{work.plans[work.plan].name}, {count} plane{'s' * (count != 1)}" if count else ""

    def refresh(self) -> None:
        """Show plans, planes and what can be done."""
        work, tools = self.desk.session.work, self.desk.tools
        lesions = self._lesions()
        self.next.setText(self._next(lesions))
        self.click_button.setChecked(tools.name == "plane")
        self.three_button.setChecked(tools.name == "three points")
        ready = self.desk.live.index is not None
        self.suggest_button.setEnabled(bool(lesions) and ready)
        self.separate_button.setEnabled(bool(lesions) and ready)
        self.suggest_button.setToolTip("" if lesions else "Needs a metastasis to separate.")
        titles = [lesion_title(n) for n in lesions] or ["no metastasis yet"]
        if [self.lesion.itemText(n) for n in range(self.lesion.count())] != titles:
            self.lesion.clear()
            self.lesion.addItems(titles)
        self.lesion.setEnabled(bool(lesions))
        self.margin.blockSignals(True)  # noqa: FBT003 - Qt
        self.margin.setValue(work.margin_mm)
        self.margin.blockSignals(False)  # noqa: FBT003 - Qt
        has = work.active_plane is not None
        for part in (self.flip_button, self.delete_button):
            part.setEnabled(has and not work.locked)
        self.lock_button.setEnabled(bool(work.planes))
        self.lock_button.setText("Unlock" if work.locked else "Lock")
        self.planes.setText(self._planes_words())
        if not self.name.hasFocus():
            self.name.setText(work.plans[work.plan].name)
        self.add_plan_button.setEnabled(bool(work.planes))
        self._rows = [self._row(plan) for plan in work.plans]
        self.table.fill(self._rows, work.plan)

    def _lesions(self) -> list[int]:
        segmentation = self.desk.session.work.segmentation
        return (
            [] if segmentation is None else sorted(k for k in segmentation.provenance if k > LIVER)
        )

    def _next(self, lesions: list[int]) -> str:
        work = self.desk.session.work
        if not work.planes:
            first = (
                "Let the best plane be suggested, or" if lesions else "Mark a metastasis first, or"
            )
            return f"{first} place one by a click on a slice."
        if work.locked:
            return "The planes are locked. Unlock to move them."
        return (
            "Drag the square to move the plane, a round knob to turn it; in 3D drag the ball or "
            "the arrow's tip."
        )

    def _planes_words(self) -> str:
        work = self.desk.session.work
        count = len(work.planes)
        if count < 2:
            return ""
        return (
            f"Plane {work.plane + 1} of {count} has the handles; click another's line to take it."
        )

    def _row(self, plan: Plan) -> tuple[str, str, str, str]:
        index = self.desk.live.index
        if index is None:
            return plan.name, "…", "…", "…"
        if not plan.planes or index.functional_ml <= 0:
            return plan.name, NONE, NONE, NONE
        stays = measure(index, plan.planes).remnant_ml
        findings = self.desk.live.findings
        line = findings.threshold_fraction if findings else 0.30
        margins = [
            m.margin_mm for m in lesion_margins(index, plan.planes) if m.margin_mm is not None
        ]
        left = any(m.in_remnant for m in lesion_margins(index, plan.planes))
        words = "left in" if left else (f"{mm(min(margins))} mm" if margins else NONE)
        return plan.name, f"{percent(stays / index.functional_ml, line)} %", ml(stays), words

    def _show_active_row(self) -> None:
        """Follow a drag in the table too."""
        work = self.desk.session.work
        if not self.isVisible() or len(self._rows) != len(work.plans):
            return
        for column, text in enumerate(self._row(work.plans[work.plan])):
            item = self.table.item(work.plan, column)
            if item is not None and item.text() != text:
                item.setText(text)

    def _plan_chosen(self) -> None:
        if self.table.chosen >= 0:
            self.desk.session.choose(plan=self.table.chosen)

    def _tool(self, name: str) -> None:
        self.desk.tools.choose("" if self.desk.tools.name == name else name)  # type: ignore[arg-type]

    def _separate(self) -> None:
        lesions = self._lesions()
        n = self.lesion.currentIndex()
        if 0 <= n < len(lesions):
            self.planning.separate(lesions[n])
