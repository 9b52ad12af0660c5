"""Label maps (NIfTI) to cases: upright, at `VOXEL_MM`, with what they leave out filled in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray
from scipy import ndimage

from liverplan_training import VOXEL_MM
from liverplan_training.cases import Case, write_case
from liverplan_training.context import with_context, with_fat
from liverplan_training.labels import Label
from liverplan_training.sources import table

ENDING = ".nii.gz"
WHOLE_WEIGHT = 2.0
"""A map whose surroundings are its own, not filled in by rule, is drawn this much more often."""


def write_maps(folder: Path, out: Path, *, told: Callable[[str], None] = print) -> None:
    """Write a case for every label map of a folder.

    Raises
    ------
    InputError
        If a map has no source that lends it, or no liver.
    """
    for path in sorted(folder.glob(f"*{ENDING}")):
        name = path.name.removesuffix(ENDING)
        source = table().source_of(name)
        labels = upright_labels(sitk.ReadImage(str(path)))
        few = (labels == Label.AORTA).any() and not (labels == Label.BONE).any()
        filled = with_context(labels) if few else with_fat(labels)
        weight = 1.0 if few else WHOLE_WEIGHT
        told(str(write_case(out, Case(name=name, source=source, labels=filled, weight=weight))))


def upright_labels(image: sitk.Image) -> NDArray[np.uint8]:
    """Return a map as (k, j, i), foot to head, front to back, right to left, at `VOXEL_MM`.

    Some maps come with front and back exchanged: the kidneys lie behind the liver.
    """
    image = sitk.DICOMOrient(image, "LPS")
    labels = sitk.GetArrayFromImage(image).astype(np.uint8)
    zoom = [mm / VOXEL_MM for mm in reversed(image.GetSpacing())]
    upright: NDArray[np.uint8] = ndimage.zoom(labels, zoom, order=0, mode="nearest")
    kidneys, liver = (_row_of(upright, label) for label in (Label.KIDNEY, Label.LIVER))
    return np.ascontiguousarray(upright[:, ::-1] if kidneys < liver else upright)


def _row_of(labels: NDArray[np.uint8], label: Label) -> float:
    """Mean row, or NaN where there is none."""
    rows = np.nonzero(labels == label)[1]
    return float(rows.mean()) if rows.size else float("nan")
