"""What the prompted network sees: the CT, the liver and the prompt on one small lattice of cubes.

Its training draws the same channels with the same functions.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from liverplan.segmentation.morphology import Float32
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray

SIDE = 32
"""Cubes along each side of what is looked at."""
CLICK_SIGMA, STROKE_SIGMA = 2.0, 1.5
NARROW_HU, WIDE_HU = 40.0, 500.0
USUAL_LIVER_HU = 90.0
LIVER_HU, SOFT_HU = (-50.0, 250.0), (0.0, 200.0)
FEWEST = 50
USUAL_MM = 1.6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Marks:
    """A prompt on the lattice, in cubes from its first one's middle.

    Parameters
    ----------
    inside, outside : (n, 3) arrays
        Points (k, j, i) in the lesion, and points that are none of it.
    lines : (m, 2, 3) array
        Ends of the axes drawn.
    box : (2, 3) array or None
        Lowest and highest corner of the box drawn.
    """

    inside: FloatArray
    outside: FloatArray = field(default_factory=lambda: np.zeros((0, 3)))
    lines: FloatArray = field(default_factory=lambda: np.zeros((0, 2, 3)))
    box: FloatArray | None = None


def channels(hu: Float32, liver: Mask, marks: Marks, cube_mm: float) -> Float32:
    """Draw the network's input.

    Parameters
    ----------
    hu : (k, j, i) float32 array
        Density, HU, on cubes.
    liver : (k, j, i) bool array
        The liver there; all False where none is known.
    marks : Marks
        The prompt.
    cube_mm : float
        Side of a cube.

    Returns
    -------
    (8, k, j, i) float32 array
        Density about the liver's own; density; clicks inside; axes; box; clicks outside; liver;
        the cubes' size.
    """
    lattice = np.stack(np.meshgrid(*map(np.arange, hu.shape), indexing="ij"), -1).astype(np.float32)
    drawn = [
        np.clip((hu - usual_hu(hu, liver)) / NARROW_HU, -3, 3),
        np.clip(hu / WIDE_HU, -2, 2),
        _spots(lattice, marks.inside),
        _lines(lattice, marks.lines),
        _box(lattice, marks.box),
        _spots(lattice, marks.outside),
        liver,
        np.full(hu.shape, np.log(cube_mm / USUAL_MM)),
    ]
    return np.stack([np.asarray(channel, dtype=np.float32) for channel in drawn])


def usual_hu(hu: Float32, liver: Mask) -> float:
    """Return the density, HU, in a (k, j, i) liver; that of soft tissue where none is known."""
    for where, (low, high) in ((liver, LIVER_HU), (np.ones_like(liver), SOFT_HU)):
        values = hu[where & (hu > low) & (hu < high)]
        if values.size >= FEWEST:
            return float(np.median(values))
    return USUAL_LIVER_HU


def _spots(lattice: Float32, points: FloatArray) -> Float32:
    drawn = np.zeros(lattice.shape[:3], np.float32)
    for point in points.astype(np.float32):
        away = ((lattice - point) ** 2).sum(-1)
        drawn = np.maximum(drawn, np.exp(-away / (2 * CLICK_SIGMA**2)))
    return drawn


def _lines(lattice: Float32, lines: FloatArray) -> Float32:
    drawn = np.zeros(lattice.shape[:3], np.float32)
    for start, end in lines.astype(np.float32):
        along = end - start
        share = ((lattice - start) @ along) / (along @ along + 1e-6)
        nearest = start + np.clip(share, 0, 1)[..., None] * along
        away = ((lattice - nearest) ** 2).sum(-1)
        drawn = np.maximum(drawn, np.exp(-away / (2 * STROKE_SIGMA**2)))
    return drawn


def _box(lattice: Float32, box: FloatArray | None) -> Float32:
    if box is None:
        return np.zeros(lattice.shape[:3], np.float32)
    low, high = box.astype(np.float32)
    inside: Float32 = ((lattice >= low - 0.5) & (lattice <= high + 0.5)).all(-1).astype(np.float32)
    return inside
