"""How far each voxel of a liver stands out above the tissue round it, in units of the noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from liverplan.errors import SegmentationError
from liverplan.segmentation.blocks import Blocks, blocks_of, resampled, share_in_blocks
from liverplan.segmentation.boxes import Triple, bounding_box, ends_of
from liverplan.segmentation.morphology import (
    Float32,
    Spacing,
    components,
    distance_transform_mm,
    eroded,
    mean_near,
)
from liverplan.segmentation.results import Mask
from liverplan.volume import Volume

FINE_MM = 1.0
AROUND_MM = 25.0
"""How much beside the liver is looked at: hilum and cava."""
SHOWN_HU = (-100.0, 300.0)
SCALES_MM = (0.8, 1.5)
DEEP_MM = 2.0
TISSUE_HU, TISSUE_SD = 60.0, 2.0
LOCAL_MM = 12.0
"""Tissue lies near its own local mean, taken over this distance: no vessel, no tumour."""
CLIPPED_HU = (-60.0, 80.0)
STANDS_OUT_SD = 3.5
PLAIN_ML = 0.5
PLAIN_SHARE = 0.8
"""Vessels larger than this tell the blood's density: what lies deeper in them than this share."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contrast:
    """A liver's densities against their surroundings, on blocks.

    Parameters
    ----------
    blocks : Blocks
        The box of the liver, HU.
    stop : (k, j, i)
        The CT's voxel after the box's last.
    liver : (k, j, i) bool array
    above_hu : (k, j, i) float32 array
        How much denser than the tissue near it, a little blurred.
    sharp_hu : (k, j, i) float32 array
        The same without blur, clipped.
    snr : (k, j, i) float32 array
        That in standard deviations of the noise, the best of two scales.
    noise_hu : float
        Standard deviation of `above_hu` in tissue.
    blood_hu : float
        How far the larger vessels stand out; 0 where none does.
    """

    blocks: Blocks
    stop: Triple
    liver: Mask
    above_hu: Float32
    sharp_hu: Float32
    snr: Float32
    noise_hu: float
    blood_hu: float

    @property
    def spacing_mm(self) -> Spacing:
        """Distance between block centres, mm."""
        return self.blocks.spacing_mm

    @property
    def blood_snr(self) -> float:
        """How far the larger vessels stand out, in standard deviations of the noise."""
        return self.blood_hu / self.noise_hu


def contrast_of(volume: Volume, liver_mask: Mask) -> Contrast:
    """Measure how the vessels of a liver stand out.

    Parameters
    ----------
    volume : Volume
    liver_mask : (k, j, i) bool array
        On the CT's grid.

    Raises
    ------
    SegmentationError
        If the mask is empty, or so thin that it holds no tissue to compare with.
    """
    if not liver_mask.any():
        raise SegmentationError("Vessels are looked for in a liver, and there is none.")
    margin = [int(np.ceil(AROUND_MM / s)) for s in volume.grid.spacing_mm]
    start, stop = ends_of(bounding_box(liver_mask, margin))
    blocks = blocks_of(volume, FINE_MM, start, stop)
    liver = share_in_blocks(liver_mask, volume.grid, FINE_MM, start, stop) >= 0.5
    spacing = blocks.spacing_mm
    deep = eroded(liver, DEEP_MM, spacing)
    if not deep.any():
        raise SegmentationError("The liver's mask is too thin to look for vessels in it.")
    shown = np.clip(blocks.hu, *SHOWN_HU)
    smooth = _blurred(shown, SCALES_MM[0], spacing)
    tissue, local = _tissue(smooth, deep, spacing)
    sharp = np.clip(shown - local, *CLIPPED_HU)
    snr = np.maximum(*(_in_noise(_blurred(sharp, s, spacing), tissue) for s in SCALES_MM))
    above = smooth - local
    return Contrast(
        blocks=blocks,
        stop=stop,
        liver=liver,
        above_hu=above,
        sharp_hu=sharp,
        snr=snr,
        noise_hu=_spread(above[tissue]),
        blood_hu=_blood(above, (snr > STANDS_OUT_SD) & deep, blocks),
    )


def _tissue(smooth: Float32, deep: Mask, spacing: Spacing) -> tuple[Mask, Float32]:
    """Find tissue and its local mean in turn: each tells the other."""
    median = float(np.median(smooth[deep]))
    tissue = deep & (np.abs(smooth - median) < TISSUE_HU)
    local = np.full_like(smooth, median)
    for _ in range(3):
        local = _local_mean(smooth, tissue, spacing, median)
        above = smooth - local
        tissue = deep & (np.abs(above) < TISSUE_SD * _spread(above[tissue]))
    return tissue, local


def _local_mean(smooth: Float32, tissue: Mask, spacing: Spacing, elsewhere_hu: float) -> Float32:
    """Gaussian mean of the tissue near each voxel, worked out on every second one."""
    k, j, i = spacing
    coarse = mean_near(
        smooth[::2, ::2, ::2], tissue[::2, ::2, ::2], LOCAL_MM, (2 * k, 2 * j, 2 * i)
    )
    known = np.where(np.isfinite(coarse), coarse, elsewhere_hu).astype(np.float32)
    return resampled(known, [np.arange(n) / 2 for n in smooth.shape])


def _blurred(values: Float32, sigma_mm: float, spacing: Spacing) -> Float32:
    made: Float32 = scipy.ndimage.gaussian_filter(values, [sigma_mm / s for s in spacing])
    return made


def _spread(values: Float32) -> float:
    """Return the standard deviation, from the median of the absolute deviations."""
    return max(1.4826 * float(np.median(np.abs(values - np.median(values)))), 1e-3)


def _in_noise(values: Float32, tissue: Mask) -> Float32:
    found: Float32 = (values - np.median(values[tissue])) / _spread(values[tissue])
    return found


def _blood(above: Float32, bright: Mask, blocks: Blocks) -> float:
    """How far the larger vessels stand out: the median in their middle."""
    numbers, counts = components(bright)
    plain = np.isin(numbers, np.flatnonzero(counts * blocks.voxel_ml > PLAIN_ML)) & bright
    if not plain.any():
        return 0.0
    depth = distance_transform_mm(plain, blocks.spacing_mm)
    return float(np.median(above[plain & (depth >= np.quantile(depth[plain], PLAIN_SHARE))]))
