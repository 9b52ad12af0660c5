"""Named parts of the liver to be taken: Couinaud's segments, and territories of vessel branches."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QVBoxLayout, QWidget

from liverplan.app.cutting import Cutting
from liverplan.app.desk import Desk
from liverplan.app.landmarking import Landmarking
from liverplan.app.panels.segment_volumes import SegmentVolumes
from liverplan.app.widgets import button, clear, label, row
from liverplan.report.numbers import ml
from liverplan.resection.anatomical import (
    SCHEME,
    SEGMENTS,
    name_of,
    resections,
    split_fourth,
)
from liverplan.resection.maps import PartMap

VESSEL_SCHEMES = ("portal", "hepatic")
COLUMNS = 5
BY_NAME = "by name …"


class SegmentsBox(QWidget):
    """Segments to take, by the operation's name or one by one; landmarks where no map is yet."""

    def __init__(self, desk: Desk, cutting: Cutting, landmarking: Landmarking) -> None:
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
        self.back_button = button("Back", landmarking.back, tip="Click the last landmark again")
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
        column.addLayout(row(self.landmarks_button, self.back_button, self.volumes_button))
        landmarking.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show which segments go, or what is missing."""
        work, guide = self.desk.session.work, self.landmarking
        ready = SCHEME in work.maps and not work.locked
        taken = self.cutting.taken(SCHEME)
        self.names.setEnabled(ready)
        for name, tick in self.ticks.items():
            tick.setEnabled(ready)
            tick.setChecked(name in taken)
        self.called.setText(f"Takes {name_of(taken)}." if taken else "")
        self.called.setVisible(bool(taken))
        self.reason.setText("" if SCHEME in work.maps else missing_words())
        self.reason.setVisible(SCHEME not in work.maps and not guide.guiding)
        self.step.setText(guide.words() if guide.guiding else "")
        self.step.setVisible(guide.guiding)
        self.landmarks_button.setChecked(guide.guiding)
        again = "Click again" if SCHEME in work.maps else "Click landmarks"
        self.landmarks_button.setText("Stop" if guide.guiding else again)
        self.back_button.setVisible(guide.guiding)
        self.back_button.setEnabled(bool(guide.points))
        self.volumes_button.setVisible(SCHEME in work.maps and not guide.guiding)

    def _named(self, number: int) -> None:
        if number > 0:
            self.cutting.take_segments(resections()[number - 1].cut.names)
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
    """Vessel branches to mark as cut: the tissue that each feeds or drains leaves the remnant."""

    def __init__(self, desk: Desk, cutting: Cutting) -> None:
        super().__init__()
        self.desk, self.cutting = desk, cutting
        self.reason = label("", "secondary")
        self.ticks: dict[tuple[str, str], QCheckBox] = {}
        self._maps: list[PartMap] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.reason)
        self.list = QVBoxLayout()
        column.addLayout(self.list)

    def refresh(self) -> None:
        """Show the branches that have a territory, or say that there are none."""
        work = self.desk.session.work
        maps = [work.maps[scheme] for scheme in VESSEL_SCHEMES if scheme in work.maps]
        if [id(known) for known in maps] != [id(known) for known in self._maps]:
            self._maps = maps
            self._build()
        self.reason.setText(
            "Tick a branch that is cut: what it feeds or drains leaves the remnant."
            if maps
            else "Needs vessel territories: the case holds no map called portal or hepatic."
        )
        for (scheme, name), tick in self.ticks.items():
            tick.setEnabled(not work.locked)
            tick.setChecked(name in self.cutting.taken(scheme))

    def _build(self) -> None:
        clear(self.list)
        self.ticks = {}
        segmentation = self.desk.session.work.segmentation
        for known in self._maps:
            volumes = known.volumes_ml(segmentation) if segmentation is not None else {}
            for name in known.names:
                words = f"{known.scheme}: {name}, {ml(volumes.get(name, 0.0))} mL"
                tick = QCheckBox(words)
                tick.clicked.connect(lambda _checked=False, s=known.scheme: self._ticked(s))
                self.ticks[known.scheme, name] = tick
                self.list.addWidget(tick)

    def _ticked(self, scheme: str) -> None:
        chosen = tuple(n for (s, n), tick in self.ticks.items() if s == scheme and tick.isChecked())
        self.cutting.take_parts(scheme, chosen)


def missing_words() -> str:
    """Say what segments wait for."""
    return "Needs the segments: click ten landmarks once, and they follow."
