"""Where the two trees begin: the cava, and the portal vein's thick trunk in the hilum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from liverplan.segmentation.boxes import Triple, triple
from liverplan.segmentation.morphology import (
    Float32,
    Spacing,
    closed_beyond,
    components,
    dilated,
    distance_transform_mm,
    eroded,
)
from liverplan.segmentation.network.maps import Maps, Organ
from liverplan.segmentation.results import Mask
from liverplan.segmentation.vessels.contrast import Contrast
from liverplan.volume import FloatArray, Grid

NOT_HILUM: tuple[Organ, ...] = ("heart", "aorta", "kidney", "bone", "lung", "spleen")
NOT_BLOOD: tuple[Organ, ...] = ("stomach", "gallbladder", "bowel", "muscle")
THICK_MM, RIM_MM = 1.5, 2.3
"""What of the latter is as dense as blood and this thick is a vein that a network took for them:
their walls are thinner. Its rim goes with it."""
CAVA_MM2, CAVA_RADII_MM, ASTRAY_MM, SMOOTH_MM = 120.0, (7.0, 12.0), 10.0, 6.0
"""A slice of the cava is trusted from this area on, and within this distance of its neighbours."""
WALL_MM, WALL_SD = 5.0, 2.0
"""What is bright so near the cava is the cava: no vein runs along its wall."""
POCKET_MM = 15.0
"""The hilum is what a ball of this radius cannot reach from outside the liver."""
BLOOD_SHARES = (0.55, 2.2)
"""Density of the trunk, in shares of how far the liver's vessels stand out: an artery's is more."""
TRUNK_ML, FROM_CAVA_MM, LOW_SHARE = 1.0, 10.0, 0.65
"""The trunk lies so far from the cava, and no higher than this share of the liver."""
MOUTH_MM, MOUTH_SHARE = 20.0, 0.5
"""So near the cava, above this share of the liver, a vein outside the liver is a hepatic one."""
NEARER, PER_MM, LEAST = 1.3, 1 / 25, 0.5
"""A thick place counts more the nearer it lies to the hilum."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roots:
    """Where the trees begin, on the contrast's blocks.

    Parameters
    ----------
    cava : (k, j, i) bool array
    trunk : (k, j, i) bool array
        Of the portal vein, outside the liver.
    mouths : (k, j, i) bool array
        Of the hepatic veins, outside the liver: a mask often ends before they enter the cava.
    portal : (k, j, i) or None
        The thickest place of the portal trunk; None where none is seen.
    height : (k, j, i) float32 array
        Share of the liver that lies lower than each slice.
    """

    cava: Mask
    trunk: Mask
    mouths: Mask
    portal: Triple | None
    height: Float32


def roots_of(contrast: Contrast, maps: Maps) -> Roots:
    """Find where the trees begin, from a network's maps of the same CT."""
    spacing, grid = contrast.spacing_mm, contrast.blocks.grid
    cava = _whole_tube(_brought(maps, ("cava",), grid), spacing)
    cava |= dilated(cava, WALL_MM, spacing) & (contrast.snr > WALL_SD)
    pocket = closed_beyond(contrast.liver, POCKET_MM, spacing) & ~contrast.liver
    low, high = (share * contrast.blood_hu for share in BLOOD_SHARES)
    dense = (contrast.above_hu > low) & (contrast.above_hu < high)
    organs = _organs(maps, dense, grid)
    height = _height(contrast)
    mouths = dense & ~organs & _between(contrast.liver, cava, height, spacing)
    pocket &= ~dilated(cava, 3.0, spacing) & ~organs & ~mouths
    inside = (contrast.liver | pocket) & ~cava
    blood = inside & dense
    numbers, counts = components(blood)
    blood &= np.isin(numbers, np.flatnonzero(counts * contrast.blocks.voxel_ml > TRUNK_ML))
    return Roots(
        cava=cava,
        trunk=blood & pocket,
        mouths=mouths,
        portal=_thickest(blood, cava, pocket, height, spacing),
        height=height,
    )


