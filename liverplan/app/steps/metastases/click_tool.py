"""A click into a metastasis outlines it and adds it to the list."""

from __future__ import annotations

from liverplan.app.slices.tool import Spot, Tool
from liverplan.app.steps.metastases.lesions import Lesions


class ClickTool(Tool):
    """Stays in the hand: one click after the other."""

    words = "Click into a metastasis"

    def __init__(self, lesions: Lesions) -> None:
        self._lesions = lesions

    def press(self, spot: Spot) -> None:
        """Outline what lies here."""
        self._lesions.outline(spot.point_mm)
