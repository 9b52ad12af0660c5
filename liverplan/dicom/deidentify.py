"""De-identification after DICOM PS3.15's Basic Profile, with two of its options.

Turned round for safety: nothing stays because it was forgotten. Numbers, codes and pixels stay,
free text stays only where it is named here or was written by liverplan, names and private
attributes never; UIDs are replaced consistently, so that CT, SEG and SR still belong together.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pydicom
from pydicom.datadict import keyword_for_tag
from pydicom.dataelem import DataElement
from pydicom.sr.codedict import codes

from liverplan.dicom.basic_profile import (
    CHARACTERISTICS,
    DROPPED,
    DUMMY_STUDY_ID,
    KEPT_BINARY,
    KEPT_TEXT,
    NEEDED_DATES,
    NUMBERS_AND_CODES,
    OWN_CLASSES,
    OWN_TEXT,
    PROFILE,
    SILENT_GROUPS,
    STANDARD_ROOT,
)
from liverplan.dicom.find import Progress, find_series
from liverplan.dicom.headers import Headers
from liverplan.dicom.outgoing import MANUFACTURER, MUST_BE_PRESENT, save
from liverplan.dicom.quiet import quiet
from liverplan.dicom.source import Source, open_source
from liverplan.errors import CancelledError, DicomError


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How one patient's objects are de-identified; one set for all that must stay together.

    Parameters
    ----------
    pseudonym : str
        Replaces the patient's name and identifier.
    key : bytes
        Secret from which new UIDs are made: the same key gives the same UIDs.
    retain_characteristics : bool
        Keep sex, age, height and weight (PS3.15 option 113108).
    shift_days : int or None
        Shift dates by so many days (option 113107); None empties them.
    document_is_clean : bool
        Whoever made the encapsulated report says that it names nobody.
    """

    pseudonym: str = "ANONYMOUS"
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    retain_characteristics: bool = False
    shift_days: int | None = None
    document_is_clean: bool = False

    def uid(self, uid: str) -> str:
        """Return the UID that stands for another one; the standard's own stay."""
        if not uid or uid.startswith(STANDARD_ROOT):
            return uid
        digest = hmac.new(self.key, uid.encode(), "sha256").digest()
        return f"2.25.{int.from_bytes(digest[:16], 'big')}"


def deidentify(dataset: pydicom.Dataset, rules: Rules) -> pydicom.Dataset:
    """Return a de-identified copy of an object; the original is untouched.

    Raises
    ------
    DicomError
        If names may be burned into its pixels, or its document was not said to be clean.
    """
    _refuse_what_cannot_be_cleaned(dataset, rules)
    own = (
        str(dataset.get("Manufacturer", "")) == MANUFACTURER
        and dataset.get("SOPClassUID") in OWN_CLASSES
    )
    with quiet():
        clean = _cleaned(dataset, rules, own=own)
        for keyword in MUST_BE_PRESENT:
            if keyword not in clean:
                setattr(clean, keyword, NEEDED_DATES.get(keyword, ""))
        if "FrameOfReferenceUID" in clean:
            clean.PositionReferenceIndicator = ""
        _name(clean, rules)
        _keep_required(clean)
        _record(clean, rules)
        meta = getattr(dataset, "file_meta", None)
        if meta is not None:
            clean.file_meta = pydicom.dataset.FileMetaDataset()
            clean.file_meta.TransferSyntaxUID = meta.TransferSyntaxUID
            clean.file_meta.MediaStorageSOPClassUID = clean.SOPClassUID
            clean.file_meta.MediaStorageSOPInstanceUID = clean.SOPInstanceUID
    return clean


def deidentify_headers(headers: Headers, rules: Rules) -> Headers:
    """Return headers from which SEG, SR and surfaces come out de-identified from the start."""
    with quiet():
        source = headers.dataset()
        clean = _cleaned(source, rules, own=False)
        _name(clean, rules)
        _record(clean, rules)
        common = clean.to_json_dict(suppress_invalid_tags=True)
    images = tuple(replace(image, sop_uid=rules.uid(image.sop_uid)) for image in headers.images)
    return replace(headers, common=common, images=images)


def keep(dataset: pydicom.Dataset, path: Path, rules: Rules | None = None) -> Path:
    """Write an object, de-identified if there are rules; whole or not at all.

    Raises
    ------
    DicomError
        If it cannot be cleaned or written.
    """
    return save(dataset if rules is None else deidentify(dataset, rules), path)


