"""The last step of a clicked lesion: its border at the CT's own resolution.

Between the lesion's density and the liver's around it, experts draw where the lesion's influence
ends: at the outer foot of the edge, not at its middle. So the border is put where a fifth of the
contrast is left, within a few millimetres of the mask that is given.
"""

from __future__ import annotations

import cc3d
import numpy as np
from scipy import ndimage

from liverplan.segmentation.boxes import bounding_box
from liverplan.segmentation.morphology import depth_mm
from liverplan.segmentation.results import Mask
from liverplan.volume import Volume

FOOT_FRACTION = 0.2
"""Share of the contrast that is left where the border is drawn."""
BAND_MM = 3.0
"""How far the border may move."""
BLUR_MM = 1.0
"""Against noise, which a border at a fifth of the contrast would follow."""
CLEAR_HU = 30.0
"""Below this contrast a fifth of it drowns in noise, and the given mask stays."""
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
        The lesion; the given one where its contrast is too low to tell.
    """
    spacing = volume.grid.spacing_mm
    room = AROUND_MM[1] + 1
    box = bounding_box(lesion, margin=[int(np.ceil(room / s)) for s in spacing])
    inside, organ = lesion[box], liver[box]
    hu = np.clip(volume.hu[box].astype(np.float32), -200, 300)
    calm = ndimage.gaussian_filter(hu, [BLUR_MM / s for s in spacing])
    depth, beyond = depth_mm(inside, spacing), depth_mm(~inside, spacing)
    core = depth >= min(BAND_MM, 0.6 * float(depth.max()))
    around = (beyond > AROUND_MM[0]) & (beyond < AROUND_MM[1]) & organ
    if not around.any():
        return lesion
    liver_hu, lesion_hu = float(np.median(calm[around])), float(np.median(calm[core]))
    if abs(liver_hu - lesion_hu) < CLEAR_HU:
        return lesion
    left = (liver_hu - calm) / (liver_hu - lesion_hu)
    near = (beyond <= BAND_MM) & (organ | inside)
    found = _joined((left > FOOT_FRACTION) & near | (depth >= BAND_MM), core)
    result = np.zeros_like(lesion)
    result[box] = np.stack([ndimage.binary_fill_holes(plane) for plane in found])
    return result


def _joined(mask: Mask, core: Mask) -> Mask:
    """Keep the pieces of a mask that touch the core."""
    pieces = cc3d.connected_components(mask, connectivity=6)
    kept = np.unique(pieces[core & mask])
    return np.isin(pieces, kept[kept > 0])
