"""A CT in one NIfTI or NRRD file: where it lies, and its Hounsfield units, upright.

Nothing but the voxels and their place is known of it. Its axes come out as those of an axial
DICOM series do: k to the head, j to the back, i to the patient's left.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from liverplan.errors import InputError
from liverplan.segmentation.files import nifti, nrrd
from liverplan.segmentation.files.formats import suffix_of
from liverplan.segmentation.files.hounsfield import require_hounsfield
from liverplan.segmentation.files.stored import Stored, reading, voxels
from liverplan.segmentation.orientation import Turn
from liverplan.volume import Grid, Volume

MOST_BYTES = 8 * 1024**3
LARGE_BYTES, MOST_PACKED = 1024**3, 200
"""A patient's CT shrinks to a tenth at best; what is large and shrinks far more is forged."""
SPACING_MM = (0.05, 20.0)
SQUARE = 1e-3
HEADWARD_COSINE = 0.7
INT16 = np.iinfo(np.int16)

Hu = NDArray[np.int16] | NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CtFile:
    """A CT's file before its voxels are read.

    ``digest`` is the SHA-256 of its bytes; ``turn`` makes of the file's axes those of ``grid``.
    """

    path: Path
    format: str
    digest: str
    stored: Stored
    turn: Turn
    grid: Grid


def describe_ct(path: Path) -> CtFile:
    """Read a CT file's header.

    Raises
    ------
    InputError
        If it is damaged, does not say once where it lies, or is no upright volume of a body.
    """
    flat = suffix_of(path).lower() == ".nrrd"
    with reading(path) as stream:
        stored = (nrrd if flat else nifti).read_header(stream, path.name)
    if stored.layers > 1:
        raise InputError(f"{path.name} holds {stored.layers} layers; a CT has one.")
    if len(stored.places) > 1:
        raise InputError(
            f"{path.name} says twice where it lies, and not the same (sform and qform): it may be "
            "mirrored; write the file again with one place."
        )
    own = _own_grid(stored, path.name)
    _require_volume(own, path.name)
    _require_room(stored, path)
    turn = Turn.of(own)
    return CtFile(
        path=path,
        format="NRRD" if flat else "NIfTI",
        digest=_digest(path),
        stored=stored,
        turn=turn,
        grid=turn.apply_to_grid(own),
    )


def read_ct(file: CtFile) -> Volume:
    """Read a CT file's voxels: (k, j, i) int16 HU, float32 where they need it.

    Raises
    ------
    InputError
        If the file is damaged, has changed, or holds no Hounsfield units.
    """
    flat = file.format == "NRRD"
    with reading(file.path) as stream:
        stored = (nrrd if flat else nifti).read_header(stream, file.path.name)
        if (stored.sizes, stored.kind) != (file.stored.sizes, file.stored.kind):
            raise InputError(f"{file.path.name} has changed since it was looked at.")
        values = voxels(stream, stored, file.path.name)[0]
    hu = _in_hu(file.turn.apply(values), stored, file.path.name)
    require_hounsfield(hu, file.path.name)
    return Volume(grid=file.grid, hu=hu)


def _own_grid(stored: Stored, name: str) -> Grid:
    """Return the grid of the file's own axes, (k, j, i) as it stores them."""
    i, j, k = stored.sizes
    try:
        return Grid(shape=(k, j, i), affine=stored.places[0][:, [2, 1, 0, 3]])
    except InputError as error:
        raise InputError(f"{name} does not say how large its voxels are.") from error


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _require_volume(grid: Grid, name: str) -> None:
    if min(grid.shape) < 2:
        raise InputError(f"{name} has one slice, and one slice is no volume.")
    low, high = SPACING_MM
    if not all(low <= mm <= high for mm in grid.spacing_mm):
        mm = " x ".join(f"{step:.3g}" for step in grid.spacing_mm[::-1])
        raise InputError(f"{name} has voxels of {mm} mm, which no CT of a body has.")
    axes = grid.affine[:3, :3] / np.array(grid.spacing_mm)
    if np.abs(axes.T @ axes - np.eye(3)).max() > SQUARE:
        raise InputError(
            f"{name} has axes that are not square to one another (a tilted gantry); convert the "
            "CT again with its tilt resampled, or give the DICOM series."
        )
    turn = Turn.of(grid)
    if abs(axes[2, turn.order[0]]) < HEADWARD_COSINE:
        raise InputError(f"{name} lies oblique to the body: no axis runs from foot to head.")


def _require_room(stored: Stored, path: Path) -> None:
    count = math.prod(stored.sizes)
    if count * np.dtype(np.int16).itemsize > MOST_BYTES:
        raise InputError(f"{path.name} claims {count} voxels, which are more than 8 GB.")
    claimed = count * stored.kind.itemsize
    if claimed > max(LARGE_BYTES, MOST_PACKED * path.stat().st_size):
        raise InputError(
            f"{path.name} claims {claimed / 1024**3:.1f} GB of voxels, which so small a file "
            "cannot hold: it is damaged or forged."
        )


def _in_hu(values: NDArray[np.generic], stored: Stored, name: str) -> Hu:
    """Scale (k, j, i) stored values; whole numbers that fit become int16, slice by slice."""
    if (stored.slope, stored.offset) == (1.0, 0.0) and np.can_cast(values.dtype, np.int16):
        return np.ascontiguousarray(values, np.int16)
    hu = np.empty(values.shape, np.int16)
    for k, plane in enumerate(values):
        fine = plane.astype(np.float64) * stored.slope + stored.offset
        if not np.isfinite(fine).all():
            raise InputError(f"{name} holds values that are not numbers.")
        whole = (
            fine.astype(np.int16) if INT16.min <= fine.min() <= fine.max() <= INT16.max else None
        )
        if whole is None or not np.array_equal(whole, fine):
            return _fractions(values, stored, name)
        hu[k] = whole
    return hu


def _fractions(values: NDArray[np.generic], stored: Stored, name: str) -> NDArray[np.float32]:
    hu = np.empty(values.shape, np.float32)
    for k, plane in enumerate(values):
        with np.errstate(over="ignore"):
            hu[k] = plane.astype(np.float64) * stored.slope + stored.offset
    if not np.isfinite(hu).all():
        raise InputError(f"{name} holds values that are not numbers.")
    return hu
