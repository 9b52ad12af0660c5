"""One image plane as its header describes it, and every reason why it cannot be used."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from pydicom.datadict import tag_for_keyword
from pydicom.tag import BaseTag, Tag
from pydicom.uid import (
    UID,
    CTImageStorage,
    EnhancedCTImageStorage,
    LegacyConvertedEnhancedCTImageStorage,
)

from liverplan.dicom.header import Parsed, parse
from liverplan.dicom.values import Values

CT_CLASSES = frozenset({CTImageStorage})
ENHANCED_CLASSES = frozenset({EnhancedCTImageStorage, LegacyConvertedEnhancedCTImageStorage})

MAX_SIDE = 4096
MAX_FRAMES = 10_000
MIN_SPACING_MM, MAX_SPACING_MM = 0.05, 20.0
MAX_COORDINATE_MM = 1e5
MAX_SLOPE, MAX_INTERCEPT = 1e4, 1e6

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What one image plane says of itself; lengths mm, positions LPS mm.

    ``row_direction`` is the direction in which the column index grows, ``column_direction`` the
    one in which the row index grows (the first and last three values of
    ImageOrientationPatient). ``fault`` is empty, or why this plane cannot be part of a volume.
    """

    name: str
    frame: int = 0
    pixel_offset: int = 0
    syntax: UID
    implicit: bool = False
    little_endian: bool = True
    sop_class: str = ""
    sop_uid: str = ""
    study_uid: str = ""
    series_uid: str = ""
    series_number: str = ""
    modality: str = ""
    description: str = ""
    study_date: str = ""
    image_type: tuple[str, ...] = ()
    acquisition: str = ""
    acquisition_time: str = ""
    temporal: str = ""
    instance: str = ""
    kvp: str = ""
    kernel: str = ""
    patient_position: str = ""
    frame_uid: str = ""
    position: tuple[float, ...] = ()
    row_direction: tuple[float, ...] = ()
    column_direction: tuple[float, ...] = ()
    row_spacing: float = math.nan
    column_spacing: float = math.nan
    thickness: float = math.nan
    rows: int = 0
    columns: int = 0
    frames: int = 1
    samples: int = 1
    photometric: str = ""
    bits_allocated: int = 0
    bits_stored: int = 0
    high_bit: int = 0
    signed: bool = False
    slope: float = 1.0
    intercept: float = 0.0
    rescale_type: str = ""
    padding: int | None = None
    lossy: bool = False
    fault: str = ""
    note: str = ""

    @property
    def is_ct(self) -> bool:
        """Whether this is CT by its class, or, where the class is blank, by its modality."""
        if self.sop_class:
            return self.sop_class in CT_CLASSES or self.sop_class in ENHANCED_CLASSES
        return self.modality == "CT" and self.rows > 0

    @property
    def frame_bytes(self) -> int:
        """Bytes of one uncompressed frame; a single bit takes one, as decoders return it."""
        return self.rows * self.columns * self.samples * max(self.bits_allocated, 8) // 8


def read_slices(stream: BinaryIO, name: str) -> list[Slice]:
    """Describe the image planes of one file: one, or one for each frame of an enhanced CT.

    Raises
    ------
    DicomError
        In words that follow the file's name, if the header cannot be read at all.
    """
    # enhanced CT is its own module because it reads the same values from other places
    from liverplan.dicom.enhanced import frames_of  # noqa: PLC0415

    parsed = parse(stream, TAGS)
    plane = describe(parsed, name)
    if plane.sop_class in ENHANCED_CLASSES:
        return frames_of(parsed.dataset, plane)
    return [plane]


def describe(parsed: Parsed, name: str) -> Slice:
    """Describe the one plane of a single-frame file (of a multi-frame file, what is shared)."""
    values = Values(parsed.dataset)
    orientation = values.numbers("ImageOrientationPatient", 6)
    spacing = values.numbers("PixelSpacing", 2)
    plane = {
        "name": name,
        "pixel_offset": parsed.pixel_offset,
        "syntax": parsed.syntax,
        "implicit": parsed.implicit,
        "little_endian": parsed.little_endian,
        "sop_class": values.text("SOPClassUID") or parsed.media_class,
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
        "patient_position": values.text("PatientPosition"),
        "frame_uid": values.text("FrameOfReferenceUID"),
        "position": values.numbers("ImagePositionPatient", 3),
        "row_direction": orientation[:3],
        "column_direction": orientation[3:],
        "row_spacing": spacing[0] if spacing else math.nan,
        "column_spacing": spacing[1] if spacing else math.nan,
        "thickness": values.number("SliceThickness", math.nan),
        "rows": values.whole("Rows", 0),
        "columns": values.whole("Columns", 0),
        "frames": values.whole("NumberOfFrames", 1),
        "samples": values.whole("SamplesPerPixel", 1),
        "photometric": values.text("PhotometricInterpretation"),
        "bits_allocated": values.whole("BitsAllocated", 0),
        "bits_stored": values.whole("BitsStored", 0),
        "high_bit": values.whole("HighBit", values.whole("BitsStored", 1) - 1),
        "signed": values.whole("PixelRepresentation", 0) == 1,
        "slope": values.number("RescaleSlope", math.nan),
        "intercept": values.number("RescaleIntercept", math.nan),
        "rescale_type": values.text("RescaleType"),
        "padding": values.whole("PixelPaddingValue", 0)
        if "PixelPaddingValue" in parsed.dataset
        else None,
        "lossy": values.text("LossyImageCompression") == "01",
        "note": parsed.note,
    }
    faults = values.faults + (
        ["it has a modality lookup table"] if parsed.dataset.get("ModalityLUTSequence") else []
    )
    return Slice(**plane, fault="; ".join(faults))


