"""A search in an archive (PACS): what to look for, what was found, one button that opens it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QLineEdit, QVBoxLayout

from liverplan.app.kit import theme
from liverplan.app.kit.busy import Busy
from liverplan.app.kit.language import en, retold, tr
from liverplan.app.kit.widgets import Notice, Table, button, label, row
from liverplan.app.session.context import Context
from liverplan.app.steps.open.archives import PLACE, Archives
from liverplan.dicom.archive import FoundSeries
from liverplan.plain import clean

FIELDS = {
    "patient_id": en("Patient ID"),
    "patient_name": en("Name"),
    "accession": en("Accession"),
    "study_date": en("Study date"),
}

ROUND_PX = 34
"""Beside a field's example: rim, padding, and what the style's font is wider by."""


class ArchiveSheet(QFrame):
    """Lies over the views while an archive is searched."""

    done = Signal()

    def __init__(self, context: Context, archives: Archives) -> None:
        super().__init__()
        self._jobs, self.archives = context.jobs, archives
        self.notice = Notice()
        context.notices.show_at(PLACE, self.notice.say)
        self.which = QComboBox()
        self.busy = Busy()
        context.jobs.watch(PLACE, self.busy.watch)
        self.fields = {name: QLineEdit() for name in FIELDS}
        self.fields["patient_name"].setPlaceholderText("Doe*")
        self.fields["study_date"].setPlaceholderText("20240101-20240131")
        for field in self.fields.values():
            field.returnPressed.connect(self._search)
            wide = field.fontMetrics().horizontalAdvance(field.placeholderText())
            field.setMinimumWidth(max(wide + ROUND_PX, theme.pixels(72)))
        self.search_button = button(tr("Search"), self._search, role="primary")
        self.open_button = button(tr("Open this series"), self._fetch, role="primary")
        self.done_button = button(tr("Close"), self.done.emit)
        heads = [tr("Patient"), tr("Date"), tr("Series"), tr("Images"), tr("Kind")]
        self.table = Table(heads, stretch=2, most_rows=16)
        self.table.itemSelectionChanged.connect(self.refresh)
        self.table.itemDoubleClicked.connect(lambda _item: self._fetch())
        archives.found_changed.connect(self._show_found)
        archives.opened.connect(self.done.emit)
        context.jobs.changed.connect(lambda _place: self.refresh())
        self._build()
        self.refresh()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 10, 16, 12)
        layout.setSpacing(8)
        title = label(tr("Archive"), "title", wrap=False)
        layout.addLayout(row(title, self.which, 1, self.done_button))
        layout.addWidget(self.notice)
        asked = QGridLayout()
        for column, (name, field) in enumerate(self.fields.items()):
            asked.addWidget(label(tr(FIELDS[name]), "secondary", wrap=False), 0, column)
            asked.addWidget(field, 1, column)
        asked.addWidget(self.search_button, 1, len(self.fields))
        layout.addLayout(asked)
        layout.addWidget(self.busy)
        layout.addWidget(self.table)
        layout.addLayout(row(1, self.open_button))
        layout.addStretch()

    def ask(self) -> None:
        """Show which archives are set up, or what is missing."""
        names = self.archives.names()
        current = self.which.currentData()
        self.which.clear()
        for name in names:
            self.which.addItem(clean(name), name)
        if current in names:
            self.which.setCurrentIndex(names.index(current))
        self.refresh()
        self.fields["patient_id"].setFocus()

    def refresh(self) -> None:
        """Allow what can be done now."""
        busy, any_archive = self._jobs.busy(PLACE), self.which.count() > 0
        self.which.setVisible(any_archive)
        for field in self.fields.values():
            field.setEnabled(any_archive)
        self.search_button.setEnabled(any_archive and not busy)
        found = bool(self.archives.found)
        self.table.setVisible(found)
        self.open_button.setVisible(found)
        self.open_button.setEnabled(found and not busy and self.table.chosen >= 0)

    def _show_found(self) -> None:
        self.table.fill([found_row(series) for series in self.archives.found])
        self.refresh()

    def _search(self) -> None:
        if not self.search_button.isEnabled():
            return
        texts = {name: field.text().strip() for name, field in self.fields.items()}
        self.archives.search(self.which.currentData(), **texts, modality="CT")

    def _fetch(self) -> None:
        n = self.table.chosen
        if self.open_button.isEnabled() and 0 <= n < len(self.archives.found):
            self.archives.fetch(self.archives.found[n])


def found_row(series: FoundSeries) -> tuple[str, str, str, str, str]:
    """Return what the table shows of a series."""
    date = series.study_date
    dashed = f"{date[:4]}-{date[4:6]}-{date[6:]}" if len(date) == 8 else date
    patient = ", ".join(part for part in (series.patient_id, series.patient_name) if part)
    images = "" if series.images is None else str(series.images)
    about = series.description or series.series_uid[-12:]
    return patient, dashed, about, images, retold(series.modality)
