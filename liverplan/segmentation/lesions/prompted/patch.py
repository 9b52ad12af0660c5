"""A small lattice of cubes about a prompt: the CT and the liver on it, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from liverplan.segmentation.blocks import blocks_of, share_in_blocks
from liverplan.segmentation.boxes import Box, bounding_box, box_around, ends_of, slices_of, triple
from liverplan.segmentation.lesions.prompted.between import (
    Beyond,
    along_axes,
    at_cubes,
    at_voxels,
)
from liverplan.segmentation.lesions.prompted.channels import SIDE, Marks
from liverplan.segmentation.lesions.prompted.prompt import Prompt
from liverplan.segmentation.morphology import Float32
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray, Grid, Volume

ROOM_MM = 6.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Patch:
    """Cubes along the patient's axes, as many each way: k to the head, j to the back, i left.

    Parameters
    ----------
    hu : (k, j, i) float32 array
        Density, HU.
    liver : (k, j, i) bool array
    middle_mm : (3,) array
        Where the middle of it lies, LPS mm.
    cube_mm : float
        Side of a cube.
    """

    hu: Float32
    liver: Mask
    middle_mm: FloatArray
    cube_mm: float

    @classmethod
    def around(
        cls,
        volume: Volume,
        liver_mask: Mask,
        middle_mm: FloatArray,
        cube_mm: float,
        side: int = SIDE,
    ) -> Patch:
        """Look at a CT around a (3,) point, LPS mm, on so many cubes a side."""
        reach = side / 2 * cube_mm + ROOM_MM
        start, stop = box_around(volume.grid, volume.grid.to_index(middle_mm), reach)
        blocks = blocks_of(volume, cube_mm, start, stop)
        share = share_in_blocks(liver_mask, volume.grid, cube_mm, start, stop)
        hu, held = at_cubes((blocks.hu, share), blocks.grid, middle_mm, cube_mm, side)
        return cls(hu=hu, liver=held >= 0.5, middle_mm=middle_mm, cube_mm=cube_mm)

    @property
    def _centre(self) -> float:
        return float(self.hu.shape[0] - 1) / 2

    def cubes(self, points_mm: FloatArray) -> FloatArray:
        """(..., 3) LPS mm to (..., 3) places (k, j, i) in cubes, not rounded."""
        away = (np.asarray(points_mm, dtype=float) - self.middle_mm) / self.cube_mm
        return np.asarray(away[..., ::-1] + self._centre)

    def to_mm(self, cubes: ArrayLike) -> FloatArray:
        """(..., 3) places (k, j, i) in cubes to (..., 3) LPS mm."""
        away = (np.asarray(cubes, dtype=float) - self._centre) * self.cube_mm
        return np.asarray(away[..., ::-1] + self.middle_mm)

    def brought(self, values: Float32, other: Patch, *, beyond: Beyond) -> Float32:
        """Bring (k, j, i) values to another patch's cubes; beyond these 0, or the nearest."""
        side = np.arange(other.hu.shape[0])
        where = self.cubes(other.to_mm(np.stack([side] * 3, -1)))
        return along_axes(values, list(where.T), beyond=beyond)

    def marks(self, prompt: Prompt) -> Marks:
        """Return a prompt as the network is told it."""
        box = (
            None if prompt.box_mm is None else np.sort(self.cubes(np.array(prompt.box_mm)), axis=0)
        )
        return Marks(
            inside=self.cubes(prompt.middle_mm[None]),
            outside=self.cubes(np.array(prompt.not_lesion_mm, dtype=float).reshape(-1, 3)),
            lines=self.cubes(prompt.axes_mm),
            box=box,
        )

    def on_ct(self, values: Float32, grid: Grid, within: Mask) -> tuple[Float32, Box]:
        """Bring values on cubes to the CT's voxels.

        Parameters
        ----------
        values : (k, j, i) float32 array
            On the cubes; beyond them they are 0.
        grid : Grid
            The CT's.
        within : (k, j, i) bool array
            The cubes that matter.

        Returns
        -------
        (k, j, i) float32 array, Box
            The values, and the box of the CT's voxels, round the cubes that matter, they fill.
        """
        start, stop = ends_of(bounding_box(within, (1, 1, 1)))
        corners = np.array(list(product(*zip(start, stop, strict=True)))) - 0.5
        at = grid.to_index(self.to_mm(corners))
        shape = np.array(grid.shape)
        first = np.clip(np.floor(at.min(axis=0)), 0, shape - 1).astype(int)
        last = np.clip(np.ceil(at.max(axis=0)) + 1, first + 1, shape).astype(int)
        box = slices_of(triple(first), triple(last))
        return at_voxels(values, grid, box, self.cubes), box
