"""Where to look first at a liver just found: its own doubts, and where another method differs."""

from __future__ import annotations

import threading

import numpy as np
from PySide6.QtCore import QObject, Signal

from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.session import Topic
from liverplan.app.slices.views import ThreeViews
from liverplan.findings import Statement
from liverplan.segmentation import LiverResult, UnsurePlace, second_look
from liverplan.volume import Volume

JOB = "second opinion"
MOST = 10
"""Places that are shown, the largest first; whoever has to wade through thirty looks at none."""


class LookFirst(QObject):
    """Holds the places, leads from one to the next, and asks the second method unasked.

    Attributes
    ----------
    places : tuple of UnsurePlace
        Where the two methods differ, then where the first is unsure.
    at : int
        Which of them is shown; -1 before a person has looked at any.
    said : tuple of Statement
        What the second method's answer gives reason to say.
    """

    changed = Signal()

    def __init__(self, context: Context, views: ThreeViews) -> None:
        super().__init__()
        self._session, self._jobs, self._views = context.session, context.jobs, views
        self._of: LiverResult | None = None
        self.places: tuple[UnsurePlace, ...] = ()
        self.at = -1
        self.said: tuple[Statement, ...] = ()
        self._session.subscribe(self._session_changed)

    @property
    def shown(self) -> UnsurePlace | None:
        """The place on screen."""
        return self.places[self.at] if self.at >= 0 else None

    def begin(self, found: LiverResult) -> None:
        """Take the places of a liver just found instead of an older one's."""
        self._of, self.at, self.said = found, -1, ()
        self._take(found)

    def ask(self, found: LiverResult, volume: Volume) -> None:
        """Let the method without a network look as well, silently; its places come first."""

        def task(_report: Progress, cancel: threading.Event) -> LiverResult:
            return second_look(found, volume, cancel=cancel)

        def then(compared: LiverResult) -> None:
            self.said = tuple(
                note
                for note in compared.notes[len(found.notes) :]
                if note.key != "note.look_first"  # said by the places themselves
            )
            self._take(compared)

        self._jobs.follow(JOB, task, then, holds=lambda: self._of is found)

    def step(self, by: int) -> None:
        """Show the next place, or the one before."""
        if self.places:
            self.at = (max(self.at, -1 if by > 0 else 0) + by) % len(self.places)
            self._views.move_crosshair(np.array(self.places[self.at].point_mm))
            self.changed.emit()

    def forget(self) -> None:
        """Forget the places: another liver is on screen."""
        self._of, self.places, self.at, self.said = None, (), -1, ()
        self.changed.emit()

    def _take(self, found: LiverResult) -> None:
        shown = self.shown
        self.places = () if found.confidence is None else found.confidence.places[:MOST]
        if shown is not None:
            self.at = self.places.index(shown) if shown in self.places else -1
        self.changed.emit()

    def _session_changed(self, topics: frozenset[Topic]) -> None:
        gone = "ct" in topics or self._session.work.segmentation is None
        if self._of is not None and gone:
            self.forget()