def deidentify_series(
    path: Path | str,
    headers: Headers,
    folder: Path,
    rules: Rules,
    *,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> list[Path]:
    """Write the images that a CT was read from, de-identified, as ``ct_0001.dcm`` ...

    Parameters
    ----------
    path : Path or str
        Where the CT lies: folder, zip, DICOMDIR or file.
    headers : Headers
        Of the CT, from `read_series`: what is written is what they name, and all of it.
    folder : Path
        The files are written here.

    Raises
    ------
    DicomError
        If the images are not all there, or one cannot be cleaned or written.
    CancelledError
        If ``cancel`` was set.
    """
    wanted = {image.sop_uid: n for n, image in enumerate(headers.images, 1)}
    series = str(headers.dataset().SeriesInstanceUID)
    planes = [p for info in find_series(path) if info.uid == series for p in info.planes]
    names = {p.name: wanted[p.sop_uid] for p in planes if p.sop_uid in wanted}
    if set(names.values()) != set(wanted.values()):
        raise DicomError(f"{Path(path).name} does not hold all images of the case's CT.")
    written = []
    with open_source(path) as source:
        for done, (name, number) in enumerate(names.items(), 1):
            if cancel is not None and cancel.is_set():
                raise CancelledError("De-identifying was cancelled.")
            written.append(keep(_whole(source, name), folder / f"ct_{number:04d}.dcm", rules))
            if progress is not None:
                progress(done / len(names), f"De-identified {done} of {len(names)} images")
    return sorted(written)


def _whole(source: Source, name: str) -> pydicom.Dataset:
    try:
        with source.open(name) as stream, quiet():
            return pydicom.dcmread(stream, force=True)
    except DicomError:
        raise
    except Exception as error:
        raise DicomError(f"{name} cannot be read ({type(error).__name__}).") from error


def _refuse_what_cannot_be_cleaned(dataset: pydicom.Dataset, rules: Rules) -> None:
    if "EncapsulatedDocument" in dataset:
        is_surface = str(dataset.get("MIMETypeOfEncapsulatedDocument", "")).startswith("model/")
        if not (is_surface or rules.document_is_clean):
            raise DicomError(
                "The encapsulated report may name the patient; make it without identity first."
            )
    elif str(dataset.get("BurnedInAnnotation", "")) == "YES":
        raise DicomError("Text is burned into this image's pixels, which cannot be cleaned.")
    elif str(dataset.get("Modality", "")) != "SR" and "PixelData" in dataset:
        words = {str(value) for value in dataset.get("ImageType") or []}
        if words & {"SCREEN SAVE", "DOSE_INFO", "PATIENT_INFO", "RESULTS"}:
            raise DicomError("Captured screens show names in their pixels and are not exported.")


def _cleaned(dataset: pydicom.Dataset, rules: Rules, *, own: bool) -> pydicom.Dataset:
    clean = pydicom.Dataset()
    for element in dataset:
        for kept in _clean_element(element, rules, own=own):
            clean.add(kept)
    return clean


def _clean_element(element: DataElement, rules: Rules, *, own: bool) -> Iterator[DataElement]:
    """Yield what stays of an element: itself, a changed copy, or nothing."""
    keyword = keyword_for_tag(element.tag)
    tag = element.tag
    overlay = tag.group & 0xFF00 in {0x5000, 0x6000}
    if not keyword or tag.is_private or overlay or keyword in DROPPED:
        return
    if element.VR == "UI":
        yield from _mapped(element, rules)
    elif keyword in CHARACTERISTICS:
        if rules.retain_characteristics:
            yield element
    elif tag.group in SILENT_GROUPS:
        return
    elif element.VR in {"DA", "TM", "DT"}:
        yield from _moved(element, keyword, rules)
    elif element.VR == "SQ":
        kept = [item for item in element.value if item.get("ValueType") != "PNAME"]
        items = [_cleaned(item, rules, own=own) for item in kept]
        yield DataElement(tag, "SQ", items)
    elif _may_stay(element, keyword, own=own):
        yield element


def _may_stay(element: DataElement, keyword: str, *, own: bool) -> bool:
    return (
        element.VR in NUMBERS_AND_CODES
        or keyword in KEPT_BINARY
        or keyword in KEPT_TEXT
        or (own and keyword in OWN_TEXT)
    )


def _mapped(element: DataElement, rules: Rules) -> Iterator[DataElement]:
    value = element.value
    many = isinstance(value, (list, pydicom.multival.MultiValue))
    new = [rules.uid(str(v)) for v in value] if many else rules.uid(str(value or ""))
    yield DataElement(element.tag, "UI", new)


def _moved(element: DataElement, keyword: str, rules: Rules) -> Iterator[DataElement]:
    """Shift a date, or leave it out."""
    if rules.shift_days is not None and element.VR != "DT":
        value = str(element.value or "")
        new = value if element.VR == "TM" else _shifted(value, rules.shift_days)
        if new or keyword not in NEEDED_DATES:
            yield DataElement(element.tag, element.VR, new)
            return
    if keyword in NEEDED_DATES:
        yield DataElement(element.tag, element.VR, NEEDED_DATES[keyword])


def _shifted(date: str, days: int) -> str:
    try:
        day = datetime.strptime(date, "%Y%m%d")  # noqa: DTZ007 - a date has no zone
        return (day + timedelta(days=days)).strftime("%Y%m%d")
    except (ValueError, OverflowError):
        return ""


def _name(clean: pydicom.Dataset, rules: Rules) -> None:
    clean.PatientName, clean.PatientID = f"{rules.pseudonym}^", rules.pseudonym
    clean.StudyID = DUMMY_STUDY_ID


def _keep_required(clean: pydicom.Dataset) -> None:
    """Put back, empty, what an object of its kind must not be without."""
    if "EncapsulatedDocument" in clean:
        clean.AcquisitionDateTime = ""
        clean.BurnedInAnnotation = "NO"
    if clean.get("Modality") == "SR":
        clean.ReferencedPerformedProcedureStepSequence = []


def _record(clean: pydicom.Dataset, rules: Rules) -> None:
    """Say in the object what was done to it."""
    done = [codes.DCM.BasicApplicationConfidentialityProfile]
    if rules.retain_characteristics:
        done.append(codes.DCM.RetainPatientCharacteristicsOption)
    if rules.shift_days is not None:
        done.append(codes.DCM.RetainLongitudinalTemporalInformationModifiedDatesOption)
    items = []
    for code in done:
        item = pydicom.Dataset()
        item.CodeValue, item.CodingSchemeDesignator = code.value, code.scheme_designator
        item.CodeMeaning = code.meaning
        items.append(item)
    clean.PatientIdentityRemoved = "YES"
    clean.DeidentificationMethod = PROFILE
    clean.DeidentificationMethodCodeSequence = items
    kept = rules.shift_days is not None
    clean.LongitudinalTemporalInformationModified = "MODIFIED" if kept else "REMOVED"
