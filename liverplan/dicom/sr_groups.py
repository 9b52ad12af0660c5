"""The groups of measurements of a structured report (TID 1501 and 1411).

No standard code exists for a future liver remnant's fraction: it is written as "Volume Ratio" in
per cent, in the remnant's group, with its range as the measurement's uncertainty (TID 310); what it
is of stands in a comment. What a plan makes of a metastasis has no code either: the group's
tracking identifier and a comment say it, and the distance is that to the cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pydicom
from highdicom.sr import (
    CodedConcept,
    FindingSite,
    Measurement,
    MeasurementProperties,
    MeasurementsAndQualitativeEvaluations,
    ReferencedSegment,
    RelationshipTypeValues,
    SourceSeriesForSegmentation,
    TextContentItem,
    TrackingIdentifier,
    VolumetricROIMeasurementsAndQualitativeEvaluations,
)
from pydicom.uid import generate_uid

from liverplan.anatomy import COUINAUD, LIVER, REMNANT, RESECTED, lesion_name
from liverplan.dicom.seg_write import dicom_code
from liverplan.dicom.sr_words import PLAN_NAME, Standing, comments, conclusions
from liverplan.findings import Findings, LesionFinding

VOLUME = CodedConcept("118565006", "SCT", "Volume")
LONG_AXIS = CodedConcept("103339001", "SCT", "Long Axis")
SHORT_AXIS = CodedConcept("103340004", "SCT", "Short Axis")
VOLUME_RATIO = CodedConcept("113288", "DCM", "Volume Ratio")
THRESHOLD = CodedConcept("122411", "DCM", "Threshold Value")
DISTANCE = CodedConcept("121206", "DCM", "Distance")
COMMENT = CodedConcept("121106", "DCM", "Comment")
CONCLUSION = CodedConcept("121077", "DCM", "Conclusion")
CUBIC_CENTIMETRE = CodedConcept("cm3", "UCUM", "Cubic centimeter")
MILLIMETRE = CodedConcept("mm", "UCUM", "millimeter")
PER_CENT = CodedConcept("%", "UCUM", "Percent")

Group: TypeAlias = (
    MeasurementsAndQualitativeEvaluations | VolumetricROIMeasurementsAndQualitativeEvaluations
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """A segment that a report refers to: the SEG that holds it, and its description there."""

    seg: pydicom.Dataset
    segment: pydicom.Dataset


def measured_in(segs: Sequence[pydicom.Dataset]) -> dict[str, Measured]:
    """Look up segments by name; of several the first."""
    found: dict[str, Measured] = {}
    for seg in segs:
        for segment in seg.SegmentSequence:
            found.setdefault(str(segment.SegmentLabel), Measured(seg=seg, segment=segment))
    return found


def groups(
    findings: Findings, segs: Sequence[pydicom.Dataset], series_uid: str, standing: Standing
) -> Iterator[Group]:
    """Yield one group for each measured structure that the SEGs hold, then the plan's own."""
    held = measured_in(segs)
    said = comments(findings, standing)
    fates = {lesion_name(one.label): one.fate for one in findings.lesions if findings.planned}
    for name, measurements in _measured(findings).items():
        if name in held:
            identifier = f"{name}: {fates[name]}" if name in fates else name
            group = _group(held[name], series_uid, identifier, measurements)
            yield _with_texts(group, COMMENT, said.get(name, ()))
    plan = MeasurementsAndQualitativeEvaluations(
        tracking_identifier=TrackingIdentifier(
            uid=generate_uid(entropy_srcs=[series_uid, findings.plan_mark or PLAN_NAME]),
            identifier=PLAN_NAME,
        ),
        finding_sites=[FindingSite(anatomic_location=dicom_code(LIVER.kind))],
        measurements=_of_plan(findings),
    )
    plan = _with_texts(plan, CONCLUSION, conclusions(findings))
    yield _with_texts(plan, COMMENT, said[PLAN_NAME])


