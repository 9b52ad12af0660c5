"""The series that the archives hold: three small CT images of nobody."""

from __future__ import annotations

import io
import zlib

import pydicom
from pydicom.dataset import FileMetaDataset
from pydicom.filewriter import write_file_meta_info
from pydicom.uid import (
    UID,
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
)

STUDY, SERIES, PATIENT = "1.2.826.0.1.3680043.8.498.1", "1.2.826.0.1.3680043.8.498.2", "4711"
OTHER = "1.2.826.0.1.3680043.8.498.9"
COUNT = 3


def instance(n: int) -> str:
    """Return the UID of one image."""
    return f"{SERIES}.{n}"


def dataset(
    n: int = 1,
    *,
    study: str = STUDY,
    series: str = SERIES,
    patient: str = PATIENT,
    sop_class: UID = CTImageStorage,
    modality: str = "CT",
    side: int = 8,
) -> pydicom.Dataset:
    """Make one image."""
    made = pydicom.Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.file_meta.MediaStorageSOPClassUID = sop_class
    made.file_meta.MediaStorageSOPInstanceUID = instance(n)
    made.SOPClassUID, made.SOPInstanceUID = sop_class, instance(n)
    made.StudyInstanceUID, made.SeriesInstanceUID = study, series
    made.PatientID, made.PatientName, made.Modality = patient, "Nobody", modality
    made.Rows = made.Columns = side
    made.BitsAllocated, made.SamplesPerPixel = 16, 1
    made.PixelData = bytes(2 * side * side)
    return made


def encoded(made: pydicom.Dataset) -> bytes:
    """Return an image as a file."""
    stream = io.BytesIO()
    pydicom.dcmwrite(stream, made, enforce_file_format=True)
    return stream.getvalue()


def all_images(**forged: str | int) -> list[pydicom.Dataset]:
    """Make the series."""
    return [dataset(n, **forged) for n in range(1, COUNT + 1)]


def deflate_bomb() -> bytes:
    """Return an image of a megabyte that inflates to one gigabyte."""
    made = dataset()
    made.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    stream = io.BytesIO()
    stream.write(bytes(128) + b"DICM")
    write_file_meta_info(stream, made.file_meta, enforce_standard=True)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    element = b"\x09\x00\x01\x10OB\0\0" + (2**30).to_bytes(4, "little")
    stream.write(packer.compress(element) + packer.flush(zlib.Z_FULL_FLUSH))
    block = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    stream.write(block * 2**10 + packer.flush())
    return stream.getvalue()


def study_answer(**forged: str) -> dict[str, object]:
    """Return what a search says of the study, and of its series too."""
    said = {
        "0020000D": ("UI", STUDY),
        "0020000E": ("UI", SERIES),
        "00100020": ("LO", PATIENT),
        "00080060": ("CS", "CT"),
        "00201209": ("IS", str(COUNT)),
    }
    answer = {tag: {"vr": vr, "Value": [value]} for tag, (vr, value) in said.items()}
    for tag, value in forged.items():
        answer[tag.removeprefix("t")]["Value"] = [value] if value else []
    return answer
