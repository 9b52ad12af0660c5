"""A mask of all lesions as one mask for each."""

from __future__ import annotations

import cc3d
import numpy as np

from liverplan.segmentation.results import Mask

SMALLEST_LESION_ML = 0.05
"""Specks below a sphere of 4.6 mm are noise of a network, not lesions."""


def separate_lesions(mask: Mask, voxel_ml: float) -> tuple[tuple[Mask, ...], int]:
    """Split a mask into connected lesions, largest first, and count the specks left out.

    Parameters
    ----------
    mask : (k, j, i) bool array
        What a network took for lesion.
    voxel_ml : float
        Volume of a voxel, mL.

    Returns
    -------
    lesions : tuple of (k, j, i) bool array
    specks : int
        How many components are under `SMALLEST_LESION_ML`.
    """
    labels, count = cc3d.connected_components(mask, return_N=True)
    voxels = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    order = [int(n) for n in np.argsort(-voxels, kind="stable")]
    large = [n for n in order if voxels[n] * voxel_ml >= SMALLEST_LESION_ML]
    return tuple(labels == n + 1 for n in large), count - len(large)
