"""A metastasis from one click: the ball that holds most of it gives the shape."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy
from numpy.typing import ArrayLike

from liverplan.segmentation.boxes import bounding_box
from liverplan.segmentation.lesions.edges import at_the_foot
from liverplan.segmentation.lesions.outline import WEAK_HU, outlined
from liverplan.segmentation.lesions.region import (
    CLEAR_HU,
    Evidence,
    Region,
    checked_in_liver,
    weigh,
)
from liverplan.segmentation.morphology import Float32, Spacing
from liverplan.segmentation.results import LesionResult, Mask
from liverplan.volume import FloatArray, Volume

METHOD = "liverplan lesion from click"
REACH_MM = 45.0
SEED_MM = 2.5
NEAREST_LIVER_MM = 8.0
"""The liver's density is read no nearer to the click than this."""
RADII_MM = (3.0, 4.5, 6.0, 8.0, 10.0, 13.0, 16.0, 20.0, 25.0, 31.0)
LARGEST_MM, LARGEST_WEAK_MM = 31.0, 8.0
"""A click on what hardly stands out may not spread far."""
RIM = 0.2
"""How much liver a fitting ball may hold: experts draw outside the visible edge."""
OFF_CENTRE, NEAREST_MM = 0.6, 3.0
"""How far from the click the ball's middle may lie, in radii, and in any case."""


def lesion_from_click(volume: Volume, liver_mask: Mask, point_mm: ArrayLike) -> LesionResult:
    """Find the lesion at one click.

    Parameters
    ----------
    volume : Volume
        The CT.
    liver_mask : (k, j, i) bool array
        The liver on the CT's grid.
    point_mm : (3,) array
        A point in the lesion, LPS mm; best its middle.

    Raises
    ------
    SegmentationError
        If the point lies outside the CT, the body or the liver.
    """
    point = checked_in_liver(volume, liver_mask, point_mm)
    region = Region.around(volume, liver_mask, point, REACH_MM)
    offset = region.points_mm - point
    distance = _away_mm(offset, np.zeros(3))
    seed = distance <= max(SEED_MM, float(distance.min()) + 0.01)
    evidence = weigh(region, seed, distance > NEAREST_LIVER_MM)
    outside_mm = _beyond_best_ball(evidence, offset, distance, region.blocks.spacing_mm)
    found = outlined(
        volume.grid, region, evidence, outside_mm, seed, method=METHOD, points_mm={"point": point}
    )
    return replace(found, mask=at_the_foot(volume, liver_mask, found.mask))


def _beyond_best_ball(
    evidence: Evidence, offset: FloatArray, away: FloatArray, spacing_mm: Spacing
) -> FloatArray:
    """Signed distance (mm, negative inside) to the ball that holds most lesion, least liver."""
    best, middle, best_radius = np.inf, np.zeros(3), 4.0
    largest = LARGEST_MM if evidence.trust >= WEAK_HU / CLEAR_HU else LARGEST_WEAK_MM
    room = [int(largest / s) for s in spacing_mm]
    wide = np.pad(evidence.values, [(n, n) for n in room])
    for radius in (r for r in RADII_MM if r <= largest):
        ball = _ball(radius, spacing_mm)
        near = away <= max(OFF_CENTRE * radius, NEAREST_MM)
        if not near.any():  # blocks are thicker than that
            continue
        box = bounding_box(near)
        around = tuple(
            slice(side.start + n - m // 2, side.stop + n + m // 2)
            for side, n, m in zip(box, room, ball.shape, strict=True)
        )
        total = _sums(wide[around], ball) - RIM * evidence.trust * float(ball.sum())
        total = np.where(near[box], total, np.inf)
        at = np.unravel_index(int(total.argmin()), total.shape)
        if total[at] < best:
            best, middle, best_radius = float(total[at]), offset[box][at], radius
    return _away_mm(offset, middle) - best_radius


def _away_mm(offset: FloatArray, middle: FloatArray) -> FloatArray:
    """(k, j, i) distances of (k, j, i, 3) places to one, reckoned axis by axis."""
    total = np.zeros(offset.shape[:-1])
    for axis in range(3):
        total += (offset[..., axis] - middle[axis]) ** 2
    return np.sqrt(total, out=total)


def _sums(values: Float32, ball: Mask) -> Float32:
    """Sum of (k, j, i) values in a ball round each place that is so far from the array's ends."""
    shape = [scipy.fft.next_fast_len(n, real=True) for n in values.shape]
    found = scipy.fft.rfftn(values, shape) * scipy.fft.rfftn(ball.astype(np.float32), shape)
    whole = tuple(slice(m - 1, n) for n, m in zip(values.shape, ball.shape, strict=True))
    sums: Float32 = scipy.fft.irfftn(found, shape)[whole].astype(np.float32)
    return sums


def _ball(radius_mm: float, spacing_mm: Spacing) -> Mask:
    steps = [int(radius_mm / s) for s in spacing_mm]
    axes = [np.arange(-n, n + 1) * s for n, s in zip(steps, spacing_mm, strict=True)]
    grid = np.meshgrid(*axes, indexing="ij")
    return np.asarray(np.sqrt(sum(g**2 for g in grid)) <= radius_mm)
