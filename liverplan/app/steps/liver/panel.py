"""Step 2: find the liver, look, correct, confirm."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from liverplan.app.kit.choice_box import ChoiceBox
from liverplan.app.kit.files import MASKS, file_to_open
from liverplan.app.kit.language import en, localised, tr
from liverplan.app.kit.panel import Panel
from liverplan.app.kit.widgets import button, label, restyle, row
from liverplan.app.session.backends import Backends
from liverplan.app.session.context import Context
from liverplan.app.slices.brush import BrushSettings, BrushTool
from liverplan.app.slices.brush_options import BrushOptions
from liverplan.app.slices.tool_button import tool_button
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.liver.border_tool import BorderTool
from liverplan.app.steps.liver.branches_box import BranchesBox
from liverplan.app.steps.liver.finding import PLACE, Finding
from liverplan.app.steps.liver.look_box import LookBox
from liverplan.app.steps.liver.outline_tool import OutlineTool
from liverplan.app.steps.liver.vessel_maps import SCHEME
from liverplan.app.steps.liver.vessel_tool import CutTool, DropTool, JoinTool, VesselTool
from liverplan.app.steps.liver.vessels import VesselMarking
from liverplan.segmentation.edit.brush import Kind
from liverplan.segmentation.labels import LIVER
from liverplan.words.numbers import ml

CORRECT = en("Where it is wrong, correct it by clicks, by brush, or by outlines on a few slices.")
KINDS: tuple[Kind, Kind] = ("brush", "eraser")


class LiverPanel(Panel):
    """The liver mask."""

    title = en("Liver")
    place = PLACE

    def __init__(
        self,
        context: Context,
        views: ThreeViews,
        brush: BrushSettings,
        finding: Finding,
        vessels: VesselMarking,
        backends: Backends,
        look_box: LookBox,
        branches: BranchesBox,
    ) -> None:
        super().__init__()
        self._session, self._jobs, self._live = context.session, context.jobs, context.live
        self._finding, self._backends, self.look_box = finding, backends, look_box
        self.branches = branches
        self.run_button = button(tr("Find the liver"), finding.segment, role="primary")
        self.file_button = button(
            tr("Mask…"), self._file, tip=tr("Take the liver from a NIfTI, NRRD or DICOM SEG file")
        )
        self.method = ChoiceBox(tr("Which method finds the liver"))
        self.method.picked.connect(backends.choose)
        self.volume = label("", "title")
        self.options = BrushOptions(context.session, brush)
        self.no_vessels_button = button(tr("Remove vessels"), vessels.clear)
        self.confirm_button = button(tr("Confirm liver"), finding.confirm, role="primary")
        self.column.addWidget(self.method)
        self.column.addLayout(row(self.run_button, self.file_button))
        self._make_tools(context, views, brush, vessels)
        self.column.addWidget(self._tools())
        backends.changed.connect(self._list_methods)
        context.live.derived_changed.connect(self.refresh)
        self._list_methods()

    def _make_tools(
        self, context: Context, views: ThreeViews, brush: BrushSettings, vessels: VesselMarking
    ) -> None:
        session = context.session
        paint, erase = (BrushTool(session, brush, kind, lambda: LIVER) for kind in KINDS)
        self.brush_button = tool_button(views, paint, tr("Brush"))
        self.eraser_button = tool_button(views, erase, tr("Eraser"))
        self.inside_button = tool_button(
            views,
            BorderTool(context, "inside"),
            tr("Is liver"),
            tip=tr("Click tissue that was left out"),
        )
        self.outside_button = tool_button(
            views,
            BorderTool(context, "outside"),
            tr("Not liver"),
            tip=tr("Click tissue that was taken in"),
        )
        self.outline_button = tool_button(
            views,
            OutlineTool(context),
            tr("Outline"),
            tip=tr("Draw around the whole liver on a few axial slices; between them it follows"),
        )
        self._make_vessel_tools(views, vessels)

    def _make_vessel_tools(self, views: ThreeViews, vessels: VesselMarking) -> None:
        self.vessels_button = button(
            tr("Find vessels"),
            vessels.find,
            tip=tr("Portal vein and hepatic veins, found in a contrast-enhanced CT"),
        )
        trunk = tr("Click into its trunk on a slice: what hangs on it is followed")
        self.follower = ChoiceBox(tr("Which method follows a vessel that is clicked"))
        self.follower.picked.connect(vessels.followers.choose)
        self._followers = vessels.followers
        self._followers.changed.connect(self._list_followers)
        self._list_followers()
        portal, hepatic = (VesselTool(vessels, tree) for tree in ("portal vein", "hepatic veins"))
        self.portal_button = tool_button(views, portal, tr("Portal vein"), tip=trunk)
        self.hepatic_button = tool_button(views, hepatic, tr("Hepatic veins"), tip=trunk)
        self._make_vessel_edits(views, vessels)

    def _make_vessel_edits(self, views: ThreeViews, vessels: VesselMarking) -> None:
        self.drop_button = tool_button(
            views,
            DropTool(vessels),
            tr("No vessel"),
            tip=tr("Click a branch that is wrong: it goes, with what hangs on it"),
        )
        self.cut_button = tool_button(
            views,
            CutTool(vessels, moved=False),
            tr("Ends here"),
            tip=tr("Click a branch where it ends: what lies beyond, away from the root, goes"),
        )
        self.over_button = tool_button(
            views,
            CutTool(vessels, moved=True),
            tr("Other tree from here"),
            tip=tr("Click where a branch goes over into the other: what lies beyond joins that"),
        )
        self.join_button = tool_button(
            views,
            JoinTool(vessels),
            tr("Join"),
            tip=tr("Bridge a gap: click the loose end, then where it belongs"),
        )

    def _tools(self) -> QWidget:
        """Return what works on the mask, shown once there is one."""
        self.after = QWidget()
        inside = QVBoxLayout(self.after)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(7)
        inside.addWidget(self.volume)
        inside.addWidget(self.look_box)
        inside.addWidget(label(tr(CORRECT), "secondary"))
        inside.addLayout(row(self.inside_button, self.outside_button))
        inside.addLayout(row(self.brush_button, self.eraser_button, self.outline_button))
        inside.addWidget(self.options)
        inside.addWidget(self.confirm_button)
        self.vessel_words = label("", "secondary")
        inside.addWidget(self.vessel_words)
        inside.addWidget(self.vessels_button)
        inside.addWidget(self.follower)
        inside.addLayout(row(self.portal_button, self.hepatic_button))
        inside.addLayout(row(self.cut_button, self.join_button))
        inside.addWidget(self.over_button)
        inside.addLayout(row(self.drop_button, self.no_vessels_button))
        inside.addWidget(self.branches)
        return self.after

    def blocked(self) -> str:
        """Wait for a CT."""
        return "" if self._session.work.volume is not None else tr("Needs an open CT.")

    def state(self) -> str:
        """Whether there is a mask, and whether somebody has looked at it."""
        work = self._session.work
        if work.segmentation is None:
            return ""
        return "ok" if work.liver_confirmed else tr("check")

    def refresh(self) -> None:
        """Show the volume and the tools."""
        work = self._session.work
        has = work.segmentation is not None
        busy = self._jobs.busy(self.place)
        self.next.setText(self._next(has=has, confirmed=work.liver_confirmed))
        self.run_button.setVisible(not busy)
        self.file_button.setVisible(not busy)
        self.method.setEnabled(not busy)
        self.run_button.setText(tr("Find the liver again") if has else tr("Find the liver"))
        restyle(self.run_button, "role", "" if has else "primary")
        self.after.setVisible(has)
        index = self._live.index
        if index is not None:
            self.volume.setText(tr("Liver {ml} mL", ml=localised(ml(index.liver_ml))))
        elif has:
            self.volume.setText(tr("Liver {ml} mL", ml="…"))
        self.confirm_button.setEnabled(has and not work.liver_confirmed)
        confirmed = work.liver_confirmed
        self.confirm_button.setText(tr("Liver confirmed") if confirmed else tr("Confirm liver"))
        self._refresh_vessels(shown=SCHEME in work.maps, busy=busy)

    def _refresh_vessels(self, *, shown: bool, busy: bool) -> None:
        self.vessel_words.setText(
            tr("Vessels: a click moves a branch, with what hangs on it, to its tree.")
            if shown
            else tr("Vessels: found by themselves, or by a click into each trunk.")
        )
        self.vessels_button.setText(tr("Find vessels again") if shown else tr("Find vessels"))
        self.vessels_button.setEnabled(not busy)
        for tool in (self.drop_button, self.cut_button, self.over_button, self.join_button):
            tool.setVisible(shown)
        self.no_vessels_button.setVisible(shown)

    def _file(self) -> None:
        chosen = file_to_open(self, tr("A liver mask"), MASKS)
        if chosen is not None:
            self._finding.take(chosen)

    def _list_methods(self) -> None:
        self.method.show_choices(self._backends.choices, self._backends.chosen)
        self.refresh()

    def _list_followers(self) -> None:
        self.follower.show_choices(self._followers.choices, self._followers.chosen)

    def _next(self, *, has: bool, confirmed: bool) -> str:
        if not has:
            return tr("Find the liver automatically; it takes seconds.")
        if confirmed:
            return tr("The liver is confirmed. Next: Metastases.")
        return tr("Look through the slices. Where the outline is right everywhere, confirm it.")
