"""Named parts of the liver to be taken: Couinaud's segments, and territories of vessel branches."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QVBoxLayout, QWidget

from liverplan.app.kit.widgets import button, clear, label, row
from liverplan.app.session.context import Context
from liverplan.app.slices.tool_button import tool_button
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.resection.cutting import Cutting
from liverplan.app.steps.resection.landmarking import Landmarking
from liverplan.app.steps.resection.segment_volumes import SegmentVolumes
from liverplan.app.steps.resection.tools import PointTool
from liverplan.resection.anatomy.maps import PartMap, hangs_on
from liverplan.resection.anatomy.named import (
    SCHEME,
    SEGMENTS,
    name_of,
    resections,
    split_fourth,
)
from liverplan.resection.anatomy.territories import LUMEN
from liverplan.words.numbers import ml

VESSEL_SCHEMES = ("portal", "hepatic")
COLUMNS = 5
BY_NAME = "by name …"


class SegmentsBox(QWidget):
    """Segments to take, by the operation's name or one by one; landmarks where no map is yet."""

    def __init__(self, desk: Context, cutting: Cutting, landmarking: Landmarking) -> None:
        super().__init__()
        self.desk, self.cutting, self.landmarking = desk, cutting, landmarking
        self.names = QComboBox()
        self.names.addItems([BY_NAME, *(known.name for known in resections())])
        self.names.activated.connect(self._named)
        self.ticks = {name: QCheckBox(name) for name in SEGMENTS}
        self.called = label("", "secondary")
        self.reason = label("", "secondary")
        self.step = label("")
        self.landmarks_button = button("Click landmarks", landmarking.begin)
        self.landmarks_button.setCheckable(True)
        self.branches_button = button(
            "Click branches",
            lambda: landmarking.begin(by_branches=True),
            tip="Click the portal branch of each segment: its tissue follows",
        )
        self.back_button = button("Back", landmarking.back, tip="Click the last one again")
        self.skip_button = button("Skip", landmarking.skip, tip="Its neighbours get its tissue")
        self.volumes_button = button("Volumes…", self._volumes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        grid = QGridLayout()
        for number, (name, tick) in enumerate(self.ticks.items()):
            tick.clicked.connect(lambda _checked=False: self._ticked())
            tick.setToolTip(f"Segment {name}")
            grid.addWidget(tick, number // COLUMNS, number % COLUMNS)
        column.addWidget(self.names)
        column.addLayout(grid)
        column.addWidget(self.called)
        column.addWidget(self.reason)
        column.addWidget(self.step)
        column.addLayout(row(self.landmarks_button, self.branches_button))
        column.addLayout(row(self.back_button, self.skip_button, self.volumes_button))
        landmarking.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show which segments go, or what is missing."""
        work, leading = self.desk.session.work, self.landmarking
        guide, guiding = leading.guide, leading.guiding
        ready = SCHEME in work.maps and not work.locked
        taken = self.cutting.taken(SCHEME)
        self.names.setEnabled(ready)
        for name, tick in self.ticks.items():
            tick.setEnabled(ready)
            tick.setChecked(name in taken)
        self.called.setText(f"Takes {name_of(taken)}." if taken else "")
        self.called.setVisible(bool(taken))
        self.reason.setText("" if SCHEME in work.maps else missing_words())
        self.reason.setVisible(SCHEME not in work.maps and not guiding)
        self.step.setText(leading.words() if guiding else "")
        self.step.setVisible(guiding)
        self.landmarks_button.setChecked(guiding)
        self.landmarks_button.setText("Stop" if guiding else "Click landmarks")
        self.branches_button.setVisible(not guiding)
        self.branches_button.setEnabled({LUMEN, "portal"} <= work.maps.keys())
        self.skip_button.setVisible(guiding and guide.by_branches)
        self.back_button.setVisible(guiding)
        self.back_button.setEnabled(bool(guide.points_mm))
        self.volumes_button.setVisible(SCHEME in work.maps and not guiding)

    def _named(self, number: int) -> None:
        if number > 0:
            self.cutting.take_segments(split_fourth(resections()[number - 1].segments))
        self.names.setCurrentIndex(0)

    def _ticked(self) -> None:
        chosen = tuple(name for name, tick in self.ticks.items() if tick.isChecked())
        self.cutting.take_segments(split_fourth(chosen))

    def _volumes(self) -> None:
        segmentation = self.desk.session.work.segmentation
        part_map = self.desk.session.work.maps.get(SCHEME)
        if segmentation is not None and part_map is not None:
            SegmentVolumes(part_map, segmentation, self.window()).show()


class VesselsBox(QWidget):
    """Vessel branches to mark as cut: what they and all that hangs on them feed or drain is lost.

    Branches are clicked on slices, and listed once they are cut; where only their territories are
    known, all are listed.
    """

    def __init__(self, desk: Context, views: ThreeViews, cutting: Cutting) -> None:
        super().__init__()
        self.desk, self.cutting = desk, cutting
        self.reason = label("", "secondary")
        self.cut_button = tool_button(
            views,
            PointTool(cutting.cut_vessel, "Click the branch to cut; click it again to keep it"),
            "Cut a branch",
            tip="Click a vessel on a slice; click it again to undo",
        )
        self.ticks: dict[tuple[str, str], QCheckBox] = {}
        self._shown: tuple[object, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.reason)
        column.addWidget(self.cut_button)
        self.list = QVBoxLayout()
        column.addLayout(self.list)

    def refresh(self) -> None:
        """Show the branches that are cut or can be ticked, or say what is missing."""
        work = self.desk.session.work
        maps = [work.maps[scheme] for scheme in VESSEL_SCHEMES if scheme in work.maps]
        seen = LUMEN in work.maps
        rows = [
            (known, name)
            for known in maps
            for name in (self.cutting.taken(known.scheme) if seen else known.names)
        ]
        shown = tuple((id(known), name) for known, name in rows)
        if shown != self._shown:
            self._shown = shown
            self._build(rows)
        self.cut_button.setVisible(bool(maps) and seen)
        self.cut_button.setEnabled(not work.locked)
        self.reason.setText(vessel_words(known=bool(maps), seen=seen))
        for (scheme, name), tick in self.ticks.items():
            tick.setEnabled(not work.locked)
            tick.setChecked(name in self.cutting.taken(scheme))

    def _build(self, rows: list[tuple[PartMap, str]]) -> None:
        clear(self.list)
        self.ticks = {}
        segmentation = self.desk.session.work.segmentation
        volumes = {
            id(known): {} if segmentation is None else known.volumes_ml(segmentation)
            for known in {id(known): known for known, _ in rows}.values()
        }
        for known, name in rows:
            lost = sum(v for n, v in volumes[id(known)].items() if hangs_on(n, name))
            tick = QCheckBox(f"{known.scheme} {name}: {ml(lost)} mL")
            tick.clicked.connect(lambda _checked=False, s=known.scheme: self._ticked(s))
            self.ticks[known.scheme, name] = tick
            self.list.addWidget(tick)

    def _ticked(self, scheme: str) -> None:
        chosen = tuple(n for (s, n), tick in self.ticks.items() if s == scheme and tick.isChecked())
        self.cutting.take_parts(scheme, chosen)


def vessel_words(*, known: bool, seen: bool) -> str:
    """Say how a vessel is cut, or what that waits for."""
    if not known:
        return "Needs vessels: click into the portal vein or the hepatic veins in step 2, Liver."
    if seen:
        return "Click a vessel where it is cut: what it and its branches feed or drain is lost."
    return "Tick a branch that is cut: what it feeds or drains leaves the remnant."


def missing_words() -> str:
    """Say what segments wait for."""
    return (
        "Needs the segments: click ten landmarks once, or, where the portal vein is marked, each "
        "segment's branch."
    )
