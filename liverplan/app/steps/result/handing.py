"""Verbs of the last step: report and export."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from liverplan import workflow
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.saving import Saver
from liverplan.workflow.committee import is_final


class Handing(QObject):
    """Gives reports and DICOM out."""

    written = Signal(str)

    def __init__(self, desk: Context, saver: Saver) -> None:
        super().__init__()
        self.desk = desk
        self.saver = saver

    def report(self, path: Path) -> None:
        """Write the report of what is on screen; the list and the views stay as they are."""
        folder = self._saved()
        if folder is None:
            return

        def task(report: Progress, _cancel: threading.Event) -> Path:
            report(0.2, "Drawing the report")
            return workflow.write_report(folder, path)

        self.desk.run("result", "Writing the report", task, self._say_written)

    def export(self, out: Path) -> None:
        """Write DICOM SEG, SR, PDF and STL into a folder."""
        folder = self._saved()
        if folder is None:
            return

        def task(report: Progress, _cancel: threading.Event) -> list[Path]:
            report(0.2, "Writing DICOM and STL")
            return workflow.export_case(folder, out)

        def then(files: list[Path]) -> None:
            self.desk.say("result", f"Exported {len(files)} files to {out}.", "info")
            self.written.emit(str(out))

        self.desk.run("result", "Exporting", task, then)

    def _say_written(self, path: Path) -> None:
        opened = self.saver.opened
        status = "Final" if opened is not None and is_final(opened) else "Draft"
        self.desk.say("result", f"{status} report written to {path}.", "info")
        self.written.emit(str(path))

    def _saved(self) -> Path | None:
        """Save first: a report is made of the case on disk."""
        self.saver.flush()
        if self.saver.folder is None or self.saver.pending:
            self.desk.say("result", "The case could not be saved, so nothing was written.")
            return None
        return self.saver.folder
