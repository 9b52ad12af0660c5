"""The lattice that everything lies on, and the CT that fills it.

Nouns: a *Grid* is a lattice of voxel centres in patient space, without values. A *Volume* is
Hounsfield units on a Grid. World coordinates are DICOM's patient coordinates (LPS, mm): x grows
to the patient's left, y to the back, z to the head. Arrays are indexed (k, j, i): slice, row,
column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liverplan.errors import GridError, InputError

FloatArray = NDArray[np.float64]

POSITION_TOLERANCE_MM = 0.05
"""Two grids whose corners lie closer than this are one grid (file formats round to 1e-3 mm)."""

SUFFIXES = (".nii", ".nii.gz", ".nrrd")
"""Files that hold one volume, or masks on one, by the ends of their names."""
UNREAD = (
    ".nhdr",
    ".mha",
    ".mhd",
    ".img",
    ".hdr",
    ".img.gz",
    ".mgz",
    ".mgh",
    ".mnc",
    ".vtk",
    ".stl",
)
"""Formats of images or surfaces that are told from a DICOM file by their names, and not read."""


def read_only(array: NDArray[np.generic]) -> None:
    """Make an array of any shape, (N,) or (k, j, i), that a frozen value holds unwritable too."""
    array.flags.writeable = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """A lattice of voxels in patient space.

    Parameters
    ----------
    shape : tuple of int
        Voxels along (k, j, i), each at least 1.
    affine : (4, 4) array
        Index (k, j, i, 1) to LPS millimetres of the voxel's centre. Shear and flips are allowed.
    frame_uid : str or None
        DICOM Frame of Reference UID; None where a file format has none.

    Raises
    ------
    InputError
        If the shape is not three positive numbers or the affine is not finite and invertible.
    """

    shape: tuple[int, int, int]
    affine: FloatArray
    frame_uid: str | None = None

    def __post_init__(self) -> None:
        shape = tuple(int(n) for n in self.shape)
        affine = np.array(self.affine, dtype=np.float64)
        faults = _grid_faults(shape, affine)
        if faults:
            raise InputError(f"This is no usable image grid: {'; '.join(faults)}.")
        read_only(affine)
        object.__setattr__(self, "shape", shape)
        object.__setattr__(self, "affine", affine)

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance between neighbouring voxel centres along (k, j, i), mm."""
        k, j, i = np.linalg.norm(self.affine[:3, :3], axis=0)
        return float(k), float(j), float(i)

    @property
    def voxel_ml(self) -> float:
        """Volume of one voxel, mL."""
        return float(abs(np.linalg.det(self.affine[:3, :3]))) / 1000.0

    def to_mm(self, index: ArrayLike) -> FloatArray:
        """(..., 3) indices (k, j, i), whole or not, to (..., 3) LPS mm."""
        return np.asarray(index, dtype=np.float64) @ self.affine[:3, :3].T + self.affine[:3, 3]

    def to_index(self, points_mm: ArrayLike) -> FloatArray:
        """(..., 3) LPS mm to (..., 3) indices (k, j, i), not rounded."""
        offset = np.asarray(points_mm, dtype=np.float64) - self.affine[:3, 3]
        return offset @ np.linalg.inv(self.affine[:3, :3]).T

    def nearest_index(self, point_mm: ArrayLike) -> tuple[int, int, int] | None:
        """Voxel (k, j, i) that holds an LPS mm point; None outside the grid."""
        index = np.rint(self.to_index(point_mm)).astype(int)
        if np.any(index < 0) or np.any(index >= np.array(self.shape)):
            return None
        k, j, i = index
        return int(k), int(j), int(i)

    @property
    def corners_mm(self) -> FloatArray:
        """(8, 3) array, LPS mm: centres of the grid's corner voxels."""
        last = np.array(self.shape) - 1
        return self.to_mm(np.array(list(np.ndindex(2, 2, 2))) * last)

    def crop(self, start: Sequence[int], stop: Sequence[int]) -> Grid:
        """Return the grid of ``array[start[0]:stop[0], start[1]:stop[1], start[2]:stop[2]]``."""
        affine = self.affine.copy()
        affine[:3, 3] = self.to_mm(start)
        k, j, i = (b - a for a, b in zip(start, stop, strict=True))
        return Grid(shape=(k, j, i), affine=affine, frame_uid=self.frame_uid)

    def faults_against(self, other: Grid) -> list[str]:
        """Every way in which the two grids differ, in words; empty if they are one grid."""
        faults = []
        if self.shape != other.shape:
            faults.append(f"shape ({self.shape} and {other.shape})")
        if not np.allclose(self.spacing_mm, other.spacing_mm, atol=1e-3, rtol=0):
            faults.append(
                f"voxel spacing ({_words(self.spacing_mm)} and {_words(other.spacing_mm)} mm)"
            )
        if not _same_directions(self.affine, other.affine):
            faults.append("orientation")
        if not np.allclose(self.affine[:3, 3], other.affine[:3, 3], atol=POSITION_TOLERANCE_MM):
            faults.append(
                f"position ({_words(self.affine[:3, 3])} and {_words(other.affine[:3, 3])} mm)"
            )
        if self.frame_uid and other.frame_uid and self.frame_uid != other.frame_uid:
            faults.append("frame of reference")
        return faults

    def require_same(self, other: Grid, *, mine: str, theirs: str) -> None:
        """Refuse two grids that are not one, naming every difference.

        Raises
        ------
        GridError
            "<mine> and <theirs> differ in shape (...), frame of reference."
        """
        faults = self.faults_against(other)
        if faults:
            raise GridError(f"{mine} and {theirs} differ in {', '.join(faults)}.")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Volume:
    """A CT: Hounsfield units on a grid.

    Parameters
    ----------
    grid : Grid
        Where the voxels lie.
    hu : (k, j, i) array, int16 or float32
        Hounsfield units. The array is made read-only, not copied.

    Raises
    ------
    InputError
        If the array does not fit the grid or holds NaN or infinity.
    """

    grid: Grid
    hu: NDArray[np.int16] | NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.hu.shape != self.grid.shape:
            raise InputError(
                f"The CT has {self.hu.shape} voxels where its grid has {self.grid.shape}."
            )
        if self.hu.dtype.kind == "f" and not np.isfinite(self.hu).all():
            raise InputError("The CT holds values that are not numbers (NaN or infinity).")
        read_only(self.hu)


