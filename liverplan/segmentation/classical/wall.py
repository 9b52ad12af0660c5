"""The wall of the trunk, so that the liver does not run out into it.

Muscle can be as dense as a fatty liver, and touches it. Seen from the middle of the trunk, the
ribs stand at a distance that changes slowly with direction and height; what lies farther out than
their inner side is wall. Below the ribs, the wall's thickness is read where fat, gas or lung lies
behind it, on either side of the body.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.segmentation.blocks import Blocks
from liverplan.segmentation.classical.torso import Torso
from liverplan.segmentation.morphology import Float32, opened
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray

RIB_HU = 170.0
DIRECTIONS = 120
STEP_DEGREES = 360 / DIRECTIONS
_MIRRORED = (DIRECTIONS // 2 - 1 - np.arange(DIRECTIONS)) % DIRECTIONS
BLUR_DEGREES, BLUR_MM = 8.0, 12.0
RIB_MM = 3.0
"""Half a rib's thickness."""
KIDNEY_MM = 7.0
"""Half of what a kidney or a bowel full of contrast is thicker than a rib."""
LEAST_WEIGHT = 0.05
RAY_MM = 2.0
SOFT_HU = -30.0
THIN_MM, THICK_MM = 4.0, 32.0
"""A wall is thicker than skin, and thinner than a wall with an organ behind it."""
WALL_BLUR_DEGREES, WALL_BLUR_MM = 12.0, 20.0


def beyond_ribs_mm(blocks: Blocks, torso: Torso) -> Float32:
    """(k, j, i) how far a voxel lies outside the ribs' inner side, mm; 0 where no rib is near."""
    spacing, rays = blocks.spacing_mm, Rays.of(blocks, torso)
    bright = (blocks.hu > RIB_HU) & torso.body
    ribs = bright & rays.outer[None] & ~opened(bright, KIDNEY_MM, spacing)
    distance = _smooth(*_mean_radius(ribs, rays.radius_mm, rays.direction), spacing[0])
    beyond = rays.radius_mm[None] - (distance - RIB_MM)[:, rays.direction]
    return np.where(torso.body, np.maximum(np.nan_to_num(beyond), 0), 0).astype(np.float32)


def in_muscle_mm(blocks: Blocks, torso: Torso) -> Float32:
    """(k, j, i) how deep a voxel lies in the trunk's muscle, from the inside, mm; 0 elsewhere."""
    rays = Rays.of(blocks, torso)
    soft = rays.soft(blocks, torso)
    outer, thickness = _wall(soft)
    inner = (outer - _typical(thickness, blocks.spacing_mm[0])) * RAY_MM
    beyond = rays.radius_mm[None] - inner[:, rays.direction]
    return np.where(torso.body, np.maximum(np.nan_to_num(beyond), 0), 0).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rays:
    """Distance and direction of every pixel from the middle of the trunk.

    Parameters
    ----------
    middle : (row, column)
        The trunk's middle.
    radius_mm : (j, i) array
        Distance from it.
    direction : (j, i) int array
        Which of the directions.
    outer : (j, i) bool array
        The outer part of the trunk, where its wall runs.
    """

    middle: tuple[float, float]
    radius_mm: FloatArray
    direction: NDArray[np.int_]
    outer: Mask

    @classmethod
    def of(cls, blocks: Blocks, torso: Torso) -> Rays:
        """Look out from the middle of the body."""
        spacing = blocks.spacing_mm
        rows = np.flatnonzero(torso.body.any(axis=(0, 2)))
        columns = np.flatnonzero(torso.body.any(axis=(0, 1)))
        middle = (rows[0] + rows[-1]) / 2, (columns[0] + columns[-1]) / 2
        half_mm = (rows[-1] - rows[0]) * spacing[1] / 2, (columns[-1] - columns[0]) * spacing[2] / 2
        j, i = np.indices(blocks.hu.shape[1:])
        y, x = (j - middle[0]) * spacing[1], (i - middle[1]) * spacing[2]
        direction = (np.degrees(np.arctan2(y, x)) % 360 / STEP_DEGREES).astype(int) % DIRECTIONS
        return cls(
            middle=middle,
            radius_mm=np.hypot(y, x),
            direction=direction,
            outer=np.hypot(y / half_mm[0], x / half_mm[1]) > 0.6,
        )

    def soft(self, blocks: Blocks, torso: Torso) -> Mask:
        """(k, directions, steps) mask of what is denser than fat, along rays from the middle."""
        angle = np.radians((np.arange(DIRECTIONS) + 0.5) * STEP_DEGREES)[:, None]
        out = np.arange(int(self.radius_mm.max() / RAY_MM) + 1)[None] * RAY_MM
        j = np.rint(self.middle[0] + np.sin(angle) * out / blocks.spacing_mm[1]).astype(int)
        i = np.rint(self.middle[1] + np.cos(angle) * out / blocks.spacing_mm[2]).astype(int)
        shape = blocks.hu.shape[1:]
        on = (j >= 0) & (j < shape[0]) & (i >= 0) & (i < shape[1])
        j, i = np.clip(j, 0, shape[0] - 1), np.clip(i, 0, shape[1] - 1)
        dense = (blocks.hu > SOFT_HU) & torso.body
        return np.asarray(dense[:, j, i] & on)


def _wall(soft: Mask) -> tuple[FloatArray, FloatArray]:
    """(k, directions) step at which the wall begins, seen from outside, and its thickness, mm."""
    least = int(THIN_MM / RAY_MM) + 1
    thick = scipy.ndimage.binary_opening(soft, np.ones((1, 1, least), bool))[..., ::-1]
    steps = soft.shape[-1]
    begins = thick.argmax(axis=-1)
    passed = np.arange(steps) > begins[..., None]
    ends = np.where((passed & ~thick).any(axis=-1), (passed & ~thick).argmax(axis=-1), steps)
    around = np.pad((steps - begins).astype(float), ((0, 0), (5, 5)), mode="wrap")
    outer = scipy.ndimage.median_filter(around, (5, 11), mode="nearest")[:, 5:-5]
    return outer, (ends - begins) * RAY_MM


def _typical(thickness_mm: FloatArray, step_mm: float) -> FloatArray:
    """Average the wall's thickness, in steps, over where it is seen, on both sides of the body."""
    seen = ((thickness_mm > THIN_MM) & (thickness_mm < THICK_MM)).astype(float)
    total = np.where(seen > 0, thickness_mm, 0)
    both = ((a + a[:, _MIRRORED]) / 2 for a in (total, seen))
    sigma = (WALL_BLUR_MM / step_mm, WALL_BLUR_DEGREES / STEP_DEGREES)
    total, seen = (scipy.ndimage.gaussian_filter(a, sigma, mode=("nearest", "wrap")) for a in both)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(seen > LEAST_WEIGHT, total / seen, np.nan) / RAY_MM)


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
        scipy.ndimage.gaussian_filter(a, sigma, mode=("nearest", "wrap"), truncate=2.5)
        for a in (total, number)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(number > LEAST_WEIGHT, total / number, np.nan))
