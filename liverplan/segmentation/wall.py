"""The wall of the trunk, seen by its ribs, so that the liver does not run out between them.

Muscle between the ribs can be as dense as a fatty liver, and touches it. Seen from the middle of
the trunk, the ribs stand at a distance that changes slowly with direction and height; what lies
farther out than the ribs' inner side is wall. Where no rib is near, nothing is said.
"""

from __future__ import annotations

import numpy as np
import scipy.ndimage as ndi

from liverplan.segmentation.coarse import Blocks
from liverplan.segmentation.shapes import Float32, opened
from liverplan.segmentation.torso import Torso

RIB_HU = 170.0
DIRECTIONS = 120
STEP_DEGREES = 360 / DIRECTIONS
BLUR_DEGREES, BLUR_MM = 8.0, 12.0
RIB_MM = 3.0
"""Half a rib's thickness."""
KIDNEY_MM = 7.0
"""Half of what a kidney or a bowel full of contrast is thicker than a rib."""
LEAST_WEIGHT = 0.05


def beyond_ribs_mm(blocks: Blocks, torso: Torso) -> Float32:
    """How far a voxel lies outside the ribs' inner side, mm; 0 inside and where no rib is near."""
    shape, spacing = blocks.hu.shape, blocks.spacing_mm
    rows = np.flatnonzero(torso.body.any(axis=(0, 2)))
    columns = np.flatnonzero(torso.body.any(axis=(0, 1)))
    middle = (rows[0] + rows[-1]) / 2, (columns[0] + columns[-1]) / 2
    half_mm = (rows[-1] - rows[0]) * spacing[1] / 2, (columns[-1] - columns[0]) * spacing[2] / 2
    j, i = np.indices(shape[1:])
    y, x = (j - middle[0]) * spacing[1], (i - middle[1]) * spacing[2]
    radius = np.hypot(y, x)
    direction = (np.degrees(np.arctan2(y, x)) % 360 / STEP_DEGREES).astype(int) % DIRECTIONS
    outer = np.hypot(y / half_mm[0], x / half_mm[1]) > 0.6
    bright = (blocks.hu > RIB_HU) & torso.body
    ribs = bright & outer[None] & ~opened(bright, KIDNEY_MM, spacing)
    distance = _smooth(*_mean_radius(ribs, radius, direction), spacing[0])
    beyond = radius[None] - (distance - RIB_MM)[:, direction]
    return np.where(torso.body, np.maximum(np.nan_to_num(beyond), 0), 0).astype(np.float32)


def _mean_radius(
    ribs: np.ndarray, radius: np.ndarray, direction: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(k, directions) sum of the ribs' distances, and their number, by slice and direction."""
    k, j, i = np.nonzero(ribs)
    at = k * DIRECTIONS + direction[j, i]
    size = ribs.shape[0] * DIRECTIONS
    number = np.bincount(at, minlength=size).reshape(-1, DIRECTIONS)
    total = np.bincount(at, weights=radius[j, i], minlength=size).reshape(-1, DIRECTIONS)
    return total, number.astype(float)


def _smooth(total: np.ndarray, number: np.ndarray, step_mm: float) -> np.ndarray:
    """Average over near directions and heights; NaN where no rib is near."""
    sigma = (BLUR_MM / step_mm, BLUR_DEGREES / STEP_DEGREES)
    total, number = (
        ndi.gaussian_filter(a, sigma, mode=("nearest", "wrap"), truncate=2.5)
        for a in (total, number)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(number > LEAST_WEIGHT, total / number, np.nan))
