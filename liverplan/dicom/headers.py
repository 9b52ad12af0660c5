"""What a result needs of the images it was made from, kept without them.

A *Headers* holds the patient and study attributes and where each source image lies, so that a
SEG, an SR or a report can be written later that belong to the same study, long after the
original files have gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import pydicom
from pydicom.uid import CTImageStorage, generate_uid

from liverplan.dicom.quiet import quiet
from liverplan.dicom.slices import ENHANCED_CLASSES, Slice
from liverplan.errors import DicomError
from liverplan.shape import Items, Named, Number, OneOf, Whatever, Whole, defaulted, fields_of

SCHEMA = "liverplan.headers/1"

PATIENT_AND_STUDY = (
    "SpecificCharacterSet",
    "PatientName",
    "PatientID",
    "IssuerOfPatientID",
    "PatientBirthDate",
    "PatientSex",
    "PatientAge",
    "PatientSize",
    "PatientWeight",
    "PatientIdentityRemoved",
    "DeidentificationMethod",
    "LongitudinalTemporalInformationModified",
    "StudyInstanceUID",
    "StudyDate",
    "StudyTime",
    "StudyID",
    "StudyDescription",
    "AccessionNumber",
    "ReferringPhysicianName",
    "SeriesInstanceUID",
    "SeriesNumber",
    "SeriesDescription",
    "SeriesDate",
    "SeriesTime",
    "Modality",
    "Manufacturer",
    "ManufacturerModelName",
    "FrameOfReferenceUID",
    "PositionReferenceIndicator",
    "PatientPosition",
    "BodyPartExamined",
    "TimezoneOffsetFromUTC",
)


IDENTIFYING = (
    "PatientName",
    "PatientID",
    "IssuerOfPatientID",
    "PatientBirthDate",
    "StudyInstanceUID",
    "StudyDate",
    "StudyID",
    "StudyDescription",
    "AccessionNumber",
    "ReferringPhysicianName",
    "SeriesInstanceUID",
    "SeriesDescription",
    "SeriesDate",
    "FrameOfReferenceUID",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceImage:
    """One image that the CT was made from: its UIDs, frame (from 0) and position, LPS mm."""

    sop_uid: str
    position_mm: tuple[float, float, float]
    frame: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    """Everything of a CT series that exporting needs.

    Parameters
    ----------
    common : mapping
        Patient, study and series attributes in the DICOM JSON model.
    sop_class : str
        SOP class of the source images.
    rows, columns : int
        Pixels of a source image.
    orientation : tuple of float
        ImageOrientationPatient of the source images.
    pixel_spacing_mm : (float, float)
        Between rows, between columns.
    thickness_mm : float or None
        SliceThickness.
    images : tuple of SourceImage
        From foot to head.
    resampled : bool
        Whether the CT's grid is not that of its source images (tilt, gaps).
    made_up : bool
        Whether the CT was no DICOM, so that its UIDs are nobody else's.
    """

    common: Mapping[str, Any]
    sop_class: str
    rows: int
    columns: int
    orientation: tuple[float, ...]
    pixel_spacing_mm: tuple[float, float]
    thickness_mm: float | None
    images: tuple[SourceImage, ...] = field(repr=False)
    resampled: bool = False
    made_up: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return a document that JSON can hold."""
        return {"schema": SCHEMA, **asdict(self), "common": dict(self.common)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote.

        Raises
        ------
        DicomError
            If the document is no ``liverplan.headers/1``.
        """
        fault = HEADERS.fault(document, "they")
        if fault:
            raise DicomError(f"The case's headers of the CT cannot be understood: {fault}.")
        values = {name: value for name, value in document.items() if name != "schema"}
        x, y = values["pixel_spacing_mm"]
        values["pixel_spacing_mm"] = (float(x), float(y))
        values["orientation"] = tuple(float(v) for v in values["orientation"])
        values["images"] = tuple(_image(item) for item in values["images"])
        return cls(**values)

    @property
    def frame_uid(self) -> str:
        """FrameOfReferenceUID of the source, or the one made up for it if it has none."""
        return str(self.common["00200052"]["Value"][0])

    @property
    def enhanced(self) -> bool:
        """Whether the source is one multi-frame object."""
        return self.sop_class in ENHANCED_CLASSES

    def identifying_texts(self) -> tuple[str, ...]:
        """Names, numbers, descriptions and dates of the source, in the ways people write them."""
        source = self.dataset()
        found: dict[str, None] = {}
        for keyword in IDENTIFYING:
            value = str(source.get(keyword) or "").strip()
            element = source.get_item(keyword) if value else None
            if element is not None and element.VR == "DA":
                found.update(dict.fromkeys(_dates(value)))
            elif element is not None and element.VR == "PN":
                found.update(dict.fromkeys(_names(value)))
            else:
                found[value] = None
        found.update((image.sop_uid, None) for image in self.images)
        return tuple(text for text in found if text)

    def dataset(self) -> pydicom.Dataset:
        """Return the patient, study and series attributes as a data set."""
        with quiet():
            return pydicom.Dataset.from_json(dict(self.common))


def _dates(date: str) -> Iterator[str]:
    """One day as headers, people and files write it."""
    year, month, day = date[:4], date[4:6], date[6:8]
    yield date
    for mark in ("-", ".", "/", "_", " "):
        yield mark.join((year, month, day))
        yield mark.join((day, month, year))
        yield mark.join((month, day, year))


def _names(name: str) -> Iterator[str]:
    """Every part of a name, and the parts together, in capitals or not."""
    parts = [part for part in re.split(r"[\^=\s,]+", name) if len(part) > 1]
    for text in (name, *parts, " ".join(parts), " ".join(reversed(parts))):
        yield from (text, text.upper(), text.title())


def _image(item: Mapping[str, Any]) -> SourceImage:
    x, y, z = (float(v) for v in item["position_mm"])
    return SourceImage(sop_uid=item["sop_uid"], position_mm=(x, y, z), frame=item["frame"])


HEADERS = fields_of(
    Headers,
    may=defaulted(Headers),
    schema=OneOf((SCHEMA,)),
    common=Named(of=Whatever(), pattern="[0-9A-F]{8}"),
    orientation=Items(of=Number(), least=6, most=6),
    rows=Whole(least=1),
    columns=Whole(least=1),
)
"""The shape of the ``liverplan.headers/1`` document."""


def headers_of(dataset: pydicom.Dataset, planes: Sequence[Slice], *, resampled: bool) -> Headers:
    """Gather the headers of planes that lie in order; UIDs that are missing are made up, stably."""
    first = planes[0]
    common, _ = readable_in(dataset)
    seeds = [first.study_date, first.name, *(plane.sop_uid for plane in planes)]
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID"):
        if not common.get(keyword):
            setattr(common, keyword, generate_uid(entropy_srcs=[keyword, *seeds]))
    thickness = first.thickness
    return Headers(
        common=common.to_json_dict(suppress_invalid_tags=True),
        sop_class=first.sop_class or CTImageStorage,
        rows=first.rows,
        columns=first.columns,
        orientation=(*first.row_direction, *first.column_direction),
        pixel_spacing_mm=(first.row_spacing, first.column_spacing),
        thickness_mm=thickness if thickness > 0 else None,
        images=tuple(_source_image(plane, seeds) for plane in planes),
        resampled=resampled,
    )


def readable_in(dataset: pydicom.Dataset) -> tuple[pydicom.Dataset, tuple[str, ...]]:
    """Return the attributes that can be passed on, and the names of those that cannot be read."""
    common, unread = pydicom.Dataset(), list[str]()
    for keyword in PATIENT_AND_STUDY:
        if keyword not in dataset:
            continue
        one = pydicom.Dataset()
        try:
            one.add(dataset[keyword])
            one.to_json_dict()
        except Exception:  # noqa: BLE001 - converting a hostile value can raise anything
            unread.append(keyword)
        else:
            common.update(one)
    return common, tuple(unread)


def _source_image(plane: Slice, seeds: Sequence[str]) -> SourceImage:
    x, y, z = plane.position
    uid = plane.sop_uid or generate_uid(entropy_srcs=["SOPInstanceUID", plane.name, *seeds])
    return SourceImage(sop_uid=uid, position_mm=(x, y, z), frame=plane.frame)
