"""Couinaud's segments from ten clicked landmarks, one after the other."""

from __future__ import annotations

import threading
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QObject, Signal

from liverplan.app.desk import Desk
from liverplan.app.jobs import Progress
from liverplan.app.session import Topic
from liverplan.errors import PlanError
from liverplan.resection.anatomical import SCHEME
from liverplan.resection.couinaud import by_landmarks
from liverplan.resection.landmarks import Landmarks
from liverplan.resection.maps import PartMap
from liverplan.segmentation import Segmentation
from liverplan.volume import FloatArray

DOCUMENT = "landmarks"

WORDS: dict[str, str] = {
    "cava": "the vena cava where the hepatic veins join it",
    "right_vein": "the right hepatic vein, far from the cava",
    "middle_vein": "the middle hepatic vein, far from the cava",
    "left_vein": "the left hepatic vein, far from the cava",
    "gallbladder_fossa": "the bed of the gallbladder",
    "portal_bifurcation": "where the portal vein divides into right and left",
    "right_portal": "where the right portal branch divides",
    "left_portal": "where the left portal branch divides",
    "umbilical_portion": "the left portal vein in the umbilical fissure",
    "falciform": "where the falciform ligament meets the front of the liver",
}
"""What is to be clicked, in order."""


class Landmarking(QObject):
    """Guides through the landmarks and makes the map of segments from them."""

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.points: dict[str, FloatArray] = {}
        desk.tools.clicked.connect(self._clicked)
        desk.tools.changed.connect(self.changed.emit)
        desk.session.subscribe(self._follow)

    @property
    def guiding(self) -> bool:
        """Whether the next click on a slice is a landmark."""
        return self.desk.tools.name == "landmarks"

    @property
    def step(self) -> str:
        """Name of the landmark to click next; empty when all are there."""
        return next((name for name in WORDS if name not in self.points), "")

    def begin(self) -> None:
        """Start from the first landmark, or put the tool away."""
        again = self.guiding
        self.points = {}
        self.desk.tools.choose("" if again else "landmarks")
        self._show()

    def back(self) -> None:
        """Click the last landmark again."""
        if self.points:
            self.points.popitem()
            self._show()

    def words(self) -> str:
        """Say what to click now."""
        number = len(self.points) + 1
        return f"{number} of {len(WORDS)}: click {WORDS[self.step]}." if self.step else ""

    def _clicked(self, tool: str, point: FloatArray, _view: object) -> None:
        if tool != "landmarks" or not self.step:
            return
        self.points[self.step] = point
        self._show()
        if not self.step:
            self._finish()

    def _show(self) -> None:
        self.desk.views.points_mm = list(self.points.values()) if self.guiding else []
        self.desk.views.redraw()
        self.desk.say("resection", "")
        self.changed.emit()

    def _finish(self) -> None:
        segmentation = self.desk.session.work.segmentation
        try:
            landmarks = Landmarks(**self.points)
        except PlanError as error:
            self.desk.say("resection", f"{error} Take the last ones back, or begin again.")
            return
        if segmentation is None:
            return

        def then(answer: object) -> None:
            work = self.desk.session.work
            if not isinstance(answer, PartMap) or work.segmentation is not segmentation:
                return
            maps = MappingProxyType({**work.maps, SCHEME: answer})
            documents = MappingProxyType({**work.documents, DOCUMENT: landmarks.to_json()})
            after = replace(work, maps=maps, documents=documents)
            self.desk.tools.choose("")
            self.desk.session.do("segments from landmarks", after)

        self._divide(segmentation, landmarks, then)

    def _divide(self, segmentation: Segmentation, landmarks: Landmarks, then: object) -> None:
        def task(_report: Progress, _cancel: threading.Event) -> PartMap:
            return by_landmarks(segmentation, landmarks)

        self.desk.run("resection", "Dividing the liver", task, then)  # type: ignore[arg-type]

    def _follow(self, topics: frozenset[Topic]) -> None:
        """Divide the liver anew when its mask has changed."""
        work = self.desk.session.work
        known = work.documents.get(DOCUMENT)
        if "ct" in topics:
            self.points = {}
        if "labels" not in topics or "ct" in topics or known is None or SCHEME not in work.maps:
            return
        segmentation = work.segmentation
        if segmentation is None:
            return

        def then(answer: object) -> None:
            now = self.desk.session.work
            if not isinstance(answer, PartMap) or now.segmentation is not segmentation:
                return
            if not np.array_equal(answer.labels, now.maps[SCHEME].labels):
                self.desk.session.put_maps(MappingProxyType({**now.maps, SCHEME: answer}))

        self._divide(segmentation, Landmarks.from_json(known), then)
