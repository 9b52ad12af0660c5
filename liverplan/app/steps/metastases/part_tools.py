"""Clicks that merge two metastases or split one."""

from __future__ import annotations

from liverplan.app.kit.language import en, tr
from liverplan.app.session.notices import Notices
from liverplan.app.session.work import lesion_title
from liverplan.app.slices.tool import PointsTool, Spot, Tool
from liverplan.app.steps.metastases.lesion_edits import LesionEdits
from liverplan.app.steps.metastases.lesions import PLACE, Lesions


class MergeTool(Tool):
    """A click into another metastasis makes it part of the chosen one."""

    def __init__(self, lesions: Lesions, edits: LesionEdits, notices: Notices) -> None:
        self._lesions, self._edits, self._notices = lesions, edits, notices

    @property
    def words(self) -> str:
        """Say what to click."""
        into = self._lesions.chosen
        if into is None:
            return ""
        return tr("Click what belongs to {lesion}", lesion=lesion_title(into))

    def press(self, spot: Spot) -> None:
        """Merge what lies here."""
        into, other = self._lesions.chosen, self._lesions.at(spot.point_mm)
        if into is None:
            return
        if other is None or other == into:
            words = en("Click inside the metastasis that belongs to {lesion}.")
            self._notices.say(PLACE, tr(words, lesion=lesion_title(into)))
            return
        self._edits.merge(into, other)


class SplitTool(PointsTool):
    """A click into each part of a metastasis."""

    def __init__(self, lesions: Lesions, edits: LesionEdits, notices: Notices) -> None:
        super().__init__()
        self._lesions, self._edits, self._notices = lesions, edits, notices

    @property
    def words(self) -> str:
        """Say what to click."""
        if self.points_mm:
            return tr("Click into its other part")
        return tr("Click into one part of a metastasis")

    def clicked(self) -> None:
        """Split the metastasis of the first click, once there is a second."""
        label = self._lesions.at(self.points_mm[0])
        if label is None:
            self.points_mm = []
            self._notices.say(PLACE, tr("Click inside the metastasis that is to be split."))
        elif len(self.points_mm) < 2:
            self._notices.say(PLACE, tr("1 of 2 points; click into its other part."), "info")
        else:
            self._edits.split(label, *self.points_mm)
