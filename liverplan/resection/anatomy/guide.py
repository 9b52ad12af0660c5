"""What is clicked to divide a liver into segments, in order: landmarks, or portal branches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from liverplan.resection.anatomy.couinaud import by_landmarks
from liverplan.resection.anatomy.landmarks import Landmarks
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.named import SEGMENTS
from liverplan.resection.anatomy.segment_branches import SegmentBranches, by_segment_branches
from liverplan.resection.anatomy.vessel_names import branches_in
from liverplan.resection.anatomy.vessel_segments import VesselSegments, by_vessels
from liverplan.segmentation import Segmentation
from liverplan.volume import FloatArray

SegmentPoints = Landmarks | SegmentBranches
"""Points that a map of the segments can follow from."""
SegmentSource = SegmentPoints | VesselSegments
"""What it can follow from: points, or the vessels unasked."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SegmentGuide:
    """How far the clicks have come.

    Parameters
    ----------
    by_branches : bool
        Whether each segment's portal branch is clicked, of which some may be skipped; else the
        landmarks, of which none may.
    points_mm : mapping of str to (3,) array
        What has been clicked, LPS, by name, in order.
    skipped : frozenset of str
        Segments whose branch is not seen.
    """

    by_branches: bool = False
    points_mm: Mapping[str, FloatArray] = field(default_factory=lambda: MappingProxyType({}))
    skipped: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that is to be clicked, in order."""
        return SEGMENTS if self.by_branches else Landmarks.names()

    @property
    def wanted(self) -> str:
        """Name of what to click next; empty when all is there."""
        passed = self.points_mm.keys() | self.skipped
        return next((name for name in self.names if name not in passed), "")

    @property
    def number(self) -> int:
        """Which click is next, from 1."""
        return len(self.points_mm) + len(self.skipped) + 1

    def clicked(self, point_mm: FloatArray) -> SegmentGuide:
        """Take a (3,) LPS point as what was wanted; nothing changes once all is there."""
        if not self.wanted:
            return self
        points = {**self.points_mm, self.wanted: point_mm}
        return replace(self, points_mm=MappingProxyType(points))

    def back(self) -> SegmentGuide:
        """Forget the last click."""
        points = dict(list(self.points_mm.items())[:-1])
        return replace(self, points_mm=MappingProxyType(points))

    def skip(self) -> SegmentGuide:
        """Leave a segment out: its neighbours get its tissue. A landmark cannot be left out."""
        if not (self.by_branches and self.wanted):
            return self
        return replace(self, skipped=self.skipped | {self.wanted})

    def points(self) -> SegmentPoints:
        """Return what was clicked, checked.

        Raises
        ------
        PlanError
            If something lacks, or the points make no sense.
        """
        if self.by_branches:
            return SegmentBranches(points_mm=self.points_mm)
        return Landmarks.from_json({"points_mm": self.points_mm})


def divided(
    segmentation: Segmentation, maps: Mapping[str, PartMap], points: SegmentSource
) -> PartMap:
    """Divide a liver into segments by landmarks, by portal branches, or by its vessels unasked.

    Parameters
    ----------
    segmentation : Segmentation
    maps : mapping of str to PartMap
        With "vessels" and "portal" where branches are given or vessels decide; see
        `territory_maps`.
    points : Landmarks, SegmentBranches or VesselSegments

    Returns
    -------
    PartMap
        Scheme "couinaud".
    """
    match points:
        case Landmarks():
            return by_landmarks(segmentation, points)
        case SegmentBranches():
            return by_segment_branches(segmentation, maps, points)
        case VesselSegments():
            return by_vessels(segmentation, branches_in(maps))[0]
