"""Opening and the archive's sheet without a window: what is offered, allowed and refused."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QFileDialog

from liverplan import case
from liverplan.app.kit import theme
from liverplan.app.steps.open.step import OpenStep
from liverplan.case import Actor, CaseState
from liverplan.dicom import archive
from liverplan.errors import BackendError
from tests.app.desk import Desk, rows_of, shown
from tests.app.found import FOUND
from tests.app.test_panel_words import SERIES

BROKEN = replace(SERIES, description="Scout", usable=False, reason="it is a localizer")


class Ward:
    """An archive that holds what it is told to."""

    def __init__(self, *found):
        self.found, self.asked = found, []

    def find(self, query, *, cancel=None):
        self.asked.append(query)
        return self.found

    def fetch(self, series, folder, **_how):
        raise BackendError(f"{series.description} cannot be fetched: the ward is closed.")


@pytest.fixture
def desk(phantom, tmp_path):
    made = Desk(phantom, tmp_path)
    yield made
    made.close()


@pytest.fixture
def step(desk):
    made = OpenStep(desk.context, desk.views)
    made.said = {}
    for place in ("open", "archive"):
        desk.context.notices.show_at(
            place, lambda text, kind="warning", place=place: made.said.update({place: text})
        )
    return made


def show_found(step, *found):
    step.opening.found = list(found)
    step.opening.found_changed.emit()


def test_it_says_whether_a_ct_is_open_and_what_comes_next(desk, step):
    assert step.panel.state() == "ok"
    assert step.panel.next.text() == "The CT is open. Next: Liver."
    desk.session.replace_all(replace(desk.session.work, volume=None, segmentation=None))
    step.panel.refresh()
    assert step.panel.state() == ""
    assert step.panel.next.text().startswith("Choose a CT: a folder, a zip")
    assert not any(shown(part) for part in (step.panel.table, step.panel.read_button))


def test_the_first_usable_series_is_chosen_and_one_that_is_none_says_why(step):
    panel = step.panel
    show_found(step, BROKEN, SERIES)
    assert panel.table.chosen == 1
    assert panel.read_button.isEnabled()
    assert not shown(panel.why)
    greyed = panel.table.item(0, 0).foreground().color().name()
    assert greyed == theme.palette().faint
    panel.table.selectRow(0)
    assert not panel.read_button.isEnabled()
    assert panel.why.text() == "Cannot be used: it is a localizer."


def test_without_a_usable_series_the_first_is_explained(step):
    show_found(step, BROKEN)
    assert step.panel.table.chosen == 0
    assert not step.panel.read_button.isEnabled()
    show_found(step)
    assert not shown(step.panel.table)
    assert not shown(step.panel.why)


@pytest.mark.parametrize(
    ("dialog", "pressed"),
    [("getExistingDirectory", "folder_button"), ("getOpenFileName", "file_button")],
)
@pytest.mark.parametrize("left", [False, True])
def test_what_is_chosen_in_a_dialog_is_opened_and_a_dialog_that_is_left_opens_nothing(
    step, monkeypatch, tmp_path, dialog, pressed, left
):
    opened = []
    monkeypatch.setattr(step.opening, "open_path", opened.append)
    path = "" if left else str(tmp_path / "ct")
    answer = path if dialog == "getExistingDirectory" else (path, "")
    monkeypatch.setattr(QFileDialog, dialog, lambda *_a, **_k: answer)
    getattr(step.panel, pressed).click()
    assert opened == ([] if left else [tmp_path / "ct"])


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "empty holds no files."), ("notes.txt", "There is no CT series that can be used")],
)
def test_a_folder_without_a_ct_is_refused_in_words_and_nothing_changes(
    desk, step, tmp_path, content, words
):
    empty = tmp_path / "empty"
    empty.mkdir()
    if content:
        (empty / content).write_text("no DICOM")
    before = desk.session.work
    step.opening.open_path(empty)
    desk.settle()
    assert words in step.said["open"]
    assert desk.session.work is before


def test_a_broken_case_is_refused_and_the_work_stays(desk, step, tmp_path):
    folder = write_case(desk, tmp_path / "cases" / "one")
    for file in folder.rglob("*.json"):
        file.chmod(0o644)
        file.write_text("{}")
    before = desk.session.work
    step.opening.open_case(folder)
    desk.settle()
    assert "is damaged" in step.said["open"]
    assert desk.session.work is before


def write_case(desk, folder):
    state = CaseState(record=desk.session.work.record, volume=desk.session.work.volume)
    folder.parent.mkdir(exist_ok=True)
    case.create_case(folder, state=state, actor=Actor(name="Ada", kind="human"), what="Made")
    return folder


def test_a_case_is_opened_as_it_was_left_and_the_tool_put_away(desk, step, tmp_path):
    folder = write_case(desk, tmp_path / "cases" / "one")
    desk.views.tool = object()
    step.opening.open_path(folder)
    desk.settle()
    assert desk.views.tool is None
    assert desk.context.saver.folder == folder
    assert desk.session.work.segmentation is None
    assert desk.session.work.series.uid == "1.2.3"
    assert not desk.context.saver.pending


def set_up(monkeypatch, ward, *names):
    monkeypatch.setattr(archive, "archive_names", lambda: list(names))
    monkeypatch.setattr(archive, "archive_faults", dict)
    monkeypatch.setattr(archive, "open_archive", lambda _name: ward)


def test_without_an_archive_nothing_can_be_asked_and_what_lacks_is_said(step, monkeypatch):
    def lacking():
        raise BackendError("Install liverplan-pacs to search an archive.")

    monkeypatch.setattr(archive, "archive_names", lacking)
    sheet = step.archive
    sheet.ask()
    assert step.said["archive"] == "Install liverplan-pacs to search an archive."
    assert not sheet.search_button.isEnabled()
    assert not any(field.isEnabled() for field in sheet.fields.values())
    assert not any(shown(part) for part in (sheet.which, sheet.table, sheet.open_button))
    sheet.fields["patient_id"].returnPressed.emit()
    assert sheet.archives.found == ()


def test_the_archive_that_was_chosen_stays_chosen_while_it_is_there(step, monkeypatch):
    set_up(monkeypatch, Ward(), "ward", "theatre")
    step.archive.ask()
    assert step.archive.which.currentText() == "ward"
    step.archive.which.setCurrentText("theatre")
    step.archive.ask()
    assert step.archive.which.currentText() == "theatre"
    set_up(monkeypatch, Ward(), "ward")
    step.archive.ask()
    assert step.archive.which.currentText() == "ward"


def test_a_search_asks_for_what_is_written_and_lists_what_is_found(desk, step, monkeypatch):
    ward, sheet = Ward(FOUND), step.archive
    set_up(monkeypatch, ward, "ward")
    sheet.ask()
    sheet.fields["patient_id"].setText("  4711 ")
    sheet.fields["study_date"].setText("20240101-20240131")
    sheet.search_button.click()
    assert not sheet.search_button.isEnabled(), "one search at a time"
    desk.settle()
    (query,) = ward.asked
    assert (query.patient_id, query.study_date, query.modality) == (
        "4711",
        "20240101-20240131",
        "CT",
    )
    assert rows_of(sheet.table) == [["4711, Phantom", "2024-01-31", "Portal venous", "73", "CT"]]
    assert shown(sheet.open_button)
    assert not sheet.open_button.isEnabled()
    sheet.table.selectRow(0)
    assert sheet.open_button.isEnabled()


def test_a_search_for_nothing_is_refused_and_one_that_finds_nothing_asks_for_less(
    desk, step, monkeypatch
):
    set_up(monkeypatch, Ward(), "ward")
    step.archive.ask()
    step.archive.search_button.click()
    desk.settle()
    assert step.said["archive"].startswith("Name a patient, a study, an accession number")
    step.archive.fields["patient_id"].setText("4711")
    step.archive.search_button.click()
    desk.settle()
    assert step.said["archive"] == "ward holds no such series; ask for less."
    assert not shown(step.archive.table)


def test_a_series_that_cannot_be_fetched_is_said_and_the_sheet_stays(desk, step, monkeypatch):
    set_up(monkeypatch, Ward(FOUND), "ward")
    sheet, left, before = step.archive, [], desk.session.work
    sheet.done.connect(lambda: left.append(True))
    sheet.ask()
    sheet.fields["patient_name"].setText("Phan*")
    sheet.search_button.click()
    desk.settle()
    sheet.table.selectRow(0)
    sheet.open_button.click()
    desk.settle()
    assert step.said["archive"] == "Portal venous cannot be fetched: the ward is closed."
    assert left == []
    assert desk.session.work is before
