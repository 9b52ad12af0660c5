"""One thing that was looked at, and the line that mends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
