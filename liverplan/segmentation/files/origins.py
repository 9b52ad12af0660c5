"""Where masks came from, as their files carry it; who accepted them is never a file's to say.

A NIfTI file holds it as a header extension, an NRRD file as a field of its own. A program that
does not know it drops it, and then the masks are given ones like any other.
"""

from __future__ import annotations

import gzip
import json
import shutil
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Literal, get_args

from liverplan.segmentation.provenance import Origin, Provenance

FIELD = "liverplan_masks"
HEADER_BYTES, ECODE_COMMENT = 352, 6
_MAGIC = FIELD.encode() + b"="


def told(provenance: Mapping[int, Provenance]) -> str:
    """Return what a file says of its masks, by label value."""
    return json.dumps({str(label): _mask(made) for label, made in sorted(provenance.items())})


def read_origins(text: str | None) -> dict[int, Provenance]:
    """Return whence masks came by label value, from what their file says; nothing if unsaid."""
    try:
        return {int(label): _made(mask) for label, mask in json.loads(text or "{}").items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def extended(path: Path, text: str, target: Path) -> None:
    """Copy an uncompressed NIfTI-1 file with a text in its header; ``.gz`` names a packed copy."""
    content = _MAGIC + text.encode()
    size = -(-(len(content) + 8) // 16) * 16
    with path.open("rb") as plain, _opened(target, "wb") as out:
        header = bytearray(plain.read(HEADER_BYTES))
        order = "<" if struct.unpack_from("<i", header)[0] == 348 else ">"
        struct.pack_into(f"{order}f", header, 108, float(HEADER_BYTES + size))
        header[348:352] = b"\x01\0\0\0"
        out.write(bytes(header) + struct.pack(f"{order}2i", size, ECODE_COMMENT))
        out.write(content.ljust(size - 8, b"\0"))
        shutil.copyfileobj(plain, out, 1 << 20)


def _opened(path: Path, mode: Literal["wb"]) -> gzip.GzipFile | IO[bytes]:
    if path.name.lower().endswith(".gz"):
        return gzip.open(path, mode, compresslevel=6)
    return path.open(mode)


def _mask(made: Provenance) -> dict[str, Any]:
    return {
        "method": made.method,
        "version": made.version,
        "origin": made.origin,
        "edits": made.edits,
        "density_hu": made.density_hu,
        "parameters": {k: v for k, v in made.parameters.items() if k != "file"},
    }


def _made(mask: Mapping[str, Any]) -> Provenance:
    if mask["origin"] not in get_args(Origin):
        raise ValueError(mask["origin"])
    density = mask["density_hu"]
    return Provenance(
        method=str(mask["method"]),
        version=str(mask["version"]),
        origin=mask["origin"],
        edits=max(int(mask["edits"]), 0),
        density_hu=None if density is None else float(density),
        parameters={str(k): str(v) for k, v in mask.get("parameters", {}).items()},
    )
