"""Long work by its place: one job a place, its errors as notices there, stale answers dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar, assert_never

from PySide6.QtCore import QObject, Signal

from liverplan.app.kit.busy import Running
from liverplan.app.kit.language import tr
from liverplan.app.session.job import Answered, Cancelled, End, Failed, Job, Task
from liverplan.app.session.notices import Notices

T = TypeVar("T")

StillHolds = Callable[[], bool]
"""Whether what a job was made for is still there when it ends."""


class Joinable(Running, Protocol):
    """A job that can be waited for."""

    def wait(self, seconds: float) -> None:
        """Wait for its thread."""


class Jobs(QObject):
    """Every job under way, by its place."""

    changed = Signal(str)
    """A job at this place has begun or ended."""

    def __init__(self, notices: Notices) -> None:
        super().__init__()
        self._notices = notices
        self._running: dict[str, Joinable] = {}
        self._watchers: dict[str, Callable[[Running], None]] = {}

    def watch(self, place: str, watcher: Callable[[Running], None]) -> None:
        """Show every job of a place with ``watcher`` from its beginning on."""
        self._watchers[place] = watcher

    def run(
        self,
        place: str,
        name: str,
        task: Task[T],
        then: Callable[[T], None],
        *,
        holds: StillHolds = lambda: True,
    ) -> Job[T] | None:
        """Do long work in the background; its errors become notices at its place.

        Parameters
        ----------
        place : str
            Where it belongs; a place has one job at a time, a second is refused in words.
        name : str
            What it does, as the beginning of a sentence.
        task : callable
            The work, with its progress and the event that asks it to stop; on its own thread.
        then : callable
            Takes the answer, on the screen's thread.
        holds : callable
            Asked when the answer is there; where it says no, the answer is dropped, and said so.
        """
        if self.busy(place):
            running = self._running[place].name
            words = tr("{job} is still running; wait or cancel it first.", job=running)
            self._notices.say(place, words)
            return None
        self._notices.say(place, "")

        def ended(end: End[T]) -> None:
            self._conclude(place, name, end, then, holds)
            self.changed.emit(place)

        job = Job(name, task, ended)
        self._running[place] = job
        if place in self._watchers:
            self._watchers[place](job)
        self.changed.emit(place)
        return job.start()

    def _conclude(
        self,
        place: str,
        name: str,
        end: End[T],
        then: Callable[[T], None],
        holds: StillHolds,
    ) -> None:
        match end:
            case Failed(words=fault):
                self._notices.say(place, fault)
            case Cancelled():
                words = tr("{job} was cancelled; nothing was changed.", job=name)
                self._notices.say(place, words, "info")
            case Answered(answer=answer):
                if holds():
                    then(answer)
                else:
                    self._notices.say(place, dropped_words(name))
            case _:
                assert_never(end)

    def follow(
        self,
        place: str,
        task: Task[T],
        then: Callable[[T], None],
        *,
        holds: StillHolds = lambda: True,
    ) -> Job[T]:
        """Work out what nobody asked for, silently; a newer job at the place ends an older one."""
        older = self._running.get(place)
        if older is not None:
            older.cancel()

        def ended(end: End[T]) -> None:
            if self._running.get(place) is job and isinstance(end, Answered) and holds():
                then(end.answer)

        job = Job(place, task, ended)
        self._running[place] = job
        return job.start()

    def busy(self, place: str) -> bool:
        """Whether a job runs at a place."""
        return place in self._running and self._running[place].running

    @property
    def any_running(self) -> bool:
        """Whether any job runs."""
        return any(job.running for job in self._running.values())

    @property
    def awaited(self) -> bool:
        """Whether a job runs that somebody began and watches."""
        return any(self.busy(place) for place in self._watchers)

    def stop(self) -> None:
        """Cancel all and wait, as when the window closes."""
        for job in self._running.values():
            job.cancel()
        for job in self._running.values():
            if job.running:
                job.wait(5)


def dropped_words(name: str) -> str:
    """Say that an answer came too late for what is on screen."""
    return tr(
        "{job} took until its CT or masks had been changed, so its answer was dropped; begin it "
        "again if it is still wanted.",
        job=name,
    )
