"""The header of NIfTI-1 and NIfTI-2 in one file."""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from liverplan.errors import InputError
from liverplan.segmentation.files.stored import Label, Stored
from liverplan.volume import FloatArray

KINDS = {2: "u1", 256: "i1", 4: "i2", 512: "u2", 8: "i4", 768: "u4", 16: "f4", 64: "f8"} | {
    1024: "i8",
    1280: "u8",
}
UNITS_MM = {0: 1.0, 1: 1000.0, 2: 1.0, 3: 0.001}
LONGEST_EXTENSION, MOST_SKIPPED = 1 << 20, 1 << 26
SAME_PLACE_VOXELS = 0.1
FIELD = b"liverplan_masks="
RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
_LABEL = re.compile(rb"<Label\s[^>]*?Key=\"(\d{1,5})\"[^>]*>\s*(?:<!\[CDATA\[)?([^<\]]{1,200})")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Raw:
    """The fields that count, under the names of NIfTI's standard."""

    dim: tuple[int, ...]
    kind: int
    bits: int
    pixdim: tuple[float, ...]
    begin: float
    slope: float
    offset: float
    qform_code: int
    sform_code: int
    quaternion: tuple[float, ...]
    origin: tuple[float, ...]
    rows: tuple[float, ...]
    units: int


def read_header(stream: BinaryIO, name: str) -> Stored:
    """Read a header and go to the first voxel.

    Raises
    ------
    InputError
        If it is no NIfTI header, or one that contradicts itself.
    """
    start = stream.read(4)
    if start in {struct.pack(f"{o}i", n) for o in "<>" for n in (348, 540)}:
        order = "<" if struct.unpack("<i", start)[0] in {348, 540} else ">"
    else:
        raise InputError(f"{name} is no NIfTI file, or its header is damaged.")
    second = struct.unpack(f"{order}i", start)[0] == 540
    length = 540 if second else 348
    content = start + stream.read(length - 4)
    if len(content) < length:
        raise InputError(f"{name} is damaged: its header is cut short.")
    try:
        raw = (_second if second else _first)(content, order)
    except struct.error as error:
        raise InputError(f"{name} is damaged: its header cannot be read.") from error
    return _described(raw, order, length, stream, name)


def _first(content: bytes, order: str) -> _Raw | None:
    if content[344:348] != b"n+1\0":
        return None
    f = struct.unpack_from(f"{order}3f", content, 108)
    return _Raw(
        dim=struct.unpack_from(f"{order}8h", content, 40),
        kind=struct.unpack_from(f"{order}h", content, 70)[0],
        bits=struct.unpack_from(f"{order}h", content, 72)[0],
        pixdim=struct.unpack_from(f"{order}8f", content, 76),
        begin=f[0],
        slope=f[1],
        offset=f[2],
        qform_code=struct.unpack_from(f"{order}h", content, 252)[0],
        sform_code=struct.unpack_from(f"{order}h", content, 254)[0],
        quaternion=struct.unpack_from(f"{order}3f", content, 256),
        origin=struct.unpack_from(f"{order}3f", content, 268),
        rows=struct.unpack_from(f"{order}12f", content, 280),
        units=content[123],
    )


def _second(content: bytes, order: str) -> _Raw | None:
    if content[4:12] != b"n+2\0\r\n\x1a\n":
        return None
    codes = struct.unpack_from(f"{order}2i", content, 344)
    return _Raw(
        dim=struct.unpack_from(f"{order}8q", content, 16),
        kind=struct.unpack_from(f"{order}h", content, 12)[0],
        bits=struct.unpack_from(f"{order}h", content, 14)[0],
        pixdim=struct.unpack_from(f"{order}8d", content, 104),
        begin=float(struct.unpack_from(f"{order}q", content, 168)[0]),
        slope=struct.unpack_from(f"{order}d", content, 176)[0],
        offset=struct.unpack_from(f"{order}d", content, 184)[0],
        qform_code=codes[0],
        sform_code=codes[1],
        quaternion=struct.unpack_from(f"{order}3d", content, 352),
        origin=struct.unpack_from(f"{order}3d", content, 376),
        rows=struct.unpack_from(f"{order}12d", content, 400),
        units=struct.unpack_from(f"{order}i", content, 500)[0],
    )


