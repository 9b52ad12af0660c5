"""Step 1: a folder, zip or case; the sample; recent cases; the series that were found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QMenu

from liverplan.app.kit.files import file_to_open, folder
from liverplan.app.kit.language import en, localised, retold, tr
from liverplan.app.kit.panel import Panel
from liverplan.app.kit.widgets import Table, button, label, row
from liverplan.app.session.context import Context
from liverplan.app.session.telling import told
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.open.glances import Glance
from liverplan.app.steps.open.opening import PLACE, SAMPLE, Opening
from liverplan.app.steps.open.recent_list import LINES, RecentList
from liverplan.app.steps.open.thumbnails import SIDE
from liverplan.app.steps.open.who import WhoDialog
from liverplan.plain import clean
from liverplan.words.numbers import TIMES
from liverplan.workflow.inputs import ct_notes
from liverplan.workflow.people import Signer

if TYPE_CHECKING:
    from liverplan.dicom import SeriesInfo


class OpenPanel(Panel):
    """Where the CT comes from."""

    wants_archive = Signal()
    title = en("Open")
    place = PLACE

    def __init__(self, context: Context, opening: Opening, views: ThreeViews) -> None:
        super().__init__()
        self._session, self._jobs = context.session, context.jobs
        self._saver, self._keys = context.saver, context.keys
        self.opening = opening
        self.folder_button = button(tr("Folder or case…"), self.ask_folder, role="primary")
        self.file_button = button(
            tr("Zip, file…"),
            self.ask_file,
            tip=tr("A zip, a DICOMDIR, a DICOM, NIfTI or NRRD file"),
        )
        self.sample_button = button(
            tr(SAMPLE), opening.open_sample, tip=tr("A phantom whose volumes are known exactly")
        )
        self.archive_button = button(
            tr("Archive…"), self.wants_archive.emit, tip=tr("Search a hospital's archive (PACS)")
        )
        self.table = Table([tr("Series")], stretch=0, most_rows=5)
        self.table.setIconSize(QSize(SIDE, SIDE))
        self.thumbnails = opening.thumbnails
        self.thumbnails.changed.connect(self._show_pictures)
        self.table.itemSelectionChanged.connect(self._choose)
        self.why = label("", "secondary")
        self.read_button = button(tr("Open this series"), self._read, role="primary")
        self.recent = RecentList(context, views)
        self.recent.chosen.connect(self._recent)
        self.recent.filled.connect(self._say_recents)
        self.recent_title = label(tr("Recent cases"), "secondary")
        for part in (self.table, self.why, self.read_button):
            self.column.addWidget(part)
        self.column.insertLayout(1, row(self.folder_button, self.file_button))
        self.column.insertLayout(2, row(self.archive_button, self.sample_button))
        self._make_who()
        self.column.addWidget(self.recent_title)
        self.column.addWidget(self.recent)
        opening.found_changed.connect(self.refresh)
        self._rows: list[SeriesInfo] = []
        self.recent.fill()
        self._offer_unfinished()
        self.refresh()

    def _make_who(self) -> None:
        """Lay out who works here, below where the CT comes from."""
        self.who_button = button(
            tr("Sign my work…"), self._ask_who, tip=tr("With your key, each step that is saved")
        )
        self.who = label("", "secondary")
        self.column.insertWidget(3, self.who_button)
        self.column.insertWidget(4, self.who)

    def state(self) -> str:
        """Whether a CT is open."""
        return "ok" if self._session.work.volume is not None else ""

    def refresh(self) -> None:
        """Show the series that were found."""
        volume = self._session.work.volume
        busy = self._jobs.busy(self.place)
        self.next.setText(
            tr("Choose a CT: a folder, a zip, or drop one here.")
            if volume is None
            else tr("The CT is open. Next: Liver.")
        )
        for widget in (
            self.folder_button,
            self.file_button,
            self.archive_button,
            self.sample_button,
        ):
            widget.setEnabled(not busy)
        found = self.opening.found
        shown = bool(found)
        for part in (self.table, self.read_button, self.why):
            part.setVisible(shown)
        if shown and found is not self._rows:
            self._rows = found
            first = next((n for n, info in enumerate(found) if info.usable), 0)
            self.table.fill([series_row(info) for info in found], first)
            for n, info in enumerate(found):
                if not info.usable:
                    self.table.grey(n)
            self._show_pictures()
        self._choose()

    def _show_pictures(self) -> None:
        for number in range(self.table.rowCount()):
            cell = self.table.item(number, 0)
            made = self.thumbnails.pictures.get(number)
            if cell is not None:
                cell.setIcon(QIcon() if made is None else as_icon(made))
        self.table.fit()

    def _say_recents(self) -> None:
        listed = bool(self.recent.glances)
        self.recent.setVisible(listed)
        self.recent_title.setVisible(listed)

    def _offer_unfinished(self) -> None:
        """Say at the start which case was not closed in order."""
        left = self.recent.unfinished
        if left is not None:
            words = tr(
                "The case {name} was not closed in order. Its last saved state is complete: "
                "choose it under Recent cases to continue.",
                name=left.name,
            )
            self.notice.say(words, "info")

    def _choose(self) -> None:
        n = self.table.chosen
        info = self._rows[n] if 0 <= n < len(self._rows) and self.opening.found else None
        usable = info is not None and info.usable and not self._jobs.busy(self.place)
        self.read_button.setEnabled(usable)
        self.why.setText("" if info is None else why(info))
        self.why.setVisible(bool(self.why.text()))

    def _read(self) -> None:
        n = self.table.chosen
        if 0 <= n < len(self._rows):
            self.opening.read(self._rows[n])

    def _ask_who(self) -> None:
        self.who_dialog = WhoDialog(self, self._keys)
        self.who_dialog.chosen.connect(self._sign_with)
        self.who_dialog.open()

    def _sign_with(self, signer: Signer) -> None:
        self._saver.signer = signer
        words = tr("Each step is signed with the key of {name}.", name=clean(signer.name))
        self.who.setText(words)

    def _recent(self, glance: Glance) -> None:
        folder = glance.recent.folder
        if glance.there == "gone":
            words = tr(
                "{folder} is not there: the case was moved or deleted, or its disk is not "
                "connected. Open it where it is now with Folder or case, or press Delete on it.",
                folder=folder,
            )
            self.notice.say(words)
            return
        self.notice.say("")
        self.opening.open_path(Path(folder))

    def fill_recents(self, menu: QMenu) -> None:
        """Offer the cases that were open lately."""
        menu.clear()
        for number, glance in enumerate(self.recent.glances):
            whose, study, *_ = self.recent.item(number).data(LINES)
            words = ", ".join(filter(None, (whose, study))).replace("&", "&&")
            menu.addAction(words).triggered.connect(lambda _=False, one=glance: self._recent(one))
        menu.setEnabled(not menu.isEmpty())

    def ask_folder(self) -> None:
        """Ask for a folder, and open what lies in it."""
        self._open(folder(self, tr("A DICOM folder or a case")))

    def ask_file(self) -> None:
        """Ask for a file, and open it."""
        kinds = en("CT (*.zip DICOMDIR *.dcm *.nii *.nii.gz *.nrrd);;All files (*)")
        self._open(file_to_open(self, tr("Zip, DICOMDIR or file"), kinds))

    def _open(self, chosen: Path | None) -> None:
        if chosen is not None:
            self.opening.open_path(chosen)


def series_row(info: SeriesInfo) -> tuple[str]:
    """Return what the table shows of a series: name; kind and shape; spacing, or that it is no."""
    file = Path(info.files[0]).name if info.files else "?"
    name = clean(info.description or (file if info.volume_file else info.key[-16:]) or file)
    if not info.usable:
        rest = tr(
            "{kind}, {count} files\ncannot be used", kind=retold(info.kind), count=info.n_files
        )
        return (f"{name}\n{rest}",)
    k, j, i = info.shape
    mm = info.spacing_mm
    size = f"{i}{TIMES}{j}{TIMES}{k}"
    step = localised(f"{mm[2]:.2g}{TIMES}{mm[1]:.2g}{TIMES}{mm[0]:.2g} mm")
    apart = ", ".join(map(told, info.apart))
    return ("\n".join(filter(None, (name, apart, f"{retold(info.kind)}, {size}", step))),)


def as_icon(picture: QPixmap) -> QIcon:
    """Return an icon that keeps its greys while its row is selected."""
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)
    return icon


def why(info: SeriesInfo) -> str:
    """Return why a series cannot be used, or what should be known of it."""
    if not info.usable:
        return tr("Cannot be used: {reason}.", reason=info.reason)
    return " ".join(map(told, ct_notes(info.notes)))
