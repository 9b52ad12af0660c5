"""What the network says of each voxel of a box: the organs, and where a lesion may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from liverplan.segmentation.boxes import Box, Triple, ends_of, slices_of
from liverplan.segmentation.morphology import Float32
from liverplan.segmentation.network.lattice import Lattice
from liverplan.segmentation.orientation import Turn
from liverplan.segmentation.results import Mask
from liverplan.volume import Grid, read_only

Organ = Literal[
    "other", "liver", "spleen", "kidney", "stomach", "gallbladder", "pancreas", "cava", "aorta",
    "portal vein", "lung", "heart", "bone", "bowel", "muscle",
]  # fmt: skip
ORGANS: tuple[Organ, ...] = get_args(Organ)
SLICES_AT_ONCE = 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Maps:
    """The network's probabilities in a box of a lattice over the CT.

    Parameters
    ----------
    lattice : Lattice
        2 mm, in the common orientation.
    box : Box
        Where on it the maps lie; the liver lies inside.
    organs : (15, k, j, i) float16 array
        0-1, in the order of `ORGANS`; they add up to 1. The liver holds its lesions.
    lesion : (k, j, i) float16 array
        0-1: how likely a voxel belongs to a lesion.
    """

    lattice: Lattice
    box: Box
    organs: NDArray[np.float16]
    lesion: NDArray[np.float16]

    def __post_init__(self) -> None:
        read_only(self.organs)
        read_only(self.lesion)

    @property
    def grid(self) -> Grid:
        """Where the maps' voxels lie."""
        return self.lattice.grid.crop(*ends_of(self.box))

    def of(self, organ: Organ) -> Float32:
        """(k, j, i) probability of an organ, 0-1."""
        return np.asarray(self.organs[ORGANS.index(organ)], dtype=np.float32)

    @property
    def box_on_ct(self) -> tuple[Triple, Triple]:
        """The box as voxels of the turned CT: its first voxel, and the one after its last."""
        ends = np.array(ends_of(self.box)) * self.lattice.step_mm
        voxels = ends / np.array(self.lattice.ct.grid.spacing_mm)
        shape = self.lattice.ct.grid.shape
        first = np.clip(np.floor(voxels[0]), 0, shape).astype(int)
        last = np.clip(np.ceil(voxels[1]), first, shape).astype(int)
        return (first[0], first[1], first[2]), (last[0], last[1], last[2])

    def above(self, values: Float32, level: float, grid: Grid) -> Mask:
        """Bring values on the box to the CT and mark where they lie above a level.

        Parameters
        ----------
        values : (k, j, i) float32 array
            On the box: probabilities, or anything else that can be interpolated.
        level : float
            In the values' unit.
        grid : Grid
            The CT's own, as it came.

        Returns
        -------
        (k, j, i) bool array
            On the CT's own grid; False outside the box.
        """
        marked = np.zeros(self.lattice.ct.grid.shape, bool)
        start, stop = self.box_on_ct
        for first in range(start[0], stop[0], SLICES_AT_ONCE):
            a = (first, *start[1:])
            b = (min(first + SLICES_AT_ONCE, stop[0]), *stop[1:])
            marked[slices_of(a, b)] = self.lattice.on_ct(values, self.box, a, b) > level
        return Turn.of(grid).undo(marked)
