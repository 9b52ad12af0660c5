"""Masks read from NIfTI and NRRD onto the CT's grid.

Both formats know their place in the patient, which comes out in LPS millimetres. A file that is
damaged, or whose voxels are not the CT's, is refused before or while it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from liverplan.errors import InputError
from liverplan.segmentation.files import nifti, nrrd
from liverplan.segmentation.files.formats import suffix_of
from liverplan.segmentation.files.meaning import Meaning, lesions_of, livers_of, meaning_of
from liverplan.segmentation.files.origins import read_origins
from liverplan.segmentation.files.stored import Label, Stored, reading, voxels
from liverplan.segmentation.files.values import counted, whole_labels
from liverplan.segmentation.labels import FIRST_LESION, LIVER, Segmentation
from liverplan.segmentation.provenance import Provenance, given, read_back
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray, Grid, read_only


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MaskFile:
    """Label values of a file, on the CT's grid.

    Parameters
    ----------
    layers : tuple of (k, j, i) uint16 arrays
        Label values as they are in the file; most files have one layer; segments of 3D Slicer
        that overlap lie on several.
    path : Path
        Where they were read.
    names : tuple of Label
        The labels that have voxels, and those that the file names; what they mean is for the
        caller to say.
    origins : mapping of int to Provenance
        What the file says of its masks, by label value; empty unless liverplan wrote it.
    ours : bool
        Whether liverplan wrote it: then 1 is the liver and 2, 3, 4, ... are metastases.
    """

    layers: tuple[NDArray[np.uint16], ...]
    path: Path
    names: tuple[Label, ...]
    origins: Mapping[int, Provenance] = field(default_factory=dict)
    ours: bool = False

    def __post_init__(self) -> None:
        for layer in self.layers:
            read_only(layer)

    @property
    def labels(self) -> NDArray[np.uint16]:
        """(k, j, i) label values; of several layers the last that has one, by its number."""
        if len(self.layers) == 1:
            return self.layers[0]
        merged = np.zeros(self.layers[0].shape, np.uint16)
        for number in self.values:
            merged[self.masks([number])[0]] = number
        return merged

    @property
    def numbered(self) -> dict[int, Label]:
        """Labels by the number that chooses them: their value, or their turn if layers share it."""
        values = [label.value for label in self.names]
        alone = len(set(values)) == len(values)
        return {(n.value if alone else at): n for at, n in enumerate(self.names, 1)}

    @property
    def called(self) -> dict[int, str]:
        """What the file calls each label, by number; "" where it does not say."""
        return {number: label.name for number, label in self.numbered.items()}

    @property
    def meanings(self) -> dict[int, Meaning]:
        """What each label means, by number: by its name, or by the numbers that are ours."""
        if self.ours:
            return {number: "liver" if number == LIVER else "lesion" for number in self.numbered}
        return {number: meaning_of(name) for number, name in self.called.items()}

    @property
    def values(self) -> tuple[int, ...]:
        """Numbers of the labels that have at least one voxel, in the file's order, without 0."""
        return tuple(self.numbered)

    @property
    def any(self) -> Mask:
        """(k, j, i) mask of every voxel that has a label."""
        found = np.greater(self.layers[0], 0)
        for layer in self.layers[1:]:
            found |= np.greater(layer, 0)
        return found

    def masks(self, values: Iterable[int] | None = None) -> tuple[Mask, ...]:
        """One (k, j, i) bool array a label; of all, or of those whose numbers are named.

        Raises
        ------
        InputError
            If a named label has no voxel in the file.
        """
        numbered = self.numbered
        wanted = self.values if values is None else tuple(values)
        absent = sorted(set(wanted) - set(numbered))
        if absent:
            raise InputError(
                f"{self.path.name} has no label {_list(absent)}; it has {_list(self.values)}."
            )
        chosen = (numbered[value] for value in wanted)
        return tuple(np.equal(self.layers[one.layer], one.value) for one in chosen)

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
    suffix = suffix_of(path).lower()
    if not path.is_file():
        raise InputError(f"There is no mask file {path}.")
    header = nrrd.read_header if suffix == ".nrrd" else nifti.read_header
    with reading(path) as stream:
        stored = header(stream, path.name)
        axes = _placed(stored, grid, path.name)
        values = voxels(stream, stored, path.name)
    layers = tuple(axes.turned(whole_labels(layer, stored, path.name)) for layer in values)
    return MaskFile(
        layers=layers,
        path=path,
        names=_present(layers, stored.labels, path.name),
        origins=read_origins(stored.ours),
        ours=stored.ours is not None,
    )


