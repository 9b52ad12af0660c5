"""An image as its file describes it: all that is known before a voxel is read, and the reading.

Files come from anywhere. Nothing is taken from outside the one file, its size is known before
memory is, and what is packed must come out whole, to the checksum.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from liverplan.errors import InputError
from liverplan.segmentation.files.packed import Packed
from liverplan.volume import FloatArray

GZIP = b"\x1f\x8b"
MOST_LAYERS = 64
PIECE = 1 << 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a file calls a label value of one of its layers; ``name`` may be empty."""

    value: int
    name: str = ""
    layer: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stored:
    """One image's description.

    Parameters
    ----------
    sizes : (i, j, k)
        Voxels along the file's axes, the fastest first.
    kind : numpy dtype
        Of one value, in the file's byte order.
    places : tuple of (4, 4) arrays
        Index (i, j, k, 1) to LPS mm; two where the file says it twice and differently.
    layers : int
        Label maps on the same voxels; their axis is the fastest.
    packed : bool
        Whether the voxels alone are packed with gzip.
    slope, offset : float
        A value is ``slope * stored + offset``.
    labels : tuple of Label
        What label values are called, as far as the file says.
    ours : str or None
        What liverplan itself wrote of the masks; None in files of others.
    """

    sizes: tuple[int, int, int]
    kind: np.dtype[np.generic]
    places: tuple[FloatArray, ...]
    layers: int = 1
    packed: bool = False
    slope: float = 1.0
    offset: float = 0.0
    labels: tuple[Label, ...] = ()
    ours: str | None = None


@contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """Open a file, unpacked where gzip packed it; its damage comes out in words.

    Raises
    ------
    InputError
        If it is cut short, fails its checksum, or cannot be opened.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == GZIP
            file.seek(0)
            yield cast(BinaryIO, Packed(file)) if packed else cast(BinaryIO, file)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            f"{path.name} is damaged: what gzip packed does not come out whole."
        ) from error
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror or 'no file'}.") from error


def voxels(stream: BinaryIO, stored: Stored, name: str) -> NDArray[np.generic]:
    """Read (layer, k, j, i) values that begin where the stream stands, and end with it.

    Raises
    ------
    InputError
        If there are fewer or more bytes than the description claims.
    """
    count = int(np.prod(stored.sizes, dtype=np.int64)) * stored.layers
    source = Packed(stream) if stored.packed else stream
    quick = source.rest(count * stored.kind.itemsize) if isinstance(source, Packed) else None
    if quick is None:
        values = _piece_by_piece(cast(BinaryIO, source), count, stored.kind, name)
    else:
        values = np.frombuffer(quick, stored.kind)
    return np.moveaxis(values.reshape(*stored.sizes[::-1], stored.layers), 3, 0)


def _piece_by_piece(
    source: BinaryIO, count: int, kind: np.dtype[np.generic], name: str
) -> NDArray[np.generic]:
    values = np.empty(count, kind)
    room = values.view(np.uint8).data
    at = 0
    while at < len(room):
        piece = source.read(min(PIECE, len(room) - at))
        if not piece:
            raise InputError(
                f"{name} is damaged: {len(room) - at} bytes of its voxels are missing."
            )
        room[at : at + len(piece)] = piece
        at += len(piece)
    if source.read(1):
        raise InputError(f"{name} is damaged: it holds more bytes than its header describes.")
    return values
