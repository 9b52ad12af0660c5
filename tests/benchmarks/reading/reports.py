"""A structured report by each reader: groups by their identifiers, with segment and numbers."""

import json
import re

import highdicom as hd
import pydicom

from tests.benchmarks.reading.segs import told_by_cornerstone
from tests.benchmarks.reading.tools import told


def expected(findings):
    """Identifier to numbers (code, value, unit), from what was found and not from a report."""
    volumes, share = findings.volumes, 100 * findings.remnant_fraction.deciding_fraction
    groups = {
        f"Metastasis {one.label - 1}: {one.fate}": [
            (VOLUME, one.volume_ml, "cm3"),
            (LONG, one.long_axis_mm, "mm"),
            (SHORT, one.short_axis_mm, "mm"),
            (DISTANCE, one.margin_mm, "mm"),
        ]
        for one in findings.lesions
    }
    groups |= {
        "Liver": [(VOLUME, volumes.liver_ml, "cm3")],
        "Future liver remnant": [(VOLUME, volumes.remnant_ml, "cm3"), (RATIO, share, "%")],
        "Resected liver": [(VOLUME, volumes.resected_ml, "cm3")],
    }
    for one in findings.segments:
        ratio = (RATIO, 100 * one.share_fraction, "%")
        groups[f"Segment {one.name}"] = [(VOLUME, one.volume_ml, "cm3"), ratio]
    limit = (THRESHOLD, 100 * findings.threshold_fraction, "%")
    groups["Plan"] = [limit, (DISTANCE, findings.margin_mm, "mm")]
    return groups


VOLUME, LONG, SHORT, RATIO = "118565006", "103339001", "103340004", "113288"
DISTANCE, THRESHOLD = "121206", "122411"
BY_NAME = {
    "Volume": VOLUME,
    "Long Axis": LONG,
    "Short Axis": SHORT,
    "Volume Ratio": RATIO,
    "Distance": DISTANCE,
    "Threshold Value": THRESHOLD,
}


def by_highdicom(path, _images, _tools):
    content = hd.sr.ComprehensiveSR.from_dataset(pydicom.dcmread(path)).content
    groups = [
        *content.get_volumetric_roi_measurement_groups(),
        *content.get_image_measurement_groups(),
    ]
    return {
        group.tracking_identifier: [
            (m.name.value, m.value, m.unit.value) for m in group.get_measurements()
        ]
        for group in groups
    }


def by_pydicom(path, _images, _tools):
    """Item by item."""
    report = pydicom.dcmread(path)
    (measured,) = [i for i in report.ContentSequence if _name(i) == "Imaging Measurements"]
    found = {}
    for group in measured.ContentSequence:
        items = group.ContentSequence
        (name,) = [i.TextValue for i in items if _name(i) == "Tracking Identifier"]
        found[name] = [_number(item) for item in items if item.ValueType == "NUM"]
    return found


def _name(item):
    return item.ConceptNameCodeSequence[0].CodeMeaning


def _number(item):
    value = item.MeasuredValueSequence[0]
    unit = value.MeasurementUnitsCodeSequence[0].CodeValue
    return item.ConceptNameCodeSequence[0].CodeValue, float(value.NumericValue), unit


def by_dcmqi(path, _images, tools):
    """tid1500reader, as 3D Slicer loads a report."""
    out = path.with_suffix(".json")
    try:
        tools.of_python("tid1500reader", "--inputDICOM", path, "--outputMetadata", out)
        groups = json.loads(out.read_text())["Measurements"]
    finally:
        out.unlink(missing_ok=True)
    return {
        group["TrackingIdentifier"]: [
            (m["quantity"]["CodeValue"], float(m["value"]), m["units"]["CodeValue"])
            for m in group["measurementItems"]
        ]
        for group in groups
    }


def by_cornerstone(path, images, tools):
    """dcmjs, by which OHIF reads a report; Cornerstone's own adapter looks for drawn lines."""
    segmentation = path.with_name("segmentation.dcm")
    groups = json.loads(told_by_cornerstone(segmentation, images, tools, path))["groups"]
    if "fault" in groups:
        raise RuntimeError(groups["fault"])
    return {group["identifier"]: [tuple(n) for n in group["numbers"]] for group in groups}


NUM = re.compile(r'\n      <contains NUM:\(,,"([^"]+)"\)="([^"]+)" \(([^,]+),UCUM')


def by_dcmtk(path, _images, _tools):
    """dsrdump."""
    text = told("dsrdump", "+Pl", path)
    found = {}
    for group in text.split("Measurement Group")[1:]:
        name = re.search(r'"Tracking Identifier"\)="([^"]+)"', group)[1]
        numbers = [(BY_NAME[what], float(value), unit) for what, value, unit in NUM.findall(group)]
        found[name] = numbers
    return found


READERS = {
    "highdicom": by_highdicom,
    "pydicom": by_pydicom,
    "dcmqi": by_dcmqi,
    "cornerstone": by_cornerstone,
    "dcmtk": by_dcmtk,
}
