"""Which cases were open lately, and whether they were closed in order: folders, no patient."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from liverplan.case.files import replace_whole

MOST = 12
FILE = "recent.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """One case.

    Parameters
    ----------
    folder : str
        Where it lies.
    name : str
        What the folder is called.
    closed : bool
        Whether it was closed in order; else its last saved state is there to go on from.
    opened : str
        When it was last open: local time, ISO 8601; "" where an older version did not note it.
    """

    folder: str
    name: str
    closed: bool = True
    opened: str = ""


def recents(home: Path) -> list[Recent]:
    """Cases that were open lately, the latest first; those whose folder is gone among them."""
    try:
        rows = [Recent(**row) for row in json.loads((home / FILE).read_text("utf-8"))]
    except (OSError, ValueError, TypeError):
        return []
    texts = [(row.folder, row.name, row.opened) for row in rows]
    return rows if all(isinstance(text, str) for row in texts for text in row) else []


def remember(home: Path, latest: Recent) -> None:
    """Put a case at the head of the list; a failure here must not stop any work."""
    _write(home, [latest, *_others(home, latest.folder)])


def note_closed(home: Path, folder: str) -> None:
    """Say of a case that it was closed in order, wherever it stands in the list."""
    rows = recents(home)
    _write(home, [replace(row, closed=True) if row.folder == folder else row for row in rows])


def forget(home: Path, folder: str) -> None:
    """Take a case off the list; the case itself stays as it is."""
    _write(home, _others(home, folder))


def _others(home: Path, folder: str) -> list[Recent]:
    return [row for row in recents(home) if row.folder != folder]


def _write(home: Path, rows: list[Recent]) -> None:
    with suppress(OSError):
        home.mkdir(parents=True, exist_ok=True)
        text = json.dumps([asdict(row) for row in rows[:MOST]], indent=1)
        replace_whole(home / FILE, text.encode())
