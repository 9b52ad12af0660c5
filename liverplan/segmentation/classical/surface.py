"""The liver's surface, between voxels: half way between the densities on its two sides.

A surface that is drawn where a fixed density ends lies inside the organ against fat and outside
it against vessels. Here each stretch of the surface lies where the density is half way between
the tissue inside and the tissue outside nearby (a local two-means model: Lankton and Tannenbaum,
IEEE Trans Image Process 2008;17:2029), so that it has no bias to either side.
"""

from __future__ import annotations

import numpy as np

from liverplan.segmentation.blocks import Blocks, blocks_of, resampled, voxels_in_blocks
from liverplan.segmentation.boxes import Triple, bounding_box, ends_of, slices_of
from liverplan.segmentation.denoise import diffused
from liverplan.segmentation.maxflow import min_cut
from liverplan.segmentation.morphology import Float32, Spacing, mean_near, signed_distance_mm
from liverplan.segmentation.results import Mask
from liverplan.volume import Volume

FINE_MM = 1.5
MARGIN_MM = 12.0
BAND_MM = 3.0
"""How far the surface may move."""
SHOWN_HU, DIFFUSION_STEPS = (-150.0, 250.0), 5
INSIDE_MM, OUTSIDE_MM = 8.0, 5.0
LEAST_CONTRAST_HU = 25.0
COST_PER_MM = 0.3
ROUNDS = 1


def draw_surface(volume: Volume, coarse: Blocks, mask: Mask, excluded: Mask) -> Mask:
    """Draw a coarse mask's surface on the CT's own voxels.

    Parameters
    ----------
    volume : Volume
        The turned CT.
    coarse : Blocks
        The lattice of the mask.
    mask : (k, j, i) bool array
        The coarse mask.
    excluded : (k, j, i) bool array
        Coarse voxels that stay outside.
    """
    start, stop = _box(volume, coarse, mask)
    fine = blocks_of(volume, FINE_MM, start, stop)
    denoised = diffused(fine.hu, SHOWN_HU, DIFFUSION_STEPS)
    signed_mm = resampled(signed_distance_mm(mask, coarse.spacing_mm), fine.coordinates_in(coarse))
    kept_out = resampled(excluded.astype(np.float32), fine.coordinates_in(coarse)) > 0.5
    inside = (signed_mm > 0).astype(np.float32)
    for _ in range(ROUNDS):
        cost = half_way_cost(denoised, signed_mm, fine.spacing_mm)
        cost[kept_out] = 5
        inside = min_cut(cost, 1.0, fine.spacing_mm, start=inside, iterations=80, tolerance=1e-4)
        signed_mm = signed_distance_mm(inside > 0.5, fine.spacing_mm)
    return _on_voxels(inside, fine, start, stop, volume.grid.shape)


def half_way_cost(hu: Float32, signed_mm: Float32, spacing_mm: Spacing) -> Float32:
    """Price a voxel by which side of the half-way density it lies on; 0 without contrast.

    Parameters
    ----------
    hu : (k, j, i) float32 array
        Densities.
    signed_mm : (k, j, i) float32 array
        Signed distance to the surface as it is now; positive inside.
    spacing_mm : (k, j, i)
        The lattice's.

    Returns
    -------
    (k, j, i) float32 array
        Price per mm, negative where a voxel is better inside.
    """
    inner = mean_near(hu, (signed_mm > 2) & (signed_mm < 15), INSIDE_MM, spacing_mm)
    outer = mean_near(hu, (signed_mm < -2) & (signed_mm > -9), OUTSIDE_MM, spacing_mm)
    contrast = np.nan_to_num(inner - outer)
    offset = np.nan_to_num(hu - (inner + outer) / 2)
    swing = 2 * offset / np.maximum(np.abs(contrast), 20) * np.sign(contrast)
    weight = COST_PER_MM * np.minimum(np.abs(contrast) / LEAST_CONTRAST_HU, 1)
    cost = -np.clip(swing, -1, 1) * weight
    cost[signed_mm > BAND_MM] = -5
    cost[signed_mm < -BAND_MM] = 5
    return np.asarray(cost, dtype=np.float32)


def _box(volume: Volume, coarse: Blocks, mask: Mask) -> tuple[Triple, Triple]:
    first, last = (
        coarse.start + np.array(end) * coarse.factors for end in ends_of(bounding_box(mask))
    )
    margin = MARGIN_MM / np.array(volume.grid.spacing_mm)
    a, b, c = (int(x) for x in np.maximum(first - margin, 0))
    d, e, f = (int(x) for x in np.minimum(last + margin, volume.grid.shape))
    return (a, b, c), (d, e, f)


def _on_voxels(inside: Float32, fine: Blocks, start: Triple, stop: Triple, shape: Triple) -> Mask:
    mask = np.zeros(shape, dtype=bool)
    where = voxels_in_blocks(start, stop, fine.factors)
    mask[slices_of(start, stop)] = resampled(inside, where) > 0.5
    return mask
