"""What surrounds the liver: the body and the lungs, and whether this is an abdomen at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from liverplan.errors import SegmentationError
from liverplan.segmentation.blocks import Blocks
from liverplan.segmentation.morphology import (
    Float32,
    components,
    dilated,
    eroded,
    largest_component,
    mean_near,
)
from liverplan.segmentation.results import Mask

SKIN_HU = -250
AIR_HU = -400
LUNG_HU = (-960, -550)
"""Gas in the bowel is nearer -1000."""
SMALLEST_LUNG_ML, SURELY_LUNG_ML = 50.0, 250.0
"""Lungs that end below the neck do not reach the upper part; no bowel holds the second."""
NARROWEST_MM, FLATTEST_MM = 200.0, 120.0
FAT_HU, BONE_HU = (-150, -30), 180
LEAST_FAT, LEAST_BONE = 0.01, 0.002
ROUGHEST = 0.7
LONGEST_LIVER_MM, ABOVE_DOME_MM = 280.0, 40.0
LEFT_LOBE_MM, FRONT_FRACTION = 12.0, 0.45
"""Farther left of the middle than this, a liver keeps to this front part of the trunk's depth."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Torso:
    """Body and lungs on a coarse lattice, (k, j, i), and the column of the body's middle."""

    body: Mask
    lungs: Mask
    middle: float

    @property
    def right(self) -> Mask:
        """(1, 1, i) array: mask of the columns on the patient's right."""
        return (np.arange(self.body.shape[2]) < self.middle)[None, None]


def find_torso(blocks: Blocks) -> Torso:
    """Find body and lungs.

    Raises
    ------
    SegmentationError
        If there is no body.
    """
    body = find_body(blocks)
    require_trunk(blocks, body)
    columns = np.flatnonzero(body.any(axis=(0, 1)))
    middle = float(columns[0] + columns[-1]) / 2
    return Torso(body=body, lungs=find_lungs(blocks, body), middle=middle)


def find_body(blocks: Blocks) -> Mask:
    """Return a (k, j, i) mask of the patient without table, with lungs and gas."""
    spacing = blocks.spacing_mm
    thick = eroded(blocks.hu > SKIN_HU, 3.0, spacing)
    if not thick.any():
        raise SegmentationError("No body is seen on this CT: it is all air or empty.")
    body = dilated(largest_component(thick), 3.5, spacing)
    return np.stack([_filled(plane) for plane in body])


def _filled(plane: Mask) -> Mask:
    """Fill holes, those too that are open only because the body goes on beyond the picture."""
    padded = np.pad(plane, 1)
    for ring, edge in (
        (padded[0], plane[0]),
        (padded[-1], plane[-1]),
        (padded[:, 0], plane[:, 0]),
        (padded[:, -1], plane[:, -1]),
    ):
        used = np.flatnonzero(edge)
        if used.size:
            ring[used[0] + 1 : used[-1] + 2] = True
    air, _ = scipy.ndimage.label(~padded)
    beyond = np.concatenate([air[0], air[-1], air[:, 0], air[:, -1]])
    filled: Mask = np.isin(air, beyond[beyond > 0], invert=True)[1:-1, 1:-1]
    return filled


def require_trunk(blocks: Blocks, body: Mask) -> None:
    """Refuse what is no adult's trunk: arrays without anatomy, heads, legs.

    Parameters
    ----------
    blocks : Blocks
        The CT.
    body : (k, j, i) bool array
        The body on it.

    Raises
    ------
    SegmentationError
        With the reason.
    """
    across = [np.flatnonzero(body.any(axis=(0, 3 - axis))) for axis in (1, 2)]
    deep, wide = (
        (a[-1] - a[0] + 1) * s for a, s in zip(across, blocks.spacing_mm[1:], strict=True)
    )
    if wide < NARROWEST_MM or deep < FLATTEST_MM:
        raise SegmentationError(
            f"This is no CT of an abdomen: the body on it is only {wide:.0f} mm wide and "
            f"{deep:.0f} mm deep."
        )
    inside = blocks.hu[body]
    rough = float(np.diff(blocks.hu, axis=0)[body[1:]].var()) / (2 * float(inside.var()) + 1)
    if rough > ROUGHEST:
        raise SegmentationError(
            "This is no CT: neighbouring voxels on it have nothing in common, as in noise."
        )
    fat = float(np.mean((inside > FAT_HU[0]) & (inside < FAT_HU[1])))
    bone = float(np.mean(inside > BONE_HU))
    if fat < LEAST_FAT or bone < LEAST_BONE:
        lacking = "fat" if fat < LEAST_FAT else "bone"
        raise SegmentationError(f"This is no CT of an abdomen: there is no {lacking} on it.")


