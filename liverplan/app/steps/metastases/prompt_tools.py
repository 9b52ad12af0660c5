"""A box round a metastasis outlines it; a click outside takes away what is none of it."""

from __future__ import annotations

import numpy as np

from liverplan.app.kit.language import en, tr
from liverplan.app.session.context import Context
from liverplan.app.session.work import lesion_title
from liverplan.app.slices.tool import Spot, StrokeTool, Tool
from liverplan.app.steps.metastases.lesions import PLACE, Lesions
from liverplan.errors import SegmentationError
from liverplan.segmentation import Prompt, free_label
from liverplan.segmentation.lesions.prompted.prompt import as_ends
from liverplan.volume import FloatArray


class BoxTool(StrokeTool):
    """A rectangle on a slice, from corner to corner."""

    def __init__(self, context: Context, lesions: Lesions) -> None:
        super().__init__()
        self._session, self._notices, self._lesions = context.session, context.notices, lesions

    @property
    def words(self) -> str:
        """Say what to drag."""
        return tr("Drag a box round a metastasis")

    def move(self, spot: Spot) -> None:
        """Let the box's other corner lie here."""
        first, last = self.path_mm[0], spot.point_mm
        self.path_mm = [first, *_between(first, last), first]

    def drawn(self, path_mm: list[FloatArray], spot: Spot) -> None:
        """Outline the lesion in the box, whose corners are (3,) points, LPS mm."""
        del spot
        masks = self._session.work.segmentation
        if masks is None or len(path_mm) < 4:
            return
        label = free_label(masks)
        try:
            prompt = Prompt(box_mm=as_ends((path_mm[0], path_mm[2])))
        except SegmentationError as refusal:
            self._notices.say(PLACE, str(refusal))
            return
        self._lesions.ask(prompt, masks, label, en("add {what}", what=lesion_title(label)))


class DenyTool(Tool):
    """Stays in the hand: one click after the other."""

    def __init__(self, lesions: Lesions) -> None:
        self._lesions = lesions

    @property
    def words(self) -> str:
        """Say what to click."""
        return tr("Click what is no part of the chosen metastasis")

    def press(self, spot: Spot) -> None:
        """Outline it anew, without what lies here."""
        self._lesions.deny(spot.point_mm)


def _between(first: FloatArray, last: FloatArray) -> list[FloatArray]:
    """Return the three further corners, the opposite one in the middle, on the slice of both."""
    sides = np.flatnonzero(np.abs(last - first) > 1e-6)
    one, other = first.copy(), first.copy()
    if sides.size:
        one[sides[0]] = last[sides[0]]
        other[sides[1:]] = last[sides[1:]]
    return [one, last, other]
