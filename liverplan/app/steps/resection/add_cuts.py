"""What can be added to a plan, by kind: one row of kinds, and what the chosen one needs."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QGridLayout, QPushButton, QVBoxLayout, QWidget

from liverplan.app.kit.widgets import button, label, row
from liverplan.app.session.context import Context
from liverplan.app.session.work import lesion_title
from liverplan.app.slices.tool_button import tool_button
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.resection.cutting import Cutting
from liverplan.app.steps.resection.landmarking import Landmarking
from liverplan.app.steps.resection.parts_box import SegmentsBox, VesselsBox
from liverplan.app.steps.resection.planning import Planning
from liverplan.app.steps.resection.tools import ContourTool, PointTool, ThreePointsTool
from liverplan.resection import Plane, VCut
from liverplan.segmentation.labels import LIVER
from liverplan.volumetry.search.placing import is_round_kind

KINDS = {
    "plane": "Plane",
    "wedge": "Wedge",
    "sphere": "Sphere",
    "ablation": "Ablation",
    "curved": "Curved",
    "segments": "Segments",
    "vessels": "Vessels",
}
COLUMNS = 4
ROUND = {"plane": "Separate", "wedge": "Add wedge", "sphere": "Add sphere", "ablation": "Ablate"}
JOIN_TIP = "Take only what lies beyond all planes of this plan; again, to part them"
ROUND_TIPS = {
    "plane": "The plane that takes this metastasis with the margin and leaves most",
    "wedge": "From this metastasis and its margin out to the surface where that costs least",
    "sphere": "A ball round this metastasis with the margin",
    "ablation": "A zone round this metastasis with the margin; its tissue works no more",
}


class AddCuts(QWidget):
    """A button for each kind; below, how that kind is made."""

    def __init__(
        self,
        desk: Context,
        views: ThreeViews,
        planning: Planning,
        cutting: Cutting,
        landmarking: Landmarking,
    ) -> None:
        super().__init__()
        self.desk, self.views, self.cutting = desk, views, cutting
        self.kind = "plane"
        self.contour = ContourTool(cutting, desk.notices)
        self.kinds = {name: self._kind(name) for name in KINDS}
        self.click_button = tool_button(
            views,
            PointTool(planning.add_through, "Click where the plane goes through the liver"),
            "1 click",
            tip="A plane through one clicked point",
        )
        self.three_button = tool_button(
            views,
            ThreePointsTool(planning, desk.notices),
            "3 points",
            tip="A plane through three clicked points",
        )
        self.join_button = button("Join in a V", cutting.join_planes, tip=JOIN_TIP)
        self.lesion = QComboBox()
        self.round_button = button("Separate", self._round)
        self.ablation_button = tool_button(
            views,
            PointTool(cutting.ablate, "Click the middle of the ablation zone"),
            "1 click",
            tip="A zone of 3 cm where you click",
        )
        self.curved_button = tool_button(
            views,
            PointTool(cutting.add_curved, "Click where the curved cut goes through the liver"),
            "1 click",
            tip="A surface through one clicked point",
        )
        self.bend_button = button(
            "Bend the plane", cutting.bend_plane, tip="Make the chosen plane a curved cut"
        )
        self.contour_button = tool_button(
            views,
            self.contour,
            "Draw contour",
            tip="Click round the liver's surface on the slices, in order",
        )
        self.close_button = button("Close it", self.contour.close, tip="Enter")
        for signal in (views.armed, views.tool_used):
            signal.connect(self._allow_closing)
        self.segments = SegmentsBox(desk, cutting, landmarking)
        self.vessels = VesselsBox(desk, views, cutting)
        self.reason = label("", "secondary")
        self._build()

    def _kind(self, name: str) -> QPushButton:
        made = button(KINDS[name], lambda: self.choose_kind(name))
        made.setCheckable(True)
        made.setStyleSheet("padding: 4px 2px;")
        return made

    def _allow_closing(self) -> None:
        drawn = self.views.tool is self.contour and self.contour.ready
        self.close_button.setEnabled(drawn)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        grid = QGridLayout()
        grid.setSpacing(4)
        for number, widget in enumerate(self.kinds.values()):
            grid.addWidget(widget, number // COLUMNS, number % COLUMNS)
        self.pages = {
            "plane": page(row(self.click_button, self.three_button), row(self.join_button)),
            "ablation": page(row(self.ablation_button)),
            "curved": page(
                row(self.curved_button, self.bend_button),
                row(self.contour_button, self.close_button),
            ),
            "segments": self.segments,
            "vessels": self.vessels,
        }
        self.round_row = page(row(self.lesion, self.round_button))
        column.addWidget(label("Add a cut", "secondary"))
        column.addLayout(grid)
        for part in self.pages.values():
            column.addWidget(part)
        column.addWidget(self.round_row)
        column.addWidget(self.reason)

    def choose_kind(self, kind: str) -> None:
        """Show how a kind is made."""
        if kind != self.kind:
            self.kind = kind
            self.views.disarm()
        self.refresh()

    def refresh(self) -> None:
        """Show what can be done now, and why not otherwise."""
        lesions = lesions_of(self.desk)
        for name, widget in self.kinds.items():
            widget.setChecked(name == self.kind)
        for name, part in self.pages.items():
            part.setVisible(name == self.kind)
        self.round_row.setVisible(self.kind in ROUND)
        self._show_round(lesions)
        work = self.desk.session.work
        self.bend_button.setEnabled(work.active_plane is not None and not work.locked)
        cleft = isinstance(work.active_cut, VCut)
        planes = sum(isinstance(cut, Plane) for cut in work.cuts)
        self.join_button.setEnabled((cleft or planes > 1) and not work.locked)
        self.join_button.setText("Part the V" if cleft else "Join in a V")
        self._allow_closing()
        self.segments.refresh()
        self.vessels.refresh()
        needs = self.kind in ROUND and not lesions
        self.reason.setText("A metastasis that is marked can be cut round." if needs else "")
        self.reason.setVisible(needs)

    def _show_round(self, lesions: list[int]) -> None:
        titles = [lesion_title(n) for n in lesions] or ["no metastasis yet"]
        if [self.lesion.itemText(n) for n in range(self.lesion.count())] != titles:
            self.lesion.clear()
            self.lesion.addItems(titles)
        ready = bool(lesions) and self.desk.live.index is not None
        self.lesion.setEnabled(bool(lesions))
        self.round_button.setEnabled(ready)
        self.round_button.setText(ROUND.get(self.kind, ""))
        self.round_button.setToolTip(ROUND_TIPS.get(self.kind, ""))

    def _round(self) -> None:
        lesions, number = lesions_of(self.desk), self.lesion.currentIndex()
        if 0 <= number < len(lesions) and is_round_kind(self.kind):
            self.cutting.round_lesion(self.kind, lesions[number])


def page(*rows: object) -> QWidget:
    """Rows of controls as one widget, to be shown and hidden together."""
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    for layout in rows:
        column.addLayout(layout)  # type: ignore[arg-type]
    return widget


def lesions_of(desk: Context) -> list[int]:
    """Label values of the lesions on screen."""
    segmentation = desk.session.work.segmentation
    return [] if segmentation is None else sorted(k for k in segmentation.provenance if k > LIVER)
