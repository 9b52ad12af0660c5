"""What a step is given: one patient's work, its numbers, jobs, notices and the case on disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from liverplan.app.session.job import Task
from liverplan.app.session.jobs import Jobs, StillHolds
from liverplan.app.session.live import Live
from liverplan.app.session.notices import Kind, Notices
from liverplan.app.session.saving import Saver
from liverplan.app.session.session import Session

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Context:
    """Made once by the application; a step keeps of it what it needs.

    Attributes
    ----------
    home : Path
        Where cases, keys and the sample are kept.
    """

    session: Session
    live: Live
    jobs: Jobs
    notices: Notices
    saver: Saver
    home: Path

    @classmethod
    def at(cls, home: Path) -> Context:
        """Begin with no patient and nothing under way."""
        session, notices = Session(), Notices()
        live = Live(session)
        return cls(
            session=session,
            live=live,
            jobs=Jobs(notices),
            notices=notices,
            saver=Saver(session, live, notices, home),
            home=home,
        )

    def say(self, place: str, text: str, kind: Kind = "warning") -> None:
        """Say what happened at a place; no text takes it away."""
        self.notices.say(place, text, kind)

    def run(
        self,
        place: str,
        name: str,
        task: Task[T],
        then: Callable[[T], None],
        *,
        holds: StillHolds = lambda: True,
    ) -> None:
        """Do long work in the background, as `Jobs.run` does."""
        self.jobs.run(place, name, task, then, holds=holds)

    def busy(self, place: str) -> bool:
        """Whether a job runs at a place."""
        return self.jobs.busy(place)
