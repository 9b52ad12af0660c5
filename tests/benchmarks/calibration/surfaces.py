"""A liver's surface between the voxels, and voxel masks of it moved by smooth random fields.

A distance map of a voxel mask counts from voxels' middles: shifts under half a voxel move nothing
and those of 1 to 2 mm up to a tenth more than the surface's area (a ball of 60 mm: 3 to 6 %). So
distances are to a surface without steps, and its own voxels are the truth.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import edt
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.spatial import cKDTree
from skimage.measure import marching_cubes

from liverplan.segmentation import Segmentation
from liverplan.volume import FloatArray
from liverplan.volumetry import ErrorModel, ErrorSource

SMOOTHED_MM = 1.5
BAND_MM = 9.0
"""Over four standard deviations of the largest field."""
FARTHEST = 4.5
"""Standard deviations: no field moves a surface farther."""
FIELD_MM = 4.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Surface:
    """A liver whose voxels are those within its smooth surface, and how far from it they lie.

    ``band`` is (N, 3) voxels nearer than `BAND_MM`, ``distance_mm`` (N,), negative inside.
    """

    truth: Segmentation
    band: NDArray[np.int64]
    distance_mm: FloatArray

    @classmethod
    def of(cls, drawn: Segmentation) -> Self:
        """Smooth what was drawn; the metastases stay."""
        spacing = np.array(drawn.grid.spacing_mm)
        soft = gaussian_filter(drawn.liver.astype(np.float32), SMOOTHED_MM / spacing)
        inside = soft > 0.5
        apart = edt.edt(inside, anisotropy=spacing) + edt.edt(~inside, anisotropy=spacing)
        band = np.argwhere(apart < BAND_MM)
        points, _, normals, _ = marching_cubes(soft, 0.5, spacing=tuple(spacing))
        _, nearest = cKDTree(points).query(band * spacing)
        away = band * spacing - points[nearest]
        outward = normals[nearest] * _sign(soft, points, normals, spacing)
        distance = np.einsum("nc,nc->n", away, outward)
        return cls(truth=_relabelled(drawn, band, distance <= 0), band=band, distance_mm=distance)

    def moved(self, sd_mm: float, length_mm: float, seed: int) -> Segmentation:
        """Return the liver with its surface moved by a field; the metastases stay."""
        at_mm = self.band * self.truth.grid.spacing_mm
        field = sd_mm * field_at(at_mm, length_mm, seed)
        return _relabelled(self.truth, self.band, self.distance_mm <= field)

    def changed(self, sd_mm: float, length_mm: float, seed: int) -> tuple[FloatArray, FloatArray]:
        """Return what a field moves: (M, 3) voxels' middles, LPS, and (M,) mL come to the liver."""
        near = (np.abs(self.distance_mm) < FARTHEST * sd_mm) & self._free
        band, distance = self.band[near], self.distance_mm[near]
        field = sd_mm * field_at(band * self.truth.grid.spacing_mm, length_mm, seed)
        more = (distance <= field).astype(np.float64) - (distance <= 0)
        moves = more != 0
        return self.truth.grid.to_mm(band[moves]), more[moves] * self.truth.grid.voxel_ml

    @cached_property
    def _free(self) -> NDArray[np.bool_]:
        """(N,) voxels that are no metastasis."""
        return np.asarray(self.truth.labels[tuple(self.band.T)] <= 1)


def errors_of(sd_mm: float, length_mm: float) -> ErrorModel:
    """Return the errors of a field of known size and nothing else."""
    field = ErrorSource(name="field", sd=sd_mm, unit="mm", source="told", length_mm=length_mm)
    none = ErrorSource(name="lesion boundary", sd=0.0, unit="mm", source="told")
    return ErrorModel(liver=field, lesion=none)


def field_at(at_mm: FloatArray, length_mm: float, seed: int) -> FloatArray:
    """(N,) values of SD 1 at (N, 3) places >= 0 that correlate by exp(-d2 / 2 L2): smooth noise."""
    smoothing = length_mm / np.sqrt(2) / FIELD_MM
    room = int(np.ceil(3 * smoothing))
    at = at_mm / FIELD_MM + room
    shape = np.ceil(at.max(axis=0)).astype(int) + room + 2
    noise = np.random.default_rng(seed).standard_normal(shape)
    smooth = gaussian_filter(noise, smoothing) * (4 * np.pi * smoothing**2) ** 0.75
    return np.asarray(map_coordinates(smooth, at.T, order=1))


def _relabelled(
    drawn: Segmentation, at: NDArray[np.int64], liver: NDArray[np.bool_]
) -> Segmentation:
    labels = drawn.labels.copy()
    place = tuple(at.T)
    labels[place] = np.where(labels[place] > 1, labels[place], liver)
    return Segmentation(grid=drawn.grid, labels=labels, provenance=drawn.provenance)


def _sign(soft: np.ndarray, points: np.ndarray, normals: np.ndarray, spacing: np.ndarray) -> float:
    """Whether the surface's normals point out of it (1) or in (-1)."""
    index = np.rint((points + 3 * normals) / spacing).astype(int)
    ahead = soft[tuple(np.clip(index, 0, np.array(soft.shape) - 1).T)]
    return 1.0 if float(ahead.mean()) < 0.5 else -1.0
