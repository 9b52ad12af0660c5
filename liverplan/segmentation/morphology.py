"""Masks and distances in millimetres: distance transform, erosion, dilation, components.

Every mask is a (k, j, i) bool array; spacings are those of its voxels along (k, j, i), mm.
"""

from __future__ import annotations

import cc3d
import edt
import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.segmentation.results import Mask

Float32 = NDArray[np.float32]
Spacing = tuple[float, float, float]

FAR_MM = 1e4
"""Stands for the distance to something that is not there."""


def distance_transform_mm(mask: Mask, spacing_mm: Spacing) -> Float32:
    """(k, j, i) distance of each voxel in a mask to the nearest one outside, mm; 0 outside.

    The edge of the array does not count as outside.
    """
    if mask.all():
        return np.full(mask.shape, FAR_MM, np.float32)
    distance: Float32 = edt.edt(  # of bytes: half the time that bools take, the same distances
        np.ascontiguousarray(mask).view(np.uint8),
        anisotropy=spacing_mm,
        black_border=False,
        parallel=2,
    )
    return distance


def signed_distance_mm(mask: Mask, spacing_mm: Spacing) -> Float32:
    """(k, j, i) distance to the boundary between the voxels, mm; positive inside."""
    half = float(np.mean(spacing_mm)) / 2
    inside = distance_transform_mm(mask, spacing_mm)
    outside = distance_transform_mm(~mask, spacing_mm)
    signed: Float32 = np.where(mask, inside - half, half - outside).astype(np.float32)
    return signed


def eroded(mask: Mask, radius_mm: float, spacing_mm: Spacing) -> Mask:
    """Erode a (k, j, i) mask by a ball."""
    return np.greater(distance_transform_mm(mask, spacing_mm), radius_mm)


def dilated(mask: Mask, radius_mm: float, spacing_mm: Spacing) -> Mask:
    """Dilate a (k, j, i) mask by a ball."""
    return np.less_equal(distance_transform_mm(~mask, spacing_mm), radius_mm)


def opened(mask: Mask, radius_mm: float, spacing_mm: Spacing) -> Mask:
    """Erode a (k, j, i) mask, then dilate it by a ball: what is thinner than it goes."""
    return dilated(eroded(mask, radius_mm, spacing_mm), radius_mm, spacing_mm)


def closed(mask: Mask, radius_mm: float, spacing_mm: Spacing) -> Mask:
    """Dilate a (k, j, i) mask, then erode it: what a ball outside cannot reach is filled."""
    return ~opened(~mask, radius_mm, spacing_mm)


def closed_beyond(mask: Mask, radius_mm: float, spacing_mm: Spacing) -> Mask:
    """Close a (k, j, i) mask as if the array went on around it, empty."""
    room = [(int(radius_mm / s) + 2,) * 2 for s in spacing_mm]
    whole = closed(np.pad(mask, room), radius_mm, spacing_mm)
    return whole[tuple(slice(a, -b) for a, b in room)]


def filled_by_slice(mask: Mask) -> Mask:
    """Fill the holes of each slice of a (k, j, i) mask."""
    filled = np.empty_like(mask)
    for plane, whole in zip(mask, filled, strict=True):
        beyond = cc3d.connected_components(np.pad(~plane, 1, constant_values=True), connectivity=4)
        whole[:] = beyond[1:-1, 1:-1] != beyond[0, 0]
    return filled


def components(mask: Mask) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Label connected components, over faces, from 1.

    Returns
    -------
    (k, j, i) uint32 array, (n + 1,) int array
        The labels, and how many voxels each has; that of 0, the background, is 0.
    """
    numbers: NDArray[np.uint32] = cc3d.connected_components(
        np.ascontiguousarray(mask), connectivity=6, out_dtype=np.uint32
    )
    counts = np.bincount(numbers.ravel())
    counts[0] = 0
    return numbers, counts


def largest_component(mask: Mask) -> Mask:
    """Keep a (k, j, i) mask's largest connected component."""
    numbers, counts = components(mask)
    return np.equal(numbers, counts.argmax()) & mask


def component_with_most(mask: Mask, where: Mask) -> Mask:
    """Keep the component with the most voxels in a (k, j, i) region; nothing if none has any."""
    numbers, counts = components(mask)
    there = np.bincount(numbers[where & mask], minlength=counts.size)
    there[0] = 0
    return np.equal(numbers, there.argmax()) & mask & bool(there.any())


def components_touching(mask: Mask, where: Mask) -> Mask:
    """Keep the components that have a voxel in a (k, j, i) region."""
    numbers, _ = components(mask)
    return np.isin(numbers, np.unique(numbers[where & mask])) & mask


def mean_near(values: Float32, mask: Mask, sigma_mm: float, spacing_mm: Spacing) -> Float32:
    """Gaussian mean of the (k, j, i) values inside a mask alone; NaN too far away from it."""
    sigma = [sigma_mm / s for s in spacing_mm]
    weight = scipy.ndimage.gaussian_filter(mask.astype(np.float32), sigma, truncate=2.5)
    total = scipy.ndimage.gaussian_filter(
        np.where(mask, values, 0).astype(np.float32), sigma, truncate=2.5
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        mean: Float32 = np.where(weight > 1e-3, total / weight, np.nan).astype(np.float32)
    return mean
