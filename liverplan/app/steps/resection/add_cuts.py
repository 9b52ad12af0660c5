"""What can be added to a plan, by kind: one row of kinds, and what the chosen one needs."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QGridLayout, QPushButton, QVBoxLayout, QWidget

from liverplan.app.kit.widgets import button, label, row
from liverplan.app.session.desk import Desk
from liverplan.app.session.work import lesion_title
from liverplan.app.slices.tools import ToolName
from liverplan.app.steps.resection.cutting import Cutting
from liverplan.app.steps.resection.landmarking import Landmarking
from liverplan.app.steps.resection.parts_box import SegmentsBox, VesselsBox
from liverplan.app.steps.resection.planning import Planning
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
        self, desk: Desk, planning: Planning, cutting: Cutting, landmarking: Landmarking
    ) -> None:
        super().__init__()
        self.desk, self.planning, self.cutting = desk, planning, cutting
        self.kind = "plane"
        self.kinds = {name: self._kind(name) for name in KINDS}
        self.click_button = self._tool("1 click", "plane", "A plane through one clicked point")
        self.three_button = self._tool(
            "3 points", "three points", "A plane through three clicked points"
        )
        self.join_button = button("Join in a V", cutting.join_planes, tip=JOIN_TIP)
        self.lesion = QComboBox()
        self.round_button = button("Separate", self._round)
        self.ablation_button = self._tool("1 click", "ablation", "A zone of 3 cm where you click")
        self.curved_button = self._tool("1 click", "curved", "A surface through one clicked point")
        self.bend_button = button(
            "Bend the plane", cutting.bend_plane, tip="Make the chosen plane a curved cut"
        )
        self.contour_button = self._tool(
            "Draw contour",
            "contour",
            "Click round the liver's surface on the slices, in order",
        )
        self.close_button = button("Close it", cutting.close_contour, tip="Enter")
        self.segments = SegmentsBox(desk, cutting, landmarking)
        self.vessels = VesselsBox(desk, cutting)
        self.reason = label("", "secondary")
        self._build()

    def _kind(self, name: str) -> QPushButton:
        made = button(KINDS[name], lambda: self.choose_kind(name))
        made.setCheckable(True)
        made.setStyleSheet("padding: 4px 2px;")
        return made

    def _tool(self, word: str, tool: ToolName, tip: str) -> QPushButton:
        def choose() -> None:
            self.desk.tools.choose("" if self.desk.tools.name == tool else tool)

        made = button(word, choose, tip=tip)
        made.setCheckable(True)
        made.setProperty("tool", tool)
        return made

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
            self.desk.tools.choose("")
        self.refresh()

    def refresh(self) -> None:
        """Show what can be done now, and why not otherwise."""
        lesions, tools = lesions_of(self.desk), self.desk.tools
        for name, widget in self.kinds.items():
            widget.setChecked(name == self.kind)
        for name, part in self.pages.items():
            part.setVisible(name == self.kind)
        self.round_row.setVisible(self.kind in ROUND)
        self._show_round(lesions)
        for tool in (
            self.click_button,
            self.three_button,
            self.ablation_button,
            self.curved_button,
            self.contour_button,
        ):
            tool.setChecked(tools.name == tool.property("tool"))
        work = self.desk.session.work
        self.bend_button.setEnabled(work.active_plane is not None and not work.locked)
        cleft = isinstance(work.active_cut, VCut)
        planes = sum(isinstance(cut, Plane) for cut in work.cuts)
        self.join_button.setEnabled((cleft or planes > 1) and not work.locked)
        self.join_button.setText("Part the V" if cleft else "Join in a V")
        contour = tools.name == "contour" and len(self.desk.views.points_mm) >= 4
        self.close_button.setEnabled(contour)
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


def lesions_of(desk: Desk) -> list[int]:
    """Label values of the lesions on screen."""
    segmentation = desk.session.work.segmentation
    return [] if segmentation is None else sorted(k for k in segmentation.provenance if k > LIVER)
