"""Where a further lesion may be: ranked hints for a person to look at, never counted by themselves.

A lesion is a spot that is darker (seldom brighter) than the liver around it in every direction.
So each place is rated by the least of the three curvatures of the density there (eigenvalues of
the Hessian, at several sizes): a vessel or a fissure runs on in some direction and rates nothing
(Sato et al., Med Image Anal 1998;2:143).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.errors import SegmentationError
from liverplan.segmentation.blocks import Blocks, blocks_of, share_in_blocks
from liverplan.segmentation.boxes import bounding_box, ends_of
from liverplan.segmentation.denoise import blurred
from liverplan.segmentation.morphology import (
    Float32,
    Spacing,
    closed_beyond,
    components,
    dilated,
    eroded,
    mean_near,
)
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray, Volume

FINE_MM = 2.0
RADII_MM = (4.0, 6.0, 9.0, 13.0, 18.0)
ROOM_MM = 20.0
DENT_MM = 8.0
"""Dents that surface lesions leave in the liver are looked at as well."""
BRIM_MM = 2.0
"""Within this of fat or gas, densities are mixed."""
AROUND_MM = 25.0
SHOWN_HU, BLUR_MM = (-100.0, 300.0), 1.0
FAT_HU = 0.0
LARGEST_HU = 60.0
"""A spot is not more of a lesion for standing out more than this."""
BRIGHT_WEIGHT = 0.5
"""Bright spots are vessels more often than lesions."""
SCALE = 2.6
"""Brings the rating of a ball to how far its density stands out."""
LEAST_SCORE = 0.5
DARK_MM, DARK_SD = 1.5, 2.5
MOST_HINTS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A place to look at.

    Parameters
    ----------
    point_mm : (x, y, z)
        Its middle, LPS mm: where a click would go.
    volume_ml : float
        About how large it is.
    score : float
        How much it stands out, in standard deviations of the liver's density; hints are ranked
        by it.
    brighter : bool
        Whether it is brighter than the liver around it.
    """

    point_mm: tuple[float, float, float]
    volume_ml: float
    score: float
    brighter: bool


def hints(volume: Volume, liver_mask: Mask, lesions: Sequence[Mask] = ()) -> tuple[Hint, ...]:
    """Rank places in the liver that look like lesions, the likeliest first.

    Parameters
    ----------
    volume : Volume
        The CT.
    liver_mask : (k, j, i) bool array
        The liver on the CT's grid.
    lesions : sequence of (k, j, i) bool arrays
        What is known already; no hint lies there.

    Raises
    ------
    SegmentationError
        If the mask is empty or does not fit the CT.
    """
    if liver_mask.shape != volume.grid.shape or not liver_mask.any():
        raise SegmentationError("Lesions are looked for in a liver, and there is none on this CT.")
    margin = [int(ROOM_MM / step) for step in volume.grid.spacing_mm]
    box = bounding_box(liver_mask, margin)
    blocks = blocks_of(volume, FINE_MM, *ends_of(box))
    liver = share_in_blocks(liver_mask, volume.grid, FINE_MM, *ends_of(box)) >= 0.5
    known = np.zeros_like(liver)
    for lesion in lesions:
        known |= share_in_blocks(lesion, volume.grid, FINE_MM, *ends_of(box)) > 0
    above, allowed = _above_liver(blocks, liver, known)
    spots: list[Hint] = []
    for radius in RADII_MM:
        spots += _spots(above, allowed, radius, blocks)
    return _ranked(spots, _dark_components(above, blocks), blocks)


