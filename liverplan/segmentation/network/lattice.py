"""The lattice of 2 mm that the network sees: from the CT to it, and from it back to the CT.

Finer voxels are blurred before they are taken together, so that noise does not fold into the
lattice; coarser ones are interpolated. Each axis is one matrix, applied slice by slice, so that no
second array of the CT's size is made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.segmentation.blocks import resampled
from liverplan.segmentation.boxes import Box, Triple, ends_of, slices_of, triple
from liverplan.segmentation.morphology import Float32
from liverplan.segmentation.orientation import Turn, turned
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray, Grid, Volume

LATTICE_MM = 2.0
BLUR_SHARE = 0.35
"""Variance of the blur, as a share of the difference between the squared spacings."""
LEAST_BLUR_MM = 0.2
REACH_SD = 4.0
OUTSIDE_HU = -1000.0
SLICES_AT_ONCE = 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lattice:
    """Voxels of one size laid over a turned CT's grid.

    Parameters
    ----------
    ct : Grid
        The CT's, in the common orientation (foot to head, front to back, right to left).
    step_mm : float
        Distance between the lattice's voxels.
    """

    ct: Grid
    step_mm: float = LATTICE_MM

    @property
    def shape(self) -> Triple:
        """Voxels along (k, j, i) that cover the CT."""
        k, j, i = (
            max(1, round(n * s / self.step_mm))
            for n, s in zip(self.ct.shape, self.ct.spacing_mm, strict=True)
        )
        return k, j, i

    @property
    def whole(self) -> Box:
        """The box of all of it."""
        return slices_of((0, 0, 0), self.shape)

    @property
    def grid(self) -> Grid:
        """Where the lattice's voxels lie; its frame of reference is the CT's."""
        spacing = np.array(self.ct.spacing_mm)
        affine = self.ct.affine.copy()
        affine[:3, 3] = self.ct.to_mm((self.step_mm / spacing - 1) / 2)
        affine[:3, :3] *= self.step_mm / spacing
        return Grid(shape=self.shape, affine=affine, frame_uid=self.ct.frame_uid)

    def hu(self, volume: Volume, box: Box) -> Float32:
        """Densities of the CT, as it came, in a box of the lattice, HU.

        Returns
        -------
        (k, j, i) float32 array
        """
        own = turned(volume).hu
        along_k, along_j, along_i = (
            _weights(n, s, part, self.step_mm)
            for n, s, part in zip(self.ct.shape, self.ct.spacing_mm, box, strict=True)
        )
        planes = np.zeros((own.shape[0], along_j.shape[0], along_i.shape[0]), np.float32)
        for k in np.unique(along_k.indices):
            plane = np.maximum(own[k], OUTSIDE_HU).astype(np.float32)
            planes[k] = (along_i @ (along_j @ plane).T).T
        flat = along_k @ planes.reshape(planes.shape[0], -1)
        return np.asarray(flat.reshape(-1, *planes.shape[1:]), dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Field:
    """Values in a box of a lattice, and the way from there to the CT's own voxels.

    Parameters
    ----------
    lattice : Lattice
    box : Box
        Where on it the values lie.
    values : (k, j, i) float32 array
        Probabilities, or anything else that can be interpolated.
    """

    lattice: Lattice
    box: Box
    values: Float32

    @property
    def on_ct(self) -> tuple[Triple, Triple]:
        """The box as voxels of the turned CT: its first voxel, and the one after its last."""
        ends = np.array(ends_of(self.box)) * self.lattice.step_mm
        voxels = ends / np.array(self.lattice.ct.spacing_mm)
        first = np.clip(np.floor(voxels[0]), 0, self.lattice.ct.shape).astype(int)
        last = np.clip(np.ceil(voxels[1]), first, self.lattice.ct.shape).astype(int)
        return triple(first), triple(last)

    def at(self, start: Triple, stop: Triple) -> Float32:
        """(k, j, i) values at the turned CT's voxels from `start` to the one before `stop`."""
        ct = self.lattice.ct
        return resampled(
            self.values,
            [
                _positions(np.arange(a, b), s, self.lattice.step_mm) - part.start
                for a, b, s, part in zip(start, stop, ct.spacing_mm, self.box, strict=True)
            ],
        )

    def within(self, other: Lattice, box: Box) -> Float32:
        """(k, j, i) values at a box of another lattice over the same CT."""
        return resampled(
            self.values,
            [
                _positions(np.arange(part.start, part.stop), other.step_mm, self.lattice.step_mm)
                - own.start
                for part, own in zip(box, self.box, strict=True)
            ],
        )

    def above(self, level: float, grid: Grid) -> Mask:
        """Mark where the values, between the voxels too, lie above a level.

        Parameters
        ----------
        level : float
            In the values' unit.
        grid : Grid
            The CT's own, as it came.

        Returns
        -------
        (k, j, i) bool array
            On the CT's own grid; False outside the box.
        """
        marked = np.zeros(self.lattice.ct.shape, bool)
        (k0, j0, i0), (k1, j1, i1) = self.on_ct
        for first in range(k0, k1, SLICES_AT_ONCE):
            start, stop = (first, j0, i0), (min(first + SLICES_AT_ONCE, k1), j1, i1)
            marked[slices_of(start, stop)] = self.at(start, stop) > level
        return Turn.of(grid).undo(marked)


def lattice_of(grid: Grid, step_mm: float = LATTICE_MM) -> Lattice:
    """Lay the lattice over a CT's grid of any orientation."""
    return Lattice(ct=Turn.of(grid).apply_to_grid(grid), step_mm=step_mm)


def _positions(index: NDArray[np.int64], own_mm: float, other_mm: float) -> FloatArray:
    """Centres of voxels of one size as fractional indices of voxels of another size."""
    return np.asarray((index + 0.5) * own_mm / other_mm - 0.5, dtype=np.float64)


def _weights(count: int, own_mm: float, part: slice, step_mm: float) -> scipy.sparse.csr_array:
    """(part, count) weights of the CT's voxels in the lattice's, along one axis."""
    at = np.clip(_positions(np.arange(part.start, part.stop), step_mm, own_mm), 0, count - 1)
    low = np.minimum(np.floor(at).astype(int), count - 1)
    high = np.minimum(low + 1, count - 1)
    share = (at - low).astype(np.float32)
    rows = np.arange(at.size)
    shape = (at.size, count)
    linear = scipy.sparse.csr_array((1 - share, (rows, low)), shape) + scipy.sparse.csr_array(
        (share, (rows, high)), shape
    )
    variance = BLUR_SHARE * (step_mm**2 - own_mm**2)
    if variance <= LEAST_BLUR_MM**2:
        return scipy.sparse.csr_array(linear)
    return scipy.sparse.csr_array(linear @ _blur(count, np.sqrt(variance) / own_mm))


def _blur(count: int, sd: float) -> scipy.sparse.csr_array:
    """(count, count) Gaussian weights, `sd` in voxels; at the edges they add up to 1 as well."""
    reach = int(np.ceil(REACH_SD * sd))
    offsets = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (offsets / sd) ** 2).astype(np.float32)
    rows = np.repeat(np.arange(count), offsets.size)
    columns = np.clip(rows + np.tile(offsets, count), 0, count - 1)
    values = np.tile(weights / weights.sum(), count)
    return scipy.sparse.csr_array((values, (rows, columns)), (count, count))
