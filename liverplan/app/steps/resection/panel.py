"""Step 4: cuts of every kind, margins, alternative plans beside each other."""

from __future__ import annotations

from typing import assert_never

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox

from liverplan.app.kit.language import English, en, tr
from liverplan.app.kit.panel import Panel
from liverplan.app.kit.widgets import Notice, button, label, row, set_tip, show_number
from liverplan.app.session.context import Context
from liverplan.app.session.work import plan_title
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.resection.add_cuts import AddCuts
from liverplan.app.steps.resection.cut_list import CutList
from liverplan.app.steps.resection.edits import PLACE, marked_lesions
from liverplan.app.steps.resection.plan_list import PlanList
from liverplan.app.steps.resection.severed_list import SeveredList
from liverplan.app.steps.resection.suggestion_list import SuggestionList
from liverplan.app.steps.resection.verbs import Verbs
from liverplan.resection import (
    Ablation,
    CurvedCut,
    Cut,
    FoldedCut,
    Parts,
    Plane,
    Sphere,
    VCut,
    Wedge,
)


class ResectionPanel(Panel):
    """Cuts and plans."""

    title = en("Resection")
    place = PLACE

    def __init__(self, context: Context, views: ThreeViews, verbs: Verbs) -> None:
        super().__init__()
        self._session, self._live = context.session, context.live
        self.suggest_button = button(tr("Suggest a plan"), verbs.suggesting.suggest, role="primary")
        self.margin = QDoubleSpinBox()
        self.margin.setRange(0, 60)
        self.margin.setDecimals(0)
        self.margin.setSuffix(" mm")
        self.margin.setKeyboardTracking(False)
        self.margin.valueChanged.connect(verbs.edits.set_margin)
        self.keep_blood = QCheckBox(tr("Suggest what keeps its blood"))
        set_tip(self.keep_blood, tr("Inflow and outflow, as far as the known vessels tell"))
        self.keep_blood.toggled.connect(verbs.suggesting.choose_blood)
        self._suggesting = verbs.suggesting
        self.suggestions = SuggestionList(verbs.suggesting)
        self.adding = AddCuts(context, views, verbs)
        self.faults = Notice()
        self.cuts = CutList(context, verbs.edits, verbs.flat_maps)
        self.plans = PlanList(context, verbs.plans)
        self.severed = SeveredList(context, views, verbs.keeping)
        self._build()
        context.notices.show_at("plan", self.faults.say)
        for signal in (views.armed, views.tool_used, context.live.derived_changed):
            signal.connect(self.refresh)
        context.live.measured.connect(self._follow)
        context.live.assessed.connect(self._answered)
        context.live.failed.connect(lambda _words: self._answered())
        context.live.faults_found.connect(self._answered)
        self.refresh()

    def _build(self) -> None:
        self.said.insertWidget(0, self.faults)  # above what was said of the plan before
        self.column.addWidget(self.suggest_button)
        self.column.addLayout(row(label(tr("Margin"), "secondary", wrap=False), self.margin, 1))
        self.column.addWidget(self.keep_blood)
        self.column.addWidget(self.adding)
        self.column.addWidget(label(tr("Cuts of this plan"), "secondary"))
        self.column.addWidget(self.cuts)
        self.column.addWidget(label(tr("Plans"), "secondary"))
        self.column.addWidget(self.plans)
        self.column.addWidget(self.severed)
        self.column.addWidget(self.suggestions)

    def blocked(self) -> str:
        """Wait for the liver; lesions need not be there."""
        return "" if self._session.work.segmentation is not None else tr("Needs the liver.")

    def state(self) -> str:
        """How many cuts the plan on screen has."""
        work = self._session.work
        count = len(work.cuts)
        if not count:
            return ""
        if work.active_plan.is_flat:
            words = en("{plan}, 1 plane") if count == 1 else en("{plan}, {count} planes")
        else:
            words = en("{plan}, 1 cut") if count == 1 else en("{plan}, {count} cuts")
        return tr(words, plan=plan_title(work.active_plan), count=count)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Show what was worked out while the step was folded."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show plans, cuts and what can be done."""
        work = self._session.work
        lesions = bool(marked_lesions(work))
        self.next.setText(self._next(lesions=lesions))
        self.suggest_button.setEnabled(lesions and self._live.index is not None)
        self.suggest_button.setToolTip("" if lesions else tr("Needs a metastasis to separate."))
        show_number(self.margin, work.margin_mm)
        self.keep_blood.setVisible(lesions and self._suggesting.knows_vessels)
        for part in (self.suggestions, self.adding, self.cuts, self.plans, self.severed):
            part.refresh()

    def _next(self, *, lesions: bool) -> str:
        work = self._session.work
        if not work.cuts:
            if lesions:
                return tr("Let the best plan be suggested, or place a plane by a click on a slice.")
            return tr("Mark a metastasis first, or place a plane by a click on a slice.")
        if work.locked:
            return tr("The cuts are locked. Unlock to move them.")
        return tr(how_to_drag(work.active_cut))

    def _follow(self) -> None:
        """Follow a drag in the tables too."""
        self.plans.follow()
        self.cuts.follow()
        self.severed.refresh()

    def _answered(self) -> None:
        """Show what speaks against the plan, in the core's words."""
        self.faults.say(" ".join(self._live.faults))
        self._follow()


def how_to_drag(cut: Cut | None) -> English:
    """Say how the cut that has the handles is moved."""
    match cut:
        case Plane():
            return en(
                "Drag the square to move the plane, a round knob to turn it; in 3D drag the ball "
                "or the arrow's tip."
            )
        case CurvedCut():
            return en(
                "Drag the line anywhere to bend the cut there, the square to move it, a round knob "
                "to turn it; in 3D drag the blue balls."
            )
        case Parts() if cut.stays_in_place:
            return en(
                "A cut branch has no handles: click it again to keep it, or click others as well."
            )
        case Parts():
            return en("Named parts have no handles; tick others, or delete them and add a cut.")
        case FoldedCut():
            return en(
                "A cut that folds has no handles; swap its sides, or delete it and draw another."
            )
        case Sphere() | Wedge() | VCut() | Ablation() | None:
            return en(
                "Drag the square to move, a diamond to resize, a round knob to turn; in 3D the "
                "balls."
            )
        case _:
            assert_never(cut)
