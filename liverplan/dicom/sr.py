"""The numbers of a plan as a DICOM structured report (TID 1500), linked to the SEG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import highdicom as hd
import pydicom
from highdicom.sr import CodedConcept, ObserverContext
from pydicom.sr.codedict import codes

from liverplan.dicom.conforming import person_name
from liverplan.dicom.header import parse
from liverplan.dicom.headers import Headers
from liverplan.dicom.outgoing import (
    MANUFACTURER,
    MODEL,
    in_unicode,
    save,
    series_of_one,
    source_datasets,
)
from liverplan.dicom.quiet import quiet
from liverplan.dicom.sr_groups import groups
from liverplan.dicom.sr_words import Standing
from liverplan.errors import DicomError
from liverplan.findings import Findings

PROCEDURE = CodedConcept("25045-6", "LN", "CT unspecified body region")
NOBODY_KNOWN = Standing()


def write_sr(path: Path | str, findings: Findings, headers: Headers, seg: Path | str) -> Path:
    """Write a plan's volumes, diameters and remnant fraction as a Comprehensive SR.

    Parameters
    ----------
    path : Path or str
        The file to write.
    findings : Findings
        What was found.
    headers : Headers
        Of the CT, from `read_series`.
    seg : Path or str
        The SEG that `write_seg` wrote for the same plan; the report refers to its segments.

    Raises
    ------
    DicomError
        If the SEG cannot be read, or the file cannot be written.
    """
    seg = Path(seg)
    try:
        with seg.open("rb") as stream, quiet():
            reference = parse(stream).dataset
    except (OSError, DicomError) as error:
        raise DicomError(f"{seg.name} cannot be read as the report's SEG: {error}.") from error
    return save(make_sr(findings, headers, [reference]), Path(path))


def make_sr(
    findings: Findings,
    headers: Headers,
    segs: Sequence[pydicom.Dataset],
    *,
    standing: Standing = NOBODY_KNOWN,
) -> pydicom.Dataset:
    """Build what `write_sr` writes, of several SEGs of a case.

    ``standing`` is who and what stands behind the numbers.
    """
    with quiet():
        series_uid = str(headers.dataset().SeriesInstanceUID)
        context = hd.sr.ObservationContext(observer_device_context=_device())
        for person in _persons(standing):
            context.extend(person)
        report = hd.sr.MeasurementReport(
            observation_context=context,
            procedure_reported=PROCEDURE,
            imaging_measurements=list(groups(findings, segs, series_uid, standing)),
            title=codes.DCM.ImagingMeasurementReport,
        )
        document = hd.sr.ComprehensiveSR(
            evidence=[*source_datasets(headers), *segs],
            content=report,
            is_complete=True,
            **series_of_one("SR"),
        )
    document.SeriesDescription = "liverplan measurements (research)"
    if standing.trail:
        document.ContributingEquipmentSequence = [_equipment(standing.trail)]
    return in_unicode(document, document.ContentSequence)


def _equipment(record: str) -> pydicom.Dataset:
    """Say in which state of its record the case was: see DICOM PS3.3, SOP Common."""
    item = pydicom.Dataset()
    item.PurposeOfReferenceCodeSequence = [CodedConcept("109103", "DCM", "Modifying Equipment")]
    item.Manufacturer, item.ManufacturerModelName = MANUFACTURER, MODEL
    item.ContributionDescription = f"Audit trail ended in {record}"
    return item


def _device() -> ObserverContext:
    return ObserverContext(
        observer_type=codes.DCM.Device,
        observer_identifying_attributes=hd.sr.DeviceObserverIdentifyingAttributes(
            uid=hd.UID(), name=MODEL, manufacturer_name=MANUFACTURER, model_name=MODEL
        ),
    )


def _persons(standing: Standing) -> Iterator[ObserverContext]:
    """Yield each person who accepted a mask, as one who observed."""
    for name in standing.accepted_by:
        yield ObserverContext(
            observer_type=codes.DCM.Person,
            observer_identifying_attributes=hd.sr.PersonObserverIdentifyingAttributes(
                name=person_name(name)
            ),
        )
