"""NIfTI and NRRD written byte by byte, so that every field can be made wrong."""

import gzip
import struct
from pathlib import Path

import numpy as np

from liverplan.volume import Grid

CODES = {"u1": 2, "i2": 4, "i4": 8, "f4": 16, "f8": 64, "u2": 512}
TYPES = {"u1": "unsigned char", "i2": "short", "u2": "ushort", "f4": "float", "f8": "double"}


def nifti(
    path: Path, grid: Grid, labels, *, names=None, second=None, slope=0.0, begin=None, sform=1
):
    """Write (k, j, i) values; ``second`` is an affine for the qform that contradicts the sform."""
    table = "".join(
        f'<Label Key="{n}"><![CDATA[{name}]]></Label>' for n, name in (names or {}).items()
    )
    text = table.encode().ljust(-(-(len(table) + 8) // 16) * 16 - 8, b"\0") if names else b""
    told = struct.pack("<2i", len(text) + 8, 0) + text if names else b""
    header = bytearray(348)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, *labels.shape[::-1], 1, 1, 1, 1)
    kind = labels.dtype
    struct.pack_into("<2h", header, 70, CODES[kind.str[1:]], kind.itemsize * 8)
    place = np.diag([-1.0, -1.0, 1.0, 1.0]) @ grid.affine[:, [2, 1, 0, 3]]
    struct.pack_into("<8f", header, 76, 1, *np.linalg.norm(place[:3, :3], axis=0), 0, 0, 0, 0)
    struct.pack_into("<3f", header, 108, 352 + len(told) if begin is None else begin, slope, 0)
    header[123] = 2
    struct.pack_into("<2h", header, 252, 0 if second is None else 1, sform)
    if second is not None:
        struct.pack_into("<6f", header, 256, *second)
    struct.pack_into("<12f", header, 280, *place[:3].ravel())
    header[344:348] = b"n+1\0"
    data = bytes(header) + (b"\1\0\0\0" if told else b"\0" * 4) + told + labels.tobytes()
    path.write_bytes(gzip.compress(data, 1) if path.name.endswith(".gz") else data)
    return path


def nrrd(path: Path, grid: Grid, labels, names=None, *, extra="", packed=True, sizes=None):
    """Write (k, j, i) values, or (layer, k, j, i) of them, with the names of segments."""
    layered = labels.ndim == 4
    array = np.moveaxis(labels, 0, 3) if layered else labels
    vectors = " ".join(f"({x},{y},{z})" for x, y, z in grid.affine[:3, [2, 1, 0]].T)
    lines = [
        "NRRD0004",
        f"type: {TYPES[labels.dtype.str[1:]]}",
        "endian: little",
        f"dimension: {array.ndim}",
        "space: left-posterior-superior",
        f"sizes: {sizes or ' '.join(map(str, array.shape[::-1]))}",
        f"space directions: {'none ' if layered else ''}{vectors}",
        f"encoding: {'gzip' if packed else 'raw'}",
        "space origin: ({},{},{})".format(*grid.affine[:3, 3]),
        *([extra] if extra else []),
    ]
    for at, (value, name) in enumerate((names or {}).items()):
        stored, layer = (1, at) if layered else (value, 0)
        lines += [f"Segment{at}_Name:={name}", f"Segment{at}_LabelValue:={stored}"]
        lines += [f"Segment{at}_Layer:={layer}"]
    data = np.ascontiguousarray(array).tobytes()
    head = ("\n".join(lines) + "\n\n").encode()
    path.write_bytes(head + (gzip.compress(data, 1) if packed else data))
    return path
