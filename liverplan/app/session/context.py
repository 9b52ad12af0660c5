"""What a step is given: one patient's work, its numbers, jobs, notices and the case on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from liverplan.app.kit.language import tr
from liverplan.app.session.jobs import Jobs
from liverplan.app.session.live import Live
from liverplan.app.session.notices import WINDOW, Notices
from liverplan.app.session.saving import Saver
from liverplan.app.session.session import Session
from liverplan.app.session.signatures import holding, undoing_words


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

    @property
    def keys(self) -> Path:
        """The folder of keys that were made here."""
        return self.home / "keys"

    @classmethod
    def at(cls, home: Path) -> Context:
        """Begin with no patient and nothing under way."""
        session, notices = Session(), Notices()
        session.refuse = lambda words: notices.say(WINDOW, tr(words))
        live = Live(session)
        saver = Saver(session, live, notices, home)
        session.signed_words = lambda: undoing_words(holding(saver.opened))
        return cls(
            session=session,
            live=live,
            jobs=Jobs(notices),
            notices=notices,
            saver=saver,
            home=home,
        )
