"""What speaks against a plan while it is being dragged: looked for in the background."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from liverplan.app.session.job import Answered, End, Job, Progress

Faults = tuple[str, ...]
Look = Callable[[], Faults]


class FaultWatch(QObject):
    """One look at a time; what was asked for meanwhile is looked at next, the newest only.

    Attributes
    ----------
    faults : tuple of str
        What the last look found, a sentence each.
    """

    found = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.faults: Faults = ()
        self._next: Look | None = None
        self._job: Job[Faults] | None = None
        self._wanted = False

    def ask(self, look: Look) -> None:
        """Look as soon as the look under way has ended."""
        self._next, self._wanted = look, True
        if not self.running:
            self._begin(look)

    def forget(self) -> None:
        """Look no further: what is under way ends unheard."""
        self._next, self._wanted = None, False

    @property
    def running(self) -> bool:
        """Whether a look is under way."""
        return self._job is not None and self._job.running

    def wait(self, seconds: float) -> None:
        """Wait for the look under way, as when the window closes."""
        self.forget()
        if self._job is not None:
            self._job.wait(seconds)

    def _begin(self, look: Look) -> None:
        def task(_report: Progress, _cancel: threading.Event) -> Faults:
            return look()

        self._next = None
        self._job = Job("faults", task, self._ended).start()

    def _ended(self, end: End[Faults]) -> None:
        if self._wanted and isinstance(end, Answered):
            self.faults = end.answer
            self.found.emit()
        if self._next is not None:
            self._begin(self._next)
