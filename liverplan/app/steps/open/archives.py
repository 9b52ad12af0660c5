"""Verbs on archives (PACS): search one, fetch a series, open it as any folder."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from liverplan.app.kit.language import tr
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.steps.open.opening import Opening
from liverplan.dicom import archive
from liverplan.dicom.archive import FoundSeries, Query
from liverplan.errors import BackendError
from liverplan.plain import kept_as_file_name

PLACE = "archive"


class Archives(QObject):
    """Asks archives in the background; nothing touches the network before a search.

    Attributes
    ----------
    found : tuple of FoundSeries
        What the last search found.
    """

    found_changed = Signal()
    opened = Signal()

    def __init__(self, context: Context, opening: Opening) -> None:
        super().__init__()
        self._jobs, self._notices, self._home = context.jobs, context.notices, context.home
        self._opening = opening
        self.found: tuple[FoundSeries, ...] = ()
        self._searched = ""

    def names(self) -> list[str]:
        """List the archives that can be used; say what is missing, and which cannot and why."""
        try:
            names, faults = archive.archive_names(), archive.archive_faults()
        except BackendError as missing:
            self._notices.say(PLACE, str(missing))
            return []
        self._notices.say(PLACE, " ".join(faults.values()))
        return names

    def search(self, name: str, **asked: str) -> None:
        """List the series of an archive that fit what is asked, as `Query` names it."""

        def task(_report: Progress, cancel: threading.Event) -> Sequence[FoundSeries]:
            return archive.open_archive(name).find(Query(**asked), cancel=cancel)

        def then(found: Sequence[FoundSeries]) -> None:
            self.found = tuple(found)
            self._searched = name
            self.found_changed.emit()
            if not self.found:
                words = tr("{archive} holds no such series; ask for less.", archive=name)
                self._notices.say(PLACE, words, "info")

        self._jobs.run(PLACE, tr("Asking {archive}", archive=name), task, then)

    def fetch(self, series: FoundSeries) -> None:
        """Bring a series here, unless it is here already, and open it."""
        name = self._searched
        folder = self._home / "fetched" / kept_as_file_name(series.series_uid)

        def task(report: Progress, cancel: threading.Event) -> Path:
            if folder.is_dir() and any(folder.iterdir()):
                return folder
            folder.parent.mkdir(parents=True, exist_ok=True)
            return archive.open_archive(name).fetch(series, folder, progress=report, cancel=cancel)

        def then(fetched: Path) -> None:
            self.opened.emit()
            self._opening.open_path(fetched)

        self._jobs.run(PLACE, tr("Fetching"), task, then)
