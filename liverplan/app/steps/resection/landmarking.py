"""Couinaud's segments from clicks, one after the other: ten landmarks, or each portal branch."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QObject, Signal

from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.session import Topic
from liverplan.app.session.work import Work
from liverplan.app.slices.tool import Marks, Spot, Tool
from liverplan.app.slices.views import ThreeViews
from liverplan.case import Record
from liverplan.errors import PlanError
from liverplan.resection.anatomy.guide import SegmentGuide, SegmentPoints, divided
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.named import SCHEME, SEGMENTS
from liverplan.resection.anatomy.segment_branches import SegmentBranches
from liverplan.resection.anatomy.territories import LUMEN
from liverplan.segmentation import Segmentation
from liverplan.volume import FloatArray

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

BRANCH_WORDS = {name: f"the portal branch of segment {name}" for name in SEGMENTS}


class LandmarkTool(Tool):
    """A click is the landmark, or the branch, that is wanted now."""

    def __init__(self, landmarking: Landmarking) -> None:
        self._landmarking = landmarking

    @property
    def words(self) -> str:
        """Say what to click."""
        return self._landmarking.words()

    @property
    def marks(self) -> Marks:
        """Show what was clicked."""
        return Marks(points_mm=tuple(self._landmarking.guide.points_mm.values()))

    def press(self, spot: Spot) -> None:
        """Take the point."""
        self._landmarking.click(spot.point_mm)


class Landmarking(QObject):
    """Leads through the clicks and makes the map of segments from them.

    Attributes
    ----------
    guide : SegmentGuide
        How far the clicks have come.
    """

    changed = Signal()

    def __init__(self, desk: Context, views: ThreeViews) -> None:
        super().__init__()
        self.desk, self.views = desk, views
        self.guide = SegmentGuide()
        self.tool = LandmarkTool(self)
        views.armed.connect(self.changed.emit)
        desk.session.subscribe(self._follow)

    @property
    def guiding(self) -> bool:
        """Whether the next click on a slice is a landmark."""
        return self.views.tool is self.tool

    def begin(self, *, by_branches: bool = False) -> None:
        """Start from the first click, or put the tool away."""
        self.guide = SegmentGuide(by_branches=by_branches)
        self.views.toggle(self.tool)
        self._show()

    def back(self) -> None:
        """Click the last one again."""
        self.guide = self.guide.back()
        self._show()

    def skip(self) -> None:
        """Leave a segment out whose branch is not seen: its neighbours get its tissue."""
        self.guide = self.guide.skip()
        self._go_on()

    def words(self) -> str:
        """Say what to click now."""
        guide = self.guide
        if not guide.wanted:
            return ""
        words = BRANCH_WORDS if guide.by_branches else WORDS
        return f"{guide.number} of {len(guide.names)}: click {words[guide.wanted]}."

    def click(self, point: FloatArray) -> None:
        """Take the point that is wanted now."""
        if self.guide.wanted:
            self.guide = self.guide.clicked(point)
            self._go_on()

    def _go_on(self) -> None:
        self._show()
        if not self.guide.wanted:
            self._finish()

    def _show(self) -> None:
        self.views.redraw()
        self.desk.say("resection", "")
        self.changed.emit()

    def _finish(self) -> None:
        segmentation = self.desk.session.work.segmentation
        try:
            given = self.guide.points()
        except PlanError as error:
            self.desk.say("resection", f"{error} Take the last ones back, or begin again.")
            return
        if segmentation is None:
            return

        def then(segments: PartMap) -> None:
            work = self.desk.session.work
            maps = MappingProxyType({**work.maps, SCHEME: segments})
            by_branches = self.guide.by_branches
            after = replace(work, maps=maps, record=with_points(work.record, given))
            self.views.disarm()
            self.desk.session.do(
                f"segments from {'branches' if by_branches else 'landmarks'}", after
            )

        self._divide(segmentation, given, then)

    def _divide(
        self, segmentation: Segmentation, given: SegmentPoints, then: Callable[[PartMap], None]
    ) -> None:
        maps = self.desk.session.work.maps

        def task(_report: Progress, _cancel: threading.Event) -> PartMap:
            return divided(segmentation, maps, given)

        holds = self.desk.session.same_masks()
        self.desk.run("resection", "Dividing the liver", task, then, holds=holds)

    def _follow(self, topics: frozenset[Topic]) -> None:
        """Divide the liver anew when its mask has changed."""
        work = self.desk.session.work
        known = known_points(work)
        if "ct" in topics:
            self.guide = SegmentGuide()
        if "labels" not in topics or "ct" in topics or known is None or SCHEME not in work.maps:
            return
        segmentation = work.segmentation
        if segmentation is None:
            return

        def then(segments: PartMap) -> None:
            now = self.desk.session.work
            if not np.array_equal(segments.labels, now.maps[SCHEME].labels):
                self.desk.session.put_maps(MappingProxyType({**now.maps, SCHEME: segments}))

        self._divide(segmentation, known, then)


def known_points(work: Work) -> SegmentPoints | None:
    """Return what the segments of a case come from; None where they were given as a map."""
    branches = work.record.segment_branches
    if branches is not None:
        # without the vessels that they lie in, the segments stay as they were
        return branches if {LUMEN, "portal"} <= work.maps.keys() else None
    return work.record.landmarks


def with_points(record: Record, given: SegmentPoints) -> Record:
    """Return a record whose segments come from these points, and from no others."""
    if isinstance(given, SegmentBranches):
        return replace(record, segment_branches=given, landmarks=None)
    return replace(record, landmarks=given, segment_branches=None)
