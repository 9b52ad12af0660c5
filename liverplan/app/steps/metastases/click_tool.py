"""A click into a metastasis outlines it and adds it to the list."""

from __future__ import annotations

from liverplan.app.kit.language import tr
from liverplan.app.slices.tool import Spot, Tool
from liverplan.app.steps.metastases.lesions import Lesions


class ClickTool(Tool):
    """Stays in the hand: one click after the other."""

    def __init__(self, lesions: Lesions) -> None:
        self._lesions = lesions

    @property
    def words(self) -> str:
        """Say what to click."""
        return tr("Click into a metastasis")

    def press(self, spot: Spot) -> None:
        """Outline what lies here."""
        self._lesions.outline(spot.point_mm)
