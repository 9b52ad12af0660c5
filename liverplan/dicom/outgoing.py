"""What every object that is sent back shares: its maker, its study, and a safe way to disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.uid import UID, generate_uid

from liverplan import __version__
from liverplan.dicom.conforming import UNICODE, conforming
from liverplan.dicom.headers import Headers, SourceImage
from liverplan.dicom.quiet import quiet
from liverplan.errors import DicomError
from liverplan.findings import Statement
from liverplan.volume import Grid

MANUFACTURER = "liverplan"
MODEL = "liverplan"
SERIAL = "none"
SERIES_NUMBERS = {
    "segmentation": 9101,
    "SR": 9102,
    "PDF": 9103,
    "STL": 9104,
    "parts": 9105,
    "cut": 9106,
    "hepatic_vessels": 9107,
    "couinaud": 9108,
    "key_images": 9109,
}
MUST_BE_PRESENT = (
    "PatientID",
    "PatientName",
    "PatientBirthDate",
    "PatientSex",
    "AccessionNumber",
    "StudyID",
    "StudyDate",
    "StudyTime",
    "ReferringPhysicianName",
)
VERSION = __version__


def series_of_one(kind: str) -> dict[str, Any]:
    """Return what highdicom asks of an object that is alone in a series of its own."""
    return {
        "series_instance_uid": generate_uid(prefix=None),
        "series_number": SERIES_NUMBERS[kind],
        "sop_instance_uid": generate_uid(prefix=None),
        "instance_number": 1,
        "manufacturer": MANUFACTURER,
        "manufacturer_model_name": MODEL,
        "software_versions": VERSION,
        "device_serial_number": SERIAL,
    }


def in_unicode(dataset: pydicom.Dataset, own: Iterable[pydicom.Dataset]) -> pydicom.Dataset:
    """Say that an object is in Unicode where texts of its own are not plain ASCII.

    The images' character set may lack a letter of a person's name, or of a protocol's.
    """
    if not all(str(item).isascii() for item in own):
        dataset.SpecificCharacterSet = UNICODE
    return dataset


def source_datasets(headers: Headers) -> list[pydicom.Dataset]:
    """Rebuild the headers of the source images as far as writing results needs them."""
    common = _common(headers)
    if headers.enhanced:
        return [_enhanced(common, headers)]
    return [_single(common, headers, image) for image in headers.images]


def source_dataset(headers: Headers) -> pydicom.Dataset:
    """Rebuild the first of them, for what only needs to know its patient and study."""
    return source_datasets(replace(headers, images=headers.images[:1]))[0]


def header_notes(headers: Headers) -> tuple[Statement, ...]:
    """Say which values of the source's headers are written otherwise, or not at all."""
    with quiet():
        notes = conforming(headers.dataset())[1]
    return (*notes, Statement.of("header.made_up")) if headers.made_up else notes


def _common(headers: Headers) -> pydicom.Dataset:
    common, _ = conforming(headers.dataset())
    for keyword in MUST_BE_PRESENT:
        if keyword not in common:
            setattr(common, keyword, "")
    common.SOPClassUID = UID(headers.sop_class)
    common.Modality = common.get("Modality") or "CT"
    common.Rows, common.Columns = headers.rows, headers.columns
    return common


def _single(common: pydicom.Dataset, headers: Headers, image: SourceImage) -> pydicom.Dataset:
    dataset = pydicom.Dataset()
    dataset.update(common)
    dataset.SOPInstanceUID = image.sop_uid
    dataset.ImagePositionPatient = list(image.position_mm)
    _set_plane(dataset, headers)
    return dataset


def _set_plane(dataset: pydicom.Dataset, headers: Headers) -> None:
    dataset.ImageOrientationPatient = list(headers.orientation)
    dataset.PixelSpacing = list(headers.pixel_spacing_mm)
    dataset.SliceThickness = headers.thickness_mm or ""


def _enhanced(common: pydicom.Dataset, headers: Headers) -> pydicom.Dataset:
    """One multi-frame object; its frames lie in the order of their numbers."""
    common.SOPInstanceUID = headers.images[0].sop_uid
    common.NumberOfFrames = len(headers.images)
    plane = pydicom.Dataset()
    _set_plane(plane, headers)
    orientation, measures = pydicom.Dataset(), pydicom.Dataset()
    orientation.ImageOrientationPatient = plane.ImageOrientationPatient
    measures.PixelSpacing, measures.SliceThickness = plane.PixelSpacing, plane.SliceThickness
    shared = pydicom.Dataset()
    shared.PlaneOrientationSequence = [orientation]
    shared.PixelMeasuresSequence = [measures]
    common.SharedFunctionalGroupsSequence = [shared]
    groups = []
    for image in sorted(headers.images, key=lambda item: item.frame):
        position, group = pydicom.Dataset(), pydicom.Dataset()
        position.ImagePositionPatient = list(image.position_mm)
        group.PlanePositionSequence = [position]
        groups.append(group)
    common.PerFrameFunctionalGroupsSequence = groups
    return common


def native(
    array: NDArray[np.generic], grid: Grid, headers: Headers
) -> tuple[NDArray[np.generic], Grid]:
    """Turn a (k, j, i) array and its grid so that rows and columns run as in the source images.

    Reading turns round axes that run against the patient's; viewers match a SEG to its images
    frame by frame only if both run the same way. A resampled grid has no source images to match.
    """
    if headers.resampled:
        return array, grid
    turn = [slice(None)] * 3
    affine = grid.affine.copy()
    row, column = headers.orientation[:3], headers.orientation[3:]
    for axis, direction in ((1, column), (2, row)):
        if affine[:3, axis] @ np.array(direction) < 0:
            turn[axis] = slice(None, None, -1)
            affine[:3, 3] += affine[:3, axis] * (grid.shape[axis] - 1)
            affine[:3, axis] = -affine[:3, axis]
    turned = Grid(shape=grid.shape, affine=affine, frame_uid=grid.frame_uid)
    return array[tuple(turn)], turned


def save(dataset: pydicom.Dataset, path: Path) -> Path:
    """Write an object whole or not at all.

    Raises
    ------
    DicomError
        If the place cannot be written; what lay there before is untouched.
    """
    unfinished = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-", suffix=".dcm")
        os.close(handle)
        with quiet():
            dataset.save_as(unfinished, enforce_file_format=True)
        Path(unfinished).replace(path)
    except OSError as error:
        if unfinished is not None:
            Path(unfinished).unlink(missing_ok=True)
        raise DicomError(f"{path.name} cannot be written: {error.strerror or error}.") from error
    return path