def find_lungs(blocks: Blocks, body: Mask) -> Mask:
    """Return a (k, j, i) mask of air of lung density that reaches far up, or is very much."""
    spacing = blocks.spacing_mm
    air = (blocks.hu < AIR_HU) & body
    aerated = (blocks.hu > LUNG_HU[0]) & (blocks.hu < LUNG_HU[1]) & body
    numbers, counts = components(eroded(aerated, 3.5, spacing))
    lungs = np.zeros_like(air)
    for number in np.flatnonzero(counts * blocks.voxel_ml >= SMALLEST_LUNG_ML):
        part = np.equal(numbers, number)
        top = np.flatnonzero(part.any(axis=(1, 2)))[-1]
        if top > 0.8 * body.shape[0] or counts[number] * blocks.voxel_ml > SURELY_LUNG_ML:
            lungs |= part
    return dilated(lungs, 6.0, spacing) & air


def below_right_lung(torso: Torso, step_mm: float, nearest_mm: float, farthest_mm: float) -> Mask:
    """(k, j, i) mask of what lies so far under the base of the right lung, column by column.

    Without a right lung on the CT, its right half.
    """
    lung = torso.lungs & torso.right
    if not lung.any():
        return torso.body & torso.right
    base = np.where(lung.any(axis=0), lung.argmax(axis=0), np.iinfo(np.int32).max // 2)
    below: Float32 = (base[None] - np.arange(lung.shape[0])[:, None, None]) * np.float32(step_mm)
    under: Mask = (below > nearest_mm) & (below < farthest_mm) & lung.any(axis=0, keepdims=True)
    return under & torso.body


def diaphragm_excess_mm(torso: Torso, spacing_mm: tuple[float, float, float]) -> Float32:
    """(k, j, i) how far a voxel lies above the diaphragm, mm; 0 below it, and without lungs.

    Under the lungs the diaphragm is their base. Between them, where the heart rests on it, its
    height is averaged from the lung bases around.
    """
    has = np.asarray(torso.lungs.any(axis=0, keepdims=True))
    excess = np.zeros(torso.body.shape, np.float32)
    if not has.any():
        return excess
    base = (torso.lungs.argmax(axis=0, keepdims=True) * spacing_mm[0]).astype(np.float32)
    between = mean_near(base, has, 20.0, (1.0, spacing_mm[1], spacing_mm[2]))
    height = np.where(has, base, np.nan_to_num(between, nan=np.inf))
    above = np.arange(torso.body.shape[0])[:, None, None] * np.float32(spacing_mm[0]) - height
    excess[:] = np.maximum(above, 0)
    return excess


def behind_left_mm(torso: Torso, spacing_mm: tuple[float, float, float]) -> Float32:
    """(k, j, i) how deep a voxel lies in the left back, mm, where stomach and spleen are."""
    rows = np.flatnonzero(torso.body.any(axis=(0, 2)))
    line = rows[0] + FRONT_FRACTION * (rows[-1] - rows[0])
    behind = (np.arange(torso.body.shape[1]) - line) * spacing_mm[1]
    left = (np.arange(torso.body.shape[2]) - torso.middle) * spacing_mm[2] - LEFT_LOBE_MM
    deep = np.minimum(behind[:, None], left[None, :])
    return np.broadcast_to(np.maximum(deep, 0), torso.body.shape).astype(np.float32)


def around_liver(blocks: Blocks, torso: Torso) -> tuple[Blocks, Torso]:
    """Crop to the body, and to the heights at which a liver can lie under the right lung."""
    lung = torso.lungs & torso.right
    used = torso.body.any(axis=(1, 2))
    low, high = int(np.flatnonzero(used)[0]), int(np.flatnonzero(used)[-1]) + 1
    has = lung.any(axis=0)
    if has.any():
        dome = float(np.percentile(lung.argmax(axis=0)[has], 95))
        low = max(low, int(dome - LONGEST_LIVER_MM / blocks.spacing_mm[0]))
        high = min(high, int(dome + ABOVE_DOME_MM / blocks.spacing_mm[0]) + 1)
    rows = np.flatnonzero(torso.body[low:high].any(axis=(0, 2)))
    columns = np.flatnonzero(torso.body[low:high].any(axis=(0, 1)))
    box = (
        slice(low, high),
        slice(int(rows[0]), int(rows[-1]) + 1),
        slice(int(columns[0]), int(columns[-1]) + 1),
    )
    cropped = Torso(
        body=torso.body[box],
        lungs=torso.lungs[box],
        middle=torso.middle - box[2].start,
    )
    return blocks.crop(box), cropped
