"""What a person has chosen for the window itself, kept in the app's home: never about a patient."""

from __future__ import annotations

import tomllib
from pathlib import Path

FILE = "window.toml"


def choices(home: Path) -> dict[str, str]:
    """Return what was chosen, by what it is about; nothing where no file serves."""
    try:
        kept = tomllib.loads((home / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: value for name, value in kept.items() if isinstance(value, str)}


def keep_choice(home: Path, name: str, value: str) -> None:
    """Keep one choice beside the others; a failure here must not stop any work.

    ``name`` and ``value`` are words of the program's own.
    """
    kept = choices(home) | {name: value}
    try:
        home.mkdir(parents=True, exist_ok=True)
        unfinished = home / f"{FILE}.new"
        unfinished.write_text("".join(f'{n} = "{v}"\n' for n, v in kept.items()), "utf-8")
        unfinished.replace(home / FILE)
    except OSError:
        return
