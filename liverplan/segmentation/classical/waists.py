"""Telling organs apart where they touch: a liver has no narrow waist.

A mask is split where its distance map has a waist (watershed). A part belongs to the liver if it
can be reached over waists that are nearly as wide as the parts themselves. In 35 real livers no
part of the liver itself hung on a waist narrower than 0.58 of it; spleen, stomach and pancreas
touch it over 0.2-0.5.
"""

from __future__ import annotations

from dataclasses import dataclass

import cc3d
import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.segmentation.morphology import Float32, Spacing, distance_transform_mm
from liverplan.segmentation.results import Mask

NARROWEST_WAIST = 0.55
HILL_MM = 0.7
BLUR_MM = 2.0

MEDIAL_MM, BELOW_MM, BEHIND_MM = 25.0, 35.0, -45.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parts:
    """A mask split at its waists.

    Parameters
    ----------
    numbers : (k, j, i) int array
        1, 2, ... inside the mask.
    peak_mm : (n + 1,) array
        Greatest distance from the edge in each part.
    waist_mm : (n + 1, n + 1) array
        Greatest distance from the edge on the border between two parts; 0 if they do not touch.
    volume_ml : (n + 1,) array
        Volume of each part.
    centre_mm : (n + 1, 3) array
        Centre of each part along (k, j, i), mm.
    """

    numbers: NDArray[np.int32]
    peak_mm: Float32
    waist_mm: Float32
    volume_ml: NDArray[np.float64]
    centre_mm: NDArray[np.float64]


def split_at_waists(mask: Mask, spacing_mm: Spacing) -> Parts:
    """Split a (k, j, i) mask where its distance map has a waist."""
    from skimage.morphology import h_maxima  # noqa: PLC0415 - 0.3 s that only this needs
    from skimage.segmentation import watershed  # noqa: PLC0415 - as above

    distance = scipy.ndimage.gaussian_filter(
        distance_transform_mm(mask, spacing_mm), [BLUR_MM / s for s in spacing_mm]
    )
    hills = cc3d.connected_components(h_maxima(distance, HILL_MM).astype(bool) & mask)
    numbers = watershed(-distance, hills.astype(np.int32), mask=mask)
    ids = np.arange(int(numbers.max()) + 1)
    centres = np.array(scipy.ndimage.center_of_mass(mask, numbers, ids[1:])).reshape(-1, 3)
    return Parts(
        numbers=numbers,
        peak_mm=np.asarray(scipy.ndimage.maximum(distance, numbers, ids), dtype=np.float32),
        waist_mm=_waists(numbers, distance),
        volume_ml=np.bincount(numbers.ravel()) * float(np.prod(spacing_mm)) / 1000,
        centre_mm=np.vstack([np.zeros(3), centres]) * np.array(spacing_mm),
    )


def part_of_liver(mask: Mask, spacing_mm: Spacing) -> Mask:
    """Keep a (k, j, i) mask's largest part and those that hang on it by a wide waist."""
    parts = split_at_waists(mask, spacing_mm)
    if parts.peak_mm.size <= 2:
        return mask
    volumes = parts.volume_ml.copy()
    volumes[0] = 0
    main = int(volumes.argmax())
    kept, fresh = {main}, [main]
    while fresh:
        part = fresh.pop()
        for other in np.flatnonzero(parts.waist_mm[part]):
            if other not in kept and _belongs(parts, main, part, int(other)):
                kept.add(int(other))
                fresh.append(int(other))
    return np.isin(parts.numbers, list(kept)) & mask


def _belongs(parts: Parts, main: int, part: int, other: int) -> bool:
    thinner = min(parts.peak_mm[part], parts.peak_mm[other])
    if parts.waist_mm[part, other] < NARROWEST_WAIST * thinner:
        return False
    up, back, left = parts.centre_mm[other] - parts.centre_mm[main]
    # Medially below the liver's main mass, but not at the front: duodenum, pancreas, cava.
    return not (left > MEDIAL_MM and up < -BELOW_MM and back > BEHIND_MM)


def _waists(numbers: NDArray[np.int32], distance: Float32) -> Float32:
    n = int(numbers.max()) + 1
    waists = np.zeros((n, n), np.float32)
    for axis in range(3):
        a, b = (np.moveaxis(numbers, axis, 0)[s] for s in (slice(None, -1), slice(1, None)))
        d, e = (np.moveaxis(distance, axis, 0)[s] for s in (slice(None, -1), slice(1, None)))
        border = (a != b) & (a > 0) & (b > 0)
        first, second, lower = a[border], b[border], np.minimum(d, e)[border]
        np.maximum.at(waists, (first, second), lower)
        np.maximum.at(waists, (second, first), lower)
    return waists
