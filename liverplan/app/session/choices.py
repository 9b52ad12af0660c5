"""What a person has chosen for the window itself, kept in the app's home: never about a patient."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from liverplan.case.files import replace_whole

FILE = "window.toml"


def choices(home: Path) -> dict[str, str]:
    """Return what was chosen, by what it is about; nothing where no file serves."""
    try:
        kept = tomllib.loads((home / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: value for name, value in kept.items() if isinstance(value, str)}


def keep_choices(home: Path, chosen: Mapping[str, str]) -> None:
    """Keep choices beside the others; a failure here must not stop any work.

    Names and values are words of the program's own.
    """
    kept = choices(home) | {**chosen}
    with suppress(OSError):
        home.mkdir(parents=True, exist_ok=True)
        replace_whole(home / FILE, "".join(f'{n} = "{v}"\n' for n, v in kept.items()).encode())
