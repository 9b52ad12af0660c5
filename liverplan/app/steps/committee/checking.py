"""Looks for every byte of the case that is not what was written."""

from __future__ import annotations

import re
import threading
from pathlib import Path

from liverplan import case
from liverplan.app.kit.language import retold, tr
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.notices import Kind
from liverplan.app.steps.committee.keys import PLACE
from liverplan.errors import CaseError
from liverplan.workflow import committee
from liverplan.workflow.checking import verify_case

HASH = re.compile(r"\b([0-9a-f]{16})[0-9a-f]{48}\b")

Words = tuple[str, Kind]
"""A notice and its kind."""


class Checking:
    """Checks the case on disk; what is on screen is saved first."""

    def __init__(self, context: Context, keys: Path) -> None:
        self._jobs, self._notices, self._saver = context.jobs, context.notices, context.saver
        self._keys = keys
        self.roster: Path | None = None

    def verify(self) -> None:
        """Hash every file, follow the trail, and tell who made the signatures."""
        self._saver.flush()
        folder, keys, roster = self._saver.folder, self._keys, self.roster
        if folder is None or not case.is_case(folder):
            self._notices.say(PLACE, tr("There is no case on disk yet."))
            return

        def task(report: Progress, _cancel: threading.Event) -> Words:
            report(0.1, "Hashing every file")
            return checked_words(folder, keys, roster)

        def then(words: Words) -> None:
            self._notices.say(PLACE, *words)

        self._jobs.run(PLACE, tr("Checking the case"), task, then)


def checked_words(folder: Path, keys: Path, roster: Path | None = None) -> Words:
    """Check a case, and say what was found.

    Parameters
    ----------
    folder, keys : Path
        The case, and a folder of the public keys known here.
    roster : Path or None
        Who may sign; a register that lies beside the case is held against it, too.
    """
    try:
        said = verify_case(folder, roster=roster)
    except CaseError as fault:
        return str(fault), "warning"
    opened = case.open_case(folder)
    said = tuple(map(retold, said))
    words = tr(
        "Nothing was altered: {count} states, their files and the trail are as they were written.",
        count=len(opened.history),
    )
    if roster is not None:
        return f"{words} {_short(' '.join(said))}", "info"
    if not opened.state_json["signatures"]:
        return f"{words} {_short(said[0])}", "info"
    try:
        known = committee.signers(folder, keys)
    except CaseError as stranger:
        return f"{words} {_short(said[0])} {stranger}", "warning"
    by = tr("Keys known here made all {count} signatures.", count=len(known))
    return f"{words} {_short(said[0])} {by}", "info"


def _short(words: str) -> str:
    """Return words in which each hash is as short as a panel can show; its beginning tells it."""
    return HASH.sub(r"\1…", words)
