"""The spine: what runs in front of it, and what lies behind it."""

from __future__ import annotations

import numpy as np
import scipy

from liverplan.segmentation.blocks import Blocks
from liverplan.segmentation.classical.torso import Torso
from liverplan.segmentation.morphology import Float32
from liverplan.volume import FloatArray

SPINE_HU = 150
BESIDE_MM = 36.0
"""Half the width of vertebra and back muscles together."""
FRONT_MM = 8.0
MUSCLE_HU = (20.0, 110.0)
USUAL_MUSCLE_HU = 60.0
DEEP_MM = 4.0


def find_spine(blocks: Blocks, torso: Torso) -> FloatArray:
    """(k, 2) array: row and column of the vertebra's middle on every slice."""
    bone = np.clip(blocks.hu - SPINE_HU, 0, 60) * torso.body
    sigma = [12 / s for s in blocks.spacing_mm]
    blurred = scipy.ndimage.gaussian_filter(bone, sigma)
    columns = np.arange(bone.shape[2])
    blurred[:, :, np.abs(columns - torso.middle) * blocks.spacing_mm[2] > 40] = 0
    rows = np.flatnonzero(torso.body.any(axis=(0, 2)))
    blurred[:, : int((rows[0] + rows[-1]) / 2)] = 0
    peaks = np.array([np.unravel_index(int(p.argmax()), p.shape) for p in blurred], dtype=float)
    width = min(len(peaks) // 2 * 2 - 1, 15)
    return np.asarray(scipy.ndimage.median_filter(peaks, (max(width, 1), 1), mode="nearest"))


def behind_spine_mm(blocks: Blocks, torso: Torso) -> Float32:
    """(k, j, i) how deep a voxel lies in the back muscles and vertebrae, mm; 0 elsewhere."""
    spine, spacing = find_spine(blocks, torso), blocks.spacing_mm
    j, i = (np.arange(n) for n in blocks.hu.shape[1:])
    behind = (j[None, :, None] - spine[:, 0, None, None]) * spacing[1] + FRONT_MM
    beside = BESIDE_MM - np.abs(i[None, None, :] - spine[:, 1, None, None]) * spacing[2]
    return np.maximum(np.minimum(behind, beside), 0).astype(np.float32)


def muscle_hu(blocks: Blocks, torso: Torso) -> float:
    """Read the density of the back muscles, HU; the usual one where they are not seen."""
    deep = behind_spine_mm(blocks, torso) > DEEP_MM
    values = blocks.hu[deep & (blocks.hu > MUSCLE_HU[0]) & (blocks.hu < MUSCLE_HU[1])]
    return float(np.median(values)) if values.size else USUAL_MUSCLE_HU
