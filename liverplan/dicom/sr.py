"""The numbers of a plan as a DICOM structured report (TID 1500), linked to the SEG.

No standard code exists for a future liver remnant's fraction: it is written as "Volume Ratio" in
per cent, in the remnant's group, and the group's tracking identifier says of what. The metastases
come first; no standard code exists for what a plan makes of one, so that the group's tracking
identifier says it, and the distance is that to the cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import highdicom as hd
import pydicom
from highdicom.sr import (
    CodedConcept,
    Measurement,
    ReferencedSegment,
    SourceSeriesForSegmentation,
    TrackingIdentifier,
    VolumetricROIMeasurementsAndQualitativeEvaluations,
)
from pydicom.sr.codedict import codes

from liverplan.anatomy import LIVER, lesion_name
from liverplan.dicom.header import parse
from liverplan.dicom.headers import Headers
from liverplan.dicom.outgoing import (
    MANUFACTURER,
    MODEL,
    save,
    series_of_one,
    source_datasets,
)
from liverplan.dicom.quiet import quiet
from liverplan.dicom.seg_read import REMNANT_NAME, RESECTED_NAME
from liverplan.dicom.seg_write import dicom_code
from liverplan.errors import DicomError
from liverplan.findings import Fate, Findings, LesionFinding

PROCEDURE = CodedConcept("25045-6", "LN", "CT unspecified body region")
VOLUME = CodedConcept("118565006", "SCT", "Volume")
LONG_AXIS = CodedConcept("103339001", "SCT", "Long Axis")
SHORT_AXIS = CodedConcept("103340004", "SCT", "Short Axis")
VOLUME_RATIO = CodedConcept("113288", "DCM", "Volume Ratio")
DISTANCE = CodedConcept("121206", "DCM", "Distance")
CUBIC_CENTIMETRE = CodedConcept("cm3", "UCUM", "Cubic centimeter")
MILLIMETRE = CodedConcept("mm", "UCUM", "millimeter")
PER_CENT = CodedConcept("%", "UCUM", "Percent")


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
    return save(make_sr(findings, headers, reference), Path(path))


def make_sr(
    findings: Findings, headers: Headers, seg: pydicom.Dataset, *, record: str = ""
) -> pydicom.Dataset:
    """Build what `write_sr` writes; ``record`` says where the case's audit trail ended."""
    with quiet():
        numbers = {str(item.SegmentLabel): item for item in seg.SegmentSequence}
        report = hd.sr.MeasurementReport(
            observation_context=hd.sr.ObservationContext(observer_device_context=_observer()),
            procedure_reported=PROCEDURE,
            imaging_measurements=list(_groups(findings, headers, seg, numbers)),
            title=codes.DCM.ImagingMeasurementReport,
        )
        document = hd.sr.ComprehensiveSR(
            evidence=[*source_datasets(headers), seg],
            content=report,
            is_complete=True,
            **series_of_one("SR"),
        )
    document.SeriesDescription = "liverplan measurements (research)"
    if record:
        document.ContributingEquipmentSequence = [_equipment(record)]
    return document


def _equipment(record: str) -> pydicom.Dataset:
    """Say in which state of its record the case was: see DICOM PS3.3, SOP Common."""
    item = pydicom.Dataset()
    item.PurposeOfReferenceCodeSequence = [CodedConcept("109103", "DCM", "Modifying Equipment")]
    item.Manufacturer, item.ManufacturerModelName = MANUFACTURER, MODEL
    item.ContributionDescription = f"Audit trail ended in {record}"
    return item


def _observer() -> hd.sr.ObserverContext:
    return hd.sr.ObserverContext(
        observer_type=codes.DCM.Device,
        observer_identifying_attributes=hd.sr.DeviceObserverIdentifyingAttributes(
            uid=hd.UID(), name=MODEL, manufacturer_name=MANUFACTURER, model_name=MODEL
        ),
    )


def _groups(
    findings: Findings,
    headers: Headers,
    seg: pydicom.Dataset,
    segments: Mapping[str, pydicom.Dataset],
) -> Iterator[VolumetricROIMeasurementsAndQualitativeEvaluations]:
    """Yield one group of measurements for each segment that the SEG holds."""
    volumes = findings.volumes
    fates = {lesion_name(one.label): one.fate for one in findings.lesions if findings.planned}
    measured = {
        **{lesion_name(lesion.label): _of_lesion(lesion) for lesion in findings.lesions},
        LIVER.name: [_volume(volumes.liver_ml)],
        REMNANT_NAME: [_volume(volumes.remnant_ml), _ratio(findings)],
        RESECTED_NAME: [_volume(volumes.resected_ml)],
    }
    for name, measurements in measured.items():
        if name in segments:
            yield _group(name, segments[name], measurements, headers, seg, fates.get(name))


def _group(
    name: str,
    segment: pydicom.Dataset,
    measurements: list[Measurement],
    headers: Headers,
    seg: pydicom.Dataset,
    fate: Fate | None,
) -> VolumetricROIMeasurementsAndQualitativeEvaluations:
    series = str(headers.dataset().SeriesInstanceUID)
    return VolumetricROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=TrackingIdentifier(
            uid=str(segment.TrackingUID), identifier=f"{name}: {fate}" if fate else name
        ),
        referenced_segment=ReferencedSegment(
            sop_class_uid=seg.SOPClassUID,
            sop_instance_uid=seg.SOPInstanceUID,
            segment_number=int(segment.SegmentNumber),
            source_series=SourceSeriesForSegmentation(series),
        ),
        finding_type=_coded(segment.SegmentedPropertyTypeCodeSequence[0]),
        finding_sites=[hd.sr.FindingSite(anatomic_location=dicom_code(LIVER.kind))],
        measurements=measurements,
    )


def _coded(item: pydicom.Dataset) -> CodedConcept:
    return CodedConcept(item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning)


def _volume(value_ml: float) -> Measurement:
    return Measurement(name=VOLUME, value=value_ml, unit=CUBIC_CENTIMETRE)


def _of_lesion(lesion: LesionFinding) -> list[Measurement]:
    found = [
        _volume(lesion.volume_ml),
        Measurement(name=LONG_AXIS, value=lesion.long_axis_mm, unit=MILLIMETRE),
        Measurement(name=SHORT_AXIS, value=lesion.short_axis_mm, unit=MILLIMETRE),
    ]
    if lesion.margin_mm is not None:
        found.append(Measurement(name=DISTANCE, value=lesion.margin_mm, unit=MILLIMETRE))
    return found


def _ratio(findings: Findings) -> Measurement:
    fraction = findings.remnant_fraction.deciding_fraction or 0.0
    return Measurement(name=VOLUME_RATIO, value=100.0 * fraction, unit=PER_CENT)
