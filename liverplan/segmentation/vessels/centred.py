"""Lines moved into the middle of their vessels, to less than a voxel.

Each point goes, across its line, to the middle of what is bright round it; then the line is made
smooth. Ends and forks stay where they are along the line.
"""

from __future__ import annotations

import numpy as np
import scipy

from liverplan.segmentation.vessels.contrast import Contrast
from liverplan.segmentation.vessels.middle_line import Places
from liverplan.volume import FloatArray

LEAST_MM = 1.2
"""What is bright so near a point counts for its middle, or what is within the vessel's radius."""
ROUNDS, STEP_MM = 2, 1.0
ALONG = 3
"""A line's direction is taken over so many points to either side."""
_SIDE = np.linspace(-1.6, 1.6, 7)
_DISK = np.stack(np.meshgrid(_SIDE, _SIDE), axis=-1).reshape(-1, 2)
_DISK = _DISK[np.linalg.norm(_DISK, axis=1) <= _SIDE[-1]]
_FALL = np.exp(-(_DISK**2).sum(axis=1) / 2)


def centred(
    points_mm: FloatArray, radius_mm: FloatArray, edges: Places, contrast: Contrast
) -> FloatArray:
    """Move (n, 3) points, LPS mm, that (m, 2) edges join, into the middle of their vessels."""
    near: list[list[int]] = [[] for _ in points_mm]
    for a, b in edges.tolist():
        near[a].append(b)
        near[b].append(a)
    inner = np.array([n for n, there in enumerate(near) if len(there) == 2], np.int64)
    beside = np.array([near[n] for n in inner], np.int64).reshape(-1, 2)
    ahead = np.array([[_onward(near, n, m) for m in near[n]] for n in inner], np.int64)
    ahead = ahead.reshape(-1, 2)
    bright = np.clip(contrast.above_hu, 0, contrast.blood_hu)
    moved = _smooth(points_mm, inner, beside)
    for _ in range(ROUNDS):
        along = moved[ahead[:, 0]] - moved[ahead[:, 1]]
        moved[inner] = _middles(moved[inner], radius_mm[inner], along, bright, contrast)
        moved = _smooth(moved, inner, beside)
    return moved


def _onward(near: list[list[int]], start: int, first: int) -> int:
    """Return the point some steps along a line, or where it ends or forks."""
    before, at = start, first
    for _ in range(ALONG - 1):
        following = [n for n in near[at] if n != before]
        if len(following) != 1:
            break
        before, at = at, following[0]
    return at


def _smooth(points: FloatArray, inner: Places, beside: Places) -> FloatArray:
    made = points.copy()
    made[inner] = points[inner] / 2 + points[beside].mean(axis=1) / 2
    return made


def _middles(
    points: FloatArray,
    radius: FloatArray,
    along: FloatArray,
    bright: np.ndarray,
    contrast: Contrast,
) -> FloatArray:
    """Return the middle of what is bright about points, across a direction at each."""
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-6)
    aside = np.cross(along, np.eye(3)[np.abs(along).argmin(axis=1)])
    aside /= np.maximum(np.linalg.norm(aside, axis=1, keepdims=True), 1e-6)
    plane = np.stack([aside, np.cross(along, aside)], axis=1)
    shift = np.maximum(radius, LEAST_MM)[:, None, None] * np.einsum("pa,nax->npx", _DISK, plane)
    at = contrast.blocks.grid.to_index((points[:, None] + shift).reshape(-1, 3)).T
    share = scipy.ndimage.map_coordinates(bright, at, order=1, mode="nearest")
    share = share.reshape(len(points), -1) * _FALL
    mean = (share[..., None] * shift).sum(axis=1) / np.maximum(share.sum(axis=1), 1e-6)[:, None]
    away = np.linalg.norm(mean, axis=1, keepdims=True)
    middles: FloatArray = points + mean * np.minimum(1, STEP_MM / np.maximum(away, 1e-6))
    return middles