def _measured(findings: Findings) -> dict[str, list[Measurement]]:
    volumes = findings.volumes
    couinaud = {
        COUINAUD[one.name].name: [_volume(one.volume_ml), _ratio(one.share_fraction)]
        for one in findings.segments
        if one.name in COUINAUD
    }
    return {
        **{lesion_name(lesion.label): _of_lesion(lesion) for lesion in findings.lesions},
        LIVER.name: [_volume(volumes.liver_ml)],
        REMNANT.name: _of_remnant(findings),
        RESECTED.name: [_volume(volumes.resected_ml)],
        **couinaud,
    }


def _group(
    held: Measured, series_uid: str, identifier: str, measurements: list[Measurement]
) -> VolumetricROIMeasurementsAndQualitativeEvaluations:
    segment = held.segment
    return VolumetricROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=TrackingIdentifier(uid=str(segment.TrackingUID), identifier=identifier),
        referenced_segment=ReferencedSegment(
            sop_class_uid=held.seg.SOPClassUID,
            sop_instance_uid=held.seg.SOPInstanceUID,
            segment_number=int(segment.SegmentNumber),
            source_series=SourceSeriesForSegmentation(series_uid),
        ),
        finding_type=_coded(segment.SegmentedPropertyTypeCodeSequence[0]),
        finding_sites=[FindingSite(anatomic_location=dicom_code(LIVER.kind))],
        measurements=measurements,
    )


def _with_texts(group: Group, name: CodedConcept, texts: Iterable[str]) -> Group:
    """Add texts to what a group contains."""
    group[0].ContentSequence.extend(
        TextContentItem(name=name, value=text, relationship_type=RelationshipTypeValues.CONTAINS)
        for text in texts
    )
    return group


def _coded(item: pydicom.Dataset) -> CodedConcept:
    return CodedConcept(item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning)


def _of_lesion(lesion: LesionFinding) -> list[Measurement]:
    found = [
        _volume(lesion.volume_ml),
        Measurement(name=LONG_AXIS, value=lesion.long_axis_mm, unit=MILLIMETRE),
        Measurement(name=SHORT_AXIS, value=lesion.short_axis_mm, unit=MILLIMETRE),
    ]
    return found + _distance(lesion.margin_mm)


def _of_remnant(findings: Findings) -> list[Measurement]:
    """Return its volume and its share, each with its range; no share that is not known."""
    doubt, volumes = findings.uncertainty, findings.volumes
    whole = volumes.counted_ml == volumes.remnant_ml  # else the range is of less than the segment
    found = [_volume(volumes.remnant_ml, doubt.remnant_95_ml if whole else None)]
    fraction = findings.remnant_fraction.deciding_fraction
    return found if fraction is None else [*found, _ratio(fraction, doubt.interval_95)]


def _of_plan(findings: Findings) -> list[Measurement]:
    limit = Measurement(name=THRESHOLD, value=100.0 * findings.threshold_fraction, unit=PER_CENT)
    return [limit, *_distance(findings.margin_mm)]


def _distance(value_mm: float | None) -> list[Measurement]:
    if value_mm is None:
        return []
    return [Measurement(name=DISTANCE, value=value_mm, unit=MILLIMETRE)]


def _volume(value_ml: float, range_ml: tuple[float, float] | None = None) -> Measurement:
    return _ranged(VOLUME, value_ml, CUBIC_CENTIMETRE, range_ml)


def _ratio(fraction: float, interval: tuple[float, float] | None = None) -> Measurement:
    ends = interval and (100.0 * interval[0], 100.0 * interval[1])
    return _ranged(VOLUME_RATIO, 100.0 * fraction, PER_CENT, ends)


def _ranged(
    name: CodedConcept, value: float, unit: CodedConcept, ends: tuple[float, float] | None
) -> Measurement:
    """Return a measurement; how far its range reaches below and above is in its own unit."""
    if ends is None:
        return Measurement(name=name, value=value, unit=unit)
    low, high = ends
    properties = MeasurementProperties(
        lower_measurement_uncertainty=max(value - low, 0.0),
        upper_measurement_uncertainty=max(high - value, 0.0),
    )
    for item in properties:
        item.MeasuredValueSequence[0].MeasurementUnitsCodeSequence = [unit]
    return Measurement(name=name, value=value, unit=unit, properties=properties)
