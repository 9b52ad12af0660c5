"""What gzip packed: unpacked at once where a file is as it should be, else piece by piece.

The careful reading is the judge: what the quick one cannot vouch for is left to it, to be read or
to be refused in words.
"""

from __future__ import annotations

import gzip
import os
import struct
import zlib
from typing import BinaryIO, cast

QUICK_BELOW = 1 << 32
"""Bytes; a member's own length is told modulo this."""
WASTE = 4096
"""Bytes that packing may add to what cannot be packed, beside a hundredth of it."""


class Packed(gzip.GzipFile):
    """A stream of what gzip packed; at its end it checks length and checksum.

    Parameters
    ----------
    file : BinaryIO
        Stands where the packed bytes begin; they go on to its end.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._start = file, file.tell()
        super().__init__(fileobj=file, mode="rb")

    def rest(self, length: int) -> memoryview | None:
        """Return all that follows if it is one whole member of that many bytes; else None.

        The stream stays where it is.
        """
        at, here = self.tell(), self._file.tell()
        whole = at + length
        size = os.fstat(self._file.fileno()).st_size - self._start
        if whole >= QUICK_BELOW or size > whole + whole // 100 + WASTE:
            return None
        self._file.seek(self._start)
        packed = self._file.read()
        self._file.seek(here)
        unpacked = _at_once(packed, whole)
        return None if unpacked is None else memoryview(unpacked)[at:]


def _at_once(packed: bytes, whole: int) -> bytes | None:
    """Unpack one member that ends where the bytes do, to this length and its own checksum."""
    import imagecodecs  # noqa: PLC0415 - 20 ms that only packed files need

    try:
        unpacked = cast(bytes, imagecodecs.gzip_decode(packed, out=whole))
    except (RuntimeError, ValueError):
        return None
    end = struct.pack("<II", zlib.crc32(unpacked), whole)
    return unpacked if len(unpacked) == whole and packed.endswith(end) else None
