"""Hints at further lesions: places to look at, one after the other; a person decides on each."""

from __future__ import annotations

import threading

import numpy as np
from PySide6.QtCore import QObject, Signal

from liverplan.app.kit.language import tr
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.session import Topic
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.metastases.lesions import PLACE, Lesions
from liverplan.segmentation import Hint, find_hints

RIM_MM = 6.0
"""What lies so near a known metastasis is its rim."""

MOST = 10
"""Hints that are shown; whoever has to wade through thirty looks at none."""


class Hinting(QObject):
    """Asks for hints, shows one at a time, outlines it if the person says so.

    Attributes
    ----------
    found : tuple of Hint or None
        The likeliest first; None until they were asked for.
    at : int
        Which of them is shown.
    """

    changed = Signal()

    def __init__(self, context: Context, views: ThreeViews, lesions: Lesions) -> None:
        super().__init__()
        self._session, self._jobs = context.session, context.jobs
        self._views, self._lesions, self._live = views, lesions, context.live
        self.found: tuple[Hint, ...] | None = None
        self.at = 0
        self._session.subscribe(self._session_changed)

    @property
    def shown(self) -> Hint | None:
        """The hint on screen."""
        return self.found[self.at] if self.found else None

    def look(self) -> None:
        """Rank places in the liver that look like lesions and are none of the list."""
        work = self._session.work
        if work.volume is None or work.segmentation is None:
            return
        volume, segmentation = work.volume, work.segmentation

        def task(report: Progress, cancel: threading.Event) -> tuple[Hint, ...]:
            known = [segmentation.lesion(label) for label in segmentation.lesion_labels]
            return find_hints(volume, segmentation.liver, known, progress=report, cancel=cancel)

        def then(found: tuple[Hint, ...]) -> None:
            self.found, self.at = self._worth_a_look(found), 0
            self._show()

        name = tr("Looking for further lesions")
        self._jobs.run(PLACE, name, task, then, holds=self._session.same_ct())

    def _worth_a_look(self, found: tuple[Hint, ...]) -> tuple[Hint, ...]:
        """Leave out the rims of what is known, and more than a person looks at with care."""
        volume, derived = self._session.work.volume, self._live.derived
        zone = None if derived is None else derived.zone
        if volume is None or zone is None:
            return found[:MOST]
        apart = []
        for hint in found:
            index = volume.grid.nearest_index(np.array(hint.point_mm))
            if index is not None and zone.at(index) > RIM_MM:
                apart.append(hint)
        return tuple(apart[:MOST])

    def step(self, by: int) -> None:
        """Show the next hint, or the one before."""
        if self.found:
            self.at = (self.at + by) % len(self.found)
            self._show()

    def outline(self) -> None:
        """Outline what is shown as a metastasis, as a click there would; drop it as a hint."""
        hint = self.shown
        if hint is None or self.found is None:
            return
        self._lesions.outline(np.array(hint.point_mm))
        self.found = tuple(h for h in self.found if h is not hint)
        self.at = min(self.at, max(0, len(self.found) - 1))
        self.changed.emit()

    def _show(self) -> None:
        hint = self.shown
        if hint is not None:
            self._views.move_crosshair(np.array(hint.point_mm))
        self.changed.emit()

    def _session_changed(self, topics: frozenset[Topic]) -> None:
        if "ct" in topics and self.found is not None:
            self.found, self.at = None, 0
            self.changed.emit()
