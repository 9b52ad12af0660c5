"""Masks that were made elsewhere, from NIfTI, NRRD or DICOM SEG, and where they came from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from liverplan import dicom
from liverplan.errors import InputError
from liverplan.segmentation import Provenance, read_mask_file
from liverplan.segmentation.files.formats import is_seg
from liverplan.segmentation.labels import LIVER
from liverplan.segmentation.provenance import read_back
from liverplan.segmentation.results import Mask
from liverplan.volume import Grid


def given_liver(path: Path, grid: Grid) -> tuple[Mask, Provenance]:
    """Read a (k, j, i) liver: every label of a file, of a SEG what is coded as liver or lesion.

    Raises
    ------
    InputError
        If it is empty.
    """
    if is_seg(path):
        segments = dicom.read_seg(path, grid)
        coded = [segment for segment in segments if segment.structure != "other"] or segments
        masks = [segment.mask for segment in coded]
        livers = [segment for segment in coded if segment.structure == "liver"]
        told = [segment.made for segment in livers or coded]
        made = read_back(told[0], path) if told else None
    else:
        file = read_mask_file(path, grid)
        masks, made = list(file.masks()), file.made(LIVER)
    liver = np.logical_or.reduce(masks) if masks else np.zeros(grid.shape, bool)
    if made is None or not liver.any():
        raise InputError(f"The liver mask {path} is empty.")
    return liver, made


def given_lesions(
    path: Path, labels: Sequence[int] | None, grid: Grid
) -> list[tuple[Mask, Provenance]]:
    """Read (k, j, i) lesions by label value; of a SEG by number, those coded as lesions first.

    Raises
    ------
    InputError
        If they are all empty, or a named one is absent.
    """
    found = _of_seg(path, grid, labels) if is_seg(path) else _of_file(path, grid, labels)
    if not any(mask.any() for mask, _ in found):
        raise InputError(f"The lesion mask {path} is empty.")
    return found


def _of_file(path: Path, grid: Grid, labels: Sequence[int] | None) -> list[tuple[Mask, Provenance]]:
    file = read_mask_file(path, grid)
    values = file.values if labels is None else labels
    return [
        (mask, file.made(value)) for mask, value in zip(file.masks(values), values, strict=True)
    ]


def _of_seg(path: Path, grid: Grid, labels: Sequence[int] | None) -> list[tuple[Mask, Provenance]]:
    segments = {segment.number: segment for segment in dicom.read_seg(path, grid)}
    if labels is None:
        coded = [n for n, segment in segments.items() if segment.structure == "lesion"]
        labels = coded or list(segments)
    absent = [number for number in labels if number not in segments]
    if absent:
        known = ", ".join(str(number) for number in segments)
        raise InputError(f"{path.name} has no segment {absent[0]}; it has {known}.")
    return [(segments[n].mask, read_back(segments[n].made, path)) for n in labels]
