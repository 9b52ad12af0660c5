"""Files that a person names: never a pipe that is waited for, a device, a folder or a giant.

Links are followed: whoever names a file may keep it where they like.
"""

from __future__ import annotations

import errno
import os
import stat
import tomllib
from pathlib import Path
from typing import Any

MOST_BYTES = 2**26
"""64 MB: no key, roster, table of patients or text of facts comes near."""

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)


def read_bytes(path: Path, *, most: int = MOST_BYTES) -> bytes:
    """Bytes of a file.

    Raises
    ------
    OSError
        If it cannot be read, is no regular file or holds more than ``most`` bytes.
    """
    descriptor = os.open(path, _FLAGS)
    try:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        if found.st_size > most:
            raise OSError(errno.EFBIG, f"it is larger than {most // 2**20} MB", str(path))
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(descriptor)


def read_text(path: Path) -> str:
    """Text of a file in UTF-8, its line ends as they are elsewhere.

    Raises
    ------
    OSError
        As `read_bytes`.
    UnicodeDecodeError
        If it is no text.
    """
    return read_bytes(path).decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def read_toml(path: Path) -> dict[str, Any]:
    """Values of a TOML file.

    Raises
    ------
    OSError, UnicodeDecodeError
        As `read_text`.
    TOMLDecodeError
        If it is no TOML, or lists in lists without end.
    """
    try:
        return tomllib.loads(read_text(path))
    except RecursionError as error:
        raise tomllib.TOMLDecodeError("it holds lists in lists in lists without end") from error
