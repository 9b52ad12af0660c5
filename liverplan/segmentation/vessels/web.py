"""Vessels as a web of stretches between places where they meet: not yet parted into trees.

Two trees that touch make one web. So the web keeps every meeting, of which only some are forks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import cc3d
import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.segmentation.morphology import Float32
from liverplan.segmentation.results import Mask
from liverplan.segmentation.vessels.centred import centred
from liverplan.segmentation.vessels.contrast import STANDS_OUT_SD, Contrast
from liverplan.segmentation.vessels.field import HALF_OF_A_CUBE, Field
from liverplan.segmentation.vessels.middle_line import Places
from liverplan.volume import FloatArray

BESIDE_MM, BETWEEN_MM = 4.0, 15.0
"""So near a way what is bright belongs to it; what is as bright as the way itself, so near."""
OWN_SHARE = 0.65
"""A vessel ends where it stands out so much less than its own middle: two that touch part there."""
RADIUS_BLUR_MM = 2.0
"""A thin vessel's radius is read from how much a blur of this size takes from its density."""
SPUR_MM, SPUR_RADII, LONGEST_SPUR = 4.0, 1.5, 40
GAP_SD = 2.5
SHORT_MM, TANGENT_MM = 4.0, 8.0
"""Meetings nearer than the first are one; a stretch's direction is taken over the second."""


AROUND_MM = 3.0
"""So far beyond its wall lies what a vessel must stand out from."""
USUAL = 0.75
"""Of all lines: what lies beside these is no patch, however far it stands out."""
_ALL_ROUND = np.array([w for w in product((-1, 0, 1), repeat=3) if any(w)], dtype=np.float64)
_ALL_ROUND /= np.linalg.norm(_ALL_ROUND, axis=1)[:, None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stretch:
    """A line of the web between two meetings or ends.

    Parameters
    ----------
    points : (n,) int array
        Its points, by number.
    ends : (int, int)
        The meetings at its first point and its last.
    length_mm, gap_mm : float
        How long it is, and how much of that does not stand out.
    ways : (2, 3) array
        Unit vectors along it at its first point and its last, from first to last.
    radii_mm : (float, float)
        How thick it is toward its first point and its last.
    """

    points: Places
    ends: tuple[int, int]
    length_mm: float
    gap_mm: float
    ways: FloatArray
    radii_mm: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Web:
    """The middle lines of all that is vessel.

    Parameters
    ----------
    vessel : (k, j, i) bool array
        What the lines run in.
    at : (n, 3) int array
        The lines' voxels.
    points_mm : (n, 3) array
        LPS.
    radius_mm, snr : (n,) arrays
        How thick the vessel is there, and how far it stands out.
    stretches : tuple of Stretch
    links : tuple of (m,) int arrays
        The short lines between meetings that count as one.
    """

    vessel: Mask
    at: Places
    points_mm: FloatArray
    radius_mm: FloatArray
    snr: FloatArray
    stretches: tuple[Stretch, ...]
    links: tuple[Places, ...]

    @cached_property
    def meetings(self) -> dict[int, list[tuple[int, int]]]:
        """By meeting: the stretches there, each with which of its ends it is, 0 or 1."""
        found: dict[int, list[tuple[int, int]]] = {}
        for number, stretch in enumerate(self.stretches):
            for end, meeting in enumerate(stretch.ends):
                found.setdefault(meeting, []).append((number, end))
        return found


def web_of(contrast: Contrast, field: Field, ways: NDArray[np.bool_], least_sd: float) -> Web:
    """Make a web of the ways that are vessels, and of all that is as bright between them.

    ``ways`` is an (n,) mask of the field's voxels.
    """
    from skimage.morphology import skeletonize  # noqa: PLC0415 - a second, for this alone

    vessel = _vessel(contrast, field, ways, least_sd)
    at = np.argwhere(skeletonize(vessel))
    points = contrast.blocks.grid.to_mm(at)
    radius = _radius(contrast, field)[tuple(at.T)].astype(np.float64)
    edges = _edges(at, vessel.shape)
    kept = _without_spurs(points, radius, edges)
    edges = (np.cumsum(kept) - 1)[edges[kept[edges].all(axis=1)]]
    at, points, radius = at[kept], points[kept], radius[kept]
    snr = field.snr[tuple(at.T)] - _beside(contrast, at, radius)
    points = centred(points, radius, edges, contrast)
    return Web(vessel, at, points, radius, snr, *_stretches(points, radius, snr, edges))


def _vessel(contrast: Contrast, field: Field, ways: NDArray[np.bool_], least_sd: float) -> Mask:
    lines = np.zeros(field.number.shape, bool)
    lines[tuple(field.at[ways].T)] = True
    away, nearest = scipy.ndimage.distance_transform_edt(
        ~lines, sampling=contrast.spacing_mm, return_indices=True
    )
    middle = scipy.ndimage.maximum_filter(np.where(lines, field.snr, 0), 3)
    wall = OWN_SHARE * np.minimum(middle, contrast.blood_snr)[tuple(nearest)]
    wall = np.maximum(wall, min(least_sd, STANDS_OUT_SD))
    inside = (field.number >= 0) & (field.snr > wall)
    vessel = inside & (away <= BESIDE_MM)
    vessel |= inside & (field.snr > max(least_sd, STANDS_OUT_SD)) & (away <= BETWEEN_MM)
    gaps = scipy.ndimage.binary_closing(vessel, scipy.ndimage.generate_binary_structure(3, 1))
    vessel |= (gaps & inside) | lines
    parts = cc3d.connected_components(vessel, connectivity=26)
    whole: Mask = np.isin(parts, np.unique(parts[lines])) & vessel
    return whole


def _radius(contrast: Contrast, field: Field) -> Float32:
    """(k, j, i) radius of a vessel whose middle is there, mm.

    A blur leaves of a cylinder's density in its middle 1 - exp(-r²/2s²).
    """
    sigma = [RADIUS_BLUR_MM / s for s in contrast.spacing_mm]
    left = scipy.ndimage.gaussian_filter(
        np.minimum(contrast.sharp_hu, 1.5 * contrast.blood_hu), sigma
    )
    share = np.clip(left / contrast.blood_hu, 0.01, 0.98)
    thin = RADIUS_BLUR_MM * np.sqrt(-2 * np.log(1 - share))
    radius: Float32 = np.maximum(thin, field.depth_mm)
    return radius


def _beside(contrast: Contrast, at: Places, radius_mm: FloatArray) -> FloatArray:
    """(n,) how much more than is usual the tissue beside the lines stands out.

    It is the middle of what lies all round a point, beyond the vessel: a patch of tissue that is
    brighter as a whole, as beside a tumour, lifts the noise in it, which is then no vessel.
    """
    reach = radius_mm + AROUND_MM
    found = np.empty((len(at), len(_ALL_ROUND)))
    for n, way in enumerate(_ALL_ROUND):
        there = np.rint(at + reach[:, None] * way / contrast.spacing_mm).astype(np.int64)
        there = np.clip(there, 0, np.array(contrast.snr.shape) - 1)
        found[:, n] = contrast.snr[tuple(there.T)]
    beside = np.median(found, axis=1)
    return np.maximum(beside - np.quantile(beside, USUAL), 0.0)


def _edges(at: Places, shape: Sequence[int]) -> Places:
    """(m, 2) pairs of points that share a corner."""
    number = np.full(np.array(shape) + 2, -1, np.int64)
    number[tuple(at.T + 1)] = np.arange(len(at))
    pairs = []
    for offset in HALF_OF_A_CUBE:
        other = number[tuple((at + offset).T + 1)]
        pairs.append(np.stack([np.flatnonzero(other >= 0), other[other >= 0]], axis=1))
    return np.concatenate(pairs)


def _neighbours(count: int, edges: Places) -> list[list[int]]:
    near: list[list[int]] = [[] for _ in range(count)]
    for a, b in edges.tolist():
        near[a].append(b)
        near[b].append(a)
    return near


def length_of(points: FloatArray) -> float:
    """Length of a line of (n, 3) points."""
    return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())