def _grid_faults(shape: tuple[int, ...], affine: FloatArray) -> list[str]:
    faults = []
    if len(shape) != 3 or min(shape, default=0) < 1:
        faults.append(f"the shape {shape} is not three positive numbers")
    if affine.shape != (4, 4):
        return [*faults, f"the affine has shape {affine.shape}, not (4, 4)"]
    if not np.isfinite(affine).all():
        return [*faults, "the affine holds NaN or infinity"]
    if not np.array_equal(affine[3], (0, 0, 0, 1)):
        faults.append("the affine's last row is not (0, 0, 0, 1)")
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    if np.any(lengths == 0) or abs(np.linalg.det(affine[:3, :3] / lengths)) < 1e-3:
        faults.append("the affine cannot be inverted")
    return faults


def _same_directions(a: FloatArray, b: FloatArray) -> bool:
    """Whether the axes of two affines point the same way to within 0.06 degrees."""
    unit_a = a[:3, :3] / np.linalg.norm(a[:3, :3], axis=0)
    unit_b = b[:3, :3] / np.linalg.norm(b[:3, :3], axis=0)
    return bool(np.allclose(unit_a, unit_b, atol=1e-3, rtol=0))


def _words(values: Sequence[float] | FloatArray) -> str:
    return " x ".join(f"{v:.4g}" for v in values)