def faults_of(plane: Slice) -> list[str]:
    """Every reason why a plane cannot be part of a CT volume, in words that follow its name."""
    return [
        *([plane.fault] if plane.fault else []),
        *_pixel_faults(plane),
        *_value_faults(plane),
        *_place_faults(plane),
    ]


def _pixel_faults(plane: Slice) -> list[str]:
    faults = []
    if not (1 <= plane.rows <= MAX_SIDE and 1 <= plane.columns <= MAX_SIDE):
        faults.append(f"it has {plane.rows} x {plane.columns} pixels, not 1 to {MAX_SIDE} a side")
    if plane.samples != 1:
        faults.append(f"it has {plane.samples} samples a pixel (colour), not 1")
    if plane.bits_allocated not in {8, 16}:
        faults.append(f"it stores {plane.bits_allocated} bits a pixel, not 8 or 16")
    elif not 1 <= plane.bits_stored <= plane.bits_allocated:
        faults.append(f"it claims {plane.bits_stored} bits stored of {plane.bits_allocated}")
    elif not plane.bits_stored - 1 <= plane.high_bit < plane.bits_allocated:
        faults.append(f"it claims high bit {plane.high_bit} of {plane.bits_stored} bits stored")
    if not 1 <= plane.frames <= MAX_FRAMES:
        faults.append(f"it claims {plane.frames} frames, not 1 to {MAX_FRAMES}")
    elif plane.frames > 1 and plane.sop_class not in ENHANCED_CLASSES:
        faults.append(f"it holds {plane.frames} frames without their positions")
    return faults


def _value_faults(plane: Slice) -> list[str]:
    faults = []
    if plane.photometric and plane.photometric != "MONOCHROME2":
        faults.append(
            f"its photometric interpretation is {plane.photometric[:20]}, not MONOCHROME2"
        )
    if math.isnan(plane.slope) or math.isnan(plane.intercept):
        faults.append("it has no rescale slope and intercept, so its values are not HU")
    elif plane.slope == 0 or abs(plane.slope) > MAX_SLOPE or abs(plane.intercept) > MAX_INTERCEPT:
        faults.append(
            f"its rescale slope {plane.slope:g} and intercept {plane.intercept:g} make no HU"
        )
    derived = plane.image_type[:1] == ("DERIVED",)
    if plane.rescale_type.upper() not in ({"", "HU"} if derived else {"", "HU", "US"}):
        faults.append(f"its values are {plane.rescale_type[:20]}, not HU")
    return faults


def _place_faults(plane: Slice) -> list[str]:
    faults = []
    if not plane.position:
        faults.append("it has no image position")
    elif max(abs(c) for c in plane.position) > MAX_COORDINATE_MM:
        faults.append("its image position lies more than 100 m away")
    if not plane.row_direction:
        faults.append("it has no image orientation")
    elif not _orthonormal(plane.row_direction, plane.column_direction):
        faults.append("its image orientation is not two perpendicular unit vectors")
    for spacing in (plane.row_spacing, plane.column_spacing):
        if not MIN_SPACING_MM <= spacing <= MAX_SPACING_MM:
            words = "missing" if math.isnan(spacing) else f"{spacing:g} mm"
            faults.append(
                f"its pixel spacing is {words}, not {MIN_SPACING_MM} to {MAX_SPACING_MM:g} mm"
            )
            break
    return faults


def _orthonormal(a: Sequence[float], b: Sequence[float]) -> bool:
    dot = sum(x * y for x, y in zip(a, b, strict=True))
    lengths = [math.sqrt(sum(x * x for x in v)) for v in (a, b)]
    return abs(dot) < 1e-3 and all(abs(length - 1) < 1e-3 for length in lengths)
