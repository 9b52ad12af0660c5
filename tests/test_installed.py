"""The line that adds to an installation is true for the tool that made it, and can be typed."""

import json
import re
import shlex
import sys
from importlib import util

import pytest

from liverplan import installed

NAMED = "./{}-VERSION-py3-none-any.whl"
"""A wheel that lies nowhere that is known."""


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
                "{ name = 'liverplan-pacs', path = '/a/liverplan_pacs-1-py3-none-any.whl' }, "
                "{ name = 'liverplan-ours', directory = '/a/ours' }, "
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
    (folder / "liverplan_pacs-8-py3-none-any.whl").touch()
    (folder / "constraints.txt").touch()
    return folder


@pytest.mark.parametrize(
    ("tool", "line"),
    [
        ("pip", f"{sys.executable} -m pip install WHEEL[app]"),
        ("uv pip", f"uv pip install --python {sys.executable} WHEEL[app]"),
        ("pipx", "pipx inject liverplan WHEEL[app]"),
        (
            "uv tool",
            "uv tool install --with WHEEL[cohort] --with /a/liverplan_pacs-1-py3-none-any.whl "
            "--with /a/ours --with pydicom>3 --with WHEEL[app] WHEEL",
        ),
    ],
)
@pytest.mark.parametrize("kept", [True, False], ids=["folder kept", "folder gone"])
def test_an_extra_is_added_from_the_wheel_by_the_tool_that_made_the_environment(
    came, wheels, tool, line, kept
):
    (wheels / "constraints.txt").unlink()
    came(tool, folder=wheels if kept else wheels / "gone")
    wheel = f"{wheels}/liverplan-9-py3-none-any.whl" if kept else NAMED.format("liverplan")
    said = shlex.split(installed.adding("liverplan[app]"))
    assert said == [word.replace("WHEEL", wheel) for word in line.split()]


@pytest.mark.parametrize("tool", ["pip", "uv pip", "pipx", "uv tool"])
def test_plugins_and_tried_versions_come_from_the_wheels_own_folder(came, wheels, tool):
    came(tool, folder=wheels)
    words = shlex.split(installed.adding("liverplan-pacs"))
    options = ["-c", f"{wheels}/constraints.txt"]
    if tool == "pipx":
        assert shlex.split(words[words.index("--pip-args") + 1]) == options
    else:
        assert words[words.index("-c") :][:2] == options
    assert f"{wheels}/liverplan_pacs-8-py3-none-any.whl" in words


@pytest.mark.parametrize("tool", ["pip", "uv pip", "pipx", "uv tool"])
@pytest.mark.parametrize("target", ["liverplan", "liverplan[app]", "liverplan-onnx"])
def test_no_line_looks_for_us_on_an_index_where_the_folder_is_gone(came, tmp_path, tool, target):
    came(tool, folder=tmp_path / "gone")
    line = installed.adding(target)
    assert "gone" not in line
    assert NAMED.format(target.partition("[")[0].replace("-", "_")) in line
    names = [word for word in shlex.split(line) if re.match(r"liverplan\b", word)]
    assert names == [word for word in ["liverplan"] if tool == "pipx"]  # its environment's name


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
        NAMED.format("liverplan_onnx"),
        NAMED.format("liverplan") + "[app]",
    ]
    assert installed.anew("imagecodecs") == line.replace(
        f" --with {NAMED.format('liverplan_onnx')}", ""
    )


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
