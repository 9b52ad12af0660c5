"""Masks and distances in millimetres: grow, shrink, open, keep one piece, split at necks."""

from __future__ import annotations

import cc3d
import edt
import numpy as np
import scipy.ndimage as ndi
from numpy.typing import NDArray

from liverplan.segmentation.results import Mask

Float32 = NDArray[np.float32]
Spacing = tuple[float, float, float]

FAR_MM = 1e4
"""Stands for the distance to something that is not there."""


def depth_mm(mask: Mask, spacing_mm: Spacing) -> Float32:
    """Distance of every voxel in the mask to the nearest voxel outside it, mm; 0 outside.

    The edge of the array does not count as outside.
    """
    if mask.all():
        return np.full(mask.shape, FAR_MM, np.float32)
    distance: Float32 = edt.edt(
        np.ascontiguousarray(mask), anisotropy=spacing_mm, black_border=False, parallel=2
    )
    return distance


def signed_depth_mm(mask: Mask, spacing_mm: Spacing) -> Float32:
    """Distance to the boundary that runs between the voxels, mm; positive inside."""
    half = float(np.mean(spacing_mm)) / 2
    inside, outside = depth_mm(mask, spacing_mm), depth_mm(~mask, spacing_mm)
    signed: Float32 = np.where(mask, inside - half, half - outside).astype(np.float32)
    return signed


def shrunk(mask: Mask, radius_mm: float, spacing_mm: Spacing) -> Mask:
    """Erode by a ball."""
    return np.greater(depth_mm(mask, spacing_mm), radius_mm)


def grown(mask: Mask, radius_mm: float, spacing_mm: Spacing) -> Mask:
    """Dilate by a ball."""
    return np.less_equal(depth_mm(~mask, spacing_mm), radius_mm)


def opened(mask: Mask, radius_mm: float, spacing_mm: Spacing) -> Mask:
    """Erode, then dilate by a ball: what is thinner than it goes."""
    return grown(shrunk(mask, radius_mm, spacing_mm), radius_mm, spacing_mm)


def closed(mask: Mask, radius_mm: float, spacing_mm: Spacing) -> Mask:
    """Dilate, then erode by a ball: what a ball outside cannot reach is filled."""
    return ~opened(~mask, radius_mm, spacing_mm)


def pieces(mask: Mask) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Give each piece (connected over faces) a number from 1; count its voxels."""
    numbers: NDArray[np.uint32] = cc3d.connected_components(
        np.ascontiguousarray(mask), connectivity=6, out_dtype=np.uint32
    )
    counts = np.bincount(numbers.ravel())
    counts[0] = 0
    return numbers, counts


def largest_piece(mask: Mask) -> Mask:
    """Keep the largest connected piece."""
    numbers, counts = pieces(mask)
    return np.equal(numbers, counts.argmax()) & mask


def piece_with_most(mask: Mask, where: Mask) -> Mask:
    """Keep the connected piece that has the most voxels in a region; nothing if none has any."""
    numbers, counts = pieces(mask)
    there = np.bincount(numbers[where & mask], minlength=counts.size)
    there[0] = 0
    return np.equal(numbers, there.argmax()) & mask & bool(there.any())


def mean_near(values: Float32, mask: Mask, sigma_mm: float, spacing_mm: Spacing) -> Float32:
    """Gaussian mean of the values inside a mask alone; NaN where the mask is too far away."""
    sigma = [sigma_mm / s for s in spacing_mm]
    weight = ndi.gaussian_filter(mask.astype(np.float32), sigma, truncate=2.5)
    total = ndi.gaussian_filter(np.where(mask, values, 0).astype(np.float32), sigma, truncate=2.5)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean: Float32 = np.where(weight > 1e-3, total / weight, np.nan).astype(np.float32)
    return mean
