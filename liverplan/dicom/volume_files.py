"""A CT that is no DICOM: a NIfTI or NRRD file as a series of its own, with what is unknown said.

Its UIDs are made from the file's bytes, so that the same file is the same series everywhere. What
is exported with them names images that lie in no archive; a note says so.
"""

from __future__ import annotations

from pathlib import Path

import pydicom
from pydicom.uid import CTImageStorage, generate_uid

from liverplan.dicom.headers import Headers, SourceImage
from liverplan.dicom.series_info import SeriesInfo
from liverplan.errors import DicomError, InputError
from liverplan.findings import Statement
from liverplan.segmentation.files.ct import CtFile, describe_ct, read_ct
from liverplan.volume import FloatArray, Grid, Volume


def found_volume(path: Path) -> SeriesInfo:
    """Describe such a file as a series is described: usable, or the reason why not."""
    try:
        file = describe_ct(path)
    except InputError as error:
        fault = str(error).removeprefix(path.name).strip().rstrip(".")
        return SeriesInfo(
            uid="",
            description="",
            kind="not read",
            usable=False,
            reason=f"it {fault}",
            path=path,
            files=(path.name,),
            n_files=1,
        )
    return SeriesInfo(
        uid=_uid("SeriesInstanceUID", file),
        description="",
        kind=f"CT axial ({file.format})",
        usable=True,
        reason="",
        path=path,
        files=(path.name,),
        modality="CT",
        shape=file.grid.shape,
        spacing_mm=file.grid.spacing_mm,
        n_files=1,
        study_uid=_uid("StudyInstanceUID", file),
        notes=(Statement.of("ct.not_dicom", format=file.format),),
        volume_file=file,
    )


def read_volume(file: CtFile) -> tuple[Volume, Headers]:
    """Read the (k, j, i) HU of such a file, and make up the headers that an export needs.

    Raises
    ------
    DicomError
        If it cannot be read, or holds no Hounsfield units.
    """
    try:
        volume = read_ct(file)
    except InputError as error:
        raise DicomError(str(error)) from error
    return volume, _headers(file)


def _headers(file: CtFile) -> Headers:
    """Headers of axial images, one a slice, as an export needs them."""
    grid = file.grid
    common = pydicom.Dataset()
    common.Modality = "CT"
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID"):
        setattr(common, keyword, _uid(keyword, file))
    row, column = (_direction(grid, axis) for axis in (2, 1))
    _, between_rows, between_columns = grid.spacing_mm
    return Headers(
        common=common.to_json_dict(),
        sop_class=CTImageStorage,
        rows=grid.shape[1],
        columns=grid.shape[2],
        orientation=(*row, *column),
        pixel_spacing_mm=(between_rows, between_columns),
        thickness_mm=None,
        images=tuple(_image(file, k) for k in range(grid.shape[0])),
        made_up=True,
    )


def _direction(grid: Grid, axis: int) -> tuple[float, ...]:
    step: FloatArray = grid.affine[:3, axis] / grid.spacing_mm[axis]
    return tuple(float(part) for part in step)


def _image(file: CtFile, k: int) -> SourceImage:
    x, y, z = (float(part) for part in file.grid.to_mm((k, 0, 0)))
    return SourceImage(sop_uid=_uid(f"SOPInstanceUID {k}", file), position_mm=(x, y, z))


def _uid(keyword: str, file: CtFile) -> str:
    return str(generate_uid(entropy_srcs=[keyword, file.digest]))
