"""Report and export: written in the background, of the case as it lies on disk."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from liverplan import workflow
from liverplan.app.kit.language import language, tr
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.workflow.committee import is_final

PLACE = "result"


class Outputs(QObject):
    """Writes what leaves the case."""

    written = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._jobs, self._notices, self._saver = context.jobs, context.notices, context.saver

    def report(self, path: Path) -> None:
        """Write the report of what is on screen in the window's language; the views stay."""
        folder, signer = self._saved(), self._saver.signer
        if folder is None:
            return

        spoken = language()

        def task(report: Progress, _cancel: threading.Event) -> Path:
            report(0.2, "Drawing the report")
            return workflow.write_report(folder, path, language=spoken, signer=signer)

        self._jobs.run(PLACE, tr("Writing the report"), task, self._say_written)

    def export(self, out: Path) -> None:
        """Write DICOM SEG, SR, PDF and STL into a folder."""
        folder, signer = self._saved(), self._saver.signer
        if folder is None:
            return

        def task(report: Progress, _cancel: threading.Event) -> list[Path]:
            report(0.2, "Writing DICOM and STL")
            return workflow.export_case(folder, out, signer=signer)

        def then(files: list[Path]) -> None:
            words = tr("Exported {count} files to {folder}.", count=len(files), folder=out)
            self._notices.say(PLACE, words, "info")
            self.written.emit(str(out))

        self._jobs.run(PLACE, tr("Exporting"), task, then)

    def _say_written(self, path: Path) -> None:
        opened = self._saver.opened
        words = (
            tr("Final report written to {path}.", path=path)
            if opened is not None and is_final(opened)
            else tr("Draft report written to {path}.", path=path)
        )
        self._notices.say(PLACE, words, "info")
        self.written.emit(str(path))

    def _saved(self) -> Path | None:
        """Save first: a report is made of the case on disk."""
        self._saver.flush()
        if self._saver.folder is None or self._saver.pending:
            self._notices.say(PLACE, tr("The case could not be saved, so nothing was written."))
            return None
        return self._saver.folder
