"""Lesions on the label map: numbered, added, taken away, merged, split, dilated and eroded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from liverplan.errors import SegmentationError
from liverplan.segmentation.boxes import slices_of, triple, voxels_of
from liverplan.segmentation.edit.provenance import edited
from liverplan.segmentation.labels import FIRST_LESION, LAST_LABEL, LIVER, Segmentation
from liverplan.segmentation.morphology import dilated, eroded
from liverplan.segmentation.provenance import Provenance
from liverplan.segmentation.results import Mask


def free_label(segmentation: Segmentation) -> int:
    """Return the lowest label value that no lesion has.

    Raises
    ------
    SegmentationError
        If all 254 are taken.
    """
    taken = set(segmentation.lesion_labels)
    for label in range(FIRST_LESION, LAST_LABEL + 1):
        if label not in taken:
            return label
    raise SegmentationError("There are too many lesions for one label map (254).")


def with_lesion(
    segmentation: Segmentation, mask: Mask, made: Provenance, label: int | None = None
) -> Segmentation:
    """Add a lesion; other lesions keep their voxels.

    Parameters
    ----------
    segmentation : Segmentation
    mask : (k, j, i) bool array
        The lesion; where it reaches out of the liver it is counted into it.
    made : Provenance
        What made it.
    label : int or None
        Its label value; None takes the lowest that is free.

    Raises
    ------
    SegmentationError
        If all of it lies in other lesions.
    """
    label = free_label(segmentation) if label is None else label
    labels = segmentation.labels.copy()
    labels[mask & (labels <= LIVER)] = label
    if not np.any(labels == label):
        raise SegmentationError("This place is already part of another metastasis.")
    provenance = {**segmentation.provenance, label: made}
    return Segmentation(grid=segmentation.grid, labels=labels, provenance=provenance)


def without_lesion(segmentation: Segmentation, label: int) -> Segmentation:
    """Give a lesion's voxels back to the liver; the other lesions stay as they are."""
    _require(segmentation, [label])
    labels = segmentation.labels.copy()
    labels[labels == label] = LIVER
    kept = {n: p for n, p in segmentation.provenance.items() if n != label}
    return Segmentation(grid=segmentation.grid, labels=labels, provenance=kept)


def with_lesions(
    segmentation: Segmentation,
    masks: Sequence[Mask],
    made: Provenance,
    *,
    touching: Literal["trim", "skip"],
) -> Segmentation:
    """Add lesions that a file holds or a method found.

    Parameters
    ----------
    segmentation : Segmentation
    masks : sequence of (k, j, i) bool arrays
        Empty ones, and those that are marked already as a whole, are left out.
    made : Provenance
        What made them.
    touching : {"trim", "skip"}
        Of a lesion that shares voxels with one that is marked already: add what is left of it, or
        nothing.

    Returns
    -------
    Segmentation
        The same one where nothing was added.
    """
    for mask in masks:
        marked = segmentation.labels[mask] >= FIRST_LESION
        if not marked.all() and not (touching == "skip" and marked.any()):
            segmentation = with_lesion(segmentation, mask, made)
    return segmentation


def with_liver(mask: Mask, made: Provenance, before: Segmentation) -> Segmentation:
    """Put another liver in place of the one before; lesions stay, also outside of it.

    Parameters
    ----------
    mask : (k, j, i) bool array
        The whole liver.
    made : Provenance
        What made it.
    before : Segmentation
        On the same grid.
    """
    lesions = before.labels >= FIRST_LESION
    labels = np.where(lesions, before.labels, mask.astype(np.uint8))
    provenance = {**before.provenance, LIVER: made}
    return Segmentation(grid=before.grid, labels=labels, provenance=provenance)


def merge_lesions(segmentation: Segmentation, into: int, others: Sequence[int]) -> Segmentation:
    """Make several lesions one; the labels of the others become free.

    Raises
    ------
    SegmentationError
        If one of them is not there, or is merged into itself.
    """
    _require(segmentation, [into, *others])
    if into in others:
        raise SegmentationError("A lesion cannot be merged into itself.")
    labels = segmentation.labels.copy()
    labels[np.isin(labels, list(others))] = into
    return edited(segmentation, labels, [into], gone=others)


def split_lesion(
    segmentation: Segmentation, label: int, first_mm: ArrayLike, second_mm: ArrayLike
) -> Segmentation:
    """Split a lesion half way between two (3,) points, LPS mm; the second's part is a new one.

    Raises
    ------
    SegmentationError
        If there is no such lesion, or all of it is nearer to one of the points.
    """
    _require(segmentation, [label])
    where = voxels_of(segmentation.labels == label)
    points = segmentation.grid.to_mm(where)
    first, second = (np.asarray(p, dtype=float) for p in (first_mm, second_mm))
    beyond = np.linalg.norm(points - second, axis=1) < np.linalg.norm(points - first, axis=1)
    if beyond.all() or not beyond.any():
        raise SegmentationError("These two points do not part the lesion.")
    new = free_label(segmentation)
    labels = segmentation.labels.copy()
    labels[tuple(where[beyond].T)] = new
    return edited(segmentation, labels, [label, new])


def resize_lesion(segmentation: Segmentation, label: int, by_mm: float) -> Segmentation:
    """Grow (or, if negative, shrink) a lesion by so many millimetres on every side.

    It grows into the liver and out of it, but not into other lesions; what it gives up is liver.

    Raises
    ------
    SegmentationError
        If there is no such lesion, or nothing would be left of it.
    """
    _require(segmentation, [label])
    where = voxels_of(segmentation.labels == label)
    margin = np.ceil((abs(by_mm) + 1) / np.array(segmentation.grid.spacing_mm)).astype(int) + 1
    start = triple(np.maximum(where.min(axis=0) - margin, 0))
    stop = triple(np.minimum(where.max(axis=0) + margin + 1, segmentation.grid.shape))
    labels = segmentation.labels.copy()
    box = labels[slices_of(start, stop)]
    lesion, spacing = box == label, segmentation.grid.spacing_mm
    if by_mm >= 0:
        box[dilated(lesion, by_mm, spacing) & (box < FIRST_LESION)] = label
    else:
        box[lesion & ~eroded(lesion, -by_mm, spacing)] = LIVER
        if not (box == label).any():
            raise SegmentationError(f"Shrunk by {-by_mm:.1f} mm, nothing is left of the lesion.")
    return edited(segmentation, labels, [label])


def _require(segmentation: Segmentation, labels: Sequence[int]) -> None:
    absent = sorted(set(labels) - set(segmentation.lesion_labels))
    if absent:
        raise SegmentationError(f"There is no lesion with label {', '.join(map(str, absent))}.")
