"""The region around a click or stroke: densities, liver, and what there speaks for a lesion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from liverplan.errors import SegmentationError
from liverplan.segmentation.blocks import Blocks, blocks_of, share_in_blocks, voxels_in_blocks
from liverplan.segmentation.boxes import Triple, box_around
from liverplan.segmentation.denoise import blurred
from liverplan.segmentation.morphology import (
    Float32,
    closed_beyond,
    dilated,
    distance_transform_mm,
)
from liverplan.segmentation.points import checked_point, in_words
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray, Volume

FINE_MM, COARSEST_MM, BLOCKS_IN_REACH = 1.0, 2.0, 45
"""Block size: as fine as a small lesion needs, as coarse as a large one allows."""
SHOWN_HU, BLUR_MM = (-200.0, 300.0), 1.0
DENT_MM = 20.0
"""How deep a surface lesion may dent a liver mask that left it out."""
AWAY_MM = 20.0
"""Dark tissue this far from the liver is no lesion."""
BRIM_MM = 2.0
"""Within this of the liver's edge, densities are mixed with what lies outside."""
FEWEST_BLOCKS = 50
CLEAR_HU, LEAST_TRUST = 40.0, 0.15
"""Contrast at which the density is trusted as much as the shape; and the least trust."""
EDGE_FRACTION = 0.8
"""Where between the lesion's (0) and the liver's (1) density the border is drawn."""
LEAST_CONTRAST_HU = 12.0
FAT_HU, BODY_HU = -30.0, -200.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Region:
    """The box around a click or stroke.

    Parameters
    ----------
    blocks : Blocks
        The CT's block means.
    denoised_hu : (k, j, i) float32 array
        The same without noise.
    liver, undented : (k, j, i) bool arrays
        The liver on the blocks; and with the dents of surface lesions filled.
    start, stop : (k, j, i)
        The box of the CT's voxels: its first, and the one after its last.
    """

    blocks: Blocks
    denoised_hu: Float32
    liver: Mask
    undented: Mask
    start: Triple
    stop: Triple

    @classmethod
    def around(
        cls, volume: Volume, liver_mask: Mask, point_mm: FloatArray, reach_mm: float
    ) -> Region:
        """Look around a (3,) point, LPS mm, as far as `reach_mm`."""
        size_mm = float(np.clip(reach_mm / BLOCKS_IN_REACH, FINE_MM, COARSEST_MM))
        start, stop = box_around(volume.grid, volume.grid.to_index(point_mm), reach_mm)
        blocks = blocks_of(volume, size_mm, start, stop)
        liver = share_in_blocks(liver_mask, volume.grid, size_mm, start, stop) >= 0.5
        return cls(
            blocks=blocks,
            denoised_hu=blurred(blocks.hu, SHOWN_HU, BLUR_MM, blocks.spacing_mm),
            liver=liver,
            undented=closed_beyond(liver, DENT_MM, blocks.spacing_mm),
            start=start,
            stop=stop,
        )

    @property
    def points_mm(self) -> FloatArray:
        """(k, j, i, 3) array, LPS mm: where the blocks' centres lie."""
        return self.blocks.grid.to_mm(np.moveaxis(np.indices(self.liver.shape), 0, -1))

    @property
    def voxels(self) -> list[FloatArray]:
        """Per axis, an (n,) array: the block indices of the CT's voxels in the box."""
        return voxels_in_blocks(self.start, self.stop, self.blocks.factors)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """What the densities say.

    Parameters
    ----------
    values : (k, j, i) float32 array
        -1 at the lesion's density, 1 at the liver's, less where the two are too much alike.
    contrast_hu : float
        How much denser the liver is than the lesion, HU.
    """

    values: Float32
    contrast_hu: float

    @property
    def trust(self) -> float:
        """How far density is believed, against shape (0-1)."""
        return trust_in(self.contrast_hu)


def trust_in(contrast_hu: float) -> float:
    """How far a density of this contrast is believed, against shape (0-1)."""
    return float(np.clip(abs(contrast_hu) / CLEAR_HU, LEAST_TRUST, 1))


