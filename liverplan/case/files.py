"""Files that are either there whole or not at all, and the lock against two writers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from liverplan.errors import CaseError

OWN = ".liverplan-"
"""How the names of the lock and of unfinished files begin; neither holds anything of the case."""

LOCK = OWN + "lock"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that every reader sees the old content or the new, never a part.

    The content reaches the disk before the name does; a failure leaves what was there before.
    """
    unfinished = path.with_name(f"{OWN}{os.getpid()}-{path.name}")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink()
        raise
    _sync_folder(path.parent)


@contextmanager
def refused_in_words(folder: Path) -> Iterator[None]:
    """Turn a full disk, a read-only folder or a failing rename into one sentence."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise CaseError(
            f"The case {folder} cannot be written ({reason}); what was there before is unchanged."
        ) from error


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Be the only writer of a folder; the system lets go of the lock if the process dies.

    Raises
    ------
    CaseError
        If another process or thread is writing.
    """
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            _lock(descriptor)
        except OSError as error:
            raise CaseError(
                f"The case {folder} is being written by another program; try again in a moment."
            ) from error
        yield
    finally:
        os.close(descriptor)


def clear_unfinished(folder: Path) -> None:
    """Remove what an interrupted writer left; call only under the lock."""
    for path in folder.rglob(f"{OWN}*"):
        if path.name != LOCK:
            with suppress(OSError):
                path.unlink()


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":  # folders cannot be opened there; NTFS journals the name itself
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
