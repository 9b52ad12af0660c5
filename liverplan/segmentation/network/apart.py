"""What the network took for liver and is none: darker, no lesion, and joined to it by little.

A stomach full of fluid before a left lobe looks like a large tumour at the capsule. A tumour is one
that the network marks, or it lies in the liver on most of its surface; a fatty part does too.
"""

from __future__ import annotations

import numpy as np

from liverplan.segmentation.morphology import (
    Float32,
    components,
    dilated,
    mean_near,
    opened,
)
from liverplan.segmentation.network.maps import Maps
from liverplan.segmentation.results import Mask

NEAR_SD_MM, CORE_MM, DEEP_MM = 4.0, 2.0, 6.0
"""Densities are averaged so far, of what lies so deep; the liver's own is read so deep."""
DARKER_HU, DARKER_SD = 10.0, 3.0
"""How much darker than the liver, and than what it varies by itself, such a thing is."""
LEAST_ML, THIN_MM, FRINGE_MM = 10.0, 4.0, 6.0
MOST_LESION, MOST_JOINED = 0.1, 0.3
"""A lesion anywhere in it, 0-1, and the share of its surface in the liver, that it may have."""


def none_of_it(maps: Maps, depth_mm: Float32) -> Mask:
    """Find what hangs on the liver and is no part of it.

    Parameters
    ----------
    maps : Maps
        What the network says of the CT.
    depth_mm : (k, j, i) float32 array
        Distance to the liver's boundary on the maps' box, mm; positive inside.

    Returns
    -------
    (k, j, i) bool array
        On the maps' box; empty for most livers.
    """
    spacing, mask = maps.grid.spacing_mm, depth_mm > 0
    darker = _darker_hu(maps, depth_mm)
    large = opened(darker > 0, THIN_MM, spacing)
    numbers, counts = components(large)
    found = np.zeros_like(mask)
    for number in np.flatnonzero(counts * maps.grid.voxel_ml >= LEAST_ML):
        piece = numbers == number
        if _marked(piece, maps):
            continue
        fringed = dilated(piece, FRINGE_MM, spacing) & mask & (darker > -DARKER_HU / 2)
        if _hangs(fringed, maps, mask):
            found |= fringed
    return found


def _darker_hu(maps: Maps, depth_mm: Float32) -> Float32:
    """(k, j, i) how much darker than the liver may be each place of it is, HU; -inf elsewhere."""
    near = mean_near(maps.hu, depth_mm > CORE_MM, NEAR_SD_MM, maps.grid.spacing_mm)
    deep = near[depth_mm > DEEP_MM]
    if not deep.size:
        return np.full(near.shape, -np.inf, np.float32)
    usual = float(np.median(deep))
    varies = 1.4826 * float(np.median(np.abs(deep - usual)))
    allowed = max(DARKER_HU, DARKER_SD * varies)
    darker: Float32 = np.where(depth_mm > 0, usual - allowed - near, -np.inf).astype(np.float32)
    return darker


def _marked(piece: Mask, maps: Maps) -> bool:
    """Tell whether the network sees a lesion anywhere in a piece of the liver."""
    return float(np.percentile(maps.lesion[piece], 99)) > MOST_LESION


def _hangs(piece: Mask, maps: Maps, mask: Mask) -> bool:
    """Tell whether a piece of the liver is joined to the rest by little."""
    around = dilated(piece, maps.lattice.step_mm, maps.grid.spacing_mm) & ~piece
    return bool(np.count_nonzero(around & mask) < MOST_JOINED * np.count_nonzero(around))
