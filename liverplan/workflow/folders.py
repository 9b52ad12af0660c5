"""Folders that appear whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from liverplan.errors import InputError


@contextmanager
def whole_folder(folder: Path, ours: Callable[[str], bool]) -> Iterator[Path]:
    """Fill a folder beside the final one, then put it in the final one's place.

    Parameters
    ----------
    folder : Path
        The final place: absent, empty, or holding only what this program wrote before.
    ours : callable
        Whether a name there is one that this program writes.

    Raises
    ------
    InputError
        If anything else lies there or it cannot be written; it is then as it was.
    """
    _require_free(folder, ours)
    try:
        parent = folder.absolute().parent
        parent.mkdir(parents=True, exist_ok=True)
        filled = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=parent))
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror}.") from error
    try:
        yield filled
        filled.chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        filled.rename(folder)
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(filled, ignore_errors=True)


def _require_free(folder: Path, ours: Callable[[str], bool]) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; name a folder.")
    names = sorted(p.name for p in folder.iterdir()) if folder.exists() else []
    if strange := [name for name in names if not ours(name)]:
        raise InputError(f"{folder} is not empty ({strange[0]} lies there); name another folder.")
