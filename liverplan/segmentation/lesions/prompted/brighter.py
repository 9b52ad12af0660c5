"""Whether a metastasis is brighter than the liver: it is then looked at as a negative.

Most metastases are darker, so the networks learned few bright ones. With all densities mirrored
about the liver's own a bright one looks like those that they know.
"""

from __future__ import annotations

import numpy as np

from liverplan.segmentation.boxes import box_around, slices_of
from liverplan.segmentation.lesions.prompted.channels import usual_hu
from liverplan.segmentation.lesions.prompted.patch import Patch
from liverplan.segmentation.lesions.prompted.prompt import Prompt
from liverplan.segmentation.morphology import Float32
from liverplan.segmentation.results import Mask
from liverplan.volume import Volume

CORE_MM, WIDE_CUBE_MM = 3.0, 3.4
"""Its density is read so near to the prompt's middle, the liver's on so large cubes."""
BRIGHTER_HU = 5.0
"""Less is the noise of what is read there."""


def is_brighter(volume: Volume, liver_mask: Mask, prompt: Prompt) -> bool:
    """Tell whether what a prompt means is brighter than the (k, j, i) liver round it."""
    wide = Patch.around(volume, liver_mask, prompt.middle_mm, WIDE_CUBE_MM)
    core = _core_hu(volume, prompt)
    return core - usual_hu(wide.hu, wide.liver) > BRIGHTER_HU


def as_negative(hu: Float32, liver: Mask) -> Float32:
    """Mirror (k, j, i) densities about that of the (k, j, i) liver."""
    return np.float32(2 * usual_hu(hu, liver)) - hu


def _core_hu(volume: Volume, prompt: Prompt) -> float:
    grid = volume.grid
    start, stop = box_around(grid, grid.to_index(prompt.middle_mm), CORE_MM)
    box = slices_of(start, stop)
    voxels = np.stack(np.meshgrid(*(np.arange(s.start, s.stop) for s in box), indexing="ij"), -1)
    away = np.linalg.norm(grid.to_mm(voxels) - prompt.middle_mm, axis=-1)
    near = away <= max(CORE_MM, float(away.min()))
    return float(np.mean(volume.hu[box][near]))
