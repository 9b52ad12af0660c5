"""What the mouse does on the slices in this step: each tool collects clicks and calls a verb."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt

from liverplan.app.kit.language import tr
from liverplan.app.session.notices import Notices
from liverplan.app.slices.tool import PointsTool, Spot, Tool
from liverplan.app.steps.resection.edits import PLACE
from liverplan.app.steps.resection.placing import Placing
from liverplan.volume import FloatArray

LEAST_CONTOUR = 4
"""Points that a contour needs."""


class ClickTool(Tool):
    """One click calls one verb."""

    def __init__(self, words: str, verb: Callable[[FloatArray], object]) -> None:
        self._words, self._verb = words, verb

    @property
    def words(self) -> str:
        """Say what to click."""
        return self._words

    def press(self, spot: Spot) -> None:
        """Call the verb with the point."""
        self._verb(spot.point_mm)


class ThreePointsTool(PointsTool):
    """A plane through three clicked points."""

    def __init__(self, notices: Notices, placing: Placing) -> None:
        super().__init__()
        self._notices, self._placing = notices, placing

    @property
    def words(self) -> str:
        """Say which click is next."""
        return tr("Click point {number} of 3 of the plane", number=len(self.points_mm) + 1)

    def clicked(self) -> None:
        """Lay the plane once there are three points."""
        if len(self.points_mm) < 3:
            words = tr("{count} of 3 points; click the next.", count=len(self.points_mm))
            self._notices.say(PLACE, words, "info")
            return
        points, self.points_mm = self.points_mm, []
        self._placing.plane_of(points)


class ContourTool(PointsTool):
    """A curved cut along a contour that is clicked round the liver's surface, in order."""

    def __init__(self, notices: Notices, placing: Placing) -> None:
        super().__init__()
        self._notices, self._placing = notices, placing

    @property
    def words(self) -> str:
        """Say what to click, and how the contour is closed."""
        return tr("Click round the liver's surface, in order; Enter closes the contour")

    @property
    def keys(self) -> Mapping[Qt.Key, Callable[[], object]]:
        """Enter closes the contour."""
        return {Qt.Key.Key_Return: self.close, Qt.Key.Key_Enter: self.close}

    @property
    def complete(self) -> bool:
        """Whether it can be closed."""
        return len(self.points_mm) >= LEAST_CONTOUR

    def clicked(self) -> None:
        """Say how it goes on."""
        self._notices.say(PLACE, contour_words(len(self.points_mm)), "info")

    def close(self) -> None:
        """Lay the cut; the points stay where it is refused."""
        self._placing.along_contour(self.points_mm)


def contour_words(count: int) -> str:
    """Say how a contour goes on."""
    if count < LEAST_CONTOUR:
        return tr(
            "{count} of at least {least} points on the liver's surface, in order; click the next.",
            count=count,
            least=LEAST_CONTOUR,
        )
    return tr("{count} points; click more, or press Enter to close the contour.", count=count)
