"""Couinaud's segments: from the vessels at once, or from clicks, one after the other.

What is clicked are ten landmarks, or each portal branch.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QObject, Signal

from liverplan.app.kit.language import en, tr
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.session import Topic
from liverplan.app.session.work import Work
from liverplan.app.slices.tool import Marks, Spot, Tool
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.resection.edits import PLACE
from liverplan.case import Record
from liverplan.errors import PlanError
from liverplan.resection.anatomy.guide import SegmentGuide, SegmentSource, divided
from liverplan.resection.anatomy.landmarks import Landmarks
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.named import SCHEME, SEGMENTS
from liverplan.resection.anatomy.segment_branches import SegmentBranches
from liverplan.resection.anatomy.territories import LUMEN
from liverplan.resection.anatomy.vessel_names import branches_in
from liverplan.resection.anatomy.vessel_segments import VesselSegments, by_vessels
from liverplan.segmentation import Segmentation
from liverplan.segmentation.boxes import bounding_box
from liverplan.volume import FloatArray

AIR_HU = -300
"""No tissue or vessel is less dense; lung, gas in the bowel and the room are."""

FAR_MM = 50
"""No landmark lies farther from the liver's box: the cava's and the portal vein's are near it."""

FAR_AWAY = en("This is more than {mm} mm from the liver, so nothing was taken.", mm=FAR_MM)

WORDS: dict[str, str] = {
    "cava": en("the vena cava where the hepatic veins join it"),
    "right_vein": en("the right hepatic vein, far from the cava"),
    "middle_vein": en("the middle hepatic vein, far from the cava"),
    "left_vein": en("the left hepatic vein, far from the cava"),
    "gallbladder_fossa": en("the bed of the gallbladder"),
    "portal_bifurcation": en("where the portal vein divides into right and left"),
    "right_portal": en("where the right portal branch divides"),
    "left_portal": en("where the left portal branch divides"),
    "umbilical_portion": en("the left portal vein in the umbilical fissure"),
    "falciform": en("where the falciform ligament meets the front of the liver"),
}
BRANCH_WORDS = {name: en("the portal branch of segment {name}", name=name) for name in SEGMENTS}


class Segments(QObject):
    """Makes the map of segments from what was clicked, and anew when the mask changes."""

    changed = Signal()
    """A guide has gone on."""

    def __init__(self, context: Context, views: ThreeViews) -> None:
        super().__init__()
        self._session, self._jobs = context.session, context.jobs
        self._notices, self._views = context.notices, views
        self.by_landmarks = SegmentTool(self, by_branches=False)
        self.by_branches = SegmentTool(self, by_branches=True)
        self._session.subscribe(self._follow)

    @property
    def tool(self) -> SegmentTool | None:
        """The tool that leads through the clicks now, if one does."""
        tools = (self.by_landmarks, self.by_branches)
        return next((tool for tool in tools if self._views.tool is tool), None)

    def from_vessels(self) -> None:
        """Divide the liver by its two vessel trees, with nothing clicked."""
        segmentation, maps = self._session.work.segmentation, self._session.work.maps
        if segmentation is None:
            return

        def task(_report: Progress, _cancel: threading.Event) -> tuple[PartMap, VesselSegments]:
            return by_vessels(segmentation, branches_in(maps))

        def then(found: tuple[PartMap, VesselSegments]) -> None:
            self._take(en("segments from the vessels"), *found)

        holds = self._session.same_masks()
        self._jobs.run(PLACE, tr("Dividing the liver"), task, then, holds=holds)

    def refusal(self, point_mm: FloatArray) -> str:
        """Say why a (3,) LPS point, mm, can be no part of a liver or its vessels; "" if it may."""
        volume, segmentation = self._session.work.volume, self._session.work.segmentation
        index = None if volume is None else volume.grid.nearest_index(point_mm)
        if volume is None or segmentation is None or index is None:
            return tr("There is no CT here, so nothing was taken.")
        if volume.hu[index] < AIR_HU:
            hu = round(float(volume.hu[index]))
            return tr("Here is air ({hu} HU), so nothing was taken.", hu=hu)
        box = bounding_box(segmentation.labels > 0)
        spacing = volume.grid.spacing_mm
        away = [
            max(part.start - at, at - part.stop + 1, 0) * mm
            for part, at, mm in zip(box, index, spacing, strict=True)
        ]
        return tr(FAR_AWAY) if max(away) > FAR_MM else ""

    def went_on(self, guide: SegmentGuide) -> None:
        """Divide the liver once all is clicked; until then ask for the next."""
        self._notices.say(PLACE, "")
        self._views.redraw()
        self.changed.emit()
        if not guide.wanted:
            self._finish(guide)

    def refuse(self, words: str) -> None:
        """Say why a click was not taken; the same place is asked for again."""
        self._notices.say(PLACE, words)

    def _finish(self, guide: SegmentGuide) -> None:
        try:
            points = guide.points()
        except PlanError as error:
            what_to_do = tr("Take the last ones back, or begin again.")
            self._notices.say(PLACE, f"{error} {what_to_do}")
            return
        segmentation = self._session.work.segmentation
        if segmentation is None:
            return
        name = en("segments from branches") if guide.by_branches else en("segments from landmarks")

        def then(segments: PartMap) -> None:
            self._take(name, segments, points)

        maps, holds = self._session.work.maps, self._session.same_masks()

        def task(_report: Progress, _cancel: threading.Event) -> PartMap:
            return divided(segmentation, maps, points)

        self._jobs.run(PLACE, tr("Dividing the liver"), task, then, holds=holds)

    def _take(self, name: str, segments: PartMap, source: SegmentSource) -> None:
        work = self._session.work
        maps = MappingProxyType({**work.maps, SCHEME: segments})
        self._views.disarm()
        self._session.do(name, replace(work, maps=maps, record=with_source(work.record, source)))

    def _follow(self, topics: frozenset[Topic]) -> None:
        """Divide the liver anew when its mask has changed."""
        work = self._session.work
        points, segmentation = known_source(work), work.segmentation
        if "labels" not in topics or "ct" in topics or SCHEME not in work.maps:
            return
        if points is not None and segmentation is not None:
            self._divide_anew(segmentation, points)

    def _divide_anew(self, segmentation: Segmentation, points: SegmentSource) -> None:
        maps = self._session.work.maps

        def task(_report: Progress, _cancel: threading.Event) -> PartMap:
            return divided(segmentation, maps, points)

        def then(segments: PartMap) -> None:
            now = self._session.work
            if not np.array_equal(segments.labels, now.maps[SCHEME].labels):
                self._session.put_maps(MappingProxyType({**now.maps, SCHEME: segments}))

        self._jobs.follow("segments", task, then, holds=self._session.same_masks())


