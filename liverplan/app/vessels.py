"""Portal and hepatic veins from clicks: found, kept in the case, shown on slices and in 3D."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QObject, Signal
from vtkmodules.vtkCommonDataModel import vtkPolyData

from liverplan.app.desk import Desk
from liverplan.app.jobs import Job, JobEnd, Progress
from liverplan.app.session import Topic
from liverplan.app.state import Work
from liverplan.app.surfaces import surface_of
from liverplan.app.views import SliceView
from liverplan.resection.maps import PartMap
from liverplan.segmentation import Segmentation, find_vessels
from liverplan.volume import FloatArray, Volume

TREES = ("portal vein", "hepatic veins")
SCHEME = "vessels"
"""The map's name in the case, and the document's that keeps the clicks."""

Seeds = Mapping[str, list[list[float]]]


class VesselMarking(QObject):
    """Finds the trees that were clicked, and makes their surfaces.

    Attributes
    ----------
    surfaces : dict of str to vtkPolyData
        By the tree's name, LPS mm; empty until they are made.
    """

    surfaces_changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.surfaces: dict[str, vtkPolyData] = {}
        self._shown: PartMap | None = None
        desk.tools.clicked.connect(self._clicked)
        desk.session.subscribe(self._session_changed)

    @property
    def seeds(self) -> Seeds:
        """Clicks by tree, LPS mm."""
        known: Seeds = self.desk.session.work.documents.get(SCHEME, {})
        return known

    def clear(self) -> None:
        """Forget the vessels and their clicks."""
        work = self.desk.session.work
        if SCHEME in work.maps or self.seeds:
            self.desk.session.do("remove vessels", with_vessels(work, None, {}))

    def _clicked(self, tool: str, point: FloatArray, _view: SliceView) -> None:
        work = self.desk.session.work
        if tool not in TREES or work.volume is None or work.segmentation is None:
            return
        volume, segmentation = work.volume, work.segmentation
        seeds = {name: list(self.seeds.get(name, [])) for name in TREES}
        seeds[tool].append([float(x) for x in point])

        def task(_report: Progress, _cancel: threading.Event) -> PartMap:
            return vessel_map(volume, segmentation, seeds)

        def then(answer: object) -> None:
            now = self.desk.session.work
            if isinstance(answer, PartMap) and now.volume is volume:
                self.desk.session.do(f"mark {tool}", with_vessels(now, answer, seeds))
                self.desk.tools.choose("")

        self.desk.run("liver", f"Following the {tool}", task, then)

    def _session_changed(self, topics: frozenset[Topic]) -> None:
        if not topics & {"ct", "maps"}:
            return
        vessels = self.desk.session.work.maps.get(SCHEME)
        if vessels is self._shown:
            return
        self._shown = vessels
        if vessels is None:
            self._finished(JobEnd(answer={}))
            return

        def task(_report: Progress, _cancel: threading.Event) -> dict[str, vtkPolyData]:
            return tree_surfaces(vessels)

        def then(end: JobEnd) -> None:
            if vessels is self._shown:
                self._finished(end)

        self.desk.jobs["vessel surfaces"] = Job("vessel surfaces", task, then).start()

    def _finished(self, end: JobEnd) -> None:
        self.surfaces = end.answer if isinstance(end.answer, dict) else {}
        self.surfaces_changed.emit()


def vessel_map(volume: Volume, segmentation: Segmentation, seeds: Seeds) -> PartMap:
    """Follow every tree from its clicks.

    Raises
    ------
    SegmentationError
        If no vessel is seen near a click.
    """
    clicks = [(name, point) for name, points in seeds.items() for point in points]
    found = find_vessels(volume, segmentation.liver, np.array([point for _, point in clicks]))
    table = np.array([0, *(TREES.index(name) + 1 for name, _ in clicks)], dtype=np.uint8)
    return PartMap(scheme=SCHEME, grid=volume.grid, labels=table[found.labels], names=TREES)


def with_vessels(work: Work, vessels: PartMap | None, seeds: Seeds) -> Work:
    """Return the work with other vessels, or with none."""
    maps = {k: v for k, v in work.maps.items() if k != SCHEME}
    documents = {k: v for k, v in work.documents.items() if k != SCHEME}
    if vessels is not None:
        maps[SCHEME] = vessels
        documents[SCHEME] = {name: points for name, points in seeds.items() if points}
    return replace(work, maps=MappingProxyType(maps), documents=MappingProxyType(documents))


def tree_surfaces(vessels: PartMap) -> dict[str, vtkPolyData]:
    """Return the surface of each tree that has voxels."""
    made = {}
    for number, name in enumerate(vessels.names, 1):
        mask = vessels.labels == number
        if mask.any():
            made[name] = surface_of(vessels.grid, mask, [1, 1, 1], smooth=10)
    return made
