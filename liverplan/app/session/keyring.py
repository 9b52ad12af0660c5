"""Where the keys of people lie that were made here: beside the cases, never inside one."""

from __future__ import annotations

from pathlib import Path

from liverplan.app.kit.language import en
from liverplan.plain import file_name

KEYS = en("Keys (*.pem);;All files (*)")
"""As a file dialog asks for them."""


def path_of(folder: Path, name: str) -> Path:
    """Return where the key of a person lies, or would."""
    return folder / f"{file_name(name, otherwise='nobody')}.pem"
