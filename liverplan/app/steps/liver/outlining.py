"""Outlines drawn on a few axial slices, which correct the liver between them."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QObject

from liverplan.app.session.desk import Desk
from liverplan.app.session.jobs import Progress
from liverplan.app.slices.views import SliceView
from liverplan.segmentation import Segmentation, apply_contours, edited, outline_mask
from liverplan.segmentation.labels import LIVER
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray

MOST_KEPT = 40


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outlined:
    """The labels before the first outline, and every slice outlined since."""

    base: Segmentation
    drawn: Mapping[int, Mask]


class Outlining(QObject):
    """Draws outlines of the whole liver; each is one step to undo.

    Outlines belong together as long as nothing else changes the labels. Which state of the labels
    holds which outlines is known by the labels' digest, so that undo and redo keep it right.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._known: dict[bytes, Outlined] = {}
        desk.tools.stroked.connect(self._stroked)

    def _stroked(self, tool: str, point: FloatArray | None, view: SliceView) -> None:
        if tool != "outline":
            return
        views = self.desk.views
        if view.name != "Axial":
            self.desk.say("liver", "Draw the outline on the axial slice.")
        elif point is not None:
            views.path_view = view
            views.path_mm.append(point)
            views.redraw(view)
        else:
            points, views.path_mm = views.path_mm, []
            views.redraw(view)
            self._drawn(np.array(points), view.index)

    def _drawn(self, points: FloatArray, k: int) -> None:
        work = self.desk.session.work
        segmentation = work.segmentation
        if segmentation is None:
            return
        if len(points) < 5:
            self.desk.say("liver", "Hold the button and draw all the way around the liver.", "info")
            return

        def task(_report: Progress, _cancel: threading.Event) -> Segmentation:
            return self._applied(segmentation, k, outline_mask(segmentation.grid, k, points))

        def then(answer: object) -> None:
            now = self.desk.session.work
            if isinstance(answer, Segmentation) and now.segmentation is segmentation:
                corrected = edited(segmentation, answer.labels, [LIVER])
                after = replace(now, segmentation=corrected)
                self.desk.session.do(f"outline liver on slice {k + 1}", after)

        self.desk.run("liver", "Correcting between the slices", task, then)

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
