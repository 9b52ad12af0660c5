"""Portal and hepatic veins as trees, from a click in each.

A vessel is what is brighter than the liver around it: brighter than the local mean of the liver
by so many standard deviations of the noise, and connected to a click. What hangs on what is told
from its middle line (`branches`), seen from the click. The cava is kept apart: vessels stay inside
the liver mask, and one step from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.ndimage as ndi
from numpy.typing import ArrayLike, NDArray

from liverplan import __version__
from liverplan.errors import SegmentationError
from liverplan.segmentation.blocks import Blocks, blocks_of, resampled
from liverplan.segmentation.boxes import bounding_box, ends_of
from liverplan.segmentation.morphology import grown, mean_near, pieces
from liverplan.segmentation.provenance import Provenance
from liverplan.segmentation.results import Mask
from liverplan.segmentation.vessels.branches import Branch, branches_of
from liverplan.volume import FloatArray, Volume

FINE_MM = 1.0
BLUR_MM = 0.8
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
    volume, liver_mask
        The CT, and the liver on its grid.
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
    box = bounding_box(liver_mask, margin)
    start, stop = ends_of(box)
    blocks = blocks_of(volume, FINE_MM, start, stop)
    part = Volume(grid=volume.grid.crop(start, stop), hu=liver_mask[box].astype(np.int16))
    liver = blocks_of(part, FINE_MM).hu >= 0.5
    bright = bright_in(blocks, liver)
    trees = _trees(bright, blocks, seeds)
    labels = np.zeros(volume.grid.shape, np.uint8)
    where = [
        (np.arange(b - a) + 0.5) / f - 0.5
        for a, b, f in zip(start, stop, blocks.factors, strict=True)
    ]
    for tree in range(1, len(seeds) + 1):
        labels[box][resampled((trees == tree).astype(np.float32), where) >= 0.5] = tree
    return Vessels(
        labels=labels,
        branches=tuple(
            replace(branch, tree=tree)
            for tree, seed in enumerate(seeds, 1)
            for branch in branches_of(trees == tree, blocks.grid, seed)
        ),
        provenance=Provenance(
            method="liverplan vessels from clicks",
            version=__version__,
            origin="clicks",
            parameters={"noise_sd": f"{NOISE_SD:g}", "trees": str(len(seeds))},
        ),
    )


def bright_in(blocks: Blocks, liver: Mask) -> Mask:
    """Find what stands out above the liver's local mean, in pieces large enough to be vessels."""
    spacing = blocks.spacing_mm
    calm = ndi.gaussian_filter(np.clip(blocks.hu, -100, 300), [BLUR_MM / s for s in spacing])
    tissue = liver & (np.abs(calm - np.median(calm[liver])) < 60)
    local = mean_near(calm, tissue, AROUND_MM, spacing)
    above = calm - local
    spread = 1.4826 * float(np.median(np.abs(above[tissue] - np.median(above[tissue]))))
    bright = (above > NOISE_SD * spread) & grown(liver, HILUM_MM, spacing)
    numbers, counts = pieces(bright)
    large = np.flatnonzero(counts * blocks.voxel_ml >= SMALLEST_ML)
    return np.isin(numbers, large) & bright


def _trees(bright: Mask, blocks: Blocks, seeds: FloatArray) -> NDArray[np.int32]:
    """Grow every click along the vessels at one pace; the first to arrive keeps a voxel."""
    trees = np.zeros(bright.shape, np.int32)
    points = np.argwhere(bright)
    for tree, seed in enumerate(seeds, 1):
        distance = np.linalg.norm(blocks.grid.to_mm(points) - seed, axis=1) if len(points) else None
        if distance is None or distance.min() > CLICK_MM:
            words = ", ".join(f"{x:.1f}" for x in seed)
            raise SegmentationError(f"No vessel is seen within {CLICK_MM:g} mm of {words} mm.")
        trees[tuple(points[int(distance.argmin())])] = tree
    touching = ndi.generate_binary_structure(3, 3)
    front = trees > 0
    while front.any():
        spread = ndi.grey_dilation(trees, footprint=touching)
        front = bright & (trees == 0) & (spread > 0)
        trees[front] = spread[front]
    return trees
