"""The last step of a clicked lesion: its border at the CT's own resolution.

Between the lesion's density and the liver's around it, experts draw where the lesion's influence
ends: at the outer foot of the edge, not at its middle. So the border is put where a fifth of the
contrast is left, within a few millimetres of the mask that was there.
"""

from __future__ import annotations

import numpy as np

from liverplan.segmentation.boxes import bounding_box
from liverplan.segmentation.denoise import blurred
from liverplan.segmentation.morphology import (
    Float32,
    components_touching,
    distance_transform_mm,
    filled_by_slice,
)
from liverplan.segmentation.results import Mask
from liverplan.volume import Volume

FOOT_FRACTION = 0.2
"""Share of the contrast that is left where the border is drawn."""
BAND_MM = 3.0
"""How far the border may move."""
BLUR_MM = 1.0
"""Against noise, which a border at a fifth of the contrast would follow."""
SHOWN_HU = (-200.0, 300.0)
CLEAR_HU = 30.0
"""Below this contrast a fifth of it drowns in noise, and the given mask stays."""
CORE_FRACTION = 0.6
"""Of a lesion thinner than the band, the core is what lies deeper than this of its depth."""
AROUND_MM = (3.0, 9.0)
"""Where the liver's density is read: beyond the edge's blur, but near."""


def at_the_foot(volume: Volume, liver: Mask, lesion: Mask) -> Mask:
    """Move a lesion's border to the outer foot of its edge.

    Parameters
    ----------
    volume : Volume
        The CT.
    liver, lesion : (k, j, i) bool arrays
        On the CT's grid; the lesion nearly right.

    Returns
    -------
    (k, j, i) bool array
        The lesion; as it was where its contrast is too low to tell.
    """
    spacing = volume.grid.spacing_mm
    room = AROUND_MM[1] + 1
    box = bounding_box(lesion, margin=[int(np.ceil(room / s)) for s in spacing])
    inside, organ = lesion[box], liver[box]
    depth = distance_transform_mm(inside, spacing)
    beyond = distance_transform_mm(~inside, spacing)
    denoised = blurred(volume.hu[box].astype(np.float32), SHOWN_HU, BLUR_MM, spacing)
    core = depth >= min(BAND_MM, CORE_FRACTION * float(depth.max()))
    around = (beyond > AROUND_MM[0]) & (beyond < AROUND_MM[1]) & organ
    left = _contrast_left(denoised, around, core)
    if left is None:
        return lesion
    near = (beyond <= BAND_MM) & (organ | inside)
    found = components_touching((left > FOOT_FRACTION) & near | (depth >= BAND_MM), core)
    result = np.zeros(lesion.shape, bool)  # pages that nobody touches cost nothing
    result[box] = filled_by_slice(found)
    return result


def _contrast_left(hu: Float32, around: Mask, core: Mask) -> Float32 | None:
    """How much of the lesion's contrast a voxel has, 0-1; None where there is too little."""
    if not around.any():
        return None
    liver_hu, lesion_hu = float(np.median(hu[around])), float(np.median(hu[core]))
    if abs(liver_hu - lesion_hu) < CLEAR_HU:
        return None
    left: Float32 = (liver_hu - hu) / (liver_hu - lesion_hu)
    return left
