"""The liver's own density on this CT."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.errors import SegmentationError
from liverplan.segmentation.blocks import Blocks
from liverplan.segmentation.morphology import Float32
from liverplan.segmentation.results import Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """The liver's own density: mode and spread, HU."""

    mode_hu: float
    spread_hu: float


def read_density(denoised: Float32, where: Mask, blocks: Blocks) -> Density:
    """Read the mode of the density, and its spread, in homogeneous tissue.

    Parameters
    ----------
    denoised : (k, j, i) float32 array
        The blocks' densities without noise, HU.
    where : (k, j, i) bool array
        Where the liver surely is.
    blocks : Blocks
        The lattice.

    Raises
    ------
    SegmentationError
        If there is too little homogeneous tissue.
    """
    slope = scipy.ndimage.gaussian_gradient_magnitude(denoised, 1)
    values = denoised[where & (slope < 12) & (denoised > 20) & (denoised < 220)]
    if values.size * blocks.voxel_ml < 30:
        raise SegmentationError(
            "No liver is seen on this CT: there is no even tissue where it lies."
        )
    counts, edges = np.histogram(values, np.arange(20, 221, 2))
    smooth = scipy.ndimage.gaussian_filter1d(counts.astype(float), 2.0)
    peak = int(smooth.argmax())
    low, high = _half_height(smooth, peak)
    return Density(mode_hu=float(edges[peak] + 1), spread_hu=(high - low) * 2 / 2.355)


def _half_height(counts: NDArray[np.float64], peak: int) -> tuple[int, int]:
    below = np.flatnonzero(counts < counts[peak] / 2)
    low = below[below < peak].max(initial=0)
    high = below[below > peak].min(initial=counts.size - 1)
    return int(low), int(high)
