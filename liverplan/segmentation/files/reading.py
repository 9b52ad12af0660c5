"""Masks read from NIfTI and NRRD onto the CT's grid.

Both formats know their place in the patient; SimpleITK turns either into LPS millimetres.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from liverplan.errors import InputError
from liverplan.segmentation.files.formats import suffix_of
from liverplan.segmentation.files.origins import read_origins
from liverplan.segmentation.labels import FIRST_LESION, LIVER, Segmentation
from liverplan.segmentation.provenance import Provenance, given, read_back
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray, Grid, read_only

LARGEST_LABEL = 65535


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MaskFile:
    """Label values of a file, on the CT's grid.

    Parameters
    ----------
    labels : (k, j, i) uint16 array
        As they are in the file; what they mean is for the caller to say.
    path : Path
        Where they were read.
    origins : mapping of int to Provenance
        What the file says of its masks, by label value; empty unless liverplan wrote it.
    """

    labels: NDArray[np.uint16]
    path: Path
    origins: Mapping[int, Provenance] = field(default_factory=dict)

    def __post_init__(self) -> None:
        read_only(self.labels)

    @property
    def values(self) -> tuple[int, ...]:
        """Label values that have at least one voxel, ascending, without 0."""
        counts = np.bincount(self.labels.ravel())
        return tuple(int(v) for v in np.flatnonzero(counts) if v)

    @property
    def any(self) -> Mask:
        """(k, j, i) mask of every voxel that has a label."""
        return np.greater(self.labels, 0)

    def masks(self, values: Iterable[int] | None = None) -> tuple[Mask, ...]:
        """One (k, j, i) bool array a label value; of all values, or of those named.

        Raises
        ------
        InputError
            If a named value has no voxel in the file.
        """
        wanted = self.values if values is None else tuple(values)
        absent = sorted(set(wanted) - set(self.values))
        if absent:
            raise InputError(
                f"{self.path.name} has no label {_list(absent)}; it has {_list(self.values)}."
            )
        return tuple(np.equal(self.labels, value) for value in wanted)

    def made(self, value: int) -> Provenance:
        """Return where the mask of a label value came from; nobody has accepted it."""
        told = self.origins.get(value)
        return given(self.path) if told is None else read_back(told, self.path)


def read_mask_file(path: Path | str, grid: Grid) -> MaskFile:
    """Read a NIfTI or NRRD mask onto a grid, as (k, j, i) label values.

    The file may hold its axes in any order and direction, as long as its voxels are the grid's.

    Raises
    ------
    InputError
        If the file cannot be read or does not hold whole, non-negative label values.
    GridError
        If its voxels are not those of the grid; every difference is named.
    """
    path = Path(path)
    image = _read_image(path)
    array, affine = _oriented_like(sitk.GetArrayFromImage(image), _affine(image), grid.affine)
    Grid(shape=_shape(array), affine=affine).require_same(
        grid, mine=f"The mask {path.name}", theirs="the CT"
    )
    labels = _whole_labels(array, path)
    return MaskFile(labels=labels, path=path, origins=read_origins(path, image))


def segmentation_from_files(
    grid: Grid,
    *,
    liver: Path | str | None,
    lesions: Path | str | None = None,
    lesion_labels: Sequence[int] | None = None,
    accepted_by: str = "",
) -> Segmentation:
    """Import a liver and lesions as one Segmentation.

    Every label of the liver file is liver. Labels of the lesion file are lesions: all of them,
    or those named, in that order. Lesions may reach out of the liver: they are counted into it.
    Nobody has accepted them but the person who is named.
    """
    liver_mask, masks = np.zeros(grid.shape, bool), tuple[Mask, ...]()
    made: dict[int, Provenance] = {}
    if liver is not None:
        file = read_mask_file(liver, grid)
        liver_mask, made[LIVER] = file.any, file.made(LIVER)
    if lesions is not None:
        file = read_mask_file(lesions, grid)
        values = file.values if lesion_labels is None else lesion_labels
        masks = file.masks(values)
        made |= {label: file.made(value) for label, value in enumerate(values, FIRST_LESION)}
    if accepted_by:
        made = {label: one.accepted_as(accepted_by) for label, one in made.items()}
    return Segmentation.from_masks(grid, liver_mask, masks, made)


def _read_image(path: Path) -> sitk.Image:
    if not path.is_file():
        raise InputError(f"There is no mask file {path}.")
    suffix_of(path)
    try:
        image = sitk.ReadImage(str(path))
    except RuntimeError as error:
        raise InputError(f"{path.name} cannot be read as NIfTI or NRRD.") from error
    if image.GetDimension() == 4 and image.GetSize()[3] == 1:
        image = image[:, :, :, 0]
    if image.GetDimension() != 3 or image.GetNumberOfComponentsPerPixel() != 1:
        raise InputError(f"{path.name} does not hold one three-dimensional image of labels.")
    return image


def _affine(image: sitk.Image) -> FloatArray:
    """Index (k, j, i, 1) to LPS mm, of SimpleITK's array order."""
    direction = np.array(image.GetDirection()).reshape(3, 3) * np.array(image.GetSpacing())
    affine = np.eye(4)
    affine[:3, :3] = direction[:, ::-1]
    affine[:3, 3] = image.GetOrigin()
    return affine


def _oriented_like(
    array: NDArray[np.generic], affine: FloatArray, wanted: FloatArray
) -> tuple[NDArray[np.generic], FloatArray]:
    """Reorder and flip an array's axes so that they run as those of another affine."""
    unit = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    goal = wanted[:3, :3] / np.linalg.norm(wanted[:3, :3], axis=0)
    likeness = goal.T @ unit  # [wanted axis, present axis]: cosine of the angle between them
    order = np.abs(likeness).argmax(axis=1)
    if sorted(order) != [0, 1, 2]:
        return array, affine
    result, turned = array.transpose(order), affine.copy()
    turned[:3, :3] = affine[:3, order]
    for axis in range(3):
        if likeness[axis, order[axis]] < 0:
            result = np.flip(result, axis)
            turned[:3, 3] += turned[:3, axis] * (result.shape[axis] - 1)
            turned[:3, axis] *= -1
    return result, turned


def _whole_labels(array: NDArray[np.generic], path: Path) -> NDArray[np.uint16]:
    values = np.asarray(array)
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise InputError(f"{path.name} holds values that are not numbers.")
    if values.size and (values.min() < 0 or values.max() > LARGEST_LABEL):
        raise InputError(f"{path.name} holds values that are no labels (0 to {LARGEST_LABEL}).")
    labels = np.ascontiguousarray(values.astype(np.uint16))
    if values.dtype.kind == "f" and not np.array_equal(labels, values):
        raise InputError(f"{path.name} holds fractions where label values are wanted.")
    return labels


def _shape(array: NDArray[np.generic]) -> tuple[int, int, int]:
    k, j, i = array.shape
    return k, j, i


def _list(values: Sequence[int]) -> str:
    return ", ".join(str(v) for v in values)