def _above_liver(blocks: Blocks, liver: Mask, known: Mask) -> tuple[Float32, Mask]:
    """How far each voxel stands out from the liver nearby, in its spread; and where to look."""
    spacing = blocks.spacing_mm
    denoised = blurred(blocks.hu, SHOWN_HU, BLUR_MM, spacing)
    foreign = dilated(denoised < FAT_HU, BRIM_MM, spacing)
    whole = closed_beyond(liver, DENT_MM, spacing)
    inside = eroded(whole, BRIM_MM, spacing) & ~foreign & ~known
    middle = float(np.median(denoised[inside])) if inside.any() else 0.0
    tissue = inside & (np.abs(denoised - middle) < LARGEST_HU)
    local = mean_near(denoised, tissue, AROUND_MM, spacing)
    above = np.clip(np.nan_to_num(denoised - local), -LARGEST_HU, LARGEST_HU)
    spread = 1.4826 * float(np.median(np.abs(above[tissue]))) if tissue.any() else 1.0
    return np.where(inside, above / max(spread, 1.0), 0).astype(np.float32), inside


def _spots(above: Float32, allowed: Mask, radius_mm: float, blocks: Blocks) -> list[Hint]:
    """Peaks of the least curvature at one size, dark and bright."""
    spacing = blocks.spacing_mm
    sigma_mm = radius_mm / np.sqrt(3)
    curved = _curvatures(above, sigma_mm, spacing)
    near = [2 * int(sigma_mm / s) + 1 for s in spacing]
    ball_ml = 4 / 3 * np.pi * radius_mm**3 / 1000
    found = []
    for brighter, rate in ((False, curved[-1]), (True, -curved[0] * BRIGHT_WEIGHT)):
        peaks = (rate > LEAST_SCORE) & allowed & (rate == scipy.ndimage.maximum_filter(rate, near))
        for at in np.argwhere(peaks):
            x, y, z = (float(c) for c in blocks.grid.to_mm(at))
            found.append(
                Hint(
                    point_mm=(x, y, z),
                    volume_ml=float(ball_ml),
                    score=float(rate[tuple(at)]),
                    brighter=brighter,
                )
            )
    return found


def _curvatures(values: Float32, sigma_mm: float, spacing_mm: Spacing) -> FloatArray:
    """(3, k, j, i) eigenvalues of the Hessian, greatest first, scaled so that sizes compare."""
    smooth = scipy.ndimage.gaussian_filter(values, [sigma_mm / s for s in spacing_mm])
    first = [np.gradient(smooth, s, axis=a) for a, s in enumerate(spacing_mm)]
    parts = [np.gradient(first[a], spacing_mm[b], axis=b) for a in range(3) for b in range(a, 3)]
    from skimage.feature import (  # noqa: PLC0415 - a second, which a window need not wait for
        hessian_matrix_eigvals,
    )

    eigenvalues: FloatArray = hessian_matrix_eigvals([p * sigma_mm**2 * SCALE for p in parts])
    return eigenvalues


def _dark_components(above: Float32, blocks: Blocks) -> NDArray[np.uint32]:
    """Label the components of what is clearly darker: a large lesion gives one hint."""
    smooth = scipy.ndimage.gaussian_filter(above, [DARK_MM / s for s in blocks.spacing_mm])
    return components(smooth < -DARK_SD)[0]


def _ranked(spots: list[Hint], numbers: NDArray[np.uint32], blocks: Blocks) -> tuple[Hint, ...]:
    """Keep the best of those that overlap or lie in one component."""
    kept: list[Hint] = []
    used: list[int] = []
    counts = np.bincount(numbers.ravel())
    for spot in sorted(spots, key=lambda s: -s.score):
        at = blocks.grid.nearest_index(spot.point_mm)
        component = 0 if at is None or spot.brighter else int(numbers[at])
        apart = (
            np.linalg.norm(np.subtract(spot.point_mm, other.point_mm))
            > max(_radius_mm(spot), _radius_mm(other))
            for other in kept
        )
        if (component == 0 or component not in used) and all(apart):
            kept.append(spot)
            used.append(component)
        if len(kept) == MOST_HINTS:
            break
    sizes = [float(counts[n]) * blocks.voxel_ml if n else 0.0 for n in used]
    return tuple(
        replace(spot, volume_ml=max(spot.volume_ml, size))
        for spot, size in zip(kept, sizes, strict=True)
    )


def _radius_mm(hint: Hint) -> float:
    return float(np.cbrt(hint.volume_ml * 1000 * 3 / (4 * np.pi)))
