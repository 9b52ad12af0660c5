"""Which of the ways to the roots are vessels.

The farthest voxels are traced back first; what lies beside a way that is taken is explained by it.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.segmentation.morphology import Float32, Spacing
from liverplan.segmentation.vessels.contrast import STANDS_OUT_SD
from liverplan.segmentation.vessels.field import BRIGHT_SD, Field
from liverplan.segmentation.vessels.middle_line import Places
from liverplan.volume import FloatArray

LEAST_MM, GAP_MM, GAP_SD, FROM_SURFACE_MM = 8.0, 6.0, 2.0, 3.0
CLAIM_RADII, CLAIM_MM = 1.2, 2.5
WINDOW_MM = 10.0
"""A line is as bright as the mean over so long a stretch of it."""


def vessel_ways(
    field: Field, inside_mm: Float32, spacing: Spacing, least_sd: float
) -> NDArray[np.bool_]:
    """Take the ways that are vessels.

    Parameters
    ----------
    field : Field
    inside_mm : (k, j, i) float32 array
        How deep in the liver, with hilum and cava, a voxel lies: near the capsule none is sought.
    spacing : three floats
        Of the field's lattice, mm.
    least_sd : float
        How far a way must stand out at its end.

    Returns
    -------
    (n,) bool array
        Of the field's voxels.
    """
    cost, before = field.nearer
    before = np.where(np.isfinite(cost), before, -1)
    snr, lengths = field.snr[tuple(field.at.T)], _lengths(field, cost, before)
    ends = (snr > BRIGHT_SD) & (lengths > LEAST_MM)
    ends &= inside_mm[tuple(field.at.T)] > FROM_SURFACE_MM
    claims = _Claims(field, spacing)
    for end in np.flatnonzero(ends)[np.argsort(-lengths[ends])]:
        if claims.free(end[None])[0]:
            way = claims.way(int(end), before)
            taken = np.flatnonzero(~claims.free(way))
            fresh = way[: taken[0] if taken.size else len(way)]
            if _is_vessel(snr[fresh], lengths[fresh]):
                claims.add(way)
            else:
                claims.skip(int(end))
    return _bright_to_the_end(claims.ways, before, snr, lengths, least_sd)


def _lengths(field: Field, cost: FloatArray, before: Places) -> FloatArray:
    """(n,) mm to the root along each voxel's way; -1 where none leads there."""
    steps = np.linalg.norm(field.points_mm - field.points_mm[before], axis=1).tolist()
    found, previous = [-1.0] * len(cost), before.tolist()
    for n in np.argsort(cost)[: np.count_nonzero(np.isfinite(cost))].tolist():
        found[n] = 0.0 if previous[n] < 0 else found[previous[n]] + steps[n]
    return np.array(found)


def _is_vessel(snr: Float32, lengths: FloatArray) -> bool:
    """Whether a way's new stretch, from its end inward, is long, bright and without long gaps."""
    if lengths[0] - lengths[-1] < LEAST_MM or snr.mean() < STANDS_OUT_SD:
        return False
    gap = 0.0
    for n in range(1, len(snr)):
        gap = gap + lengths[n - 1] - lengths[n] if snr[n] < GAP_SD else 0.0
        if gap > GAP_MM:
            return False
    return True


def _bright_to_the_end(
    ways: list[Places], before: Places, snr: Float32, lengths: FloatArray, least_sd: float
) -> NDArray[np.bool_]:
    """Cut each way's end back to where it stands out enough, and mark what is left."""
    kept = np.zeros(len(before), bool)
    for way in ways:
        bright = np.flatnonzero(running_mean(snr[way], lengths[way]) >= least_sd)
        if bright.size and lengths[way[bright[0]]] - lengths[way[-1]] >= LEAST_MM:
            kept[way[bright[0] :]] = True
            at = int(before[way[-1]])
            while at >= 0 and not kept[at]:
                kept[at] = True
                at = int(before[at])
    return kept


def running_mean(values: Float32 | FloatArray, along_mm: FloatArray) -> FloatArray:
    """(n,) mean of the values along a line over a window of `WINDOW_MM`."""
    step = max(abs(float(along_mm[0] - along_mm[-1])) / max(1, len(values) - 1), 0.5)
    mean: FloatArray = scipy.ndimage.uniform_filter1d(
        values.astype(np.float64), max(1, round(WINDOW_MM / step)), mode="nearest"
    )
    return mean


class _Claims:
    """The ways taken so far, and what lies beside them."""

    def __init__(self, field: Field, spacing: Spacing) -> None:
        self.ways: list[Places] = []
        self._field, self._spacing = field, spacing
        self._on, self._claimed = np.zeros(len(field.at), bool), np.zeros(field.number.shape, bool)
        self._balls: dict[int, Places] = {}

    def free(self, numbers: Places) -> NDArray[np.bool_]:
        """Whether voxels, by number, lie beside no way yet."""
        free: NDArray[np.bool_] = ~self._claimed[tuple(self._field.at[numbers].T)]
        return free

    def way(self, end: int, before: Places) -> Places:
        """Return the voxels from an end inward, to the first that is on a way, or the root."""
        found = []
        while end >= 0 and not self._on[end]:
            found.append(end)
            end = int(before[end])
        return np.array(found)

    def add(self, way: Places) -> None:
        """Take a way: what lies near it is explained."""
        self._on[way] = True
        self.ways.append(way)
        for at, depth in zip(
            self._field.at[way], self._field.depth_mm[tuple(self._field.at[way].T)], strict=True
        ):
            self._mark(at + self._ball(round(CLAIM_RADII * max(float(depth), 1.0) + CLAIM_MM)))

    def skip(self, end: int) -> None:
        """Leave an end, and those that touch it."""
        self._mark(self._field.at[end] + np.array(list(product((-1, 0, 1), repeat=3))))

    def _mark(self, at: Places) -> None:
        at = at[((at >= 0) & (at < self._claimed.shape)).all(axis=1)]
        self._claimed[tuple(at.T)] = True

    def _ball(self, radius_mm: int) -> Places:
        if radius_mm not in self._balls:
            reach = [int(radius_mm / s) + 1 for s in self._spacing]
            axes = np.meshgrid(*(np.arange(-r, r + 1) for r in reach), indexing="ij")
            offsets = np.stack(axes, axis=-1).reshape(-1, 3)
            near = np.linalg.norm(offsets * self._spacing, axis=1) <= radius_mm
            self._balls[radius_mm] = offsets[near]
        return self._balls[radius_mm]