def checked_in_liver(volume: Volume, liver_mask: Mask, point_mm: ArrayLike) -> FloatArray:
    """Return a click as a (3,) array, LPS mm.

    Raises
    ------
    SegmentationError
        If it lies outside the CT, the body or the liver (by more than a dent is deep); with a
        hint, if it would lie in the liver with the signs of x and y exchanged, as in RAS.
    """
    try:
        return _in_liver(volume, liver_mask, point_mm)
    except SegmentationError as refusal:
        raise SegmentationError(f"{refusal}{_hint(volume, liver_mask, point_mm)}") from None


def _hint(volume: Volume, liver_mask: Mask, point_mm: ArrayLike) -> str:
    """Say so if the same numbers in RAS are a place in the liver; else nothing."""
    point = np.asarray(point_mm, dtype=float).reshape(-1)
    if point.shape != (3,) or not np.isfinite(point).all():
        return ""
    turned = point * (-1, -1, 1)
    voxel = volume.grid.nearest_index(turned)
    if voxel is None or not liver_mask[voxel]:
        return ""
    return (
        f" The point {in_words(turned)} mm lies in the liver: are these numbers RAS, as NIfTI "
        "programs show them? DICOM's are LPS, with the other signs of x and y."
    )


def _in_liver(volume: Volume, liver_mask: Mask, point_mm: ArrayLike) -> FloatArray:
    point, voxel = checked_point(volume.grid, point_mm)
    box = tuple(slice(max(0, n - 1), n + 2) for n in voxel)
    if float(np.median(volume.hu[box])) < BODY_HU:
        raise SegmentationError(
            f"The point {in_words(point)} mm lies outside the body, in air or lung."
        )
    reach = tuple(int(np.ceil(DENT_MM / s)) for s in volume.grid.spacing_mm)
    near = tuple(slice(max(0, n - r), n + r + 1) for n, r in zip(voxel, reach, strict=True))
    if not liver_mask[near].any():
        raise SegmentationError(f"The point {in_words(point)} mm lies outside the liver.")
    return point


def weigh(region: Region, seed: Mask, around: Mask) -> Evidence:
    """Weigh each block's density between the lesion's and the liver's.

    Parameters
    ----------
    region : Region
    seed, around : (k, j, i) bool arrays
        Where the lesion's density is read, and where the liver's.

    Raises
    ------
    SegmentationError
        If there is too little liver around.
    """
    spacing = region.blocks.spacing_mm
    lesion_hu = float(np.median(region.denoised_hu[seed]))
    deep = distance_transform_mm(region.liver, spacing) > BRIM_MM
    values = region.denoised_hu[deep & around]
    if values.size < FEWEST_BLOCKS:
        raise SegmentationError("There is too little liver around this point to tell a lesion.")
    contrast = _other_mode(values, lesion_hu) - lesion_hu
    evidence = _between(region.denoised_hu, lesion_hu, contrast) * trust_in(contrast)
    fat = region.blocks.hu < FAT_HU
    evidence[dilated(fat, BRIM_MM, spacing)] = 0  # mixed with what lies outside
    away = distance_transform_mm(~region.undented, spacing)
    away = np.maximum(away - float(np.median(away[seed])), 0)  # the seed itself is trusted
    elsewhere = np.where(fat, 1, np.minimum(away / AWAY_MM, 1))
    evidence = np.where(fat | (away > 0), np.maximum(evidence, elsewhere), evidence)
    return Evidence(values=np.asarray(evidence, dtype=np.float32), contrast_hu=contrast)


def _between(hu: Float32, lesion_hu: float, contrast_hu: float) -> FloatArray:
    """-1 on the lesion's side of the border, to 1 at the liver's density."""
    reach = np.sign(contrast_hu) * max(abs(contrast_hu), LEAST_CONTRAST_HU)
    share = (hu - lesion_hu) / reach
    return np.asarray(np.clip((share - EDGE_FRACTION) / (1 - EDGE_FRACTION), -1, 1))


def _other_mode(values_hu: Float32, lesion_hu: float) -> float:
    """Most frequent density among the liver's, the lesion's own left out."""
    counts, edges = np.histogram(values_hu, np.arange(-50, 251, 4))
    smooth = scipy.ndimage.gaussian_filter1d(counts.astype(float), 1.5)
    apart = np.abs(edges[:-1] + 2 - lesion_hu) > LEAST_CONTRAST_HU / 2
    return float(edges[int(np.where(apart, smooth, 0).argmax())] + 2)
