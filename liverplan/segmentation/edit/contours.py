"""A few drawn slices correct the whole liver.

On a drawn slice the outline is the person's. Between drawn slices, how far the drawn outlines lie
from the present ones (as signed distances) is interpolated, and moves the present outline: what
the automatic mask sees between the slices is kept, what it gets wrong on them is mended on both
sides. Without a present mask the drawn outlines themselves are interpolated (Raya and Udupa,
IEEE Trans Med Imaging 1990;9:32).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import edt
import numpy as np
from numpy.typing import ArrayLike, NDArray
from skimage.draw import polygon2mask

from liverplan.errors import SegmentationError
from liverplan.segmentation.blocks import resampled
from liverplan.segmentation.edit.provenance import edited, with_provenance
from liverplan.segmentation.labels import LIVER, Segmentation
from liverplan.segmentation.morphology import Float32
from liverplan.segmentation.orientation import foot_head_axis
from liverplan.segmentation.results import Mask
from liverplan.volume import Grid

STEP_MM = 1.4
FADE_MM = 12.0
"""How far beyond the last drawn slices their correction reaches."""
FAR_MM = 60.0


def outline_mask(grid: Grid, k: int, outline_mm: ArrayLike) -> Mask:
    """Fill a drawn outline: (n, 3) LPS mm on one axial slice to a mask of that slice."""
    axis = foot_head_axis(grid)
    points = np.delete(grid.to_index(np.asarray(outline_mm, dtype=float)), axis, axis=1)
    if len(points) < 3:
        raise SegmentationError("An outline needs at least three points.")
    shape = tuple(n for a, n in enumerate(grid.shape) if a != axis)
    if not 0 <= k < grid.shape[axis]:
        raise SegmentationError(f"There is no slice {k} on this CT.")
    mask: Mask = polygon2mask(shape, points)
    return mask


def apply_contours(
    segmentation: Segmentation, drawn: Mapping[int, Mask], *, keep_present: bool = True
) -> Segmentation:
    """Correct the liver by outlines on some axial slices.

    Parameters
    ----------
    segmentation : Segmentation
        The labels to correct; lesions stay.
    drawn : mapping of slice index to (rows, columns) bool array
        The whole liver on that slice (index along the grid's foot-head axis); an empty mask says
        that there is none.
    keep_present : bool
        Whether the present mask shows the way between the drawn slices.

    Raises
    ------
    SegmentationError
        If a slice is not on the grid, or fewer than two are drawn without a present mask.
    """
    axis = foot_head_axis(segmentation.grid)
    labels = segmentation.labels.copy() if keep_present else _lesions_only(segmentation)
    target = np.moveaxis(labels, axis, 0)
    present = np.moveaxis(segmentation.labels, axis, 0)
    slices = _checked(drawn, present.shape, needed=1 if keep_present else 2)
    spacing = np.array(segmentation.grid.spacing_mm)
    low, high, box = _region(present, drawn, slices, spacing[axis], keep=keep_present)
    step = np.delete(spacing, axis)
    where = _sampling(box, step)
    now = _signed(present[(slice(low, high), *box)] >= LIVER, where, step)
    shifts = {k: _signed(drawn[k][box][None], where, step)[0] for k in slices}
    if keep_present:
        shifts = {k: s - now[k - low] for k, s in shifts.items()}
    fine = [
        np.interp(np.arange(b.stop - b.start), w, np.arange(len(w)))
        for b, w in zip(box, where, strict=True)
    ]
    for k in range(low, high):
        if k in drawn:
            _put(target[k], drawn[k])
            continue
        moved = _between(shifts, slices, k, float(spacing[axis]), keep=keep_present)
        if moved is not None:
            field = moved + now[k - low] if keep_present else moved
            _put(target[(k, *box)], resampled(field[None], [np.zeros(1), *fine])[0] > 0)
    return _marked(segmentation, labels, len(slices))


def _lesions_only(segmentation: Segmentation) -> NDArray[np.uint8]:
    return np.where(segmentation.labels > LIVER, segmentation.labels, np.uint8(0))


def _put(labels: NDArray[np.uint8], liver: Mask) -> None:
    """Set the liver of one slice; lesions stay."""
    labels[labels <= LIVER] = 0
    labels[liver & (labels == 0)] = LIVER


def _checked(drawn: Mapping[int, Mask], shape: tuple[int, ...], *, needed: int) -> list[int]:
    slices = sorted(drawn)
    if len(slices) < needed:
        raise SegmentationError(
            f"At least {needed} drawn slices are needed; there are {len(slices)}."
        )
    for k in slices:
        if not 0 <= k < shape[0] or drawn[k].shape != shape[1:]:
            raise SegmentationError(f"The outline on slice {k} does not fit the CT.")
    return slices


def _region(
    present: NDArray[np.uint8],
    drawn: Mapping[int, Mask],
    slices: list[int],
    step_mm: float,
    *,
    keep: bool,
) -> tuple[int, int, tuple[slice, slice]]:
    """Range of slices that can change, and the box around all outlines there."""
    reach = int(FADE_MM / step_mm) + 1 if keep else 0
    low, high = max(0, slices[0] - reach), min(present.shape[0], slices[-1] + reach + 1)
    flat = np.greater(present[low:high].max(axis=0), 0) | np.any([drawn[k] for k in slices], axis=0)
    if not flat.any():
        return low, high, (slice(0, flat.shape[0]), slice(0, flat.shape[1]))
    bounds = []
    for other in (1, 0):
        used = np.flatnonzero(flat.any(axis=other))
        bounds.append(
            slice(max(0, int(used[0]) - 8), min(flat.shape[1 - other], int(used[-1]) + 9))
        )
    return low, high, (bounds[0], bounds[1])


def _sampling(box: tuple[slice, slice], step_mm: np.ndarray) -> list[np.ndarray]:
    """Positions in the box at which distances are computed."""
    return [
        np.arange(0, b.stop - b.start, max(1, round(STEP_MM / float(s))))
        for b, s in zip(box, step_mm, strict=True)
    ]


def _signed(masks: Mask, where: list[np.ndarray], step_mm: np.ndarray) -> Float32:
    """In-plane signed distances, mm, positive inside; far ones are capped."""
    small = np.ascontiguousarray(masks[:, where[0]][:, :, where[1]])
    factors = [w[1] - w[0] if len(w) > 1 else 1 for w in where]
    spacing = (1e4, *(float(s * f) for s, f in zip(step_mm, factors, strict=True)))
    half = min(spacing[1:]) / 2
    sides = small.view(np.uint8) + np.uint8(1)  # both sides at once: to the nearest other number
    away = edt.edt(sides, anisotropy=spacing, black_border=False, parallel=2)
    signed = np.where(small, away - half, half - away)
    return np.asarray(np.clip(signed, -FAR_MM, FAR_MM), np.float32)


def _between(
    shifts: Mapping[int, Float32], slices: list[int], k: int, step_mm: float, *, keep: bool
) -> Float32 | None:
    """Interpolate between the drawn slices; beyond them the correction fades out."""
    below = max((s for s in slices if s < k), default=None)
    above = min((s for s in slices if s > k), default=None)
    if below is not None and above is not None:
        part = np.float32((k - below) / (above - below))
        return np.asarray((1 - part) * shifts[below] + part * shifts[above], np.float32)
    nearest = below if below is not None else above
    if nearest is None or not keep:
        return None
    weight = np.float32(max(0.0, 1 - abs(k - nearest) * step_mm / FADE_MM))
    return np.asarray(weight * shifts[nearest], np.float32)


def _marked(segmentation: Segmentation, labels: NDArray[np.uint8], count: int) -> Segmentation:
    after = edited(segmentation, labels, [LIVER])
    made = after.provenance[LIVER]
    noted = replace(made, parameters={**made.parameters, "contours": str(count)})
    return with_provenance(after, LIVER, noted)
