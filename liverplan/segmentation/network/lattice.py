"""The lattice of 2 mm that the network sees: from the CT to it, and from it back to the CT.

Finer voxels are blurred before they are taken together, so that noise does not fold into the
lattice; coarser ones are interpolated. Each axis is one matrix, applied slice by slice, so that no
second array of the CT's size is made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from liverplan.segmentation.blocks import resampled
from liverplan.segmentation.boxes import Box, Triple
from liverplan.segmentation.morphology import Float32
from liverplan.segmentation.orientation import turned
from liverplan.volume import FloatArray, Grid, Volume

LATTICE_MM = 2.0
BLUR_SHARE = 0.35
"""Variance of the blur, as a share of the difference between the squared spacings."""
LEAST_BLUR_MM = 0.2
REACH_SD = 4.0
OUTSIDE_HU = -1000.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lattice:
    """A turned CT, and voxels of one size laid over it.

    Parameters
    ----------
    ct : Volume
        The CT in the common orientation (foot to head, front to back, right to left).
    step_mm : float
        Distance between the lattice's voxels.
    """

    ct: Volume
    step_mm: float = LATTICE_MM

    @property
    def shape(self) -> Triple:
        """Voxels along (k, j, i) that cover the CT."""
        k, j, i = (
            max(1, round(n * s / self.step_mm))
            for n, s in zip(self.ct.grid.shape, self.ct.grid.spacing_mm, strict=True)
        )
        return k, j, i

    @property
    def grid(self) -> Grid:
        """Where the lattice's voxels lie; its frame of reference is the CT's."""
        spacing = np.array(self.ct.grid.spacing_mm)
        affine = self.ct.grid.affine.copy()
        affine[:3, 3] = self.ct.grid.to_mm((self.step_mm / spacing - 1) / 2)
        affine[:3, :3] *= self.step_mm / spacing
        return Grid(shape=self.shape, affine=affine, frame_uid=self.ct.grid.frame_uid)

    def hu(self, box: Box) -> Float32:
        """Densities in a box of the lattice, HU.

        Returns
        -------
        (k, j, i) float32 array
        """
        along_k, along_j, along_i = (
            _weights(n, s, part, self.step_mm)
            for n, s, part in zip(self.ct.grid.shape, self.ct.grid.spacing_mm, box, strict=True)
        )
        planes = np.zeros((self.ct.grid.shape[0], along_j.shape[0], along_i.shape[0]), np.float32)
        for k in np.unique(along_k.indices):
            plane = np.maximum(self.ct.hu[k], OUTSIDE_HU).astype(np.float32)
            planes[k] = (along_i @ (along_j @ plane).T).T
        flat = along_k @ planes.reshape(planes.shape[0], -1)
        return np.asarray(flat.reshape(-1, *planes.shape[1:]), dtype=np.float32)

    def on_ct(self, values: Float32, box: Box, start: Triple, stop: Triple) -> Float32:
        """Interpolate values of a box of the lattice at the turned CT's voxels `start` to `stop`.

        Parameters
        ----------
        values : (k, j, i) float32 array
            On the box.
        box
            Where in the lattice they lie.
        start, stop : (k, j, i)
            The first voxel of the turned CT, and the one after the last.
        """
        return resampled(
            values,
            [
                _positions(np.arange(a, b), s, self.step_mm) - part.start
                for a, b, s, part in zip(start, stop, self.ct.grid.spacing_mm, box, strict=True)
            ],
        )


def lattice_of(volume: Volume, step_mm: float = LATTICE_MM) -> Lattice:
    """Lay the lattice over a CT of any orientation."""
    return Lattice(ct=turned(volume), step_mm=step_mm)


def _positions(index: NDArray[np.int64], own_mm: float, other_mm: float) -> FloatArray:
    """Centres of voxels of one size as fractional indices of voxels of another size."""
    return np.asarray((index + 0.5) * own_mm / other_mm - 0.5, dtype=np.float64)


def _weights(count: int, own_mm: float, part: slice, step_mm: float) -> sp.csr_array:
    """(part, count) weights of the CT's voxels in the lattice's, along one axis."""
    at = np.clip(_positions(np.arange(part.start, part.stop), step_mm, own_mm), 0, count - 1)
    low = np.minimum(np.floor(at).astype(int), count - 1)
    high = np.minimum(low + 1, count - 1)
    share = (at - low).astype(np.float32)
    rows = np.arange(at.size)
    shape = (at.size, count)
    linear = sp.csr_array((1 - share, (rows, low)), shape) + sp.csr_array(
        (share, (rows, high)), shape
    )
    variance = BLUR_SHARE * (step_mm**2 - own_mm**2)
    if variance <= LEAST_BLUR_MM**2:
        return sp.csr_array(linear)
    return sp.csr_array(linear @ _blur(count, np.sqrt(variance) / own_mm))


def _blur(count: int, sd: float) -> sp.csr_array:
    """(count, count) Gaussian weights, `sd` in voxels; at the edges they add up to 1 as well."""
    reach = int(np.ceil(REACH_SD * sd))
    offsets = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (offsets / sd) ** 2).astype(np.float32)
    rows = np.repeat(np.arange(count), offsets.size)
    columns = np.clip(rows + np.tile(offsets, count), 0, count - 1)
    values = np.tile(weights / weights.sum(), count)
    return sp.csr_array((values, (rows, columns)), (count, count))
