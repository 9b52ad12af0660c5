"""The header of NRRD in one file, with the segments that 3D Slicer names in it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import BinaryIO

import numpy as np

from liverplan.errors import InputError
from liverplan.segmentation.files.stored import MOST_LAYERS, Label, Stored
from liverplan.volume import FloatArray

FIELD = "liverplan_masks"
LONGEST_HEADER = 1 << 22
SPACES = {
    "left-posterior-superior": (1, 1),
    "lps": (1, 1),
    "right-anterior-superior": (-1, -1),
    "ras": (-1, -1),
    "left-anterior-superior": (1, -1),
    "las": (1, -1),
}
KINDS = {
    **dict.fromkeys(("signed char", "int8", "int8_t"), "i1"),
    **dict.fromkeys(("uchar", "unsigned char", "uint8", "uint8_t"), "u1"),
    **dict.fromkeys(("short", "short int", "signed short", "int16", "int16_t"), "i2"),
    **dict.fromkeys(("ushort", "unsigned short", "uint16", "uint16_t"), "u2"),
    **dict.fromkeys(("int", "signed int", "int32", "int32_t"), "i4"),
    **dict.fromkeys(("uint", "unsigned int", "uint32", "uint32_t"), "u4"),
    **dict.fromkeys(("longlong", "long long", "int64", "int64_t"), "i8"),
    **dict.fromkeys(("ulonglong", "unsigned long long", "uint64", "uint64_t"), "u8"),
    "float": "f4",
    "double": "f8",
}
ELSEWHERE = ("data file", "datafile")
SKIPS = ("line skip", "lineskip", "byte skip", "byteskip")
_SEGMENT = re.compile(r"Segment(\d{1,5})_(Name|LabelValue|Layer)")
_ESCAPED = re.compile(r"\\([\\n])")
_VECTOR = re.compile(r"none|\([^()]*\)")


def read_header(stream: BinaryIO, name: str) -> Stored:
    """Read a header and go to the first voxel.

    Raises
    ------
    InputError
        If it is no NRRD header, one that contradicts itself, or one whose voxels lie elsewhere.
    """
    fields, keys = _lines(stream, name)
    if any(field in fields for field in ELSEWHERE):
        raise InputError(f"{name} keeps its voxels in another file; give an NRRD in one file.")
    try:
        return _described(fields, keys, name)
    except (ValueError, KeyError, IndexError, OverflowError) as error:
        raise InputError(f"{name} is damaged: its header cannot be read.") from error


def _lines(stream: BinaryIO, name: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the fields of the format, and those that programs add."""
    fields, keys, left = dict[str, str](), dict[str, str](), LONGEST_HEADER
    if not re.fullmatch(rb"NRRD000[1-5]\r?\n", stream.readline(16)):
        raise InputError(f"{name} is no NRRD file, or its header is damaged.")
    while line := stream.readline(left):
        left -= len(line)
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if not text and line.endswith(b"\n"):
            return fields, keys
        if left <= 0:
            break
        added, within = text.find(":="), text.find(": ")
        into, at = (
            (keys, added) if added > 0 and (within < 0 or added < within) else (fields, within)
        )
        if text.startswith("#"):
            continue
        key = text[:at].strip() if into is keys else text[:at].strip().lower()
        if at <= 0 or key in into:
            raise InputError(f"{name} is damaged: its header cannot be read.")
        value = text[at + 2 :].strip()
        into[key] = _ESCAPED.sub(_plain, value) if into is keys else value
    if any(field in fields for field in ELSEWHERE):  # such a header may end with its file
        return fields, keys
    raise InputError(f"{name} is damaged: its header does not end.")


def _plain(escaped: re.Match[str]) -> str:
    return "\n" if escaped[1] == "n" else "\\"


def _described(fields: Mapping[str, str], keys: Mapping[str, str], name: str) -> Stored:
    sizes = [int(text) for text in fields["sizes"].split()]
    layers = sizes.pop(0) if len(sizes) == 4 else 1
    if int(fields["dimension"]) != len(fields["sizes"].split()) or len(sizes) != 3:
        raise InputError(f"{name} does not hold one three-dimensional image.")
    if min(sizes) < 1 or not 1 <= layers <= MOST_LAYERS:
        raise InputError(f"{name} is damaged: its sizes are no numbers of voxels and layers.")
    if "kinds" in fields and len(fields["kinds"].split()) != int(fields["dimension"]):
        raise InputError(f"{name} is damaged: its kinds of axes are not as many as its axes.")
    if any(fields.get(skip, "0") != "0" for skip in SKIPS):
        raise InputError(f"{name} skips bytes before its voxels, which is not read.")
    encoding = fields["encoding"].lower()
    if encoding not in {"raw", "gzip", "gz"}:
        raise InputError(f"{name} is encoded as {encoding[:20]}; raw and gzip are read.")
    return Stored(
        sizes=(sizes[0], sizes[1], sizes[2]),
        kind=_kind(fields),
        places=(_place(fields, name),),
        layers=layers,
        packed=encoding != "raw",
        labels=_labels(keys, layers, name),
        ours=keys.get(FIELD),
    )


def _kind(fields: Mapping[str, str]) -> np.dtype[np.generic]:
    code = KINDS[fields["type"].lower()]
    if code.endswith("1"):
        return np.dtype(code)
    return np.dtype({"little": "<", "big": ">"}[fields["endian"].lower()] + code)


def _place(fields: Mapping[str, str], name: str) -> FloatArray:
    if "space directions" not in fields or fields.get("space", "").lower() not in SPACES:
        raise InputError(f"{name} does not say where in the patient it lies (space).")
    vectors: list[str] = _VECTOR.findall(fields["space directions"])
    units = re.findall(r'"([^"]*)"', fields.get("space units", ""))
    if any(unit not in {"mm", ""} for unit in units):
        raise InputError(f"{name} measures in {units[0][:20]}, not in mm.")
    placed = [_numbers(v) for v in vectors if v != "none" and "nan" not in v.lower()]
    place = np.eye(4)
    place[:3, :3] = np.reshape(placed, (3, 3)).T
    place[:3, 3] = _numbers(fields["space origin"])
    x, y = SPACES[fields["space"].lower()]
    if not np.isfinite(place).all():
        raise ValueError("the place is not finite")
    turned: FloatArray = np.diag([float(x), float(y), 1.0, 1.0]) @ place
    return turned


def _numbers(vector: str) -> list[float]:
    numbers = [float(text) for text in vector.strip("() ").split(",")]
    if len(numbers) != 3 or not all(map(math.isfinite, numbers)):
        raise ValueError(vector)
    return numbers


def _labels(keys: Mapping[str, str], layers: int, name: str) -> tuple[Label, ...]:
    """Return the segments that the file names, in their order."""
    told: dict[int, dict[str, str]] = {}
    for key, text in keys.items():
        if match := _SEGMENT.fullmatch(key):
            told.setdefault(int(match[1]), {})[match[2]] = text
    labels = [
        Label(
            value=int(segment.get("LabelValue", 1 + number)),
            name=segment.get("Name", ""),
            layer=int(segment.get("Layer", 0)),
        )
        for number, segment in sorted(told.items())
    ]
    places = {(label.layer, label.value) for label in labels}
    if len(places) < len(labels) or any(not 0 <= label.layer < layers for label in labels):
        raise InputError(f"{name} is damaged: two of its segments have one place.")
    return tuple(labels)
