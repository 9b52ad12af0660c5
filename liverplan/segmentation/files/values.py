"""Label values from what a file stores: whole numbers, or refused in words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from liverplan.errors import InputError
from liverplan.segmentation.files.stored import Stored

LARGEST_LABEL = 65535
FEW = 32
COARSEST_SLOPE = 0.5
"""Programs that store small numbers in bytes scale by far less; a larger slope is a mistake."""


def whole_labels(stored: NDArray[np.generic], how: Stored, name: str) -> NDArray[np.uint16]:
    """Return (k, j, i) label values of a (k, j, i) array that a file stores.

    Raises
    ------
    InputError
        If they are not whole, not finite, negative or too large.
    """
    values = np.asarray(stored)
    scaled = (how.slope, how.offset) != (1.0, 0.0)
    if scaled:
        values = _scaled(values, how, name)
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise InputError(f"{name} holds values that are not numbers.")
    if values.size and (values.min() < 0 or values.max() > LARGEST_LABEL):
        raise InputError(f"{name} holds values that are no labels (0 to {LARGEST_LABEL}).")
    labels = values.astype(np.uint16)
    if values.dtype.kind == "f" and not np.array_equal(labels, values):
        raise InputError(f"{name} holds fractions where label values are wanted.")
    return labels


def counted(labels: NDArray[np.uint16]) -> tuple[int, ...]:
    """Label values of a (k, j, i) array that have a voxel, ascending, without 0."""
    there = np.zeros(LARGEST_LABEL + 1, bool)
    for plane in labels:
        largest = int(plane.max(initial=0))
        if largest > FEW:
            there[plane] = True
            continue
        for value in range(1, largest + 1):  # a value that was seen need not be looked for again
            there[value] = there[value] or bool((plane == value).any())
    return tuple(int(value) for value in np.flatnonzero(there) if value)


def _scaled(values: NDArray[np.generic], how: Stored, name: str) -> NDArray[np.float64]:
    """Undo a scale: whole numbers again, where rounding to the file's own steps explains it."""
    fine = np.asarray(values, np.float64) * how.slope + how.offset
    whole = np.rint(fine)
    off = np.abs(fine - whole).max(initial=0.0)
    sound = 0 < how.slope <= COARSEST_SLOPE and abs(how.offset) < LARGEST_LABEL
    if not sound or not off <= how.slope * 0.51 or off > 0.1 or whole.min(initial=0.0) != 0:
        raise InputError(
            f"{name} scales its values (scl_slope {how.slope:.6g}, scl_inter {how.offset:.6g}), "
            "and they are no label values then; write them as whole numbers without a scale."
        )
    return whole
