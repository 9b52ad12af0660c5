"""A click into the trunk of a vessel tree: what hangs on it is followed."""

from __future__ import annotations

from liverplan.app.kit.language import tr
from liverplan.app.slices.tool import Spot, Tool
from liverplan.app.steps.liver.vessels import VesselMarking


class VesselTool(Tool):
    """Marks one of the trees."""

    def __init__(self, vessels: VesselMarking, tree: str) -> None:
        self._vessels, self._tree = vessels, tree

    @property
    def words(self) -> str:
        """Say what to click."""
        return tr("Click into the trunk of the {tree}", tree=tr(self._tree))

    def press(self, spot: Spot) -> None:
        """Follow it from here."""
        self._vessels.mark(self._tree, spot.point_mm)
