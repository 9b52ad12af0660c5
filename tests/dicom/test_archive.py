"""The archives' side of the command line, with a plugin that keeps its series in memory."""

import json
from types import SimpleNamespace

import pytest

from liverplan.cli import main
from liverplan.dicom import archive
from liverplan.dicom.archive import FoundSeries


class Shelf:
    """An archive without a network."""

    def __init__(self):
        self.sent = []

    def find(self, query):
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
            "No connection to archives is installed; install it with: pip install liverplan-pacs.\n"
        )


def test_every_plugin_brings_its_archives(run):
    status, out, _ = run("list", plugins=[{"a": Shelf()}, {"b": Shelf()}])
    assert (status, out.split()) == (0, ["a", "b"])
    status, _, err = run("find", "c", "--patient-id", "1", plugins=[{"a": Shelf()}])
    assert (status, err) == (1, "There is no archive 'c'; there are a.\n")


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
