"""From a sheared or gappy stack to an upright grid of even slices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from liverplan.dicom.geometry import Stack
from liverplan.volume import FloatArray, Grid

AIR_HU = -1024.0

Hu = NDArray[np.int16] | NDArray[np.float32]


def upright_grid(stack: Stack, *, rows: int, columns: int, frame_uid: str | None = None) -> Grid:
    """Return the grid that reading this stack gives: its own, or an upright one if it is tilted.

    The upright grid keeps the direction of the rows and the distance between slices; its slice
    axis is the direction in which the table moved, and it holds the whole sheared stack.
    """
    shape = (stack.count, rows, columns)
    own = Grid(shape=shape, affine=stack.affine, frame_uid=frame_uid)
    if not stack.tilt_degrees:
        return own
    i = stack.affine[:3, 2] / np.linalg.norm(stack.affine[:3, 2])
    k = stack.affine[:3, 0] - i * (stack.affine[:3, 0] @ i)
    k /= np.linalg.norm(k)
    j = np.cross(k, i)
    j *= np.sign(j @ stack.affine[:3, 1])
    axes = np.column_stack([k, j, i])
    spacing = np.array(own.spacing_mm)
    corners = own.corners_mm @ axes
    low, high = corners.min(axis=0), corners.max(axis=0)
    size = np.ceil((high - low) / spacing - 1e-6).astype(int) + 1
    affine = np.eye(4)
    affine[:3, :3] = axes * spacing
    affine[:3, 3] = axes @ low
    return Grid(
        shape=(int(size[0]), int(size[1]), int(size[2])), affine=affine, frame_uid=frame_uid
    )


def fill_gaps(hu: Hu, places: FloatArray, count: int) -> Hu:
    """(n, j, i) planes at lattice places to (count, j, i), linearly between neighbours."""
    filled: Hu = np.empty((count, *hu.shape[1:]), dtype=hu.dtype)
    for k in range(count):
        above = int(np.clip(np.searchsorted(places, k), 1, len(places) - 1))
        share = float((k - places[above - 1]) / (places[above] - places[above - 1]))
        share = min(max(share, 0.0), 1.0)
        blend = (1 - share) * hu[above - 1].astype(np.float32) + share * hu[above]
        filled[k] = np.rint(blend) if hu.dtype.kind == "i" else blend
    return filled


def resample(hu: Hu, affine: FloatArray, onto: Grid) -> Hu:
    """(k, j, i) HU on any affine, sheared or not, linearly onto a grid; air where nothing was."""
    import SimpleITK as sitk  # noqa: PLC0415 - few series need it, and it takes 100 MB

    to_source = np.linalg.inv(affine) @ onto.affine  # (k, j, i) of the grid to (k, j, i) here
    transform = sitk.AffineTransform(3)
    transform.SetMatrix(to_source[2::-1, 2::-1].ravel().tolist())  # SimpleITK orders x, y, z
    transform.SetTranslation(to_source[2::-1, 3].tolist())
    image = sitk.GetImageFromArray(np.ascontiguousarray(hu))
    moved = sitk.Resample(
        image,
        onto.shape[::-1],
        transform,
        sitk.sitkLinear,
        (0.0, 0.0, 0.0),
        (1.0, 1.0, 1.0),
        (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0),
        AIR_HU,
        sitk.sitkFloat32,  # as int16 the interpolated values would be cut off, not rounded
    )
    result: NDArray[np.float32] = sitk.GetArrayFromImage(moved)
    return np.rint(result, out=result).astype(np.int16) if hu.dtype.kind == "i" else result
