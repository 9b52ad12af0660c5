"""A click corrects the liver's border: this point is liver, or it is not."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liverplan.errors import SegmentationError
from liverplan.segmentation.blocks import (
    Blocks,
    blocks_of,
    resampled,
    share_in_blocks,
    voxels_in_blocks,
)
from liverplan.segmentation.boxes import box_around, slices_of
from liverplan.segmentation.denoise import blurred
from liverplan.segmentation.edit.provenance import edited
from liverplan.segmentation.labels import LIVER, Segmentation
from liverplan.segmentation.maxflow import min_cut
from liverplan.segmentation.morphology import (
    Float32,
    components_touching,
    distance_transform_mm,
)
from liverplan.segmentation.points import checked_point
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray, Volume

Side = Literal["inside", "outside"]

FINE_MM = 1.5
SHOWN_HU, BLUR_MM = (-200.0, 300.0), 1.2
LEAST_REACH_MM, MOST_REACH_MM = 8.0, 35.0
DEEPEST_MM = 15.0
"""A click deeper than this on the wrong side is taken to be this deep."""
SLACK_MM = 2.0
SEED_MM = 3.0
SOFT_MM = 3.0
"""Within this beyond its reach, a voxel's price rises to the most."""
FAR_SIDE_MM = 4.0
"""The other side's density is read this much farther in than the border is to move."""
CLEAR_HU = 40.0
FAT_HU = -50.0


def click(
    volume: Volume, segmentation: Segmentation, point_mm: ArrayLike, side: Side
) -> Segmentation:
    """Say that a point is in the liver, or is not: the border moves there, and only there.

    The border moves about twice as deep as the click lies (a click is taken to be in the middle
    of what is wrong), to where the densities of the two sides meet, and no farther than two
    such depths sideways.

    Parameters
    ----------
    volume, segmentation
        The CT and the labels to correct.
    point_mm : (3,) array
        LPS mm.
    side : {"inside", "outside"}
        Where the point should be.

    Raises
    ------
    SegmentationError
        If the point lies outside the CT, or on the wanted side already.
    """
    _, index = checked_point(segmentation.grid, point_mm)
    wanted_inside = side == "inside"
    if bool(segmentation.labels[index] >= LIVER) == wanted_inside:
        words = "in" if wanted_inside else "outside"
        raise SegmentationError(f"This point is {words} the liver already.")
    start, stop = box_around(segmentation.grid, index, 2 * MOST_REACH_MM)
    blocks = blocks_of(volume, FINE_MM, start, stop)
    share = share_in_blocks(segmentation.liver, volume.grid, FINE_MM, start, stop)
    at = (np.array(index) - start) // np.array(blocks.factors)
    moved = _moved(blocks, (share >= 0.5) == wanted_inside, at)
    if wanted_inside:
        moved &= blocks.hu > FAT_HU
    where = voxels_in_blocks(start, stop, blocks.factors)
    change = resampled(moved.astype(np.float32), where) >= 0.5
    labels = segmentation.labels.copy()
    target = labels[slices_of(start, stop)]
    target[change & (target <= LIVER)] = LIVER if wanted_inside else 0
    return edited(segmentation, labels, [LIVER])


def _moved(blocks: Blocks, present: Mask, at: NDArray[np.int_]) -> Mask:
    """Which blocks of the wrong side go over to `present`'s side."""
    spacing = blocks.spacing_mm
    denoised = blurred(blocks.hu, SHOWN_HU, BLUR_MM, spacing)
    depth = distance_transform_mm(~present, spacing)
    deep = min(float(depth[tuple(at)]), DEEPEST_MM)
    reach = float(np.clip(2 * deep, LEAST_REACH_MM, MOST_REACH_MM))
    distance = _distance_mm(blocks, at)
    seed = distance <= max(min(deep, SEED_MM), *spacing)
    other = ~present & (depth > 2 * deep + FAR_SIDE_MM) & (distance < 2 * reach)
    nearby = np.clip(1 - distance / reach, -1, 1)
    too_deep = np.clip((depth - 2 * deep - SLACK_MM) / SOFT_MM, 0, 2)
    cost = -_likeness(denoised, seed, other) - nearby + too_deep
    cost += np.clip((distance - reach) / SOFT_MM, 0, 3)
    cost[present] = -3
    cost[seed] = -5
    now = min_cut(cost, 1.0, spacing, iterations=120) > 0.5
    return components_touching(now & ~present, seed)


def _distance_mm(blocks: Blocks, at: NDArray[np.int_]) -> FloatArray:
    """(k, j, i) distance of every block to one, mm along the lattice."""
    k, j, i = (
        ((np.arange(n) - a) * s) ** 2
        for n, a, s in zip(blocks.hu.shape, at, blocks.spacing_mm, strict=True)
    )
    return np.asarray(np.sqrt(k[:, None, None] + j[:, None] + i))


def _likeness(denoised: Float32, seed: Mask, other: Mask) -> Float32:
    """1 where the density is the click's, -1 where it is the other side's, 0 if they are alike."""
    if not other.any():
        return np.zeros_like(denoised)
    here, there = float(np.median(denoised[seed])), float(np.median(denoised[other]))
    apart = here - there
    if abs(apart) < 1:
        return np.zeros_like(denoised)
    trust = min(abs(apart) / CLEAR_HU, 1)
    return np.asarray(
        np.clip(2 * (denoised - (here + there) / 2) / apart, -1, 1) * trust, np.float32
    )