def _between(liver: Mask, cava: Mask, height: Float32, spacing: Spacing) -> Mask:
    """(k, j, i) mask of what lies between liver and cava, high."""
    near = dilated(cava, MOUTH_MM, spacing) & (height >= MOUTH_SHARE)
    joined = closed_beyond(
        (liver & dilated(cava, 2 * MOUTH_MM, spacing)) | cava, POCKET_MM, spacing
    )
    between: Mask = joined & near & ~liver & ~cava
    return between


def _organs(maps: Maps, dense: Mask, grid: Grid) -> Mask:
    """(k, j, i) mask of what is no hilum, but for veins that a network takes for an organ."""
    spacing, organs = grid.spacing_mm, _brought(maps, NOT_HILUM, grid)
    blood = dense & ~organs & ~_brought(maps, ("cava",), grid)
    vein = dilated(eroded(blood, THICK_MM, spacing), RIM_MM, spacing) & blood
    return organs | (_brought(maps, NOT_BLOOD, grid) & ~vein)


def _thickest(
    blood: Mask, cava: Mask, pocket: Mask, height: Float32, spacing: Spacing
) -> Triple | None:
    """Return the thickest place away from the cava, low, and in or near the hilum."""
    depth = distance_transform_mm(blood, spacing)
    away = distance_transform_mm(~cava, spacing)
    to_hilum = distance_transform_mm(~pocket, spacing)
    worth = depth * np.clip(NEARER - to_hilum * PER_MM, LEAST, NEARER)
    worth[(away <= FROM_CAVA_MM) | (height >= LOW_SHARE) | ~blood] = 0
    if not worth.any():
        return None
    return triple(np.array(np.unravel_index(int(worth.argmax()), worth.shape)))


def _height(contrast: Contrast) -> Float32:
    """(k, j, i) share of the liver that lies lower than a voxel; slices go from foot to head."""
    sums = np.cumsum(contrast.liver.sum(axis=(1, 2))) / contrast.liver.sum()
    height: Float32 = np.broadcast_to(sums.astype(np.float32)[:, None, None], contrast.liver.shape)
    return height


def _brought(maps: Maps, organs: tuple[Organ, ...], grid: Grid) -> Mask:
    """(k, j, i) mask of some organs on another grid."""
    at = _index_along(maps.grid, grid)
    there = scipy.ndimage.affine_transform(
        maps.among(*organs).astype(np.float32), at[:3, :3], at[:3, 3], grid.shape, order=1
    )
    mask: Mask = there > 0.5
    return mask


def _index_along(source: Grid, target: Grid) -> FloatArray:
    """(4, 4) matrix from indices of the target to indices of the source."""
    corner = source.to_index(target.to_mm(np.zeros(3)))
    steps = source.to_index(target.to_mm(np.eye(3))) - corner
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = steps.T, corner
    return matrix


def _whole_tube(seen: Mask, spacing: Spacing) -> Mask:
    """Close the cava's gaps: where the liver lies round it, a network loses it on some slices."""
    area = seen.sum(axis=(1, 2)) * spacing[1] * spacing[2]
    slices = np.flatnonzero(area > CAVA_MM2)
    if slices.size == 0:
        return seen
    middles = np.array([np.argwhere(seen[k]).mean(axis=0) for k in slices])
    usual = scipy.ndimage.median_filter(middles, size=(min(9, len(slices)), 1), mode="nearest")
    steady = np.linalg.norm((middles - usual) * spacing[1:], axis=1) < ASTRAY_MM
    slices, middles = slices[steady], middles[steady]
    every = np.arange(seen.shape[0])
    y, x = (
        scipy.ndimage.gaussian_filter1d(
            np.interp(every, slices, m), SMOOTH_MM / spacing[0], mode="nearest"
        )
        for m in middles.T
    )
    radius = np.clip(np.sqrt(np.median(area[slices]) / np.pi), *CAVA_RADII_MM)
    j, i = np.indices(seen.shape[1:])
    away = np.hypot((j - y[:, None, None]) * spacing[1], (i - x[:, None, None]) * spacing[2])
    between = (every >= slices[0]) & (every <= slices[-1])
    tube: Mask = seen | ((away < radius) & between[:, None, None])
    return tube
