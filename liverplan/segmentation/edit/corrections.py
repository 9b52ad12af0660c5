"""Correction: pure functions from one Segmentation to the next, each in its own small region.

Nothing is changed in place: undo is keeping the Segmentation from before. Every function leaves
lesions alone unless it is told their label, and counts its edit: what was changed
must be accepted anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
import scipy.ndimage as ndi
from numpy.typing import ArrayLike, NDArray

from liverplan.errors import SegmentationError
from liverplan.segmentation.blocks import blocks_of, resampled
from liverplan.segmentation.boxes import Triple, voxels_of
from liverplan.segmentation.labels import FIRST_LESION, LIVER, Segmentation
from liverplan.segmentation.maxflow import cut
from liverplan.segmentation.morphology import (
    Float32,
    depth_mm,
    grown,
    pieces,
    shrunk,
)
from liverplan.segmentation.provenance import Provenance
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray, Volume

Side = Literal["inside", "outside"]

FINE_MM = 1.5
LEAST_REACH_MM, MOST_REACH_MM = 8.0, 35.0
DEEPEST_MM = 15.0
"""A click deeper than this on the wrong side is taken to be this deep."""
SLACK_MM = 2.0
CLEAR_HU = 40.0
FAT_HU = -50.0


def click(
    volume: Volume, segmentation: Segmentation, point_mm: ArrayLike, side: Side
) -> Segmentation:
    """Say that a point is in the liver, or is not: the border moves there, and only there.

    The border moves about twice as deep as the click lies (a click is taken to be in the middle
    of what is wrong), to where the densities of the two sides meet, and no farther than two
    such depths sideways.

    Parameters
    ----------
    volume, segmentation
        The CT and the labels to correct.
    point_mm : (3,) array
        LPS mm.
    side : {"inside", "outside"}
        Where the point should be.

    Raises
    ------
    SegmentationError
        If the point lies outside the CT, or on the wanted side already.
    """
    index = _index(segmentation, point_mm)
    wanted_inside = side == "inside"
    if bool(segmentation.labels[index] >= LIVER) == wanted_inside:
        words = "in" if wanted_inside else "outside"
        raise SegmentationError(f"This point is {words} the liver already.")
    start, stop = _box(segmentation, np.array(index), 2 * MOST_REACH_MM)
    box = _slices(start, stop)
    liver = segmentation.labels[box] >= LIVER
    blocks = blocks_of(volume, FINE_MM, start, stop)
    share = blocks_of(_as_volume(segmentation, liver, start, stop), FINE_MM).hu
    present = (share >= 0.5) == wanted_inside
    at = (np.array(index) - start) // np.array(blocks.factors)
    moved = _moved(blocks.hu, blocks.spacing_mm, present, at)
    if wanted_inside:
        moved &= blocks.hu > FAT_HU
    where = [
        (np.arange(b - a) + 0.5) / f - 0.5
        for a, b, f in zip(start, stop, blocks.factors, strict=True)
    ]
    change = resampled(moved.astype(np.float32), where) >= 0.5
    labels = segmentation.labels.copy()
    target = labels[box]
    target[change & (target <= LIVER)] = LIVER if wanted_inside else 0
    return _edited(segmentation, labels, LIVER)


def _moved(
    hu: Float32, spacing_mm: tuple[float, float, float], present: Mask, at: NDArray[np.int_]
) -> Mask:
    """Which voxels of the wrong side go over to `present`'s side."""
    calm = ndi.gaussian_filter(np.clip(hu, -200, 300), [1.2 / s for s in spacing_mm])
    depth = depth_mm(~present, spacing_mm)
    deep = min(float(depth[tuple(at)]), DEEPEST_MM)
    reach = float(np.clip(2 * deep, LEAST_REACH_MM, MOST_REACH_MM))
    offset = [(np.arange(n) - a) * s for n, a, s in zip(hu.shape, at, spacing_mm, strict=True)]
    squares = [o**2 for o in offset]
    distance = np.sqrt(squares[0][:, None, None] + squares[1][:, None] + squares[2])
    seed = distance <= max(min(deep, 3.0), *spacing_mm)
    likeness = _likeness(calm, seed, ~present & (depth > 2 * deep + 4) & (distance < 2 * reach))
    nearby = np.clip(1 - distance / reach, -1, 1)
    too_deep = np.clip((depth - 2 * deep - SLACK_MM) / 3, 0, 2)
    cost = -likeness - nearby + too_deep + np.clip((distance - reach) / 3, 0, 3)
    cost[present] = -3
    cost[seed] = -5
    now = cut(cost, 1.0, spacing_mm, iterations=120) > 0.5
    numbers, _ = pieces(now & ~present)
    return np.isin(numbers, np.unique(numbers[seed & (numbers > 0)])) & (numbers > 0)


