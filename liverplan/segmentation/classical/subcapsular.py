"""Large dark subcapsular metastases, which the liver's own density leaves out.

A metastasis under the capsule is thick soft tissue, darker than the liver, that lies
against it with no fat between and little fat around. Stomach, bowel and gallbladder are set apart
by fat, lie to the left, or hold fluid. What is taken in is told to the user.
"""

from __future__ import annotations

import numpy as np

from liverplan.segmentation.blocks import Blocks
from liverplan.segmentation.classical.density import Density
from liverplan.segmentation.classical.torso import Torso
from liverplan.segmentation.morphology import (
    Float32,
    closed,
    components,
    dilated,
    distance_transform_mm,
    eroded,
)
from liverplan.segmentation.results import Mask

HALF_THICK_MM = (8.0, 10.0, 12.0, 14.0)
"""Half of how thick one is at least; where one touches another organ, a thick one parts them."""
SMALLEST_ML = 20.0
FLUID_HU, DARKER_HU = 30.0, (15.0, 80.0)
SHELL_MM = 4.0
LEAST_LIVER, MOST_FAT = 0.22, 0.10
"""Shares of the shell around the metastasis."""
FAT_HU = -20.0
SEAM_MM = 4.0


def subcapsular_lesions(
    blocks: Blocks, denoised: Float32, torso: Torso, density: Density, liver: Mask, excluded: Mask
) -> Mask:
    """Find dark metastases that belong to the liver.

    Parameters
    ----------
    blocks, torso, density
        The CT on a coarse lattice, the body on it, and the liver's own density.
    denoised : (k, j, i) float32 array
        The blocks' densities without noise, HU.
    liver, excluded : (k, j, i) bool arrays
        The liver so far, and where no liver lies.

    Returns
    -------
    (k, j, i) bool array
        All of them together, outside the liver so far.
    """
    spacing = blocks.spacing_mm
    darker = density.mode_hu - denoised
    dark = (darker > DARKER_HU[0]) & (darker < DARKER_HU[1]) & (denoised > FLUID_HU)
    dark &= torso.body & ~liver & ~excluded
    distance = distance_transform_mm(dark, spacing)
    found = np.zeros_like(liver)
    for half_mm in HALF_THICK_MM:
        numbers, counts = components(distance > half_mm)
        for number in np.flatnonzero(counts):
            lesion = dilated(numbers == number, half_mm + 0.5, spacing) & dark
            if _belongs(lesion, blocks, torso, liver):
                found |= lesion
    if found.any():
        found = closed(found | liver, SEAM_MM, spacing) & ~liver & ~excluded & (blocks.hu > FAT_HU)
        found &= dilated(eroded(found, SEAM_MM, spacing), HALF_THICK_MM[0], spacing)
    return found


def _belongs(lesion: Mask, blocks: Blocks, torso: Torso, liver: Mask) -> bool:
    if np.count_nonzero(lesion) * blocks.voxel_ml < SMALLEST_ML:
        return False
    if float(np.argwhere(lesion)[:, 2].mean()) > torso.middle:
        return False
    shell = dilated(lesion, SHELL_MM, blocks.spacing_mm) & ~lesion
    size = np.count_nonzero(shell)
    touching = np.count_nonzero(shell & liver) / size
    fat = np.count_nonzero(shell & (blocks.hu < FAT_HU) & ~torso.lungs) / size
    return bool(touching >= LEAST_LIVER and fat <= MOST_FAT)
