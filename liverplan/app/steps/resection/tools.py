"""The tools of the fourth step: what a click on a slice adds to the plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt

from liverplan.app.session.notices import Notices
from liverplan.app.slices.tool import PointsTool, Spot, Tool
from liverplan.app.steps.resection.cutting import Cutting, contour_words
from liverplan.app.steps.resection.planning import Planning
from liverplan.volume import FloatArray

PLACE = "resection"
FEWEST_OF_CONTOUR = 4


class PointTool(Tool):
    """One click calls a verb with its point."""

    def __init__(self, verb: Callable[[FloatArray], None], words: str) -> None:
        self._verb, self._words = verb, words

    @property
    def words(self) -> str:
        """Say what to click."""
        return self._words

    def press(self, spot: Spot) -> None:
        """Do it here."""
        self._verb(spot.point_mm)


class ThreePointsTool(PointsTool):
    """A plane through three clicks."""

    def __init__(self, planning: Planning, notices: Notices) -> None:
        super().__init__()
        self._planning, self._notices = planning, notices

    @property
    def words(self) -> str:
        """Say how many there are."""
        return f"Click three points that span the plane: {len(self.points_mm)} of 3"

    def clicked(self) -> None:
        """Add the plane once there are three."""
        count = len(self.points_mm)
        if count < 3:
            self._notices.say(PLACE, f"{count} of 3 points; click the next.", "info")
            return
        points, self.points_mm = self.points_mm, []
        self._planning.add_through_three(points)


class ContourTool(PointsTool):
    """Points round the liver's surface; Enter lays a cut through them."""

    def __init__(self, cutting: Cutting, notices: Notices) -> None:
        super().__init__()
        self._cutting, self._notices = cutting, notices

    @property
    def words(self) -> str:
        """Say how the contour goes on."""
        return "Click round the liver's surface, in order; Enter closes the contour"

    @property
    def keys(self) -> Mapping[Qt.Key, Callable[[], object]]:
        """Enter closes the contour."""
        return {Qt.Key.Key_Return: self.close, Qt.Key.Key_Enter: self.close}

    @property
    def ready(self) -> bool:
        """Whether there are enough points."""
        return len(self.points_mm) >= FEWEST_OF_CONTOUR

    def clicked(self) -> None:
        """Say how it goes on."""
        self._notices.say(PLACE, contour_words(len(self.points_mm)), "info")

    def close(self) -> None:
        """Lay a cut through the points."""
        self._cutting.close_contour(list(self.points_mm))
