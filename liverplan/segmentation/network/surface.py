"""The liver's surface, between voxels: where the network says, moved to where density says.

The network's surface lies within a voxel or two of the truth. Where the tissues on its two sides
differ in density, the organ ends half way between them; so each voxel near the surface votes by
how far its density lies from there, and the network's log-odds decide where there is no contrast.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import scipy

from liverplan.segmentation.boxes import Box, ends_of, slices_of, triple
from liverplan.segmentation.denoise import blurred
from liverplan.segmentation.morphology import (
    Float32,
    components_touching,
    largest_component,
    mean_near,
    opened,
)
from liverplan.segmentation.network.lattice import Field, Lattice
from liverplan.segmentation.network.maps import Maps
from liverplan.segmentation.results import Mask
from liverplan.volume import Volume

LEAST_SHARE = 1e-4
FINE_MM = 1.5
SHOWN_HU = (-150.0, 250.0)
INSIDE_MM, OUTSIDE_MM, BAND_MM = (3.0, 16.0), (2.5, 9.0), 5.0
INNER_SD_MM, OUTER_SD_MM = 8.0, 5.0
OWN_MM = (6.0, 20.0)
LEAST_CONTRAST_HU, FULL_CONTRAST_HU, MOST_WEIGHT = 20.0, 25.0, 1.5
FARTHEST = 1.5
DARK_SD, MOST_DARK_SD, DARK_WEIGHT = 2.0, 6.0, 2.0
"""From how far below the liver's density tissue speaks against it, up to how far beyond, and its
log-odds for each standard deviation of the liver's own."""
CALM_MM, LEAST_SD_HU, FLAT_HU_MM = 1.0, 5.0, 15.0
"""The blur, the least deviation of a liver, and how fast density may change in tissue."""
LESION_SEEN = 0.2
VEIN_BLUR_MM, VEIN_HU, VEIN_RADIUS_MM, TRUNK_MM = 1.0, 20.0, 2.5, 7.0
"""How much brighter than liver a trunk is, its least radius, and how far in it is cut off."""
CERTAIN = 0.05
"""Least log-odds of what is filled or dropped."""


def log_odds(maps: Maps, level: float) -> Float32:
    """(k, j, i) log-odds of the liver on the maps' box, above the level of its surface."""
    odds = np.log(maps.liver + LEAST_SHARE) - np.log(1 - maps.liver + LEAST_SHARE) - level
    return np.asarray(odds, dtype=np.float32)


def main_part(mask: Mask) -> Mask:
    """Keep a (k, j, i) mask's largest component, and fill what it encloses."""
    if not mask.any():
        return mask
    outside = components_touching(~largest_component(mask), _shell(mask.shape))
    return ~outside


def draw_surface(volume: Volume, maps: Maps, odds: Float32, depth_mm: Float32) -> Mask:
    """Draw the liver on the CT's own voxels.

    Parameters
    ----------
    volume : Volume
        The CT, as it came.
    maps : Maps
        What the network says of it.
    odds : (k, j, i) float32 array
        The liver's log-odds on their box.
    depth_mm : (k, j, i) float32 array
        Distance to the liver's boundary by them alone, mm; positive inside.

    Returns
    -------
    (k, j, i) bool array
        On the CT's grid.
    """
    with ThreadPoolExecutor(1) as beside:
        found = beside.submit(vein_trunks, maps, depth_mm)
        score = surface_score(volume, maps, odds, depth_mm)
    trunks = maps.field(found.result().astype(np.float32))
    score.values[trunks.within(score.lattice, score.box) > 0.5] = -CERTAIN
    whole = main_part(score.values > 0)
    kept = np.where(whole, np.maximum(score.values, CERTAIN), np.minimum(score.values, -CERTAIN))
    return replace(score, values=kept).above(0.0, volume.grid)


def surface_score(volume: Volume, maps: Maps, odds: Float32, depth_mm: Float32) -> Field:
    """Score the voxels of a finer lattice by the network and by density: positive is liver.

    Parameters
    ----------
    volume : Volume
        The CT, as it came.
    maps : Maps
        What the network says of it.
    odds : (k, j, i) float32 array
        The liver's log-odds on their box.
    depth_mm : (k, j, i) float32 array
        Distance to the liver's boundary by them alone, mm; positive inside.
    """
    spacing = maps.grid.spacing_mm
    hu = np.clip(maps.hu, *SHOWN_HU)
    inner = mean_near(hu, _between(depth_mm, INSIDE_MM), INNER_SD_MM, spacing)
    outer = mean_near(hu, _between(-depth_mm, OUTSIDE_MM), OUTER_SD_MM, spacing)
    fine, box = _finer(maps)
    contrast = np.nan_to_num(inner - outer).astype(np.float32)
    middle = np.nan_to_num((inner + outer) / 2).astype(np.float32)
    dark = _dark_tissue(hu, maps, depth_mm)
    middle, contrast, near, decided, dark = (
        maps.field(values).within(fine, box) for values in (middle, contrast, depth_mm, odds, dark)
    )
    vote = swing(fine.hu(volume, box), middle, contrast) - dark
    vote[np.abs(near) > BAND_MM] = 0
    return Field(lattice=fine, box=box, values=decided + vote)


