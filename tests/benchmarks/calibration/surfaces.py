"""A liver's surface between the voxels, and voxel masks of it moved by smooth random fields.

A distance map of a voxel mask counts from voxels' middles: shifts under half a voxel move nothing
and those of 1 to 2 mm up to a tenth more than the surface's area (a ball of 60 mm: 3 to 6 %). So
distances are to a surface without steps, and its own voxels are the truth.
"""

from dataclasses import dataclass
from typing import Self

import edt
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree
from skimage.measure import marching_cubes

from liverplan.segmentation import Segmentation
from liverplan.volumetry import ErrorModel, ErrorSource

SMOOTHED_MM = 1.5
BAND_MM = 9.0
"""Over four standard deviations of the largest field."""
FIELD_MM = 4.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Surface:
    """A liver whose voxels are those within its smooth surface, and their distances to that.

    ``distance_mm`` is (k, j, i), negative inside, infinite beyond `BAND_MM`.
    """

    truth: Segmentation
    distance_mm: NDArray[np.float32]

    @classmethod
    def of(cls, drawn: Segmentation) -> Self:
        """Smooth what was drawn; the metastases stay."""
        spacing = np.array(drawn.grid.spacing_mm)
        soft = gaussian_filter(drawn.liver.astype(np.float32), SMOOTHED_MM / spacing)
        distance = np.where(soft > 0.5, -np.inf, np.inf).astype(np.float32)
        inside, outside = (edt.edt(m, anisotropy=spacing) for m in (soft > 0.5, soft <= 0.5))
        band = np.argwhere(inside + outside < BAND_MM)
        points, _, normals, _ = marching_cubes(soft, 0.5, spacing=tuple(spacing))
        _, nearest = cKDTree(points).query(band * spacing)
        away = band * spacing - points[nearest]
        outward = normals[nearest] * _sign(soft, points, normals, spacing)
        distance[tuple(band.T)] = np.einsum("nc,nc->n", away, outward)
        return cls(truth=_relabelled(drawn, distance <= 0), distance_mm=distance)

    def moved(self, sd_mm: float, length_mm: float, seed: int) -> Segmentation:
        """Return the liver with its surface moved by a field; the metastases stay."""
        grid = self.truth.grid
        field = sd_mm * _field(grid.shape, grid.spacing_mm, length_mm, seed)
        return _relabelled(self.truth, self.distance_mm <= field)


def errors_of(sd_mm: float, length_mm: float) -> ErrorModel:
    """Return the errors of a field of known size and nothing else."""
    field = ErrorSource(name="field", sd=sd_mm, unit="mm", source="told", length_mm=length_mm)
    none = ErrorSource(name="lesion boundary", sd=0.0, unit="mm", source="told")
    return ErrorModel(liver=field, lesion=none)


def _field(
    shape: tuple[int, ...], spacing: tuple[float, ...], length_mm: float, seed: int
) -> np.ndarray:
    """(k, j, i) values of SD 1 that correlate by exp(-d2 / 2 L2): white noise, smoothed."""
    smoothing = length_mm / np.sqrt(2) / FIELD_MM
    room = int(np.ceil(3 * smoothing))
    size = [int(np.ceil(n * s / FIELD_MM)) + 2 for n, s in zip(shape, spacing, strict=True)]
    noise = np.random.default_rng(seed).standard_normal([n + 2 * room for n in size])
    smooth = gaussian_filter(noise, smoothing) * (4 * np.pi * smoothing**2) ** 0.75
    inner = smooth[tuple(slice(room, room + n) for n in size)]
    for axis, (n, step) in enumerate(zip(shape, spacing, strict=True)):
        inner = _stretched(inner, np.arange(n) * step / FIELD_MM, axis)
    return inner


def _relabelled(drawn: Segmentation, liver: NDArray[np.bool_]) -> Segmentation:
    labels = np.where(drawn.labels > 1, drawn.labels, liver.astype(np.uint8))
    return Segmentation(grid=drawn.grid, labels=labels, provenance=drawn.provenance)


def _sign(soft: np.ndarray, points: np.ndarray, normals: np.ndarray, spacing: np.ndarray) -> float:
    """Whether the surface's normals point out of it (1) or in (-1)."""
    index = np.rint((points + 3 * normals) / spacing).astype(int)
    ahead = soft[tuple(np.clip(index, 0, np.array(soft.shape) - 1).T)]
    return 1.0 if float(ahead.mean()) < 0.5 else -1.0


def _stretched(values: np.ndarray, at: np.ndarray, axis: int) -> np.ndarray:
    """Interpolate along one axis."""
    low = np.floor(at).astype(int)
    share = (at - low).reshape([-1 if n == axis else 1 for n in range(3)])
    return (1 - share) * values.take(low, axis) + share * values.take(low + 1, axis)