def _likeness(calm: Float32, seed: Mask, other: Mask) -> Float32:
    """1 where the density is the click's, -1 where it is the other side's, 0 if they are alike."""
    if not other.any():
        return np.zeros_like(calm)
    here, there = float(np.median(calm[seed])), float(np.median(calm[other]))
    apart = here - there
    if abs(apart) < 1:
        return np.zeros_like(calm)
    trust = min(abs(apart) / CLEAR_HU, 1)
    return np.asarray(np.clip(2 * (calm - (here + there) / 2) / apart, -1, 1) * trust, np.float32)


def brush(
    segmentation: Segmentation,
    points_mm: ArrayLike,
    radius_mm: float,
    *,
    label: int = LIVER,
) -> Segmentation:
    """Paint balls along a stroke: liver, or a lesion by its label."""
    return _painted(segmentation, points_mm, radius_mm, label, None)


def erase(segmentation: Segmentation, points_mm: ArrayLike, radius_mm: float) -> Segmentation:
    """Take balls along a stroke out of the liver, lesions in them included."""
    return _painted(segmentation, points_mm, radius_mm, 0, None)


def paint_between(
    volume: Volume,
    segmentation: Segmentation,
    points_mm: ArrayLike,
    radius_mm: float,
    *,
    lowest_hu: float,
    highest_hu: float,
    label: int = LIVER,
) -> Segmentation:
    """Paint only the voxels whose density lies between two thresholds."""
    if lowest_hu > highest_hu:
        raise SegmentationError("The lower threshold lies above the upper one.")
    limits = (volume, lowest_hu, highest_hu)
    return _painted(segmentation, points_mm, radius_mm, label, limits)


def _painted(
    segmentation: Segmentation,
    points_mm: ArrayLike,
    radius_mm: float,
    label: int,
    limits: tuple[Volume, float, float] | None,
) -> Segmentation:
    points = np.asarray(points_mm, dtype=float).reshape(-1, 3)
    if not np.isfinite(points).all() or not 0 < radius_mm <= 100:
        raise SegmentationError("A brush needs points in millimetres and a radius up to 100 mm.")
    labels = segmentation.labels.copy()
    for point in _dense(points, radius_mm / 2):
        index = segmentation.grid.to_index(point)
        start, stop = _box(segmentation, index, radius_mm)
        box = _slices(start, stop)
        voxels = np.stack(np.meshgrid(*map(np.arange, start, stop), indexing="ij"), axis=-1)
        near = np.linalg.norm(segmentation.grid.to_mm(voxels) - point, axis=-1) <= radius_mm
        if limits is not None:
            hu = limits[0].hu[box]
            near &= (hu >= limits[1]) & (hu <= limits[2])
        if label == LIVER:
            near &= labels[box] == 0
        labels[box][near] = label
    return _edited(segmentation, labels, max(label, LIVER))


def _dense(points: FloatArray, step_mm: float) -> FloatArray:
    """Points along the stroke, no farther apart than a step."""
    rows = [points[:1]]
    for a, b in pairwise(points):
        n = max(1, int(np.ceil(np.linalg.norm(b - a) / step_mm)))
        rows.append(a + (b - a) * (np.arange(1, n + 1) / n)[:, None])
    return np.concatenate(rows)


def merge_lesions(segmentation: Segmentation, into: int, others: Sequence[int]) -> Segmentation:
    """Make several lesions one; the labels of the others become free."""
    _require(segmentation, [into, *others])
    labels = segmentation.labels.copy()
    labels[np.isin(labels, list(others))] = into
    return _edited(segmentation, labels, into, gone=others)


