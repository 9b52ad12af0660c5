"""What the network says of each voxel of a box: the organs, and where a lesion may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from liverplan.segmentation.boxes import Box, ends_of
from liverplan.segmentation.morphology import Float32
from liverplan.segmentation.network.lattice import Field, Lattice
from liverplan.segmentation.results import Mask
from liverplan.volume import Grid, read_only

Organ = Literal[
    "other", "liver", "spleen", "kidney", "stomach", "gallbladder", "pancreas", "cava", "aorta",
    "portal vein", "lung", "heart", "bone", "bowel", "muscle",
]  # fmt: skip
ORGANS: tuple[Organ, ...] = get_args(Organ)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Maps:
    """The network's probabilities in a box of a lattice over the CT.

    Parameters
    ----------
    lattice : Lattice
        2 mm, in the common orientation.
    box : Box
        Where on it the maps lie; the liver lies inside.
    hu : (k, j, i) float32 array
        The CT's densities there, as the network saw them, HU.
    liver, lesion : (k, j, i) float32 arrays
        How likely a voxel belongs to the liver, which holds its lesions; and to a lesion. 0-1.
    organ : (k, j, i) uint8 array
        The likeliest organ of each voxel, as an index of `ORGANS`.
    """

    lattice: Lattice
    box: Box
    hu: Float32
    liver: Float32
    lesion: Float32
    organ: NDArray[np.uint8]

    def __post_init__(self) -> None:
        for array in (self.hu, self.liver, self.lesion, self.organ):
            read_only(array)

    @property
    def grid(self) -> Grid:
        """Where the maps' voxels lie."""
        return self.lattice.grid.crop(*ends_of(self.box))

    def among(self, *organs: Organ) -> Mask:
        """(k, j, i) mask of the voxels whose likeliest organ is one of these."""
        return np.isin(self.organ, [ORGANS.index(organ) for organ in organs])

    def field(self, values: Float32) -> Field:
        """Place (k, j, i) values on the maps' box, from where they can be brought to the CT."""
        return Field(lattice=self.lattice, box=self.box, values=values)
