"""One DICOM file's header, read with care: no pixels, no surprises.

The parser is pydicom's; around it lie a transfer-syntax allow-list, a cap on what a deflated
file may inflate to, a deadline, and a cap on what one element may read into memory.
"""

from __future__ import annotations

import io
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, cast

import pydicom
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag, Tag
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from liverplan.dicom.values import Values
from liverplan.errors import DicomError

NATIVE = frozenset(
    {
        ImplicitVRLittleEndian,
        ExplicitVRLittleEndian,
        ExplicitVRBigEndian,
        DeflatedExplicitVRLittleEndian,
    }
)
DEFLATED_FRAMES = UID("1.2.840.10008.1.2.8.1")
COMPRESSED = frozenset(
    {
        RLELossless,
        JPEGLossless,
        JPEGLosslessSV1,
        JPEGLSLossless,
        JPEGLSNearLossless,
        JPEG2000Lossless,
        JPEG2000,
        HTJ2KLossless,
        HTJ2KLosslessRPCL,
        HTJ2K,
        DEFLATED_FRAMES,
    }
)

MAX_INFLATED_BYTES = 512 * 1024**2
MAX_ELEMENT_BYTES = 64 * 1024**2
PARSE_SECONDS = 10.0

PIXEL_TAGS = frozenset({Tag(0x7FE00008), Tag(0x7FE00009), Tag(0x7FE00010)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A header and where its pixels begin.

    ``stream`` is where ``pixel_offset`` counts: the file itself, or what a deflated file
    inflated to. ``guessed`` names the syntax where it had to be guessed.
    """

    dataset: pydicom.Dataset
    syntax: UID
    little_endian: bool
    implicit: bool
    pixel_offset: int
    media_class: str
    stream: BinaryIO
    guessed: str = ""


class _Metered:
    """A stream that refuses to be read for too long, or too much at once."""

    def __init__(self, stream: BinaryIO, seconds: float) -> None:
        self._stream = stream
        self._deadline = time.monotonic() + seconds
        self.seek = stream.seek
        self.tell = stream.tell
        self.name = None

    def read(self, size: int = -1) -> bytes:
        if time.monotonic() > self._deadline:
            raise DicomError("its header takes too long to read, so it is damaged or hostile")
        if size > MAX_ELEMENT_BYTES or size < 0:
            raise DicomError("its header claims an element of more than 64 MB")
        return self._stream.read(size)


def parse(
    stream: BinaryIO,
    tags: frozenset[BaseTag] | None = None,
    *,
    most_inflated: int | None = None,
) -> Parsed:
    """Read a header up to its pixels.

    Parameters
    ----------
    stream : binary file
        At its beginning; it stays open.
    tags : set of tags, optional
        Read only these; None reads everything.
    most_inflated : int, optional
        Bytes that a deflated file may inflate to, if not ``MAX_INFLATED_BYTES``.

    Raises
    ------
    DicomError
        In words that follow a file's name: "it is no DICOM file", ...
    """
    try:
        most = MAX_INFLATED_BYTES if most_inflated is None else most_inflated
        return _parse(stream, list(tags) if tags is not None else None, most)
    except DicomError:
        raise
    except MemoryError:
        raise DicomError("its header does not fit into memory, so it is damaged") from None
    except Exception as error:
        raise DicomError(f"its header cannot be read ({type(error).__name__})") from error


def _parse(stream: BinaryIO, tags: list[BaseTag] | None, most_inflated: int) -> Parsed:
    metered = _Metered(stream, PARSE_SECONDS)
    guessed, media_class = "", ""
    start = metered.read(132)
    if start[128:] == b"DICM":
        meta = _read(metered, implicit=False, little=True, stop=_after_meta, tags=None)
        values = Values(meta)
        syntax = UID(values.text("TransferSyntaxUID"))
        if not syntax:
            raise DicomError("its file meta information names no transfer syntax")
        media_class = values.text("MediaStorageSOPClassUID")
    else:
        syntax = _guess_syntax(start)
        guessed = syntax.name
        metered.seek(0)
    if syntax not in NATIVE and syntax not in COMPRESSED:
        raise DicomError(f"its transfer syntax, {_syntax_name(syntax)}, is not one that is read")
    if syntax == DeflatedExplicitVRLittleEndian:
        stream = io.BytesIO(_inflate(stream, most_inflated))
        metered = _Metered(stream, PARSE_SECONDS)
    implicit = syntax == ImplicitVRLittleEndian
    little = syntax != ExplicitVRBigEndian
    dataset = _read(metered, implicit=implicit, little=little, stop=_at_pixels, tags=tags)
    return Parsed(
        dataset=dataset,
        syntax=syntax,
        little_endian=little,
        implicit=implicit,
        pixel_offset=metered.tell(),
        media_class=media_class,
        stream=stream,
        guessed=guessed,
    )


def _read(
    stream: _Metered,
    *,
    implicit: bool,
    little: bool,
    stop: Callable[[BaseTag, str | None, int], bool],
    tags: list[BaseTag] | None,
) -> pydicom.Dataset:
    fp = cast("BinaryIO", stream)
    return read_dataset(fp, implicit, little, stop_when=stop, specific_tags=tags)


def _after_meta(tag: BaseTag, vr: str | None, length: int) -> bool:
    return bool(tag.group != 2)


def _at_pixels(tag: BaseTag, vr: str | None, length: int) -> bool:
    return tag in PIXEL_TAGS


def _guess_syntax(start: bytes) -> UID:
    """Guess how a file without preamble is encoded, if it looks like DICOM at all.

    Old exports begin directly with group 0008. Anything else is refused: a guess would have to
    invent more than the byte order.
    """
    explicit = start[4:6].isalpha() and start[4:6].isupper()
    if start[:2] == b"\x08\x00" and start[3:4] == b"\x00":
        return ExplicitVRLittleEndian if explicit else ImplicitVRLittleEndian
    if start[:2] == b"\x00\x08" and start[2:3] == b"\x00" and explicit:
        return ExplicitVRBigEndian
    raise DicomError("it is no DICOM file")


def _inflate(stream: BinaryIO, most: int) -> bytes:
    """Inflate what follows the file meta, up to a cap: 1 MB can hide a gigabyte."""
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    data = machine.decompress(stream.read(most), most)
    if len(data) >= most:
        limit = most // 1024**2
        raise DicomError(f"it inflates to more than {limit} MB (a deflate bomb)")
    return data


def _syntax_name(syntax: UID) -> str:
    return syntax.name if syntax.name != str(syntax) else f"{str(syntax)[:64]!r}"
