"""Labels for real CTs without an expert's: what an earlier network is sure of, the rest ignored.

Sure liver lies a little within the network's surface and has the liver's own density; sure other
lies a little outside it, or is fat, gas or bone. Between them is a thin band that teaches nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from liverplan_training import VOXEL_MM
from liverplan_training.cases import Case
from liverplan_training.evaluation.measure import BoolArray, largest
from liverplan_training.evaluation.predictors import FloatArray, Predict, by_slabs
from liverplan_training.labels import Label

FAT_BELOW_HU, BONE_FROM_HU = -60.0, 250.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sureness:
    """When a label is made.

    Parameters
    ----------
    deep_mm, far_mm
        How far inside and outside the network's surface it begins. The better the network that
        labels, the thinner the band may be.
    liver_above, other_below
        Probability of liver that it takes.
    darker_mads, brighter_hu
        How far from the liver's median density sure liver may lie.
    """

    deep_mm: float = 4.0
    far_mm: float = 8.0
    liver_above: float = 0.9
    other_below: float = 0.05
    darker_mads: float = 2.5
    brighter_hu: float = 90.0


FIRST = Sureness()
"""By a network that has seen rendered CTs only."""
ANEW = Sureness(deep_mm=2.0, far_mm=4.0, liver_above=0.85, other_below=0.1)
"""By a network that has learnt from real CTs: a thin band."""


def relabelled(
    case: Case, predict: Predict, *, sureness: Sureness = ANEW, level: float = 0.5
) -> Case | None:
    """Return a real case with labels made anew, which name the liver alone.

    Parameters
    ----------
    case
        One with a CT.
    level
        Probability at which the network's surface lies.

    Returns
    -------
    case or None
        None where there is no CT, or nothing in it that the network is sure is liver.
    """
    if case.hu is None:
        return None
    hu = case.hu.astype(np.float32)
    liver, _ = by_slabs(hu, predict)
    labels, median, mad = sure_labels(hu, liver, sureness=sureness, level=level)
    if not (labels == Label.LIVER).any():
        return None
    return replace(
        case, labels=labels, known=(int(Label.LIVER),), rendered_too=False,
        more={"median": median, "mad": mad},
    )  # fmt: skip


def sure_labels(
    hu: FloatArray, share: FloatArray, *, sureness: Sureness, level: float
) -> tuple[NDArray[np.uint8], float, float]:
    """Return labels, and the liver's median density with its spread.

    Parameters
    ----------
    hu, share : (k, j, i)
        A CT, and a network's probability of liver.

    Returns
    -------
    labels : (k, j, i) uint8
        `Label.LIVER`, `Label.OTHER`, `Label.LIKELY_LIVER`, `Label.UNSURE`.
    median_hu, mad_hu
        Of the liver's inside; the spread as of a normal distribution.
    """
    mask = largest(share > level)
    deep = ndimage.distance_transform_edt(mask) * VOXEL_MM
    far = ndimage.distance_transform_edt(~mask) * VOXEL_MM
    calm = ndimage.gaussian_filter(hu.clip(-200, 300), 1.0)
    core = mask & (deep > 6)
    core = core if core.any() else mask
    median = float(np.median(calm[core])) if core.any() else 0.0
    mad = float(np.median(np.abs(calm[core] - median)) * 1.48) if core.any() else 0.0
    usual = (calm > median - max(15.0, sureness.darker_mads * mad)) & (
        calm < median + sureness.brighter_hu
    )
    liver = (share > sureness.liver_above) & (deep > sureness.deep_mm) & usual
    labels = np.full(hu.shape, Label.UNSURE, np.uint8)
    labels[mask] = Label.LIKELY_LIVER
    labels[without_strays(liver)] = Label.LIVER
    labels[(far > sureness.far_mm) & (share < sureness.other_below)] = Label.OTHER
    around = ndimage.uniform_filter(hu, 3)
    labels[(hu < FAT_BELOW_HU) & (around < FAT_BELOW_HU)] = Label.OTHER
    labels[(hu > BONE_FROM_HU) & (around > BONE_FROM_HU)] = Label.OTHER
    return labels, median, mad


def without_strays(mask: BoolArray) -> BoolArray:
    """Leave out a slice's small pieces: near the dome such a piece may be heart."""
    kept = np.zeros_like(mask)
    for k, plane in enumerate(mask):
        pieces, count = ndimage.label(plane)
        if count:
            sizes = np.bincount(pieces.ravel())[1:]
            kept[k] = np.isin(pieces, 1 + np.flatnonzero(sizes >= 0.25 * sizes.max()))
    return kept
