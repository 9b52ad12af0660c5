"""Whether the values of an image can be a CT's, where no header says what they are.

A file without DICOM may as well hold labels, an MR, values scaled to 0 and 1, or a scanner's raw
numbers; read as Hounsfield units they would give a liver, and a verdict, of nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from liverplan.errors import InputError

LOOKED_AT = 500_000
"""Voxels that are judged: enough to know the tissue, few enough to take no time."""
FEW_VALUES = 64
"""A mask of every organ has fewer; a CT, with its noise, has more."""
NARROWEST_HU = 300.0
"""Fat, soft tissue and bone reach further, also in a CT that was clipped to a liver window."""
FAT_HU = -50.0
LEAST_THIN_SHARE = 0.001
"""Of a patient's CT much more is fat or air; of one that is cut out round the liver, too."""
BODY_HU = (-120.0, 300.0)
"""Where the middle of all that is no air lies: between fat and dense bone."""
AIR_HU = -300.0


def require_hounsfield(hu: NDArray[np.generic], name: str) -> None:
    """Refuse a (k, j, i) image whose values cannot be Hounsfield units.

    Raises
    ------
    InputError
        In one sentence: what it looks like, and what to do.
    """
    fault = _fault(_sample(hu))
    if fault:
        raise InputError(f"{name} is no CT in Hounsfield units: {fault}.")


def _sample(hu: NDArray[np.generic]) -> NDArray[np.float64]:
    """Every so many voxels along each axis; all of a small image."""
    step = max(1, int((hu.size / LOOKED_AT) ** (1 / 3)))
    return hu[::step, ::step, ::step].astype(np.float64).ravel()


def _fault(values: NDArray[np.float64]) -> str:
    low, high = float(values.min()), float(values.max())
    reach = f"its values run from {low:g} to {high:g}"
    if low == high:
        return f"all its values are {low:g}"
    whole = bool(np.array_equal(values, np.rint(values)))
    if low >= 0 and whole and len(np.unique(values)) <= FEW_VALUES:
        return f"{reach}, few and whole, as a mask's labels do; give a mask by --liver or --lesions"
    if high - low < NARROWEST_HU:
        return f"{reach}, as if they were scaled; convert the CT again without scaling"
    if np.mean(values < FAT_HU) < LEAST_THIN_SHARE:
        return (
            f"{reach} and none is as thin as fat or air, so it is another kind of image, or an "
            "offset such as -1024 was lost; convert the CT again"
        )
    body = values[values > AIR_HU]
    middle = float(np.median(body)) if body.size else low
    if not BODY_HU[0] <= middle <= BODY_HU[1]:
        return f"{reach} and what is no air has {middle:g} in the middle, which no body has"
    return ""
