"""Prices of calling a voxel liver: by its density, and by its place."""

from __future__ import annotations

import numpy as np

from liverplan.segmentation.blocks import Blocks
from liverplan.segmentation.classical.density import Density
from liverplan.segmentation.classical.spine import behind_spine_mm, muscle_hu
from liverplan.segmentation.classical.torso import Torso, behind_left_mm, diaphragm_excess_mm
from liverplan.segmentation.classical.wall import beyond_ribs_mm, in_muscle_mm
from liverplan.segmentation.morphology import Float32, Spacing, distance_transform_mm, mean_near
from liverplan.segmentation.results import Mask

DRIFT_MM, DRIFT_HU = 24.0, 22.0
"""How far the liver's density is averaged, and how far it may drift from its mode."""
COST_PER_MM = 0.35
FAR_MM, FAR_PER_MM = 12.0, 0.02
"""Beyond the first from the liver so far found, a voxel costs so much more."""
ALIKE_HU = (10.0, 40.0)
"""Liver and muscle this near in density are as good as the same; this far, easily told apart."""
ABOVE_PER_MM, LEFT_PER_MM, WALL_PER_MM, BACK_PER_MM = 0.08, 0.06, 0.15, 0.1
"""Prices of a place, by how far it lies where no liver does; nowhere more than the highest."""
HIGHEST_PRICE = 0.7


def local_density(denoised: Float32, mask: Mask, density: Density, spacing_mm: Spacing) -> Float32:
    """(k, j, i) mean density of the liver nearby, HU, within what an organ drifts.

    Parameters
    ----------
    denoised : (k, j, i) float32 array
        Densities, HU.
    mask : (k, j, i) bool array
        The liver so far.
    density, spacing_mm
        The liver's own density, and the lattice's spacing.
    """
    local = mean_near(denoised, mask, DRIFT_MM, spacing_mm)
    low, high = density.mode_hu - DRIFT_HU, density.mode_hu + DRIFT_HU
    return np.clip(np.nan_to_num(local, nan=density.mode_hu), low, high).astype(np.float32)


def tissue_cost(
    denoised: Float32,
    local_hu: Float32,
    mask: Mask,
    width_hu: float,
    spacing_mm: Spacing,
) -> Float32:
    """(k, j, i) price per mm: negative at the density that the liver has nearby.

    Parameters
    ----------
    denoised, local_hu : (k, j, i) float32 arrays
        Densities, and the liver's nearby, HU.
    mask : (k, j, i) bool array
        The liver so far.
    width_hu : float
        How far from the liver's density a voxel may lie at no price.
    spacing_mm : (k, j, i)
        The lattice's.
    """
    cost = np.clip(((denoised - local_hu) / width_hu) ** 2 - 1, -1, 3) * COST_PER_MM
    away = distance_transform_mm(~mask, spacing_mm)
    return np.asarray(cost + np.maximum(away - FAR_MM, 0) * FAR_PER_MM, dtype=np.float32)


def place_cost(blocks: Blocks, torso: Torso, density: Density) -> Float32:
    """(k, j, i) price per mm of places where no liver lies.

    That is over the diaphragm, by the spleen, in wall or back. The wall's muscle needs a price
    only where its density is nearly the liver's.
    """
    above = np.maximum(diaphragm_excess_mm(torso, blocks.spacing_mm) - 6, 0)
    cost = ABOVE_PER_MM * above + LEFT_PER_MM * behind_left_mm(torso, blocks.spacing_mm)
    cost += WALL_PER_MM * beyond_ribs_mm(blocks, torso) + BACK_PER_MM * behind_spine_mm(
        blocks, torso
    )
    alike = ALIKE_HU[1] - abs(density.mode_hu - muscle_hu(blocks, torso))
    alike = float(np.clip(alike / (ALIKE_HU[1] - ALIKE_HU[0]), 0, 1))
    if alike > 0:
        cost += WALL_PER_MM * alike * np.maximum(in_muscle_mm(blocks, torso) - 1, 0)
    return np.minimum(cost, HIGHEST_PRICE).astype(np.float32)
