"""Report and export: written in the background, of the case as it lies on disk."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from liverplan import workflow
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
        """Write the report of what is on screen; the list and the views stay as they are."""
        folder, signer = self._saved(), self._saver.signer
        if folder is None:
            return

        def task(report: Progress, _cancel: threading.Event) -> Path:
            report(0.2, "Drawing the report")
            return workflow.write_report(
                folder, path, language=workflow.chosen_language(), signer=signer
            )

        self._jobs.run(PLACE, "Writing the report", task, self._say_written)

    def export(self, out: Path) -> None:
        """Write DICOM SEG, SR, PDF and STL into a folder."""
        folder, signer = self._saved(), self._saver.signer
        if folder is None:
            return

        def task(report: Progress, _cancel: threading.Event) -> list[Path]:
            report(0.2, "Writing DICOM and STL")
            return workflow.export_case(folder, out, signer=signer)

        def then(files: list[Path]) -> None:
            self._notices.say(PLACE, f"Exported {len(files)} files to {out}.", "info")
            self.written.emit(str(out))

        self._jobs.run(PLACE, "Exporting", task, then)

    def _say_written(self, path: Path) -> None:
        opened = self._saver.opened
        status = "Final" if opened is not None and is_final(opened) else "Draft"
        self._notices.say(PLACE, f"{status} report written to {path}.", "info")
        self.written.emit(str(path))

    def _saved(self) -> Path | None:
        """Save first: a report is made of the case on disk."""
        self._saver.flush()
        if self._saver.folder is None or self._saver.pending:
            self._notices.say(PLACE, "The case could not be saved, so nothing was written.")
            return None
        return self._saver.folder