def _described(raw: _Raw | None, order: str, length: int, stream: BinaryIO, name: str) -> Stored:
    if raw is None:
        raise InputError(f"{name} is no NIfTI image in one file, or its header is damaged.")
    if raw.kind not in KINDS or raw.bits != np.dtype(KINDS[raw.kind]).itemsize * 8:
        raise InputError(f"{name} holds no whole numbers or fractions that NIfTI describes.")
    count, sizes = raw.dim[0], raw.dim[1:4]
    if not 3 <= count <= 7 or any(n != 1 for n in raw.dim[4 : count + 1]) or min(sizes) < 1:
        raise InputError(f"{name} does not hold one three-dimensional image.")
    least = length + 4
    if not (math.isfinite(raw.begin) and least <= raw.begin <= MOST_SKIPPED):
        raise InputError(f"{name} is damaged: its voxels are said to begin at byte {raw.begin:g}.")
    if raw.begin != int(raw.begin):
        raise InputError(f"{name} is damaged: its voxels are said to begin within a byte.")
    told = stream.read(int(raw.begin) - length)
    if len(told) < int(raw.begin) - length:
        raise InputError(f"{name} is damaged: it ends before its voxels begin.")
    scaled = math.isfinite(raw.slope) and raw.slope != 0
    ours, labels = _extensions(told[:LONGEST_EXTENSION], order)
    return Stored(
        sizes=(sizes[0], sizes[1], sizes[2]),
        kind=np.dtype(order + KINDS[raw.kind]),
        places=_places(raw, name),
        slope=raw.slope if scaled else 1.0,
        offset=raw.offset if scaled else 0.0,
        labels=labels,
        ours=ours,
    )


def _places(raw: _Raw, name: str) -> tuple[FloatArray, ...]:
    """Where the file says it lies: by its sform first; by its qform too, if that differs."""
    scale = UNITS_MM.get(raw.units & 7)
    if scale is None:
        raise InputError(f"{name} measures in a unit that is none of length.")
    found: list[FloatArray] = []
    if raw.sform_code > 0:
        found.append(np.vstack([np.reshape(raw.rows, (3, 4)), [0, 0, 0, 1]]).astype(np.float64))
    if raw.qform_code > 0:
        found.append(_of_quaternion(raw))
    found = [place for place in found if np.isfinite(place).all()]
    if not found:
        raise InputError(f"{name} does not say where in the patient it lies (sform, qform).")
    lengths = [RAS_TO_LPS @ np.diag([scale, scale, scale, 1.0]) @ place for place in found]
    if len(lengths) == 2 and _same(lengths[0], lengths[1], raw.dim[1:4]):
        del lengths[1]
    return tuple(lengths)


def _of_quaternion(raw: _Raw) -> FloatArray:
    b, c, d = raw.quaternion
    a = math.sqrt(max(1.0 - (b * b + c * c + d * d), 0.0))
    turn = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )
    hand = -1.0 if raw.pixdim[0] < 0 else 1.0
    place = np.eye(4)
    place[:3, :3] = turn * np.array([raw.pixdim[1], raw.pixdim[2], raw.pixdim[3] * hand])
    place[:3, 3] = raw.origin
    return place


def _same(one: FloatArray, other: FloatArray, sizes: tuple[int, ...]) -> bool:
    corners = np.array(list(np.ndindex(2, 2, 2))) * (np.array(sizes) - 1)
    apart = np.abs(corners @ (one - other)[:3, :3].T + (one - other)[:3, 3]).max()
    return bool(apart < SAME_PLACE_VOXELS * np.linalg.norm(one[:3, :3], axis=0).min())


def _extensions(content: bytes, order: str) -> tuple[str | None, tuple[Label, ...]]:
    """Return what liverplan wrote of the masks, and the names of a label table."""
    ours, labels = None, list[Label]()
    at = 4
    while content[:1] not in {b"", b"\0"} and at + 8 <= len(content):
        size = struct.unpack_from(f"{order}i", content, at)[0]
        part = content[at + 8 : at + max(size, 8)]
        if part.startswith(FIELD):
            ours = part.removeprefix(FIELD).rstrip(b"\0").decode(errors="replace")
        labels += [
            Label(value=int(key), name=name.decode(errors="replace").strip())
            for key, name in _LABEL.findall(part)
            if int(key)
        ]
        at += max(size, 16)
    return ours, tuple(labels)
