"""No child runs what lies in the current folder, as a patient's CT may."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from liverplan.doctor import window
from liverplan.isolated import current_folder_left_out, isolated

ROOT = Path(__file__).parents[1]
TRAP = "from pathlib import Path\nPath(__file__).with_name('ran').touch()\n"
TRAPS = ("ctypes", "json", "runpy", "numpy", "vtkmodules", "multiprocessing", "sitecustomize")


@pytest.fixture
def trapped(tmp_path, monkeypatch):
    """A current folder in which every module that a child may look for is a trap."""
    for name in TRAPS:
        (tmp_path / f"{name}.py").write_text(TRAP)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ran(command, **more):
    return subprocess.run(command, capture_output=True, text=True, check=True, **more).stdout


@pytest.mark.parametrize("entry", ["", ".", ":", "relative"])
def test_a_question_finds_nothing_in_the_current_folder(trapped, monkeypatch, entry):
    monkeypatch.setenv("PYTHONPATH", entry)
    (trapped / "relative").mkdir()
    (trapped / "relative" / "json.py").write_text(TRAP)
    question = "import ctypes, json, runpy, numpy, multiprocessing; print(sys.argv[1:])"
    assert ran(isolated(question, "a b", "c")) == "['a b', 'c']\n"
    assert not list(trapped.rglob("ran"))


def test_the_trap_works_where_a_child_is_not_isolated(trapped):
    ran([sys.executable, "-c", "import ctypes"])
    assert (trapped / "ran").exists()


def test_what_the_user_put_on_the_path_by_its_whole_name_is_found(tmp_path, monkeypatch):
    (tmp_path / "own_module.py").write_text("WORD = 'found'\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert ran(isolated("import own_module; print(own_module.WORD)")) == "found\n"


def test_the_examination_draws_without_the_current_folder(trapped):
    window._answers(window.DRAWS)
    assert not (trapped / "ran").exists()


def test_what_a_library_starts_finds_nothing_there_either(trapped):
    with current_folder_left_out():
        ran([sys.executable, "-c", "import multiprocessing.resource_tracker"])
    assert not (trapped / "ran").exists()
    assert "PYTHONSAFEPATH" not in os.environ


def test_every_child_in_python_is_isolated():
    """A command that begins with the interpreter and is no advice to the reader."""
    every = [*ROOT.glob("liverplan/**/*.py"), *ROOT.glob("plugins/*/liverplan_*/**/*.py")]
    advice = ROOT / "liverplan" / "installed.py"
    assert "subprocess" not in advice.read_text("utf-8"), "it prints lines and starts nothing"
    sources = [path for path in every if path != advice]
    bare = re.compile(r"\[\s*(?:sys\.executable|python|setup\.python),(?!\s*\"-I\")")
    assert [str(path) for path in sources if bare.search(path.read_text("utf-8"))] == []
