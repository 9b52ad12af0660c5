"""CONTRIBUTING tells the truth: its picture is what the imports say, and what it names is there."""

import importlib
import pkgutil
import re
import sys
from pathlib import Path

import pytest

import liverplan

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`([\w./<>-]+?)(?:\(\))?`", PAGE)))
ROOMS = {room.name for room in pkgutil.iter_modules(liverplan.__path__)}


def test_the_picture_of_the_rooms_is_what_the_imports_say(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    picture = importlib.import_module("rooms")
    sys.modules.pop("rooms")
    drawn = picture.drawn(picture.rooms())
    assert picture.PICTURE.read_text("utf-8") == drawn, "run: python scripts/rooms.py"
    assert f"({picture.PICTURE.relative_to(ROOT)})" in PAGE


def test_the_table_has_every_room():
    rows = "".join(line for line in PAGE.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`(\w+)`", rows)) >= ROOMS - {"__main__"}


@pytest.mark.parametrize(
    "name", [n for n in NAMED if n.partition(".")[0] in ROOMS and "/" not in n and "." in n]
)
def test_a_name_of_a_room_that_the_page_tells_of_is_there(name):
    room, *rest = name.split(".")
    found = importlib.import_module(f"liverplan.{room}")
    for part in rest:
        found = getattr(found, part)


@pytest.mark.parametrize(
    "name", [n for n in NAMED if "/" in n and not n.startswith(("build", "."))]
)
def test_a_file_that_the_page_tells_of_is_there(name):
    assert (ROOT / name).exists() or (ROOT / "liverplan" / name).exists()


def test_each_way_through_the_house_is_told_in_ten_lines():
    ways = re.findall(r"^\*\*A [^\n]*?(?:'s)\.\*\*.*?(?=\n\n)", PAGE, re.MULTILINE | re.DOTALL)
    assert len(ways) == 4
    assert all(way.count("\n") < 10 for way in ways)
