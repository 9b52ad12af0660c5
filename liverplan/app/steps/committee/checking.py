"""Looks for every byte of the case that is not what was written."""

from __future__ import annotations

import threading
from pathlib import Path

from liverplan import case
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.notices import Kind
from liverplan.app.steps.committee.keys import PLACE
from liverplan.errors import CaseError
from liverplan.workflow import committee
from liverplan.workflow.checking import case_faults

Words = tuple[str, Kind]
"""A notice and its kind."""


class Checking:
    """Checks the case on disk; what is on screen is saved first."""

    def __init__(self, context: Context, keys: Path) -> None:
        self._jobs, self._notices, self._saver = context.jobs, context.notices, context.saver
        self._keys = keys

    def verify(self) -> None:
        """Hash every file, follow the trail, and tell who made the signatures."""
        self._saver.flush()
        folder, keys = self._saver.folder, self._keys
        if folder is None or not case.is_case(folder):
            self._notices.say(PLACE, "There is no case on disk yet.")
            return

        def task(report: Progress, _cancel: threading.Event) -> Words:
            report(0.1, "Hashing every file")
            return checked_words(folder, keys)

        def then(words: Words) -> None:
            self._notices.say(PLACE, *words)

        self._jobs.run(PLACE, "Checking the case", task, then)


def checked_words(folder: Path, keys: Path) -> Words:
    """Check a case, and say what was found; ``keys``: a folder of the public keys known here."""
    faults = case_faults(folder)
    if faults:
        return f"The case was altered: {' '.join(faults)}", "warning"
    opened = case.open_case(folder)
    words = (
        f"Nothing was altered: {len(opened.history)} states, their files and the trail are as "
        "they were written."
    )
    if not opened.state_json["signatures"]:
        return words, "info"
    try:
        known = committee.signers(folder, keys)
    except CaseError as stranger:
        return f"{words} {stranger}", "warning"
    return f"{words} Keys known here made all {len(known)} signatures.", "info"
