"""What a label map leaves out, filled in by rule: fat, wall, ribs, spine, lungs, heart, bowel.

Anatomy by rule is crude. It gives a network something else than liver beside the liver; what it
does not give, contact and texture, `rendering` adds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.morphology import convex_hull_image

from liverplan_training import VOXEL_MM
from liverplan_training.labels import Label

Labels = NDArray[np.uint8]
FloatArray = NDArray[np.float64]

ORGANS = (
    Label.LIVER, Label.SPLEEN, Label.KIDNEY, Label.STOMACH, Label.PANCREAS, Label.GALLBLADDER,
    Label.AORTA,
)  # fmt: skip
SKIN_MM = 10.0
REACH_MM = 50.0
"""How far up and down the trunk follows its widest organs."""
WALL_MM = (3.0, 14.0, 32.0)
"""Where muscle begins and ends outside the cavity, and where the skin is."""
RIBS_MM = (5.0, 11.0)
RIB_EVERY_MM, RIB_MM, RIB_SLOPE = 28.0, 10.0, 0.35


def with_fat(labels: Labels) -> Labels:
    """Fill fat between the organs and under the skin of a map that names the rest."""
    filled = labels.copy()
    skin = round(SKIN_MM / VOXEL_MM)
    for k, plane in enumerate(labels):
        if plane.any():
            trunk = ndimage.binary_dilation(convex_hull_image(plane > 0), iterations=skin)
            filled[k][trunk & ((plane == Label.OTHER) | (plane == Label.BODY))] = Label.FAT
    return filled


def with_context(labels: Labels, *, seed: int = 1) -> Labels:
    """Fill the surroundings of a map that names a few organs."""
    out_mm = _outside_cavity_mm(labels)
    first, second, skin = WALL_MM
    filled = np.zeros_like(labels)
    filled[out_mm <= skin] = Label.FAT
    filled[(out_mm > first) & (out_mm <= second)] = Label.MUSCLE
    filled[_ribs(out_mm)] = Label.BONE
    _add_bowel(filled, labels, out_mm, np.random.default_rng(seed))
    _add_chest(filled, labels, out_mm)
    _add_spine_and_cava(filled, labels, out_mm)
    return np.where(labels > 0, labels, filled).astype(np.uint8)


def _outside_cavity_mm(labels: Labels) -> FloatArray:
    """Distance of each voxel from the hull of the organs near its slice."""
    organs = np.isin(labels, ORGANS)
    near = ndimage.maximum_filter1d(
        organs.astype(np.uint8), 2 * round(REACH_MM / VOXEL_MM) + 1, axis=0
    )
    used = np.flatnonzero(near.any(axis=(1, 2)))
    nearest = np.clip(np.arange(len(near)), used[0], used[-1])
    distance = {
        int(k): ndimage.distance_transform_edt(~convex_hull_image(near[k])) * VOXEL_MM for k in used
    }
    return np.stack([distance[int(k)] for k in nearest])


def _ribs(out_mm: FloatArray) -> NDArray[np.bool_]:
    """Oblique bands in the wall."""
    k, j, _ = np.ogrid[tuple(slice(n) for n in out_mm.shape)]
    height_mm = (k + RIB_SLOPE * j) * VOXEL_MM
    shell = (out_mm > RIBS_MM[0]) & (out_mm < RIBS_MM[1])
    bands: NDArray[np.bool_] = shell & ((height_mm % RIB_EVERY_MM) < RIB_MM)
    return bands


def _add_bowel(
    filled: Labels, labels: Labels, out_mm: FloatArray, rng: np.random.Generator
) -> None:
    """Loops below the liver's middle, some with gas."""
    middle = int(np.nonzero(labels == Label.LIVER)[0].mean())
    noise = rng.standard_normal(labels.shape).astype(np.float32)
    field = ndimage.gaussian_filter(noise, 9 / VOXEL_MM)
    room = (out_mm <= 0) & (labels == Label.OTHER)
    room[middle:] = False
    filled[room & (field > 0.6 * field.std())] = Label.BOWEL
    filled[room & (field > 1.6 * field.std())] = Label.GAS


def _add_chest(filled: Labels, labels: Labels, out_mm: FloatArray) -> None:
    """Lungs over a smooth dome above liver, spleen and stomach; the heart on it."""
    dome = _dome(np.isin(labels, (Label.LIVER, Label.SPLEEN, Label.STOMACH)))
    k = np.arange(labels.shape[0])[:, None, None]
    middle = np.nonzero(labels == Label.LIVER)[0].mean()
    above = (k - dome) * VOXEL_MM > 3
    chest = above & (k > middle) & (out_mm <= 2) & (labels == Label.OTHER)
    filled[chest] = Label.LUNG
    j, i = _from_aorta_mm(labels)
    filled[chest & (np.hypot((j + 75) / 48, (i - 12) / 55) < 1)] = Label.HEART


def _dome(upper: NDArray[np.bool_]) -> FloatArray:
    """Height (in slices) of what lies highest in each column, smoothed and carried outwards."""
    has = upper.any(axis=0)
    top = np.where(has, upper.shape[0] - 1 - upper[::-1].argmax(axis=0), 0).astype(float)
    sigma = 12 / VOXEL_MM
    weight = ndimage.gaussian_filter(has.astype(float), sigma)
    mean = ndimage.gaussian_filter(top, sigma) / np.maximum(weight, 1e-3)
    far = ndimage.maximum_filter(top, round(24 / VOXEL_MM))
    return np.where(weight > 0.02, np.maximum(mean, np.where(has, top, mean)), far)


def _add_spine_and_cava(filled: Labels, labels: Labels, out_mm: FloatArray) -> None:
    """By where they lie from the aorta; muscles beside the spine."""
    j, i = _from_aorta_mm(labels)
    beside = (np.hypot(j - 45, i + 12) < 42) & (out_mm < WALL_MM[1]) & (filled != Label.LUNG)
    filled[beside] = Label.MUSCLE
    filled[np.broadcast_to(np.hypot(j - 2, i + 32) < 9.5, labels.shape)] = Label.CAVA
    filled[np.broadcast_to(np.hypot(j - 32, i + 12) < 19, labels.shape)] = Label.BONE


def _from_aorta_mm(labels: Labels) -> tuple[FloatArray, FloatArray]:
    """How far back and left of the aorta's smoothed line each voxel lies."""
    slices = np.flatnonzero((labels == Label.AORTA).any(axis=(1, 2)))
    middles = np.array([ndimage.center_of_mass(labels[k] == Label.AORTA) for k in slices])
    every = np.arange(labels.shape[0])
    rows, columns = (
        np.interp(every, slices, ndimage.gaussian_filter1d(middles[:, axis], 3))[:, None, None]
        for axis in (0, 1)
    )
    _, j, i = np.ogrid[tuple(slice(n) for n in labels.shape)]
    return (j - rows) * VOXEL_MM, (i - columns) * VOXEL_MM