class SegmentTool(Tool):
    """Leads through the clicks.

    Attributes
    ----------
    guide : SegmentGuide
        How far they have come.
    """

    def __init__(self, segments: Segments, *, by_branches: bool) -> None:
        self._segments = segments
        self.guide = SegmentGuide(by_branches=by_branches)

    @property
    def words(self) -> str:
        """Say what to click now."""
        guide = self.guide
        if not guide.wanted:
            return ""
        words = BRANCH_WORDS if guide.by_branches else WORDS
        return tr(
            "{number} of {count}: click {what}.",
            number=guide.number,
            count=len(guide.names),
            what=words[guide.wanted],
        )

    @property
    def marks(self) -> Marks:
        """Show what has been clicked."""
        return Marks(points_mm=tuple(self.guide.points_mm.values()))

    def begin(self) -> None:
        """Start from the first click."""
        self.guide = SegmentGuide(by_branches=self.guide.by_branches)

    def press(self, spot: Spot) -> None:
        """Take what was asked for."""
        if not self.guide.wanted:
            return
        refusal = self._segments.refusal(spot.point_mm)
        if refusal:
            self._segments.refuse(refusal)
        else:
            self._take(self.guide.clicked(spot.point_mm))

    def back(self) -> None:
        """Click the last one again."""
        self._take(self.guide.back())

    def skip(self) -> None:
        """Leave a segment out whose branch is not seen: its neighbours get its tissue."""
        self._take(self.guide.skip())

    def _take(self, guide: SegmentGuide) -> None:
        self.guide = guide
        self._segments.went_on(guide)


def known_source(work: Work) -> SegmentSource | None:
    """Return what the segments of a case come from; None where they were given as a map."""
    by_vessel = work.record.vessel_segments or work.record.segment_branches
    if by_vessel is not None:
        # without the vessels that they follow, the segments stay as they were
        return by_vessel if {LUMEN, "portal"} <= work.maps.keys() else None
    return work.record.landmarks


def with_source(record: Record, source: SegmentSource) -> Record:
    """Return a record whose segments come from this, and from nothing else."""
    return replace(
        record,
        landmarks=source if isinstance(source, Landmarks) else None,
        segment_branches=source if isinstance(source, SegmentBranches) else None,
        vessel_segments=source if isinstance(source, VesselSegments) else None,
    )
