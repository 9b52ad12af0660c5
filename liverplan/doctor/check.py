"""One thing that was looked at, and the line that mends it."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import liverplan

State = Literal["works", "lacks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at: how it is, and the line that mends it."""

    name: str
    state: State
    finding: str
    mend: str = ""
    needed: Literal["always", "for its own work"] = "for its own work"


def in_words(check: Check) -> str:
    """Return the check as a line, and the lines that mend it below."""
    line = f"{check.state:6} {check.name}: {check.finding}"
    return "\n       ".join([line, *check.mend.splitlines()])


def pip_line(target: str) -> str:
    """Return the line that installs, from the checkout if this is one."""
    checkout = Path(liverplan.__file__).parents[1]
    if not (checkout / "plugins").is_dir() or not (checkout / "pyproject.toml").is_file():
        return f"{shlex.quote(sys.executable)} -m pip install {shlex.quote(target)}"
    plugin = checkout / "plugins" / target
    place = plugin if plugin.is_dir() else Path(f"{checkout}{target.removeprefix('liverplan')}")
    pins = shlex.quote(str(checkout / "constraints.txt"))
    return f"{shlex.quote(sys.executable)} -m pip install -c {pins} -e {shlex.quote(str(place))}"
