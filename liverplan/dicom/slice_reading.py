"""A file's header as the image planes that it describes."""

from __future__ import annotations

import math
from typing import Any, BinaryIO

from pydicom.datadict import tag_for_keyword
from pydicom.tag import BaseTag, Tag

from liverplan.dicom.enhanced import frames_of
from liverplan.dicom.header import Parsed, parse
from liverplan.dicom.slices import ENHANCED_CLASSES, Slice
from liverplan.dicom.values import Values

KEYWORDS = [
    "ImageType",
    "SOPClassUID",
    "SOPInstanceUID",
    "StudyDate",
    "AcquisitionTime",
    "Modality",
    "SeriesDescription",
    "SliceThickness",
    "KVP",
    "GantryDetectorTilt",
    "ConvolutionKernel",
    "ContrastBolusAgent",
    "PatientPosition",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "SeriesNumber",
    "AcquisitionNumber",
    "InstanceNumber",
    "TemporalPositionIdentifier",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "FrameOfReferenceUID",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "PixelSpacing",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "PixelPaddingValue",
    "RescaleIntercept",
    "RescaleSlope",
    "RescaleType",
    "ModalityLUTSequence",
    "LossyImageCompression",
]
FRAME_KEYWORDS = ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")
TAGS: frozenset[BaseTag] = frozenset(
    Tag(tag) for k in (*KEYWORDS, *FRAME_KEYWORDS) if (tag := tag_for_keyword(k)) is not None
)


def read_slices(stream: BinaryIO, name: str) -> list[Slice]:
    """Describe the image planes of one file: one, or one for each frame of an enhanced CT.

    Raises
    ------
    DicomError
        In words that follow the file's name, if the header cannot be read at all.
    """
    parsed = parse(stream, TAGS)
    plane = describe(parsed, name)
    if plane.sop_class in ENHANCED_CLASSES:
        return frames_of(parsed.dataset, plane)
    return [plane]


def describe(parsed: Parsed, name: str) -> Slice:
    """Describe the one plane of a single-frame file (of a multi-frame file, what is shared)."""
    values = Values(parsed.dataset)
    plane = {**_place(values), **_origin(values), **_pixels(values)}
    if parsed.dataset.get("ModalityLUTSequence"):
        values.faults.append("it has a modality lookup table")
    return Slice(
        name=name,
        pixel_offset=parsed.pixel_offset,
        syntax=parsed.syntax,
        implicit=parsed.implicit,
        little_endian=parsed.little_endian,
        sop_class=values.text("SOPClassUID") or parsed.media_class,
        guessed=parsed.guessed,
        fault="; ".join(values.faults),
        **plane,
    )


def _place(values: Values) -> dict[str, Any]:
    """Tell where the plane lies."""
    orientation = values.numbers("ImageOrientationPatient", 6)
    spacing = values.numbers("PixelSpacing", 2)
    return {
        "frame_uid": values.text("FrameOfReferenceUID"),
        "patient_position": values.text("PatientPosition"),
        "position": values.numbers("ImagePositionPatient", 3),
        "row_direction": orientation[:3],
        "column_direction": orientation[3:],
        "row_spacing": spacing[0] if spacing else math.nan,
        "column_spacing": spacing[1] if spacing else math.nan,
        "thickness": values.number("SliceThickness", math.nan),
    }


def _origin(values: Values) -> dict[str, Any]:
    """Tell what it is an image of, and how it was made."""
    return {
        "sop_uid": values.text("SOPInstanceUID"),
        "study_uid": values.text("StudyInstanceUID"),
        "series_uid": values.text("SeriesInstanceUID"),
        "series_number": values.text("SeriesNumber"),
        "modality": values.text("Modality"),
        "description": values.text("SeriesDescription"),
        "study_date": values.text("StudyDate"),
        "image_type": values.texts("ImageType"),
        "acquisition": values.text("AcquisitionNumber"),
        "acquisition_time": values.text("AcquisitionTime"),
        "temporal": values.text("TemporalPositionIdentifier"),
        "instance": values.text("InstanceNumber"),
        "kvp": values.text("KVP"),
        "kernel": values.text("ConvolutionKernel"),
        "contrast": values.text("ContrastBolusAgent"),
        "lossy": values.text("LossyImageCompression") == "01",
    }


def _pixels(values: Values) -> dict[str, Any]:
    """Tell how its pixels are stored, and what their values mean."""
    bits_stored = values.whole("BitsStored", 0)
    padded = "PixelPaddingValue" in values.dataset
    return {
        "rows": values.whole("Rows", 0),
        "columns": values.whole("Columns", 0),
        "frames": values.whole("NumberOfFrames", 1),
        "samples": values.whole("SamplesPerPixel", 1),
        "photometric": values.text("PhotometricInterpretation"),
        "bits_allocated": values.whole("BitsAllocated", 0),
        "bits_stored": bits_stored,
        "high_bit": values.whole("HighBit", values.whole("BitsStored", 1) - 1),
        "signed": values.whole("PixelRepresentation", 0) == 1,
        "slope": values.number("RescaleSlope", math.nan),
        "intercept": values.number("RescaleIntercept", math.nan),
        "rescale_type": values.text("RescaleType"),
        "padding": values.whole("PixelPaddingValue", 0) if padded else None,
    }
