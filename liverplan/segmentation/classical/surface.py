"""The liver's surface, between voxels: half way between the densities on its two sides.

A surface that is drawn where a fixed density ends lies inside the organ against fat and outside
it against vessels. Here each stretch of the surface lies where the density is half way between
the tissue inside and the tissue outside nearby (a local two-means model: Lankton and Tannenbaum,
IEEE Trans Image Process 2008;17:2029), so that it has no bias to either side.
"""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk

from liverplan.segmentation.blocks import Blocks, blocks_of, resampled
from liverplan.segmentation.boxes import Triple, bounding_box, ends_of
from liverplan.segmentation.maxflow import cut
from liverplan.segmentation.morphology import Float32, Spacing, mean_near, signed_depth_mm
from liverplan.segmentation.results import Mask
from liverplan.volume import Volume

FINE_MM = 1.5
MARGIN_MM = 12.0
BAND_MM = 3.0
"""How far the surface may move."""
SHOWN_HU = (-150.0, 250.0)
INSIDE_MM, OUTSIDE_MM = 8.0, 5.0
LEAST_CONTRAST_HU = 25.0
COST_PER_MM = 0.3
ROUNDS = 1


def draw_surface(volume: Volume, coarse: Blocks, mask: Mask, barred: Mask) -> Mask:
    """Draw a coarse mask's surface on the CT's own voxels.

    Parameters
    ----------
    volume : Volume
        The turned CT.
    coarse : Blocks
        The lattice of the mask.
    mask : (k, j, i) bool array
        The coarse mask.
    barred : (k, j, i) bool array
        Coarse voxels that stay outside.
    """
    start, stop = _box(volume, coarse, mask)
    fine = blocks_of(volume, FINE_MM, start, stop)
    calm = _calmed(fine.hu)
    depth = resampled(signed_depth_mm(mask, coarse.spacing_mm), fine.coordinates_in(coarse))
    kept_out = resampled(barred.astype(np.float32), fine.coordinates_in(coarse)) > 0.5
    inside = (depth > 0).astype(np.float32)
    for _ in range(ROUNDS):
        cost = half_way_cost(calm, depth, fine.spacing_mm)
        cost[kept_out] = 5
        inside = cut(cost, 1.0, fine.spacing_mm, start=inside, iterations=80, tolerance=1e-4)
        depth = signed_depth_mm(inside > 0.5, fine.spacing_mm)
    return _on_voxels(inside, fine, start, stop, volume.grid.shape)


def half_way_cost(hu: Float32, depth: Float32, spacing_mm: Spacing) -> Float32:
    """Price a voxel by which side of the half-way density it lies on; 0 without contrast."""
    inner = mean_near(hu, (depth > 2) & (depth < 15), INSIDE_MM, spacing_mm)
    outer = mean_near(hu, (depth < -2) & (depth > -9), OUTSIDE_MM, spacing_mm)
    contrast = np.nan_to_num(inner - outer)
    offset = np.nan_to_num(hu - (inner + outer) / 2)
    swing = 2 * offset / np.maximum(np.abs(contrast), 20) * np.sign(contrast)
    weight = COST_PER_MM * np.minimum(np.abs(contrast) / LEAST_CONTRAST_HU, 1)
    cost = -np.clip(swing, -1, 1) * weight
    cost[depth > BAND_MM] = -5
    cost[depth < -BAND_MM] = 5
    return np.asarray(cost, dtype=np.float32)


def _box(volume: Volume, coarse: Blocks, mask: Mask) -> tuple[Triple, Triple]:
    first, last = (
        coarse.start + np.array(end) * coarse.factors for end in ends_of(bounding_box(mask))
    )
    margin = MARGIN_MM / np.array(volume.grid.spacing_mm)
    a, b, c = (int(x) for x in np.maximum(first - margin, 0))
    d, e, f = (int(x) for x in np.minimum(last + margin, volume.grid.shape))
    return (a, b, c), (d, e, f)


def _on_voxels(
    inside: Float32,
    fine: Blocks,
    start: Triple,
    stop: Triple,
    shape: Triple,
) -> Mask:
    where = [
        (np.arange(b - a) + 0.5) / factor - 0.5
        for a, b, factor in zip(start, stop, fine.factors, strict=True)
    ]
    mask = np.zeros(shape, dtype=bool)
    box = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
    mask[box] = resampled(inside, where) > 0.5
    return mask


def _calmed(hu: Float32) -> Float32:
    smooth = sitk.CurvatureAnisotropicDiffusionImageFilter()
    smooth.SetNumberOfIterations(5)
    smooth.SetTimeStep(0.06)
    smooth.SetConductanceParameter(3)
    image = sitk.GetImageFromArray(np.clip(hu, *SHOWN_HU))
    return np.asarray(sitk.GetArrayFromImage(smooth.Execute(image)), dtype=np.float32)
