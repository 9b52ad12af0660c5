"""Patient and ImagingStudy, as the report's header and evidence tell them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from liverplan.dicom.basic_profile import DUMMY_DATE
from liverplan.dicom.seg_read import SEG_CLASSES
from liverplan.dicom.slices import CT_CLASSES
from liverplan.fhir.elements import SYSTEMS, Element, Release, given, uid_identifier

if TYPE_CHECKING:
    import pydicom

MODALITIES: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(CT_CLASSES, "CT") | dict.fromkeys(SEG_CLASSES, "SEG")
)
REPORT = "SR"
SEXES: Mapping[str, str] = MappingProxyType({"F": "female", "M": "male", "O": "other"})


def patient(report: pydicom.Dataset) -> Element:
    """Return whose result it is: as the header says, a pseudonym where it says no more."""
    name = str(report.get("PatientName", "")).replace("^", " ").strip()
    number = str(report.get("PatientID", ""))
    return given(
        resourceType="Patient",
        identifier=[{"value": number}] if number else [],
        name=[{"text": name}] if name else [],
        gender=SEXES.get(str(report.get("PatientSex", "")), ""),
        birthDate=day(str(report.get("PatientBirthDate", "") or "")),
    )


def imaging_study(report: pydicom.Dataset, subject: Element, release: Release) -> Element:
    """Return the study: the CT's series, those of the masks, and the report's own."""
    return given(
        resourceType="ImagingStudy",
        identifier=[uid_identifier(str(report.StudyInstanceUID))],
        status="available",
        subject=subject,
        started=study_day(report),
        series=list(_series(report, release)),
    )


def study_day(report: pydicom.Dataset) -> str:
    """Return the day of the CT, "" where it is not known or was removed."""
    return day(str(report.get("StudyDate", "") or ""))


def day(date: str) -> str:
    """Return a DICOM date as FHIR writes it; "" for none, and for what stands for one."""
    if date == DUMMY_DATE:
        return ""
    try:
        return datetime.strptime(date, "%Y%m%d").date().isoformat()  # noqa: DTZ007 - no zone
    except ValueError:
        return ""


def _series(report: pydicom.Dataset, release: Release) -> Iterator[Element]:
    for study in report.CurrentRequestedProcedureEvidenceSequence:
        for one in study.ReferencedSeriesSequence:
            held = one.ReferencedSOPSequence
            pairs = [(str(i.ReferencedSOPInstanceUID), str(i.ReferencedSOPClassUID)) for i in held]
            yield _one_series(str(one.SeriesInstanceUID), pairs, release)
    own = [(str(report.SOPInstanceUID), str(report.SOPClassUID))]
    yield _one_series(str(report.SeriesInstanceUID), own, release)


def _one_series(uid: str, instances: list[tuple[str, str]], release: Release) -> Element:
    """Return a series; of many images only their number, which the study's own UIDs lead to."""
    modality: Element = {"system": SYSTEMS["DCM"], "code": MODALITIES.get(instances[0][1], REPORT)}
    return given(
        uid=uid,
        modality=modality if release == "R4" else {"coding": [modality]},
        numberOfInstances=len(instances),
        instance=[_instance(*one) for one in instances] if len(instances) == 1 else [],
    )


def _instance(uid: str, sop_class: str) -> Element:
    kind: Element = {"system": "urn:ietf:rfc:3986", "code": f"urn:oid:{sop_class}"}
    return {"uid": uid, "sopClass": kind}
