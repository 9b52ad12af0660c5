"""Portal and hepatic veins as trees, from a click in each.

A vessel is what is brighter than the liver around it: brighter than the local mean of the liver
by so many standard deviations of the noise, and connected to a click. What hangs on what is told
from its middle line (`branches_of`), seen from the click. The cava is kept apart: vessels stay
inside the liver mask, and one step from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from liverplan import __version__
from liverplan.errors import SegmentationError
from liverplan.segmentation.blocks import (
    Blocks,
    blocks_of,
    resampled,
    share_in_blocks,
    voxels_in_blocks,
)
from liverplan.segmentation.boxes import bounding_box, ends_of, slices_of
from liverplan.segmentation.denoise import blurred
from liverplan.segmentation.morphology import components, dilated, mean_near
from liverplan.segmentation.points import in_words
from liverplan.segmentation.provenance import Provenance
from liverplan.segmentation.results import Mask
from liverplan.segmentation.vessels.branches import Branch, branches_of
from liverplan.volume import FloatArray, Volume

FINE_MM = 1.0
SHOWN_HU, BLUR_MM = (-100.0, 300.0), 0.8
AROUND_MM = 15.0
NOISE_SD = 3.0
"""How far above the local mean: at 3 most of the expert's middle line is found."""
CLICK_MM = 6.0
HILUM_MM = 3.0
SMALLEST_ML = 0.1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vessels:
    """Vessel trees on the CT's grid: numbers from 1 by click, their branches, what made them.

    A branch's name is its way from the click within its tree.
    """

    labels: NDArray[np.uint8]
    branches: tuple[Branch, ...]
    provenance: Provenance


def find_vessels(volume: Volume, liver_mask: Mask, seeds_mm: ArrayLike) -> Vessels:
    """Find one tree a click.

    Parameters
    ----------
    volume : Volume
        The CT.
    liver_mask : (k, j, i) bool array
        The liver on the CT's grid.
    seeds_mm : (n, 3) array
        A click in each tree, LPS mm. Where trees touch, a voxel goes to the nearer click's tree,
        along the vessels.

    Raises
    ------
    SegmentationError
        If no vessel is seen near a click.
    """
    seeds = np.asarray(seeds_mm, dtype=float).reshape(-1, 3)
    if not liver_mask.any():
        raise SegmentationError("Vessels are looked for in a liver, and there is none.")
    margin = [int(np.ceil(2 * HILUM_MM / s)) for s in volume.grid.spacing_mm]
    start, stop = ends_of(bounding_box(liver_mask, margin))
    blocks = blocks_of(volume, FINE_MM, start, stop)
    liver = share_in_blocks(liver_mask, volume.grid, FINE_MM, start, stop) >= 0.5
    trees = _trees(bright_in(blocks, liver), blocks, seeds)
    labels = np.zeros(volume.grid.shape, np.uint8)
    where = voxels_in_blocks(start, stop, blocks.factors)
    for tree in range(1, len(seeds) + 1):
        inside = resampled((trees == tree).astype(np.float32), where) >= 0.5
        labels[slices_of(start, stop)][inside] = tree
    return Vessels(
        labels=labels,
        branches=tuple(
            replace(branch, tree=tree)
            for tree, seed in enumerate(seeds, 1)
            for branch in branches_of(trees == tree, blocks.grid, seed)
        ),
        provenance=_provenance(len(seeds)),
    )


def _provenance(trees: int) -> Provenance:
    return Provenance(
        method="liverplan vessels from clicks",
        version=__version__,
        origin="clicks",
        parameters={"noise_sd": f"{NOISE_SD:g}", "trees": str(trees)},
    )


def bright_in(blocks: Blocks, liver: Mask) -> Mask:
    """(k, j, i) mask of what stands out above the liver's local mean and is large enough."""
    spacing = blocks.spacing_mm
    denoised = blurred(blocks.hu, SHOWN_HU, BLUR_MM, spacing)
    tissue = liver & (np.abs(denoised - np.median(denoised[liver])) < 60)
    local = mean_near(denoised, tissue, AROUND_MM, spacing)
    above = denoised - local
    spread = 1.4826 * float(np.median(np.abs(above[tissue] - np.median(above[tissue]))))
    bright = (above > NOISE_SD * spread) & dilated(liver, HILUM_MM, spacing)
    numbers, counts = components(bright)
    large = np.flatnonzero(counts * blocks.voxel_ml >= SMALLEST_ML)
    return np.isin(numbers, large) & bright


def _trees(bright: Mask, blocks: Blocks, seeds: FloatArray) -> NDArray[np.int32]:
    """Grow every click along the vessels at one pace; the first to arrive keeps a voxel."""
    trees = np.zeros(bright.shape, np.int32)
    points = np.argwhere(bright)
    for tree, seed in enumerate(seeds, 1):
        distance = np.linalg.norm(blocks.grid.to_mm(points) - seed, axis=1) if len(points) else None
        if distance is None or distance.min() > CLICK_MM:
            raise SegmentationError(
                f"No vessel is seen within {CLICK_MM:g} mm of {in_words(seed)} mm."
            )
        trees[tuple(points[int(distance.argmin())])] = tree
    touching = scipy.ndimage.generate_binary_structure(3, 3)
    front = trees > 0
    while front.any():
        spread = scipy.ndimage.grey_dilation(trees, footprint=touching)
        front = bright & (trees == 0) & (spread > 0)
        trees[front] = spread[front]
    return trees
