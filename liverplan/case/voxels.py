"""Voxels as NIfTI files that any viewer opens, the same bytes for the same voxels.

The case keeps the exact grid in its JSON; the NIfTI header repeats it in single precision for
other programs. Written here rather than by SimpleITK, which refuses the sheared grids of a tilted
gantry and gives no way to set the speed of compression. Format: https://nifti.nimh.nih.gov,
NIfTI-1.1 header, 348 bytes.
"""

from __future__ import annotations

import gzip
import io
import math
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liverplan.errors import CaseError
from liverplan.volume import Grid

HEADER = np.dtype(
    [
        ("sizeof_hdr", "<i4"), ("unused1", "S35"), ("dim_info", "u1"), ("dim", "<i2", 8),
        ("intent_p", "<f4", 3), ("intent_code", "<i2"), ("datatype", "<i2"), ("bitpix", "<i2"),
        ("slice_start", "<i2"), ("pixdim", "<f4", 8), ("vox_offset", "<f4"),
        ("scl_slope", "<f4"), ("scl_inter", "<f4"), ("slice_end", "<i2"), ("slice_code", "u1"),
        ("xyzt_units", "u1"), ("unused2", "<f4", 4), ("unused3", "<i4", 2), ("descrip", "S80"),
        ("aux_file", "S24"), ("qform_code", "<i2"), ("sform_code", "<i2"), ("quatern", "<f4", 6),
        ("srow", "<f4", (3, 4)), ("intent_name", "S16"), ("magic", "S4"),
    ]
)  # fmt: skip

TYPES = {"uint8": 2, "int16": 4, "float32": 16}
DATA_START = 352
CHUNK = 2**24
FAST = 1  # zlib's level: a CT of 512 x 512 x 129 in about 1 s


def to_nifti(grid: Grid, values: NDArray[Any]) -> bytes:
    """Voxels (k, j, i) as a gzipped NIfTI file.

    Parameters
    ----------
    grid : Grid
        Where they lie.
    values : (k, j, i) array, uint8, int16 or float32
        Labels or HU.
    """
    header = np.zeros((), HEADER)
    header["sizeof_hdr"] = HEADER.itemsize
    header["dim"] = (3, *grid.shape[::-1], 1, 1, 1, 1)
    header["datatype"] = TYPES[values.dtype.name]
    header["bitpix"] = 8 * values.dtype.itemsize
    header["pixdim"] = (1, *grid.spacing_mm[::-1], 0, 0, 0, 0)
    header["vox_offset"] = DATA_START
    header["scl_slope"] = 1
    header["xyzt_units"] = 2  # millimetres
    header["sform_code"] = 1  # scanner coordinates
    header["srow"] = np.diag((-1.0, -1.0, 1.0)) @ grid.affine[:3, [2, 1, 0, 3]]  # LPS to RAS
    header["magic"] = b"n+1"
    little = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
    content = header.tobytes() + bytes(DATA_START - HEADER.itemsize) + little.tobytes()
    return gzip.compress(content, compresslevel=FAST, mtime=0)


def from_nifti(content: bytes, shape: tuple[int, int, int], dtype: str, name: str) -> NDArray[Any]:
    """Read voxels (k, j, i) that `to_nifti` wrote.

    Raises
    ------
    CaseError
        If the file does not hold voxels of that shape and type.
    """
    with _opened(content, shape, dtype, name) as file:
        raw = _exactly(file, math.prod(shape) * np.dtype(dtype).itemsize)
        if file.read(1):
            raise ValueError(LONGER)
    return _values(raw, dtype).reshape(shape)


def slice_from_nifti(
    content: bytes, shape: tuple[int, int, int], dtype: str, k: int, name: str
) -> NDArray[Any]:
    """Read the (j, i) voxels of level ``k`` alone: what lies above it is not unpacked.

    Raises
    ------
    CaseError
        As `from_nifti`, of what was unpacked.
    """
    bytes_each = math.prod(shape[1:]) * np.dtype(dtype).itemsize
    with _opened(content, shape, dtype, name) as file:
        for _ in range(k):
            _exactly(file, bytes_each)
        raw = _exactly(file, bytes_each)
    return _values(raw, dtype).reshape(shape[1:])


@contextmanager
def _opened(
    content: bytes, shape: tuple[int, int, int], dtype: str, name: str
) -> Iterator[gzip.GzipFile]:
    """Unpack a file of such voxels, up to where they begin."""
    try:
        with gzip.open(io.BytesIO(content)) as file:
            header = np.frombuffer(file.read(DATA_START), HEADER, count=1)[0]
            if tuple(header["dim"][1:4][::-1]) == shape and header["datatype"] == TYPES[dtype]:
                yield file
                return
    except (OSError, EOFError, ValueError, KeyError, zlib.error) as error:
        raise CaseError(f"{name} is damaged: it is not readable as a NIfTI image.") from error
    raise CaseError(f"{name} does not hold {dtype} voxels of shape {shape}.")


def _values(raw: bytes, dtype: str) -> NDArray[Any]:
    values: NDArray[Any] = np.frombuffer(raw, np.dtype(dtype).newbyteorder("<")).astype(dtype)
    return values


LONGER = "it is shorter or longer than its header says"


def _exactly(file: gzip.GzipFile, size: int) -> bytes:
    """Read so much, which must be there; piece by piece, as it may claim to be any size."""
    pieces, left = [], size
    while left and (piece := file.read(min(CHUNK, left))):
        pieces.append(piece)
        left -= len(piece)
    if left:
        raise ValueError(LONGER)
    return b"".join(pieces)
