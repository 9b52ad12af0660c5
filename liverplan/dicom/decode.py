"""From a file's pixel data to one frame of stored values.

Uncompressed pixels are read where the header said they begin, after checking that they are
really there. Compressed ones are only located here; a child process decodes them (`codecs`).
"""

from __future__ import annotations

import struct
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from pydicom.encaps import get_frame
from pydicom.uid import DeflatedExplicitVRLittleEndian

from liverplan.dicom.header import COMPRESSED, parse
from liverplan.dicom.slices import Slice
from liverplan.dicom.source import Source
from liverplan.errors import DicomError

PIXEL_DATA = (0x7FE0, 0x0010)
UNDEFINED = 0xFFFFFFFF
CODESTREAM_SLACK_BYTES = 1024**2
LONG_VRS = (b"OB", b"OW", b"UN")

Raw = NDArray[np.unsignedinteger] | NDArray[np.signedinteger]


def pixel_bytes(source: Source, plane: Slice) -> bytes:
    """Return one frame's bytes as they are stored: values, or its codestream if compressed.

    Raises
    ------
    DicomError
        "<file>: its pixel data ...", if they are not all there.
    """
    try:
        with source.open(plane.name) as file:
            stream = _body(file, plane)
            length = _element_length(stream, plane)
            if plane.syntax in COMPRESSED:
                return _codestream(stream, plane, length)
            return _native(stream, plane, length)
    except DicomError as error:
        raise DicomError(f"{plane.name}: {error}") from error
    except Exception as error:
        raise DicomError(
            f"{plane.name}: its pixel data cannot be read ({type(error).__name__})"
        ) from error


def stored_values(data: bytes | bytearray | memoryview, plane: Slice) -> Raw:
    """(rows, columns) stored values from the bytes of an uncompressed frame.

    Bits outside the stored ones, where old scanners keep overlays, are masked away.
    """
    order = "<" if plane.little_endian or plane.syntax in COMPRESSED else ">"
    kind = "i" if plane.signed else "u"
    values = np.frombuffer(data, dtype=f"{order}{kind}{plane.bits_allocated // 8}")
    if order == ">" and plane.bits_allocated == 8:
        values = values.view(">u2").byteswap().view(values.dtype)  # 8 bits in big-endian words
    values = values[: plane.rows * plane.columns].reshape(plane.rows, plane.columns)
    spare = plane.bits_allocated - plane.bits_stored
    if not spare or (not plane.signed and int(values.max()) < 1 << plane.bits_stored):
        return values
    values = values.astype(values.dtype.newbyteorder("="))
    shift = plane.high_bit + 1 - plane.bits_stored
    values <<= spare - shift  # drops what lies above; the way back repeats the sign
    values >>= spare
    return values


def _body(file: BinaryIO, plane: Slice) -> BinaryIO:
    """Go to the pixel data element."""
    stream = file
    if plane.syntax == DeflatedExplicitVRLittleEndian:
        stream = parse(file, frozenset()).stream
    stream.seek(plane.pixel_offset)
    return stream


def _element_length(stream: BinaryIO, plane: Slice) -> int:
    """Read the element's tag, VR and length; the stream is then at its value."""
    order = "<" if plane.little_endian else ">"
    start = stream.read(8)
    if len(start) < 8:
        raise DicomError("it has no pixel data")
    if struct.unpack(f"{order}HH", start[:4]) != PIXEL_DATA:
        raise DicomError("its pixels are not where its header says, or are floating point")
    if plane.implicit:
        (length,) = struct.unpack(f"{order}L", start[4:])
    elif start[4:6] in LONG_VRS:
        (length,) = struct.unpack(f"{order}L", stream.read(4))
    else:
        raise DicomError("its pixel data has an impossible value representation")
    return int(length)


def _native(stream: BinaryIO, plane: Slice, length: int) -> bytes:
    expected = plane.frame_bytes
    if length == UNDEFINED:
        raise DicomError("its pixel data is compressed, but its transfer syntax says it is not")
    if length < expected * plane.frames:
        raise DicomError(
            f"its pixel data holds {length} bytes where {expected * plane.frames} belong"
        )
    if length > expected * plane.frames + CODESTREAM_SLACK_BYTES:
        raise DicomError(
            f"its pixel data holds {length} bytes where {expected * plane.frames} belong"
        )
    if plane.frame:
        stream.seek(plane.frame * expected, 1)
    data = stream.read(expected)
    if len(data) < expected:
        raise DicomError(f"it ends after {len(data)} of {expected} bytes of pixels (truncated)")
    return data


def _codestream(stream: BinaryIO, plane: Slice, length: int) -> bytes:
    if length != UNDEFINED:
        raise DicomError("its pixel data is not encapsulated, but its transfer syntax says it is")
    budget = plane.frames * (2 * plane.frame_bytes + CODESTREAM_SLACK_BYTES)
    try:
        found = get_frame(_Metered(stream, budget), plane.frame, number_of_frames=plane.frames)
    except Exception as error:
        raise DicomError(
            f"its compressed pixels cannot be found ({type(error).__name__})"
        ) from error
    return bytes(found)


class _Metered:
    """A stream that gives no more than a file's frames may need: forged lengths ask for more."""

    def __init__(self, stream: BinaryIO, budget: int) -> None:
        self._stream = stream
        self._left = budget
        self.seek = stream.seek
        self.tell = stream.tell

    def read(self, size: int = -1) -> bytes:
        size = min(size, self._left) if size >= 0 else self._left
        self._left -= size
        return self._stream.read(size)
