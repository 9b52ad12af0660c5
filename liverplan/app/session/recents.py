"""Which cases were open lately, and whether they were closed in order."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from liverplan import case

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
        What the list calls it.
    closed : bool
        Whether it was closed in order; else its last saved state is there to go on from.
    """

    folder: str
    name: str
    closed: bool = True


def recents(home: Path) -> list[Recent]:
    """Cases that were open lately and are still there, the latest first."""
    try:
        rows = [Recent(**row) for row in json.loads((home / FILE).read_text("utf-8"))]
        return [row for row in rows if case.is_case(Path(row.folder))]
    except (OSError, ValueError, TypeError):
        return []


def remember(home: Path, latest: Recent) -> None:
    """Put a case at the head of the list; a failure here must not stop any work."""
    others = [row for row in recents(home) if row.folder != latest.folder]
    try:
        home.mkdir(parents=True, exist_ok=True)
        unfinished = home / f"{FILE}.new"
        rows = [asdict(row) for row in (latest, *others)][:MOST]
        unfinished.write_text(json.dumps(rows, indent=1), "utf-8")
        unfinished.replace(home / FILE)
    except OSError:
        return
