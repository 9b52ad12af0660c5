"""What the liver network, which sees no prompt, takes for a lesion around one.

It runs on a small box alone, so that the same prompt gives the same lesion whatever found the
liver.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from liverplan.segmentation.lesions.prompted.patch import Patch
from liverplan.segmentation.morphology import Float32, components_touching, signed_distance_mm
from liverplan.segmentation.network.weights import LIVER
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray, Volume

VOXEL_MM, SIDE = 2.0, 48
LEVEL = 0.2
"""It is shy of lesions: what it holds possible at all is one where a person points."""
BEYOND_MM = 1.5
"""Experts draw so far outside of what it marks."""
FEWEST_VOXELS = 8
REACH_VOXELS = 1.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """A lesion on the network's own voxels, drawn where experts draw.

    Parameters
    ----------
    patch : Patch
    outside_mm : (k, j, i) float32 array
        Distance from its border, mm; negative inside.
    """

    patch: Patch
    outside_mm: Float32

    @property
    def across_mm(self) -> float:
        """Diameter of the ball of its volume."""
        return VOXEL_MM * float(np.cbrt(6 / np.pi * np.count_nonzero(self.outside_mm < 0)))

    @property
    def middle_mm(self) -> FloatArray:
        """(3,) LPS mm."""
        return self.patch.to_mm(np.argwhere(self.outside_mm < 0).mean(axis=0))

    def on(self, patch: Patch) -> Float32:
        """(k, j, i) float32 array: the same distance on another lattice, mm."""
        return self.patch.brought(self.outside_mm, patch, beyond="nearest")


def seen_unprompted(volume: Volume, liver_mask: Mask, point_mm: FloatArray) -> Seen | None:
    """Look for a lesion at a (3,) point, LPS mm; None where the network marks none."""
    patch = Patch.around(volume, liver_mask, point_mm, VOXEL_MM, SIDE)
    _, lesion = LIVER.run(hu=patch.hu[None, None])
    k, j, i = (np.arange(SIDE) - (SIDE - 1) / 2 for _ in range(3))
    near = k[:, None, None] ** 2 + j[:, None] ** 2 + i**2 <= REACH_VOXELS**2
    mask = components_touching(lesion[0, 0] > LEVEL, near)
    if np.count_nonzero(mask) < FEWEST_VOXELS:
        return None
    spacing = (VOXEL_MM, VOXEL_MM, VOXEL_MM)
    outside = -signed_distance_mm(mask, spacing) - np.float32(BEYOND_MM)
    return Seen(patch=patch, outside_mm=outside)
