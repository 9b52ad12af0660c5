"""Clicks on vessels: a tree followed from its trunk, a branch taken into it, or dropped."""

from __future__ import annotations

from liverplan.app.kit.language import tr
from liverplan.app.slices.tool import PointsTool, Spot, Tool
from liverplan.app.steps.liver.naming import Naming
from liverplan.app.steps.liver.vessel_maps import SCHEME
from liverplan.app.steps.liver.vessels import VesselMarking
from liverplan.volume import FloatArray


class OnVessels(Tool):
    """Answers alike to a click on a slice and to one on a vessel in 3D."""

    def press(self, spot: Spot) -> None:
        """Do it here."""
        self.touch(spot.point_mm)


class VesselTool(OnVessels):
    """Marks one of the trees."""

    def __init__(self, vessels: VesselMarking, tree: str) -> None:
        self._vessels, self._tree = vessels, tree

    @property
    def words(self) -> str:
        """Say what to click."""
        if SCHEME in self._vessels.maps:
            return tr("Click a vessel of the {tree}: it joins them", tree=tr(self._tree))
        return tr("Click into the trunk of the {tree}", tree=tr(self._tree))

    def touch(self, point_mm: FloatArray) -> None:
        """Follow it from a (3,) LPS point, mm."""
        self._vessels.mark(self._tree, point_mm)


class DropTool(OnVessels):
    """Takes what is no vessel, or is wrong, out of the trees."""

    def __init__(self, vessels: VesselMarking) -> None:
        self._vessels = vessels

    @property
    def words(self) -> str:
        """Say what to click."""
        return tr("Click what is no vessel: it goes, with what hangs on it")

    def touch(self, point_mm: FloatArray) -> None:
        """Drop what lies at a (3,) LPS point, mm."""
        self._vessels.drop(point_mm)


class CutTool(OnVessels):
    """Cuts a branch where it is clicked."""

    def __init__(self, vessels: VesselMarking, *, moved: bool) -> None:
        self._vessels, self._moved = vessels, moved

    @property
    def words(self) -> str:
        """Say what to click."""
        if self._moved:
            return tr("Click where a branch goes over into the other tree")
        return tr("Click where a branch ends: what lies beyond goes")

    def touch(self, point_mm: FloatArray) -> None:
        """Cut it at a (3,) LPS point, mm."""
        self._vessels.cut(point_mm, moved=self._moved)


class JoinTool(PointsTool):
    """Bridges a gap in a vessel: its loose end is clicked, then where it belongs."""

    def __init__(self, vessels: VesselMarking) -> None:
        super().__init__()
        self._vessels = vessels

    @property
    def words(self) -> str:
        """Say what to click next."""
        if self.points_mm:
            return tr("Click the tree where it belongs")
        return tr("Click the loose end of a vessel")

    def touch(self, point_mm: FloatArray) -> None:
        """Take one more (3,) LPS point, mm."""
        self.points_mm.append(point_mm)
        self.clicked()

    def clicked(self) -> None:
        """Join the two once both are known."""
        if len(self.points_mm) == 2:
            end, to = self.points_mm
            self.points_mm = []
            self._vessels.join(end, to)


class NameTool(OnVessels):
    """Offers the anatomical names of what is clicked."""

    def __init__(self, naming: Naming) -> None:
        self._naming = naming

    @property
    def words(self) -> str:
        """Say what to click."""
        return tr("Click a branch, then choose its name")

    def touch(self, point_mm: FloatArray) -> None:
        """Offer names for what lies at a (3,) LPS point, mm."""
        self._naming.choose_at(point_mm)
