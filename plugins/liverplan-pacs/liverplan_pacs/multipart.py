"""The parts of a multipart answer, one at a time, each straight into a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path

MOST_WORDS = 16 * 1024
"""The longest line, headers of a part, or text before the first part."""
BOUNDARY = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,198}[\x21-\x7e])?")


class NotMultipartError(ValueError):
    """The answer is none that has parts."""


class TornError(ValueError):
    """The answer ends in the middle of a part."""


def boundary_of(content_type: str) -> bytes:
    """Return what stands between the parts.

    Raises
    ------
    NotMultipartError
        If a content type names no such thing.
    """
    header = Message()
    header["Content-Type"] = content_type.replace("\r", " ").replace("\n", " ")
    found = header.get_param("boundary")
    if header.get_content_type() != "multipart/related" or not isinstance(found, str):
        raise NotMultipartError
    if not BOUNDARY.fullmatch(found):
        raise NotMultipartError
    return b"--" + found.encode("ascii")


def parts(
    blocks: Iterator[bytes], boundary: bytes, place: Callable[[], Path], kind: str
) -> Iterator[Path]:
    """Write each part of a kind into a file of its own and yield where, as soon as it is whole.

    Raises
    ------
    NotMultipartError
        If a part is of another kind, or its headers do not end.
    TornError
        If the answer ends before its last part does.
    """
    stream = _Stream(blocks)
    stream.words(boundary)
    while not stream.words(b"\r\n").startswith(b"--"):
        if _kind_of(stream) != kind:
            raise NotMultipartError
        path = place()
        with path.open("wb") as file:
            stream.copy(b"\r\n" + boundary, file.write)
        yield path


def _kind_of(stream: _Stream) -> str:
    """Read a part's headers; return its content type."""
    found, length = "", 0
    while line := stream.words(b"\r\n"):
        length += len(line)
        if length > MOST_WORDS:
            raise NotMultipartError
        name, _, value = line.decode("latin-1").partition(":")
        if name.strip().lower() == "content-type":
            found = value.partition(";")[0].strip().lower()
    return found


class _Stream:
    """Bytes that come in blocks, read up to a mark."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._held = blocks, bytearray()

    def copy(self, mark: bytes, write: Callable[[bytes], object]) -> None:
        """Pass on what comes before a mark, and drop the mark."""
        while (at := self._held.find(mark)) < 0:
            surely = max(len(self._held) - len(mark) + 1, 0)
            if surely:
                write(bytes(self._held[:surely]))
                del self._held[:surely]
            self._more()
        write(bytes(self._held[:at]))
        del self._held[: at + len(mark)]

    def words(self, mark: bytes) -> bytes:
        """Return what comes before a mark; it must be short."""
        found = bytearray()

        def take(block: bytes) -> None:
            found.extend(block)
            if len(found) > MOST_WORDS:
                raise NotMultipartError

        self.copy(mark, take)
        return bytes(found)

    def _more(self) -> None:
        block = next(self._blocks, b"")
        if not block:
            raise TornError
        self._held += block
