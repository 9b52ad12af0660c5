"""Files that are either there whole or not at all, and the lock against two writers."""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from liverplan.errors import CaseError

OWN = ".liverplan-"
"""How the names of the lock and of unfinished files begin; neither holds anything of the case."""

LOCK = OWN + "lock"

POLL_S = 0.02

_HELD = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)
_CANNOT_FLUSH = (errno.EINVAL, errno.ENOTSUP)
"""What a file system says that knows no flushing of folders."""

MOST_BYTES = 2**31
"""2 GB of one file of a case: a whole body's CT, packed, is a quarter of that."""

_NO_WAIT, _NO_LINK = getattr(os, "O_NONBLOCK", 0), getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that every reader sees the old content or the new, never a part.

    The content reaches the disk before the name does; a failure leaves what was there before, but
    for a folder that cannot be flushed: then the new content stands and `OSError` is raised.
    """
    replace_whole(path, content)
    _sync_folder(path.parent)


def replace_last(path: Path, content: bytes) -> None:
    """Write as `write_whole` the file that makes a change count.

    Once its name is changed every reader sees the change, so nothing after that is a failure:
    a folder that cannot be flushed only makes it less sure to outlive a loss of power.
    """
    replace_whole(path, content)
    with suppress(OSError):
        _sync_folder(path.parent)


def replace_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there; the folder is not flushed."""
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


def read_regular(path: Path) -> bytes:
    """Bytes of a file that is one: a pipe is never waited for, a link or a device never followed.

    Raises
    ------
    OSError
        If it cannot be read or is something else.
    """
    descriptor = os.open(path, os.O_RDONLY | _NO_WAIT | _NO_LINK | _BINARY)
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        if found.st_size > MOST_BYTES:
            raise OSError(errno.EFBIG, f"it is larger than {MOST_BYTES // 2**20} MB", str(path))
        return file.read()


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
def read_in_words(folder: Path) -> Iterator[None]:
    """Turn a disk that cannot even say what lies there into one sentence."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise CaseError(f"{folder} cannot be read ({reason}).") from error


@contextmanager
def lock(folder: Path, *, what: str = "case", wait_s: float = 0.0) -> Iterator[None]:
    """Be the only writer of a folder; the system lets go of the lock if the process dies.

    Parameters
    ----------
    folder : Path
        The folder.
    what : str
        What lies there, for a refusal's words.
    wait_s : float
        How long to wait for another writer, seconds.

    Raises
    ------
    CaseError
        If another process or thread is writing.
    """
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | _NO_WAIT | _NO_LINK, 0o644)
    try:
        try:
            _lock_within(descriptor, wait_s)
        except OSError as error:
            raise CaseError(_why_not_locked(folder, error, what)) from error
        yield
    finally:
        with suppress(OSError):  # what was done under the lock is done
            os.close(descriptor)


def _lock_within(descriptor: int, wait_s: float) -> None:
    end = time.monotonic() + wait_s
    while True:
        try:
            return _lock(descriptor)
        except OSError as error:
            if error.errno not in _HELD or time.monotonic() >= end:
                raise
        time.sleep(POLL_S)


def _why_not_locked(folder: Path, error: OSError, what: str) -> str:
    if error.errno in _HELD:
        return f"The {what} {folder} is being written by another program; try again in a moment."
    reason = error.strerror or str(error)
    return (
        f"The file system of {folder} gives no lock ({reason}), so two programs could write there "
        "at once; nothing was changed. Keep cases on a disk that can lock files."
    )


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
    except OSError as error:
        if error.errno not in _CANNOT_FLUSH:
            raise
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
