"""Reports and surfaces, encapsulated so that an archive keeps them with the images."""

from __future__ import annotations

from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
from highdicom.base import SOPClass
from numpy.typing import NDArray
from pydicom.uid import EncapsulatedPDFStorage, EncapsulatedSTLStorage, ExplicitVRLittleEndian
from skimage.measure import marching_cubes

from liverplan.anatomy import LIVER, Structure
from liverplan.dicom.headers import Headers
from liverplan.dicom.outgoing import save, series_of_one, source_dataset
from liverplan.dicom.quiet import quiet
from liverplan.errors import DicomError
from liverplan.segmentation.boxes import bounding_box
from liverplan.volume import FloatArray, Grid

REPORT_TITLE = ("18748-4", "LN", "Diagnostic imaging study")
STL_TRIANGLE = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("spare", "<u2")])


def write_pdf(path: Path | str, pdf: Path | str | bytes, headers: Headers) -> Path:
    """Encapsulate a PDF report into the study that the CT came from.

    Raises
    ------
    DicomError
        If the PDF cannot be read, is none, or the file cannot be written.
    """
    data = pdf if isinstance(pdf, bytes) else _contents(Path(pdf))
    return save(make_pdf(data, headers), Path(path))


def make_pdf(data: bytes, headers: Headers) -> pydicom.Dataset:
    """Build what `write_pdf` writes."""
    if not data.startswith(b"%PDF-"):
        raise DicomError("The report to encapsulate is no PDF.")
    with quiet():
        document = _document(headers, EncapsulatedPDFStorage, "DOC", "PDF", data)
        document.SeriesDescription = "liverplan report (research)"
        document.MIMETypeOfEncapsulatedDocument = "application/pdf"
        document.DocumentTitle = "liverplan report"
        document.ConceptNameCodeSequence = [hd.sr.CodedConcept(*REPORT_TITLE)]
        document.ConversionType = "SYN"
    return document


def write_stl_object(
    path: Path | str,
    stl: bytes,
    headers: Headers,
    *,
    name: str,
    number: int = 1,
) -> Path:
    """Encapsulate a surface into the study that the CT came from.

    ``name`` is the structure; ``number`` tells several surfaces of one plan apart.

    Raises
    ------
    DicomError
        If the file cannot be written.
    """
    return save(make_stl_object(stl, headers, name=name, number=number), Path(path))


def make_stl_object(
    stl: bytes, headers: Headers, *, name: str, number: int = 1, structure: Structure = LIVER
) -> pydicom.Dataset:
    """Build what `write_stl_object` writes; ``structure`` has its codes."""
    with quiet():
        document = _document(headers, EncapsulatedSTLStorage, "M3D", "STL", stl)
        document.InstanceNumber = number
        document.SeriesDescription = f"liverplan surface: {name} (research)"[:64]
        document.MIMETypeOfEncapsulatedDocument = "model/stl"
        document.DocumentTitle = name
        kind = structure.kind
        document.ConceptNameCodeSequence = [
            hd.sr.CodedConcept(kind.value, kind.scheme, kind.meaning)
        ]
        document.MeasurementUnitsCodeSequence = [hd.sr.CodedConcept("mm", "UCUM", "mm")]
        document.FrameOfReferenceUID = headers.frame_uid
        document.PositionReferenceIndicator = ""
        document.BurnedInAnnotation = "NO"
        del document.ConversionType
    return document


def _contents(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DicomError(f"{path.name} cannot be read: {error.strerror}.") from error


def _document(
    headers: Headers, sop_class: str, modality: str, kind: str, data: bytes
) -> pydicom.Dataset:
    source = source_dataset(headers)
    document = SOPClass(
        study_instance_uid=source.StudyInstanceUID,
        sop_class_uid=sop_class,
        modality=modality,
        **series_of_one(kind),
        transfer_syntax_uid=ExplicitVRLittleEndian,
        patient_id=source.PatientID,
        patient_name=source.PatientName,
        patient_birth_date=source.PatientBirthDate,
        patient_sex=source.PatientSex,
        accession_number=source.AccessionNumber,
        study_id=source.StudyID,
        study_date=source.StudyDate,
        study_time=source.StudyTime,
        referring_physician_name=source.ReferringPhysicianName,
        specific_character_set=source.get("SpecificCharacterSet"),
    )
    document.copy_patient_and_study_information(source)
    document.AcquisitionDateTime = ""
    document.BurnedInAnnotation = "YES"
    document.ConversionType = "SYN"
    document.EncapsulatedDocumentLength = len(data)
    document.EncapsulatedDocument = data + b"\0" * (len(data) % 2)
    return document


def surface_of(mask: NDArray[np.bool_], grid: Grid) -> tuple[FloatArray, NDArray[np.int64]]:
    """Triangulate a mask: (n, 3) corners in LPS mm, (m, 3) corner indices, seen from outside.

    The surface runs half way between the centres of inner and outer voxels and is closed even
    where the mask touches the grid's edge.

    Raises
    ------
    DicomError
        If the mask is empty.
    """
    box = bounding_box(mask)
    if not mask[box].size:
        raise DicomError("There is no surface: the structure has no voxels.")
    inside = np.pad(mask[box], 1)
    corners, faces, _, _ = marching_cubes(inside.astype(np.float32), 0.5)
    points = grid.to_mm(corners + [part.start - 1 for part in box])
    if _enclosed_mm3(points, faces) < 0:
        faces = faces[:, ::-1]
    return points, faces.astype(np.int64)


def stl_of(mask: NDArray[np.bool_], grid: Grid) -> bytes:
    """Return the surface of a (k, j, i) mask as a binary STL in LPS mm."""
    return stl_from(*surface_of(mask, grid))


def stl_from(points: FloatArray, faces: NDArray[np.integer]) -> bytes:
    """Return (n, 3) corners, LPS mm, and (m, 3) corner indices as a binary STL."""
    triangles = points[faces]
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    records = np.zeros(len(faces), dtype=STL_TRIANGLE)
    records["normal"] = normals / np.where(lengths == 0, 1, lengths)
    records["corners"] = triangles
    header = b"liverplan surface, LPS mm".ljust(80)
    return header + np.uint32(len(faces)).tobytes() + records.tobytes()


def write_stl(path: Path | str, mask: NDArray[np.bool_], grid: Grid) -> Path:
    """Write the surface of a (k, j, i) mask as a plain STL file in LPS mm, for viewers, printers.

    Raises
    ------
    DicomError
        If the mask is empty or the file cannot be written.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(stl_of(mask, grid))
    except OSError as error:
        raise DicomError(f"{path.name} cannot be written: {error.strerror}.") from error
    return path


def _enclosed_mm3(points: FloatArray, faces: NDArray[np.int64]) -> float:
    """Signed volume within a closed surface; positive if its faces look outward."""
    a, b, c = (points[faces[:, n]] for n in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)
