"""Outlines drawn on a few axial slices, which correct the liver between them."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from liverplan.app.kit.language import en, tr
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.slices.tool import Spot, StrokeTool
from liverplan.app.steps.liver.finding import PLACE
from liverplan.segmentation import Segmentation, apply_contours, edited, outline_mask
from liverplan.segmentation.labels import LIVER
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray

MOST_KEPT = 40
FEWEST_POINTS = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outlined:
    """The labels before the first outline, and every slice outlined since."""

    base: Segmentation
    drawn: Mapping[int, Mask]


class OutlineTool(StrokeTool):
    """Draws outlines of the whole liver; each is one step to undo.

    Outlines belong together as long as nothing else changes the labels. Which state of the labels
    holds which outlines is known by the labels' digest, so that undo and redo keep it right.
    """

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._session, self._jobs, self._notices = context.session, context.jobs, context.notices
        self._known: dict[bytes, Outlined] = {}

    @property
    def words(self) -> str:
        """Say how it is drawn."""
        return tr("Hold the button and draw around the whole liver, on a few axial slices")

    def press(self, spot: Spot) -> None:
        """Begin an outline, if this is the axial view."""
        if spot.view.name == "Axial":
            super().press(spot)
        else:
            self._notices.say(PLACE, tr("Draw the outline on the axial slice."))

    def move(self, spot: Spot) -> None:
        """Go on with one that was begun."""
        if self.path_mm:
            super().move(spot)

    def drawn(self, path_mm: list[FloatArray], spot: Spot) -> None:
        """Correct the liver by an outline of (3,) LPS points, mm."""
        segmentation, k = self._session.work.segmentation, spot.look.index
        if segmentation is None:
            return
        if len(path_mm) < FEWEST_POINTS:
            words = tr("Hold the button and draw all the way around the liver.")
            self._notices.say(PLACE, words, "info")
            return
        outline = np.array(path_mm)

        def task(_report: Progress, _cancel: threading.Event) -> Segmentation:
            return self._applied(segmentation, k, outline_mask(segmentation.grid, k, outline))

        def then(corrected: Segmentation) -> None:
            masks = edited(segmentation, corrected.labels, [LIVER])
            after = replace(self._session.work, segmentation=masks)
            self._session.do(en("outline liver on slice {number}", number=k + 1), after)

        name = tr("Correcting between the slices")
        self._jobs.run(PLACE, name, task, then, holds=self._session.same_masks())

    def _applied(self, segmentation: Segmentation, k: int, mask: Mask) -> Segmentation:
        before = self._known.get(digest(segmentation)) or Outlined(base=segmentation, drawn={})
        earlier = before.drawn.get(k)
        if earlier is not None and not np.any(earlier & mask):
            mask = earlier | mask  # another piece of the liver, not the same one drawn again
        now = replace(before, drawn={**before.drawn, k: mask})
        result = apply_contours(now.base, now.drawn)
        self._known[digest(result)] = now
        for oldest in list(self._known)[:-MOST_KEPT]:
            del self._known[oldest]
        return result


def digest(segmentation: Segmentation) -> bytes:
    """Short name of the labels' content."""
    return hashlib.blake2b(np.ascontiguousarray(segmentation.labels).data, digest_size=16).digest()
