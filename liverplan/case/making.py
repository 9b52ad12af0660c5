"""The folder of a case that is being made: free before, and as it was if that fails."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from liverplan.case.files import LOCK, OWN, clear_unfinished, read_in_words
from liverplan.case.objects import IDENTITY, OBJECTS, STATES, TRAIL
from liverplan.errors import CaseError


def is_case(folder: Path | str) -> bool:
    """Whether a finished case, of any version, lies in the folder.

    Raises
    ------
    CaseError
        If the disk does not say.
    """
    folder = Path(folder)
    with read_in_words(folder):
        return (folder / IDENTITY).is_file() and (folder / TRAIL).is_file()


def looks_like_case(folder: Path) -> bool:
    """Whether anything lies there, a file or not, by the name of a case's identity or trail."""
    return any(os.path.lexists(folder / name) for name in (IDENTITY, TRAIL))


def require_free(folder: Path) -> None:
    """Refuse a folder in which something lies that an interrupted creation did not leave.

    Raises
    ------
    CaseError
        Saying what lies there.
    """
    if is_case(folder):
        raise CaseError(f"{folder} already holds a case; open it, or choose another folder.")
    with read_in_words(folder):
        is_other = folder.exists() and not folder.is_dir()
    if is_other:
        raise CaseError(f"{folder} is a file; a case needs a folder.")
    try:
        inside = [p for p in folder.iterdir() if not p.name.startswith(OWN)]
    except FileNotFoundError:
        return
    except OSError as error:
        raise CaseError(f"{folder} cannot be read ({error.strerror}).") from error
    unfinished = {IDENTITY, STATES, OBJECTS}  # what a crash while making a case leaves
    if inside and not ((folder / IDENTITY).is_file() and {p.name for p in inside} <= unfinished):
        raise CaseError(
            f"{folder} is not empty and not a case ({inside[0].name} lies there); "
            "choose another folder."
        )


@contextmanager
def made(folder: Path) -> Iterator[None]:
    """Make the folder; take it away again if what follows fails and leaves it empty."""
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        with suppress(OSError):
            if missing and [p.name for p in folder.iterdir()] == [LOCK]:
                (folder / LOCK).unlink()
            for path in missing:
                path.rmdir()
        raise


def take_back(folder: Path) -> None:
    """Remove what a failed creation wrote; the folder was free before."""
    clear_unfinished(folder)
    for name in (STATES, OBJECTS):
        shutil.rmtree(folder / name, ignore_errors=True)
    with suppress(OSError):
        (folder / IDENTITY).unlink()