def _without_spurs(points: FloatArray, radius: FloatArray, edges: Places) -> NDArray[np.bool_]:
    """(n,) mask of the points that are on no bump of a wall."""
    kept = np.ones(len(points), bool)
    for _ in range(2):
        near = _neighbours(len(points), edges[kept[edges].all(axis=1)])
        for end in [n for n, there in enumerate(near) if len(there) == 1]:
            way = _follow([end, near[end][0]], near, {n for n, x in enumerate(near) if len(x) != 2})
            meets = len(near[way[-1]]) > 2 and len(way) < LONGEST_SPUR
            if meets and length_of(points[way]) < max(SPUR_MM, SPUR_RADII * radius[way[-1]]):
                kept[way[:-1]] = False
    return kept


def _follow(way: list[int], near: list[list[int]], stops: set[int]) -> list[int]:
    """Go on along a line to where it meets others, or ends."""
    while way[-1] not in stops:
        onward = [n for n in near[way[-1]] if n != way[-2]]
        if not onward or onward[0] == way[0]:
            break
        way.append(onward[0])
    return way


def _stretches(
    points: FloatArray, radius: FloatArray, snr: FloatArray, edges: Places
) -> tuple[tuple[Stretch, ...], tuple[Places, ...]]:
    """Cut the web into stretches; meetings that nearly touch are one, and what joins them."""
    near = _neighbours(len(points), edges)
    stops = {n for n, there in enumerate(near) if len(there) != 2}
    lines, seen = [], set()
    for start in sorted(stops):
        for first in near[start]:
            if (start, first) not in seen:
                way = _follow([start, first], near, stops)
                seen |= {(way[0], way[1]), (way[-1], way[-2])}
                lines.append(way)
    same = list(range(len(points)))

    def meeting(n: int) -> int:
        while same[n] != n:
            n = same[n]
        return n

    long_ones, links = [], []
    for way in lines:
        inner = len(near[way[0]]) > 1 and len(near[way[-1]]) > 1
        if inner and length_of(points[way]) < SHORT_MM:
            same[meeting(way[0])] = meeting(way[-1])
            links.append(np.array(way))
        else:
            long_ones.append(way)
    stretches = tuple(
        stretch_of(np.array(way), (meeting(way[0]), meeting(way[-1])), points, radius, snr)
        for way in long_ones
    )
    return stretches, tuple(links)


def stretch_of(
    way: Places, ends: tuple[int, int], points: FloatArray, radius: FloatArray, snr: FloatArray
) -> Stretch:
    """Measure a line of the web between two meetings, (n,) numbers of points."""
    line = points[way]
    along = np.append(0, np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1)))
    inner = min(TANGENT_MM, along[-1])
    first = line[min(int(np.searchsorted(along, inner)), len(way) - 1)] - line[0]
    last = line[-1] - line[min(int(np.searchsorted(along, along[-1] - inner)), len(way) - 1)]
    ways = np.stack([v / max(float(np.linalg.norm(v)), 1e-6) for v in (first, last)])
    third = max(1, len(way) // 3) + 1
    return Stretch(
        points=way,
        ends=ends,
        length_mm=float(along[-1]),
        gap_mm=float((snr[way] < GAP_SD).mean() * along[-1]),
        ways=ways,
        radii_mm=(float(np.median(radius[way[:third]])), float(np.median(radius[way[-third:]]))),
    )