def split_lesion(
    segmentation: Segmentation, label: int, first_mm: ArrayLike, second_mm: ArrayLike
) -> Segmentation:
    """Split a lesion half way between two points; the part at the second gets a new label."""
    _require(segmentation, [label])
    where = voxels_of(segmentation.labels == label)
    points = segmentation.grid.to_mm(where)
    first, second = (np.asarray(p, dtype=float) for p in (first_mm, second_mm))
    beyond = np.linalg.norm(points - second, axis=1) < np.linalg.norm(points - first, axis=1)
    if beyond.all() or not beyond.any():
        raise SegmentationError("These two points do not part the lesion.")
    new = next(n for n in range(FIRST_LESION, 256) if n not in segmentation.lesion_labels)
    labels = segmentation.labels.copy()
    labels[tuple(where[beyond].T)] = new
    return _edited(_edited(segmentation, labels, label), labels, new)


def resize_lesion(segmentation: Segmentation, label: int, by_mm: float) -> Segmentation:
    """Grow (or, if negative, shrink) a lesion by so many millimetres on every side."""
    _require(segmentation, [label])
    where = voxels_of(segmentation.labels == label)
    margin = np.ceil((abs(by_mm) + 1) / np.array(segmentation.grid.spacing_mm)).astype(int) + 1
    start = _triple(np.maximum(where.min(axis=0) - margin, 0))
    stop = _triple(np.minimum(where.max(axis=0) + margin + 1, segmentation.grid.shape))
    labels = segmentation.labels.copy()
    box = labels[_slices(start, stop)]
    lesion, spacing = box == label, segmentation.grid.spacing_mm
    if by_mm >= 0:
        box[grown(lesion, by_mm, spacing) & (box < FIRST_LESION)] = label
    else:
        box[lesion & ~shrunk(lesion, -by_mm, spacing)] = LIVER
        if not (box == label).any():
            raise SegmentationError(f"Shrunk by {-by_mm:.1f} mm, nothing is left of the lesion.")
    return _edited(segmentation, labels, label)


def _require(segmentation: Segmentation, labels: Sequence[int]) -> None:
    absent = sorted(set(labels) - set(segmentation.lesion_labels))
    if absent:
        raise SegmentationError(f"There is no lesion with label {', '.join(map(str, absent))}.")


def _edited(
    segmentation: Segmentation, labels: NDArray[np.uint8], label: int, gone: Sequence[int] = ()
) -> Segmentation:
    made = segmentation.provenance.get(label) or Provenance.by_hand()
    kept = {n: p for n, p in segmentation.provenance.items() if n not in gone}
    return Segmentation(
        grid=segmentation.grid, labels=labels, provenance={**kept, label: made.edited()}
    )


def _index(segmentation: Segmentation, point_mm: ArrayLike) -> Triple:
    point = np.asarray(point_mm, dtype=float).reshape(-1)
    if point.shape != (3,) or not np.isfinite(point).all():
        raise SegmentationError("A point is three coordinates in millimetres.")
    index = segmentation.grid.nearest_index(point)
    if index is None:
        words = ", ".join(f"{x:.1f}" for x in point)
        raise SegmentationError(f"The point {words} mm lies outside the CT.")
    return index


def _box(segmentation: Segmentation, index: FloatArray, reach_mm: float) -> tuple[Triple, Triple]:
    reach = reach_mm / np.array(segmentation.grid.spacing_mm)
    shape = np.array(segmentation.grid.shape)
    start = np.clip(np.floor(index - reach), 0, shape - 1).astype(int)
    stop = np.clip(np.ceil(index + reach) + 1, start + 1, shape).astype(int)
    return _triple(start), _triple(stop)


def _slices(start: Triple, stop: Triple) -> tuple[slice, ...]:
    return tuple(slice(a, b) for a, b in zip(start, stop, strict=True))


def _as_volume(segmentation: Segmentation, mask: Mask, start: Triple, stop: Triple) -> Volume:
    return Volume(grid=segmentation.grid.crop(start, stop), hu=mask.astype(np.int16))


def _triple(values: NDArray[np.generic]) -> Triple:
    k, j, i = (int(v) for v in values)
    return k, j, i
