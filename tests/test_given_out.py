"""What the project says of itself to whoever installs, cites or reports is true and one."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import liverplan
from liverplan.installed import adding, anew, renewing

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PYTHON = "Programming Language :: Python :: "


def test_project_program_and_citation_say_one_version():
    cited = re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
    assert cited
    assert cited[1] == PROJECT["version"] == liverplan.__version__


def test_the_citation_dates_its_version_as_the_changelog_does():
    cited = (ROOT / "CITATION.cff").read_text("utf-8")
    dated = re.search(r'^date-released: "(\S+)"$', cited, re.MULTILINE)
    entry = f" - {dated[1]}" if dated else " (unreleased)"
    assert f"\n## {PROJECT['version']}{entry}\n" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_classifiers_name_just_the_pythons_that_are_asked_for():
    named = {c.removeprefix(PYTHON) for c in PROJECT["classifiers"] if c.startswith(PYTHON + "3.")}
    allowed = SpecifierSet(PROJECT["requires-python"])
    assert named
    assert all(allowed.contains(one) for one in named)
    older = min(int(one.partition(".")[2]) for one in named) - 1
    assert not allowed.contains(f"3.{older}.99")


def test_every_pin_is_within_the_ranges_that_the_project_allows():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = {_plain(name): version for name, _, version in (line.partition("==") for line in lines)}
    extras = PROJECT["optional-dependencies"]
    asked = [*PROJECT["dependencies"], *(need for needs in extras.values() for need in needs)]
    for need in map(Requirement, asked):
        if need.name != "liverplan":
            assert need.specifier.contains(pins[_plain(need.name)]), need


CODE = sorted([*(ROOT / "liverplan").rglob("*.py"), *(ROOT / "plugins").glob("*/liverplan_*/*.py")])
NAMED = re.compile(r"liverplan(?P<plugin>-\w+)?\[(?P<extra>[a-z]+)\]")


def test_every_extra_that_the_program_names_exists():
    found = [(path, one) for path in CODE for one in NAMED.finditer(path.read_text("utf-8"))]
    assert len(found) > 2
    for path, one in found:
        home = ROOT / "plugins" / f"liverplan{one['plugin']}" if one["plugin"] else ROOT
        project = tomllib.loads((home / "pyproject.toml").read_text("utf-8"))["project"]
        assert one["extra"] in project["optional-dependencies"], (path, one[0])


def test_extras_that_lines_are_made_for_exist():
    from liverplan.doctor.libraries import EXTRAS
    from liverplan.extras import WORK

    assert {*EXTRAS, *WORK} <= set(PROJECT["optional-dependencies"])


def test_every_plugin_that_the_doctor_names_is_one():
    from liverplan.doctor.plugins import PLUGINS

    for name in (*PLUGINS, "pacs"):
        assert (ROOT / "plugins" / f"liverplan-{name}" / "pyproject.toml").is_file()


def test_no_line_is_written_by_hand():
    """A line of pip's is true for pip's users only; `installed.adding` is true for all."""
    by_hand = re.compile(r"(?<!\()\bpip3? install\b")
    speaking = [path for path in CODE if path.name != "installed.py"]
    for path in speaking:
        assert not by_hand.search(path.read_text("utf-8")), path


@pytest.mark.parametrize("line", [adding("liverplan[app]"), anew("vtk"), renewing("app")])
def test_a_line_can_be_typed(line):
    words = shlex.split(line)
    assert len(words) > 2
    assert words[words.index("install") - 1] in ("pip", "tool")


@pytest.mark.parametrize("name", ["fault.md", "wish.md"])
def test_a_form_for_reports_says_what_it_is_for(name):
    text = (ROOT / ".github" / "ISSUE_TEMPLATE" / name).read_text("utf-8")
    head = text.split("---\n")[1]
    assert {line.partition(":")[0] for line in head.splitlines()} >= {"name", "about"}


def test_the_source_distribution_names_files_that_are_there():
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    for name in tool["hatch"]["build"]["targets"]["sdist"]["only-include"]:
        assert (ROOT / name).exists(), name


def _plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()
