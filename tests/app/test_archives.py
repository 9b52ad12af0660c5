"""The archive's sheet: what is missing is said, a search lists series, one of them is opened."""

import shutil
import threading
from pathlib import Path

import pytest
from PySide6.QtTest import QTest

from liverplan.dicom import archive
from liverplan.errors import BackendError, CancelledError
from tests.app.found import FOUND as SERIES


class Fake:
    """An archive with one series, which lies in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.asked, self.fetched = folder, [], 0

    def find(self, query, *, cancel=None):
        self.asked.append(query)
        return [SERIES] if query.patient_id == "4711" else []

    def fetch(self, series, folder, *, progress=None, cancel=None):
        assert series is SERIES
        self.fetched += 1
        progress(0.5, "Fetched 36 of 73 images")
        shutil.copytree(self.folder, folder)
        return folder


@pytest.fixture
def searcher(person, sample_folder, monkeypatch):
    fake = Fake(sample_folder)
    monkeypatch.setattr(archive, "archive_names", lambda: ["ward"])
    monkeypatch.setattr(archive, "archive_faults", dict)
    monkeypatch.setattr(archive, "open_archive", lambda name: fake)
    person.press_button(person.panel(1).archive_button)
    person.fake = fake
    return person


def search(person, patient_id):
    sheet = person.app.archive
    field = sheet.fields["patient_id"]
    field.clear()
    QTest.keyClicks(field, patient_id)
    person.press_button(sheet.search_button)
    person.settle()


def test_without_the_plugin_the_sheet_says_what_to_install(person, monkeypatch):
    def missing():
        raise BackendError("Archives need a plugin; install it with: pip install liverplan-pacs.")

    monkeypatch.setattr(archive, "archive_names", missing)
    person.press_button(person.panel(1).archive_button)
    sheet = person.app.archive
    assert sheet.isVisible()
    assert "pip install liverplan-pacs" in sheet.notice.text()
    assert not sheet.search_button.isEnabled()
    person.press_button(sheet.done_button)
    assert not sheet.isVisible()
    assert person.app.central.panes.isVisible()


def test_an_entry_with_a_fault_is_said_and_hides_no_other(person, monkeypatch):
    monkeypatch.setattr(archive, "archive_names", lambda: ["ward"])
    monkeypatch.setattr(archive, "archive_faults", lambda: {"old": "Archive old: no host."})
    person.press_button(person.panel(1).archive_button)
    sheet = person.app.archive
    assert sheet.notice.text() == "Archive old: no host."
    assert [sheet.which.itemText(n) for n in range(sheet.which.count())] == ["ward"]
    assert sheet.search_button.isEnabled()


def test_cancelling_a_search_ends_it_and_leaves_no_thread(searcher, monkeypatch):
    def find(query, *, cancel):
        assert cancel.wait(20)
        raise CancelledError("Cancelled.")

    monkeypatch.setattr(searcher.fake, "find", find)
    sheet = searcher.app.archive
    QTest.keyClicks(sheet.fields["patient_id"], "4711")
    before = set(threading.enumerate())
    searcher.press_button(sheet.search_button)
    job = sheet.busy.job
    searcher.wait(sheet.busy.cancel_button.isVisible, what="the button that cancels")
    searcher.press_button(sheet.busy.cancel_button)
    searcher.wait(lambda: not job.running, what="the end of the search")
    assert set(threading.enumerate()) <= before
    assert "was cancelled" in sheet.notice.text()
    assert sheet.search_button.isEnabled()


def test_a_search_lists_series_and_one_is_fetched_and_opened(searcher):
    sheet = searcher.app.archive
    search(searcher, "4711")
    assert [sheet.table.item(0, c).text() for c in range(5)] == [
        "4711, Phantom",
        "2024-01-31",
        "Portal venous",
        "73",
        "CT",
    ]
    searcher.click_row(sheet.table, 0)
    searcher.press_button(sheet.open_button)
    searcher.wait(lambda: searcher.app.session.work.volume is not None, what="the CT")
    assert not sheet.isVisible()
    assert searcher.app.central.panes.isVisible()
    assert searcher.fake.fetched == 1


def test_nothing_found_and_a_refusal_are_said_beside_the_search(searcher):
    sheet = searcher.app.archive
    search(searcher, "0815")
    assert "ward holds no such series" in sheet.notice.text()
    assert not sheet.table.isVisible()
    search(searcher, "")
    assert sheet.notice.text().startswith("Name a patient, a study")
