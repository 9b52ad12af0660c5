"""Paint becomes Hounsfield units: partial volume at every edge, and a scanner's grainy noise."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.phantom.shapes import Pixels, Shape
from liverplan.phantom.torso import AIR_HU, Paint
from liverplan.volume import Grid

GRAIN_MM = (0.45, 0.55, 0.55)
"""Standard deviation of the blur that gives the noise its grain, mm along (k, j, i)."""

_AT_ONCE = 2**18
"""Voxels to compute together: so few that what is computed on the way stays in the cache."""


def paint(grid: Grid, scene: Iterable[Paint]) -> Pixels:
    """Render paints in their order to (k, j, i) HU; a voxel on an edge holds a share of both sides.

    The grid's axes must lie along z, y and x.
    """
    hu = np.full(grid.shape, AIR_HU, dtype=np.float32)
    width = np.float32(1 / np.mean(grid.spacing_mm))
    for item in scene:
        for window, points in _windows(grid, item.shape, margin_mm=2 * max(grid.spacing_mm)):
            share = np.float32(0.5) - item.shape.distance_mm(*points) * width
            np.clip(share, 0, 1, out=share)
            region = hu[window]
            region += share * (np.float32(item.hu) - region)
    return hu


def inside(grid: Grid, shape: Shape) -> NDArray[np.bool_]:
    """(k, j, i) mask of the voxels whose centre lies in a shape."""
    mask = np.zeros(grid.shape, dtype=np.bool_)
    for window, points in _windows(grid, shape, margin_mm=0.0):
        mask[window] = shape.distance_mm(*points) <= 0
    return mask


def noise(grid: Grid, *, sd_hu: float, seed: int) -> Pixels:
    """Return (k, j, i) correlated noise of a standard deviation, HU."""
    rng = np.random.default_rng(seed)
    sigma = [g / s for g, s in zip(GRAIN_MM, grid.spacing_mm, strict=True)]
    white = rng.standard_normal(grid.shape, dtype=np.float32)
    grain: Pixels = scipy.ndimage.gaussian_filter(white, sigma, mode="wrap", truncate=3.0)
    grain *= np.float32(sd_hu / _kept_sd(sigma))
    return grain


def _kept_sd(sigma: list[float]) -> float:
    """Return the standard deviation that white noise of 1 keeps after the blur."""
    kept = 1.0
    for s in sigma:
        impulse = np.zeros(65)
        impulse[32] = 1
        response = scipy.ndimage.gaussian_filter1d(impulse, s, mode="wrap", truncate=3.0)
        kept *= float((response**2).sum())
    return float(np.sqrt(kept))


def _windows(
    grid: Grid, shape: Shape, *, margin_mm: float
) -> Iterable[tuple[tuple[slice, slice, slice], tuple[Pixels, Pixels, Pixels]]]:
    """Pieces of the grid around a shape, a few slices each, with their x, y and z."""
    low, high = shape.box
    spacing, origin = np.array(grid.spacing_mm), grid.affine[:3, 3][::-1]
    first = np.floor((low[::-1] - margin_mm - origin) / spacing)
    last = np.ceil((high[::-1] + margin_mm - origin) / spacing) + 1
    start = np.clip(first, 0, grid.shape).astype(int)
    stop = np.clip(last, 0, grid.shape).astype(int)
    if np.any(stop <= start):
        return
    y = (origin[1] + spacing[1] * np.arange(start[1], stop[1])).astype(np.float32)
    x = (origin[2] + spacing[2] * np.arange(start[2], stop[2])).astype(np.float32)
    slab = max(1, _AT_ONCE // (y.size * x.size))
    for k in range(start[0], stop[0], slab):
        end = min(k + slab, stop[0])
        z = (origin[0] + spacing[0] * np.arange(k, end)).astype(np.float32)
        window = (slice(k, end), slice(start[1], stop[1]), slice(start[2], stop[2]))
        yield window, (x[None, None, :], y[None, :, None], z[:, None, None])
