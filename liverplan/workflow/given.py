"""Masks that were made elsewhere, from NIfTI, NRRD or DICOM SEG, and where they came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from liverplan import dicom
from liverplan.errors import InputError
from liverplan.segmentation import Provenance, read_mask_file
from liverplan.segmentation.files.formats import is_seg
from liverplan.segmentation.files.meaning import (
    Labels,
    Meaning,
    asked_for,
    lesions_of,
    livers_of,
)
from liverplan.segmentation.provenance import read_back
from liverplan.segmentation.results import Mask
from liverplan.volume import Grid

Meant = Callable[[Mapping[int, str], Mapping[int, Meaning], Path], tuple[int, ...]]
"""Which labels of a file serve, by their names and meanings."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _File:
    """The labels of a file by number: what they are called, what that means, and their masks."""

    path: Path
    names: Mapping[int, str]
    meanings: Mapping[int, Meaning]
    mask: Callable[[int], Mask]
    made: Callable[[int], Provenance]


def given_liver(path: Path, grid: Grid, labels: Labels | None = None) -> tuple[Mask, Provenance]:
    """Read a (k, j, i) liver: the labels that are named, or those that the file calls so.

    Raises
    ------
    InputError
        If it is empty, or the file has several labels and does not say which is the liver.
    """
    file = _read(path, grid)
    numbers = _numbers(file, labels, livers_of)
    liver = np.zeros(grid.shape, bool)
    for number in numbers:
        liver |= file.mask(number)
    if not liver.any():
        raise InputError(f"The liver mask {path} is empty.")
    called = [n for n in numbers if file.meanings[n] == "liver"]
    return liver, file.made((called or numbers)[0])


def given_lesions(path: Path, labels: Labels | None, grid: Grid) -> list[tuple[Mask, Provenance]]:
    """Read (k, j, i) lesions: those that are named, or those that the file says are metastases.

    Raises
    ------
    InputError
        If they are all empty, a named one is absent, or the file says that none is one.
    """
    file = _read(path, grid)
    numbers = _numbers(file, labels, lesions_of)
    found = [(file.mask(number), file.made(number)) for number in numbers]
    if not any(mask.any() for mask, _ in found):
        raise InputError(f"The lesion mask {path} is empty.")
    return found


def _numbers(file: _File, labels: Labels | None, meant: Meant) -> tuple[int, ...]:
    """Return the labels that a user names, or those that the file means; none of an empty one."""
    if not file.names:
        return ()
    if labels is None:
        return meant(file.names, file.meanings, file.path)
    return asked_for(labels, file.names, file.path)


def _read(path: Path, grid: Grid) -> _File:
    return _of_seg(path, grid) if is_seg(path) else _of_file(path, grid)


def _of_file(path: Path, grid: Grid) -> _File:
    file = read_mask_file(path, grid)
    return _File(
        path=path,
        names=file.called,
        meanings=file.meanings,
        mask=lambda number: file.masks([number])[0],
        made=file.made,
    )


def _of_seg(path: Path, grid: Grid) -> _File:
    segments = {segment.number: segment for segment in dicom.read_seg(path, grid)}
    return _File(
        path=path,
        names={n: segment.name for n, segment in segments.items()},
        meanings={n: segment.meaning for n, segment in segments.items()},
        mask=lambda number: segments[number].mask,
        made=lambda number: read_back(segments[number].made, path),
    )
