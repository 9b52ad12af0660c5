"""Verbs of the first step: find series, read one, open a case or the sample."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from liverplan import case, dicom, workflow
from liverplan.app.kit.language import en, tr
from liverplan.app.session.claim import TWICE
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.notices import WINDOW
from liverplan.app.session.saving import work_of
from liverplan.app.session.telling import told
from liverplan.app.session.work import Work
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.open.thumbnails import Thumbnails
from liverplan.case import Record
from liverplan.eligibility.files import ProtocolFile
from liverplan.errors import DicomError
from liverplan.workflow.cases import summary_of
from liverplan.workflow.inputs import ct_notes

if TYPE_CHECKING:
    from liverplan.dicom import CT, SeriesInfo


PLACE = "open"
SAMPLE = en("Sample CT")


class Opening(QObject):
    """Finds, reads, opens.

    Attributes
    ----------
    found : list of SeriesInfo
        What lies at the path that was opened last.
    """

    found_changed = Signal()

    def __init__(self, context: Context, views: ThreeViews) -> None:
        super().__init__()
        self._session, self._jobs, self._notices = context.session, context.jobs, context.notices
        self._saver, self._views, self._home = context.saver, views, context.home
        self.found: list[SeriesInfo] = []
        self.path: Path | None = None
        self.thumbnails = Thumbnails(context.jobs)

    def open_path(self, path: Path) -> None:
        """Open whatever lies there: a case, or DICOM in a folder, zip, DICOMDIR or file."""
        if case.is_case(path):
            self.open_case(path)
            return

        def task(report: Progress, cancel: threading.Event) -> list[SeriesInfo]:
            return dicom.find_series(path, progress=report, cancel=cancel)

        def then(found: list[SeriesInfo]) -> None:
            self._show_found(path, found)

        self._jobs.run(PLACE, tr("Looking for series"), task, then)

    def _show_found(self, path: Path, found: list[SeriesInfo]) -> None:
        self.path, self.found = path, found
        self.thumbnails.show(found)
        self.found_changed.emit()
        usable = [info for info in found if info.usable]
        if len(usable) == 1:
            self.read(usable[0])
        elif not usable:
            try:
                dicom.choose_series(found)
            except DicomError as refusal:
                self._notices.say(PLACE, str(refusal))

    def read(self, info: SeriesInfo) -> None:
        """Read a series and begin a new case with it."""

        def task(report: Progress, cancel: threading.Event) -> CT:
            return dicom.read_series(info, progress=report, cancel=cancel)

        self._jobs.run(PLACE, tr("Reading the CT"), task, self._begin)

    def open_sample(self) -> None:
        """Write the built-in sample as a DICOM series if need be, and read it."""
        folder = self._home / "sample"

        def task(report: Progress, cancel: threading.Event) -> CT:
            if not (folder / "truth.json").exists():
                workflow.write_sample(folder, progress=lambda f, w: report(0.6 * f, w))
            report(0.6, "Reading the sample")
            return workflow.open_ct(
                folder, progress=lambda f, w: report(0.6 + 0.4 * f, w), cancel=cancel
            )

        self._jobs.run(PLACE, tr("Opening the sample"), task, self._begin)

    def open_case(self, folder: Path) -> None:
        """Open a stored case as it was left."""

        def task(report: Progress, _cancel: threading.Event) -> tuple[case.Case, Work]:
            report(0.1, "Reading the case")
            opened = case.open_case(folder)
            return opened, work_of(opened.state)

        def then(answer: tuple[case.Case, Work]) -> None:
            opened, work = answer
            if not self._saver.claim.take(folder):
                self._notices.say(PLACE, tr(TWICE))
                return
            self._saver.adopt(opened)
            self._show(work)

        self._jobs.run(PLACE, tr("Opening the case"), task, then)

    def _begin(self, ct: CT) -> None:
        series = summary_of(ct)
        record = Record(
            series=series,
            headers=ct.headers.to_json(),
            notes=ct_notes(ct.notes),
            protocol=ProtocolFile.shipped(workflow.chosen_protocol()),
        )
        self._saver.begin(series)
        self._show(Work(volume=ct.volume, record=record))
        if ct.notes:
            self._notices.say(PLACE, " ".join(map(told, ct_notes(ct.notes))), "info")

    def _show(self, work: Work) -> None:
        self._views.disarm()
        self._notices.clear(but=(PLACE, WINDOW))
        self._session.replace_all(work)
        self.found_changed.emit()
