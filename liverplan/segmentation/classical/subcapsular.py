"""Large dark masses at the liver's surface: metastases that the liver's own density leaves out.

A metastasis under the capsule is a thick piece of soft tissue, darker than the liver, that lies
against it with no fat between and little fat around. Stomach, bowel and gallbladder are set apart
by fat, lie to the left, or hold fluid. What is taken in is told to the user.
"""

from __future__ import annotations

import numpy as np

from liverplan.segmentation.blocks import Blocks
from liverplan.segmentation.classical.density import Density
from liverplan.segmentation.classical.torso import Torso
from liverplan.segmentation.morphology import Float32, closed, depth_mm, grown, pieces, shrunk
from liverplan.segmentation.results import Mask

HALF_THICK_MM = (8.0, 10.0, 12.0, 14.0)
"""Half of how thick a mass is at least; where one touches another organ, a thick one parts them."""
SMALLEST_ML = 20.0
FLUID_HU, DARKER_HU = 30.0, (15.0, 80.0)
SHELL_MM = 4.0
LEAST_LIVER, MOST_FAT = 0.22, 0.10
"""Shares of the shell around the mass."""
FAT_HU = -20.0
SEAM_MM = 4.0


def dark_masses(
    blocks: Blocks, calm: Float32, torso: Torso, density: Density, liver: Mask, barred: Mask
) -> Mask:
    """Find dark masses that belong to the liver; `barred` is where none lies."""
    spacing = blocks.spacing_mm
    darker = density.mode_hu - calm
    dark = (darker > DARKER_HU[0]) & (darker < DARKER_HU[1]) & (calm > FLUID_HU)
    dark &= torso.body & ~liver & ~barred
    depth = depth_mm(dark, spacing)
    found = np.zeros_like(liver)
    for half_mm in HALF_THICK_MM:
        numbers, counts = pieces(depth > half_mm)
        for number in np.flatnonzero(counts):
            mass = grown(numbers == number, half_mm + 0.5, spacing) & dark
            if _belongs(mass, blocks, torso, liver):
                found |= mass
    if found.any():
        found = closed(found | liver, SEAM_MM, spacing) & ~liver & ~barred & (blocks.hu > FAT_HU)
        found &= grown(shrunk(found, SEAM_MM, spacing), HALF_THICK_MM[0], spacing)
    return found


def _belongs(mass: Mask, blocks: Blocks, torso: Torso, liver: Mask) -> bool:
    if np.count_nonzero(mass) * blocks.voxel_ml < SMALLEST_ML:
        return False
    if float(np.argwhere(mass)[:, 2].mean()) > torso.middle:
        return False
    shell = grown(mass, SHELL_MM, blocks.spacing_mm) & ~mass
    size = np.count_nonzero(shell)
    touching = np.count_nonzero(shell & liver) / size
    fat = np.count_nonzero(shell & (blocks.hu < FAT_HU) & ~torso.lungs) / size
    return bool(touching >= LEAST_LIVER and fat <= MOST_FAT)
