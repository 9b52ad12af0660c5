"""The line that adds to an installation is true for the tool that made it, and can be typed."""

import json
import shlex
import sys
from importlib import util

import pytest

from liverplan import installed


@pytest.fixture
def came(monkeypatch, tmp_path):
    """Act as if liverplan had come by one tool, from a wheel in a folder that may be there."""

    def by(tool, *, folder=None):
        place, environment = tmp_path / "site-packages", tmp_path / "liverplan"
        environment.mkdir()
        monkeypatch.setattr(installed, "__file__", str(place / "liverplan" / "installed.py"))
        monkeypatch.setattr(sys, "prefix", str(environment))
        source = folder and folder / "liverplan-9-py3-none-any.whl"
        monkeypatch.setattr(installed, "_source", lambda: source)
        if tool == "pipx":
            (environment / "pipx_metadata.json").write_text("{}")
        if tool == "uv tool":
            (environment / "uv-receipt.toml").write_text(
                "[tool]\nrequirements = [{ name = 'liverplan' }, "
                "{ name = 'liverplan', extras = ['cohort'] }, "
                "{ name = 'pydicom', specifier = '>3' }]"
            )
        if tool == "uv pip":
            monkeypatch.setattr(util, "find_spec", lambda _: None)

    return by


@pytest.fixture
def wheels(tmp_path):
    """A folder with a space in its name, of the wheel and the pinned versions."""
    folder = tmp_path / "my wheels"
    folder.mkdir()
    (folder / "liverplan-9-py3-none-any.whl").touch()
    (folder / "constraints.txt").touch()
    return folder


@pytest.mark.parametrize(
    ("tool", "line"),
    [
        ("pip", f"{sys.executable} -m pip install liverplan[app]"),
        ("uv pip", f"uv pip install --python {sys.executable} liverplan[app]"),
        ("pipx", "pipx inject liverplan liverplan[app]"),
        (
            "uv tool",
            "uv tool install --with liverplan[cohort] --with pydicom>3 "
            "--with liverplan[app] liverplan",
        ),
    ],
)
def test_an_extra_is_added_by_the_tool_that_made_the_environment(came, tool, line):
    came(tool)
    assert shlex.split(installed.adding("liverplan[app]")) == line.split()


@pytest.mark.parametrize("tool", ["pip", "uv pip", "pipx", "uv tool"])
def test_plugins_and_tried_versions_come_from_the_wheels_own_folder(came, wheels, tool):
    came(tool, folder=wheels)
    words = shlex.split(installed.adding("liverplan-pacs"))
    options = ["-c", f"{wheels}/constraints.txt", "--find-links", str(wheels)]
    if tool == "pipx":
        assert shlex.split(words[words.index("--pip-args") + 1]) == options
    else:
        assert words[words.index("-c") :][:4] == options
    assert "liverplan-pacs" in words


def test_uv_is_given_the_wheel_again_while_it_is_there(came, wheels):
    came("uv tool", folder=wheels)
    wheel = wheels / "liverplan-9-py3-none-any.whl"
    assert shlex.split(installed.adding("x"))[-1] == str(wheel)
    wheel.unlink()
    assert shlex.split(installed.adding("x"))[-1] == "liverplan"


def test_a_folder_that_is_gone_is_not_named(came, tmp_path):
    came("pip", folder=tmp_path / "gone")
    assert "gone" not in installed.adding("liverplan-pacs")


@pytest.mark.parametrize(
    ("tool", "line"),
    [
        ("pip", f"{sys.executable} -m pip install --force-reinstall imagecodecs"),
        ("pipx", "pipx reinstall liverplan"),
        ("uv tool", "uv tool upgrade --reinstall liverplan"),
    ],
)
def test_what_is_broken_is_installed_again_by_the_same_tool(came, tool, line):
    came(tool)
    assert installed.anew("imagecodecs") == line


def test_a_bundle_takes_nothing_more_and_names_an_installation_beside_it(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    line = installed.adding("liverplan-onnx")
    assert shlex.split(line) == [
        "uv",
        "tool",
        "install",
        "--with",
        "liverplan-onnx",
        "liverplan[app]",
    ]
    assert shlex.split(installed.anew("imagecodecs")) == ["uv", "tool", "install", "liverplan[app]"]


def test_in_a_checkout_a_plugin_is_its_folder():
    words = shlex.split(installed.adding("liverplan-totalsegmentator[local]"))
    assert words[4].endswith("/plugins/liverplan-totalsegmentator[local]")
    assert words[5:7] == ["-c", words[4].partition("/plugins/")[0] + "/constraints.txt"]


def test_a_plugins_own_words_come_to_name_the_line_that_serves_here(came):
    came("pipx")
    words = "torch (pip install 'needy[local]') and weights (no folder lies in /x)"
    line = "pipx inject liverplan 'needy[local]'"
    assert installed.in_own_way(words) == f"torch ({line}) and weights (no folder lies in /x)"
    assert installed.lines_of(words) == [line]


@pytest.mark.parametrize(
    ("noted", "path"),
    [
        ({"url": "file:///a%20b/liverplan.whl", "archive_info": {}}, "/a b/liverplan.whl"),
        ({"url": "https://host/liverplan.whl", "archive_info": {}}, None),
        (None, None),
    ],
)
def test_the_wheel_that_was_installed_is_read_from_what_the_tool_noted(monkeypatch, noted, path):
    class Distribution:
        def read_text(self, _name):
            return noted and json.dumps(noted)

    monkeypatch.setattr(installed.metadata, "distribution", lambda _: Distribution())
    source = installed._source()
    assert (source and source.as_posix()) == path


def test_on_windows_words_are_quoted_as_its_prompts_read_them(came, monkeypatch):
    came("pipx")
    line = installed._line
    monkeypatch.setattr(installed.os, "name", "nt")
    words = ["pip", "install", r"C:\a\python.exe", "liverplan[app]", "vtk<10"]
    quoted = line(words)
    monkeypatch.undo()
    assert quoted == r'pip install C:\a\python.exe "liverplan[app]" "vtk<10"'
