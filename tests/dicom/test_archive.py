"""The archives' side of the command line, with a plugin that keeps its series in memory."""

import json
from types import SimpleNamespace

import pytest

from liverplan import installed
from liverplan.cli import main
from liverplan.dicom import archive
from liverplan.dicom.archive import FoundSeries
from liverplan.errors import BackendError
from liverplan.findings import Statement
from liverplan.words import words_of


class Shelf:
    """An archive without a network."""

    def __init__(self):
        self.sent = []

    def find(self, query, *, cancel=None):
        if query.patient_id != "4711" and query.study_uid != "1.2":
            return []
        return [FoundSeries(study_uid="1.2", series_uid="1.3", modality="CT", images=3)]

    def fetch(self, series, folder, *, progress=None, cancel=None):
        folder.mkdir()
        (folder / "1.dcm").write_text(f"{series.series_uid} {series.images}")
        return folder

    def send(self, paths, *, progress=None, cancel=None):
        self.sent += [path.name for path in paths]


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    (tmp_path / "pacs.toml").touch()
    monkeypatch.setenv("LIVERPLAN_PACS", str(tmp_path / "pacs.toml"))

    def command(*arguments, plugins):
        found = [SimpleNamespace(load=lambda one=one: lambda path: one) for one in plugins]
        monkeypatch.setattr(archive, "entry_points", lambda group: found)
        with pytest.raises(SystemExit) as stop:
            main(["pacs", *map(str, arguments)])
        return stop.value.code, *capsys.readouterr()

    return command


def test_without_a_plugin_one_sentence_says_what_to_install(run):
    for verb in (["list"], ["find", "x", "--patient-id", "1"], ["send", "x", "y"]):
        status, out, err = run(*verb, plugins=[])
        assert (status, out) == (1, "")
        assert err == (
            "No connection to archives is installed; "
            f"install it with: {installed.adding('liverplan-pacs')}\n"
        )


def test_every_plugin_brings_its_archives(run):
    status, out, _ = run("list", plugins=[{"a": Shelf()}, {"b": Shelf()}])
    assert (status, out.split()) == (0, ["a", "b"])
    status, _, err = run("find", "c", "--patient-id", "1", plugins=[{"a": Shelf()}])
    assert (status, err) == (1, "There is no archive 'c'; there are a.\n")


def test_an_entry_with_a_fault_hides_no_other_and_is_named_with_its_reason(run):
    broken = BackendError("pacs.toml, archive b: unknown key 'hots'.")
    plugins = [{"a": Shelf(), "b": broken}]
    assert run("list", plugins=plugins) == (0, "a\n", f"{broken}\n")
    assert run("find", "b", "--patient-id", "1", plugins=plugins) == (1, "", f"{broken}\n")
    assert run("find", "a", "--patient-id", "1", plugins=plugins)[0] == 0
    assert run("list", plugins=[{"b": broken}]) == (1, "", f"{broken}\n")


def test_what_an_archive_did_wrong_can_be_said_in_any_language():
    fault = archive.ArchiveError(Statement.of("archive.short", archive="ward", count=3, expected=5))
    assert str(fault) == "ward sent 3 of 5 images, so nothing was kept."
    assert words_of("sv").say(fault.says) == "ward sände 3 av 5 bilder, så inget behölls."


def test_find_fetch_and_send(run, tmp_path):
    shelf = Shelf()
    status, out, _ = run("find", "a", "--patient-id", "4711", "--json", plugins=[{"a": shelf}])
    assert (status, json.loads(out)[0]["series_uid"]) == (0, "1.3")
    assert "3 images" in run("find", "a", "--patient-id", "4711", plugins=[{"a": shelf}])[1]
    assert run("fetch", "a", "1.2", "1.3", tmp_path / "ct", plugins=[{"a": shelf}])[0] == 0
    assert (tmp_path / "ct" / "1.dcm").read_text() == "1.3 3"
    status, out, _ = run("send", "a", tmp_path / "ct", plugins=[{"a": shelf}])
    assert (status, out, shelf.sent) == (0, "1 objects sent to a.\n", ["1.dcm"])
    (tmp_path / "empty").mkdir()
    status, _, err = run("send", "a", tmp_path / "empty", plugins=[{"a": shelf}])
    assert (status, err.count("holds no .dcm files")) == (1, 1)