def _dark_tissue(hu: Float32, maps: Maps, depth_mm: Float32) -> Float32:
    """(k, j, i) log-odds that speak against liver in flat, darker tissue that is no lesion."""
    own = (depth_mm > OWN_MM[0]) & (depth_mm < OWN_MM[1]) & (maps.lesion < LESION_SEEN)
    if not own.any():
        return np.zeros_like(hu)
    near = mean_near(hu, own, INNER_SD_MM, maps.grid.spacing_mm)
    own_hu = np.where(np.isfinite(near), near, np.float32(np.median(hu[own])))
    dark = darkness(hu, own_hu, own, maps.lattice.step_mm)
    return np.where(maps.lesion < LESION_SEEN, dark, np.float32(0))


def vein_trunks(maps: Maps, depth_mm: Float32) -> Mask:
    """Find where portal vein and cava enter the liver: no liver tissue, and thick enough to count.

    Parameters
    ----------
    maps : Maps
        What the network says of the CT.
    depth_mm : (k, j, i) float32 array
        Distance to the liver's boundary on the maps' box, mm; positive inside.

    Returns
    -------
    (k, j, i) bool array
        On the maps' box: what is brighter than the liver, thick, goes on in the vein outside, and
        lies near the liver's surface.
    """
    spacing = maps.grid.spacing_mm
    mask, deep = depth_mm > 0, depth_mm > INSIDE_MM[0] * 2
    if not deep.any():
        return deep
    hu = blurred(maps.hu, SHOWN_HU, VEIN_BLUR_MM, spacing)
    bright = hu > float(np.median(hu[deep])) + VEIN_HU
    outside = maps.among("portal vein", "cava") & ~mask
    veins = components_touching(opened(bright, VEIN_RADIUS_MM, spacing), outside)
    return veins & mask & (depth_mm <= TRUNK_MM)


def swing(hu: Float32, middle_hu: Float32, contrast_hu: Float32) -> Float32:
    """How far a density lies from half way between liver and neighbour, as log-odds of liver.

    Parameters
    ----------
    hu : (k, j, i) float32 array
        Densities.
    middle_hu, contrast_hu : (k, j, i) float32 arrays
        Half way between the means of the two sides; the liver's mean less the neighbour's.
    """
    size = np.abs(contrast_hu)
    far = 2 * (hu - middle_hu) / np.maximum(size, LEAST_CONTRAST_HU) * np.sign(contrast_hu)
    weight = np.minimum(size / FULL_CONTRAST_HU, MOST_WEIGHT)
    return np.asarray(np.clip(far, -FARTHEST, FARTHEST) * weight, dtype=np.float32)


def darkness(hu: Float32, own_hu: Float32, own: Mask, voxel_mm: float) -> Float32:
    """How much dark tissue speaks against liver: a muscle along it does, and its own edge does not.

    Half way between liver and fat, muscle counts as liver. An edge is dark too; but it has liver
    within a voxel, or density that changes fast.

    Parameters
    ----------
    hu : (k, j, i) float32 array
        Densities.
    own_hu : (k, j, i) float32 array
        The liver's own near by.
    own : (k, j, i) bool array
        What is surely liver: by how much it varies is read there.
    voxel_mm : float
        Their side.

    Returns
    -------
    (k, j, i) float32 array
        Log-odds, 0 or more.
    """
    calm = scipy.ndimage.gaussian_filter(hu, CALM_MM / voxel_mm)
    varies = max(LEAST_SD_HU, 1.4826 * float(np.median(np.abs(own_hu[own] - calm[own]))))
    slope = np.sqrt(sum(np.square(part) for part in np.gradient(calm))) / voxel_mm
    below = own_hu - scipy.ndimage.maximum_filter(calm, 3)
    dark = np.clip(below / varies - DARK_SD, 0, MOST_DARK_SD)
    return np.asarray(DARK_WEIGHT * dark * np.exp(-((slope / FLAT_HU_MM) ** 2)), np.float32)


def _between(distance_mm: Float32, limits_mm: tuple[float, float]) -> Mask:
    return (distance_mm > limits_mm[0]) & (distance_mm < limits_mm[1])


def _finer(maps: Maps) -> tuple[Lattice, Box]:
    """Return a finer lattice, and the box of it that covers the maps'."""
    fine = Lattice(ct=maps.lattice.ct, step_mm=FINE_MM)
    start, stop = (np.array(end) * maps.lattice.step_mm / FINE_MM for end in ends_of(maps.box))
    first = np.floor(start).astype(int)
    return fine, slices_of(triple(first), triple(np.clip(np.ceil(stop).astype(int), 1, fine.shape)))


def _shell(shape: tuple[int, ...]) -> Mask:
    """Mark the outermost voxels of an array."""
    shell = np.ones(shape, bool)
    shell[1:-1, 1:-1, 1:-1] = False
    return shell