def segmentation_from_files(
    grid: Grid,
    *,
    liver: Path | str | None,
    lesions: Path | str | None = None,
    lesion_labels: Sequence[int] | None = None,
    accepted_by: str = "",
) -> Segmentation:
    """Import a liver and lesions as one Segmentation.

    The liver file says which of its labels is the liver, or has but one. Labels of the lesion
    file are lesions: those that it calls so, all of them if it says nothing, or those named, in
    that order. Lesions may reach out of the liver: they are counted into it. Nobody has accepted
    them but the person who is named.

    Raises
    ------
    InputError
        If a file cannot be read, or has several labels and does not say which serve.
    """
    liver_mask, masks = np.zeros(grid.shape, bool), tuple[Mask, ...]()
    made: dict[int, Provenance] = {}
    if liver is not None:
        file = read_mask_file(liver, grid)
        livers = file.masks(livers_of(file.called, file.meanings, file.path))
        liver_mask, made[LIVER] = np.any(livers, axis=0), file.made(LIVER)
    if lesions is not None:
        file = read_mask_file(lesions, grid)
        values = lesion_labels or lesions_of(file.called, file.meanings, file.path)
        masks = file.masks(values)
        made |= {label: file.made(value) for label, value in enumerate(values, FIRST_LESION)}
    if accepted_by:
        made = {label: one.accepted_as(accepted_by) for label, one in made.items()}
    return Segmentation.from_masks(grid, liver_mask, masks, made)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axes:
    """How the axes of a file's array are reordered, then flipped, to run as the grid's."""

    order: tuple[int, ...] = (0, 1, 2)
    flips: tuple[int, ...] = ()

    def turned(self, array: NDArray[np.uint16]) -> NDArray[np.uint16]:
        return np.ascontiguousarray(np.flip(array.transpose(self.order), self.flips))


def _placed(stored: Stored, grid: Grid, name: str) -> _Axes:
    """Say how the file's voxels lie on the grid; known before any of them is read."""
    found, *others = [_oriented(stored.sizes, place, grid.affine) for place in stored.places]
    axes, mine = found
    if any(not other.faults_against(grid) for _, other in others):
        raise InputError(
            f"{name} says twice where it lies, and not the same (sform and qform), and its qform "
            "fits the CT: it may be mirrored; write the file again with one place."
        )
    mine.require_same(grid, mine=f"The mask {name}", theirs="the CT")
    return axes


def _oriented(
    sizes: tuple[int, int, int], place: FloatArray, wanted: FloatArray
) -> tuple[_Axes, Grid]:
    """Reorder and flip axes so that they run as those of another affine."""
    affine = place[:, [2, 1, 0, 3]]
    mine = Grid(shape=(sizes[2], sizes[1], sizes[0]), affine=affine)
    unit = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    goal = wanted[:3, :3] / np.linalg.norm(wanted[:3, :3], axis=0)
    likeness = goal.T @ unit  # [wanted axis, present axis]: cosine of the angle between them
    order = [int(axis) for axis in np.abs(likeness).argmax(axis=1)]
    if sorted(order) != [0, 1, 2]:
        return _Axes(), mine
    turned = affine.copy()
    turned[:3, :3] = affine[:3, order]
    k, j, i = (mine.shape[axis] for axis in order)
    flips = tuple(axis for axis in range(3) if likeness[axis, order[axis]] < 0)
    for axis in flips:
        turned[:3, 3] += turned[:3, axis] * ((k, j, i)[axis] - 1)
        turned[:3, axis] *= -1
    return _Axes(order=tuple(order), flips=flips), Grid(shape=(k, j, i), affine=turned)


def _present(
    layers: Sequence[NDArray[np.uint16]], named: Sequence[Label], name: str
) -> tuple[Label, ...]:
    """Return the labels that have voxels, in the file's order where it names them all."""
    there = {(n, value) for n, layer in enumerate(layers) for value in counted(layer)}
    known = [label for label in named if (label.layer, label.value) in there]
    unnamed = there - {(label.layer, label.value) for label in known}
    if known and unnamed:
        values = _list(sorted(value for _, value in unnamed))
        raise InputError(f"{name} names its labels, but not {values}, which it holds too.")
    return tuple(known) or tuple(Label(value=value, layer=n) for n, value in sorted(there))


def _list(values: Iterable[int]) -> str:
    return ", ".join(str(v) for v in values)
