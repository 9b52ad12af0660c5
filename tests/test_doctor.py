"""What lacks is named with the line that mends it, and nothing is installed or asked."""

import ctypes
import json
import shlex
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from liverplan import doctor
from liverplan.cli import app
from liverplan.dicom import archive
from liverplan.doctor import libraries, plugins, window
from liverplan.errors import BackendError

ROOT = Path(__file__).parents[1]
ANSWERS = window._answers
PIP = [sys.executable, "-m", "pip", "install"]


def checks():
    return {check.name: check for check in doctor.examine()}


@pytest.fixture(autouse=True)
def _asked(monkeypatch):
    """What an installation of this version asks for, whenever the one here was made."""
    lines = [
        "numpy>=2.1", "highdicom>=0.28", "pyjpegls>=1.4", "napari>=0.9; extra == 'app'",
        "dask>=2025.1; extra == 'cohort'", "rfc3161-client>=1.0.5; extra == 'timestamp'",
    ]  # fmt: skip
    monkeypatch.setattr(metadata, "requires", lambda _: lines)
    monkeypatch.setattr(window, "_answers", lambda _: "drawn")


@pytest.fixture
def without(monkeypatch):
    """Act as if some distributions were not installed."""
    real = metadata.version

    def hide(*names):
        def version(name):
            if name in names:
                raise metadata.PackageNotFoundError(name)
            return real(name)

        monkeypatch.setattr(metadata, "version", version)

    return hide


def test_where_everything_needed_is_there_it_says_so():
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("liverplan ")
    assert "\nworks  libraries: everything is installed\n" in done.output
    assert "\nworks  back end classical: nothing lacks\n" in done.output


def test_the_document_holds_every_check():
    done = CliRunner().invoke(app, ["doctor", "--json"])
    document = json.loads(done.output)
    assert document["schema"] == "liverplan.doctor/1"
    names = [check["name"] for check in document["checks"]]
    assert names[:2] == ["libraries", "codecs for compressed CT"]
    assert {check["state"] for check in document["checks"]} <= {"works", "lacks"}
    assert all(check["mend"] or check["state"] == "works" for check in document["checks"])


def test_a_library_that_lacks_stops_everything_and_its_line_is_runnable(without):
    without("highdicom")
    found = checks()["libraries"]
    assert (found.state, found.needed) == ("lacks", "always")
    assert "highdicom" in found.finding
    words = shlex.split(found.mend)
    assert words[:5] == [*PIP, str(ROOT)]
    assert words[5] == "-c"
    assert "-e" not in words
    assert CliRunner().invoke(app, ["doctor"]).exit_code == 1


def test_an_extra_that_lacks_stops_only_its_own_work(without):
    without("dask", "napari")
    found = checks()
    assert found["cohorts"].finding.startswith("dask")
    assert f"{ROOT}[cohort]" in shlex.split(found["cohorts"].mend)
    assert f"{ROOT}[app]" in shlex.split(found["desktop application"].mend)
    assert CliRunner().invoke(app, ["doctor"]).exit_code == 0


def test_a_version_that_is_too_old_lacks_too(monkeypatch):
    monkeypatch.setattr(metadata, "requires", lambda _: ["numpy>=999", "numpy; extra == 'app'"])
    found = checks()
    assert found["libraries"].finding == "numpy>=999"
    assert found["cohorts"].finding == "this installation is older than that"
    assert "--editable" in shlex.split(found["cohorts"].mend)


def test_a_codec_that_does_not_load_is_named_with_its_reason(monkeypatch):
    monkeypatch.setattr(
        libraries, "_loads", lambda _: "libjpeg.so.8: cannot open shared object file"
    )
    found = checks()["codecs for compressed CT"]
    assert (found.state, found.needed) == ("lacks", "always")
    assert "libjpeg.so.8" in found.finding
    assert "--force-reinstall" in found.mend


@pytest.mark.skipif(sys.platform != "linux", reason="other systems bring their own libraries")
def test_only_the_system_libraries_that_lack_are_installed(monkeypatch):
    pytest.importorskip("vtk")
    real = ctypes.CDLL

    def load(file):
        if file in ("libEGL.so.1", "libxcb-cursor.so.0"):
            raise OSError(file)
        return real("libc.so.6")

    monkeypatch.setattr(ctypes, "CDLL", load)
    found = checks()["system libraries of the window"]
    assert found.mend == "sudo apt-get install libegl1 libxcb-cursor0"


def test_a_machine_that_cannot_draw_is_told(monkeypatch):
    pytest.importorskip("vtk")
    monkeypatch.setattr(window, "_answers", ANSWERS)
    monkeypatch.setattr(window, "DRAWS", "import os; os.abort()")
    assert checks()["OpenGL"].state == "lacks"


def test_back_ends_say_what_they_lack_and_those_not_installed_how_to_get_them(monkeypatch):
    class Needy:
        def missing(self):
            return [
                "the environment variable NEEDY_WEIGHTS (a folder)",
                "the package torch (pip install 'needy[local]')",
            ]

    monkeypatch.setattr(plugins, "find_segmenters", lambda: {"needy": Needy()})
    found = checks()
    assert found["back end needy"].state == "lacks"
    first, second = found["back end needy"].mend.splitlines()
    assert first == "export NEEDY_WEIGHTS=..."
    assert shlex.split(second)[:5] == [*PIP, "needy[local]"]
    assert second in found["back end needy"].finding
    absent = found["back end onnx"]
    assert absent.finding == "it is not installed"
    assert shlex.split(absent.mend)[4].endswith("plugins/liverplan-onnx")


def test_without_the_archives_plugin_its_line_is_named(monkeypatch):
    monkeypatch.setattr(metadata, "entry_points", lambda *, group: [])
    monkeypatch.setattr(plugins, "find_segmenters", dict)
    found = checks()["archives (PACS)"]
    assert found.state == "lacks"
    assert shlex.split(found.mend)[4].endswith("plugins/liverplan-pacs")


def test_an_archive_that_cannot_be_used_is_named_with_its_reason(monkeypatch, tmp_path):
    (tmp_path / "pacs.toml").touch()
    monkeypatch.setenv("LIVERPLAN_PACS", str(tmp_path / "pacs.toml"))
    plugin = SimpleNamespace(
        name="pacs", load=lambda: lambda path: {"a": object(), "b": BackendError("It has no host.")}
    )
    monkeypatch.setattr(metadata, "entry_points", lambda *, group: [plugin])
    monkeypatch.setattr(archive, "entry_points", lambda *, group: [plugin])
    monkeypatch.setattr(plugins, "find_segmenters", dict)
    found = checks()
    assert (found["archive b"].state, found["archive b"].finding) == ("lacks", "It has no host.")
    assert "archive a" not in found


def test_it_runs_without_the_heavy_parts():
    """A broken library must not keep the doctor from saying so."""
    code = "import sys; import liverplan.doctor.examination; print('napari' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
