"""What the panels share: the session, the views, the live numbers, and the verbs by their step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from liverplan.app.session.jobs import Job, JobEnd, Task
from liverplan.app.session.live import Live
from liverplan.app.session.session import Session
from liverplan.app.slices.tools import Tools
from liverplan.app.slices.views import ThreeViews

Say = Callable[..., None]


@dataclass(eq=False)
class Desk:
    """Everything that a verb needs.

    Attributes
    ----------
    notices : dict
        By place ("open", "liver", ...): where a notice about that thing is shown.
    home : Path
        Where cases and the sample are kept.
    jobs : dict
        Running long jobs by place; a place has one at a time.
    """

    session: Session
    views: ThreeViews
    tools: Tools
    live: Live
    home: Path
    bell: Bell
    notices: dict[str, Say] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    watchers: dict[str, Callable[[Job], None]] = field(default_factory=dict)

    def say(self, place: str, text: str, kind: str = "warning") -> None:
        """Show a notice beside the thing that it concerns; no text takes it away."""
        say = self.notices.get(place)
        if say is not None:
            say(text, kind)

    def run(self, place: str, name: str, task: Task, then: Callable[[object], None]) -> Job | None:
        """Do long work in the background; its errors become notices at its place."""
        running = self.jobs.get(place)
        if running is not None and running.running:
            self.say(place, f"{running.name} is still running; wait or cancel it first.")
            return None
        self.say(place, "")

        def ended(end: JobEnd) -> None:
            if end.error:
                self.say(place, end.error)
            elif end.cancelled:
                self.say(place, f"{name} was cancelled; nothing was changed.", "info")
            else:
                then(end.answer)
            self.bell.rung.emit(place)

        job = Job(name, task, ended)
        self.jobs[place] = job
        watch = self.watchers.get(place)
        if watch is not None:
            watch(job)
        self.bell.rung.emit(place)
        return job.start()

    def busy(self, place: str) -> bool:
        """Whether a long job runs at a place."""
        job = self.jobs.get(place)
        return job is not None and job.running

    def stop_jobs(self) -> None:
        """Cancel and wait, as when the window closes."""
        for job in self.jobs.values():
            job.cancel()
        for job in self.jobs.values():
            if job.running:
                job.wait(5)


class Bell(QObject):
    """Rings when a job at a place has begun or ended."""

    rung = Signal(str)
