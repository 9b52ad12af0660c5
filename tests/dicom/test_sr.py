"""The structured report: complete, coded, and read back by others as it was meant."""

from dataclasses import replace

import highdicom as hd
import numpy as np
import pydicom
import pytest

from liverplan import dicom
from liverplan.dicom.deidentify import Rules, deidentify
from liverplan.dicom.sr_words import Standing
from liverplan.findings import Contribution, Interval, RemnantFraction, SegmentFinding, Uncertainty
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation import Segmentation
from tests.dicom.test_documents import findings, words_of

STANDING = Standing(
    accepted_by=("Siv Ek", "A\\B^C"),
    trail="ab12 (3 entries)",
    state_sha256="cd34",
    protocol_sha256="ef56",
)


@pytest.fixture(scope="module")
def masks(small):
    ct = dicom.read_series(dicom.choose_series(dicom.find_series(small.ct)))
    labels = small.phantom.segmentation.labels
    return ct, Segmentation(grid=ct.volume.grid, labels=labels)


def report_of(masks, found, standing=STANDING):
    ct, segmentation = masks
    left = np.zeros_like(segmentation.liver)
    left[:, :, : left.shape[2] // 2] = True
    remnant = (segmentation.labels == 1) & left
    halves = PartMap(
        scheme="couinaud",
        grid=segmentation.grid,
        labels=np.where(left, 1, 2).astype(np.uint8),
        names=("4a", "8"),
    )
    sets = dicom.segment_sets(
        segmentation,
        remnant=remnant,
        resected=(segmentation.labels == 1) & ~left,
        maps={"couinaud": halves},
    )
    segs = dicom.make_segs(sets, segmentation.grid, ct.headers)
    return dicom.make_sr(found, ct.headers, [seg for _, seg in segs], standing=standing)


def source(name, share, drawn):
    return Contribution(
        name=name, sd=1.0, unit="mm", fraction_sd=0.01, source="", share=share, share_as_drawn=drawn
    )


@pytest.fixture(scope="module")
def found():
    segments = (SegmentFinding(name="4a", volume_ml=500.0, share_fraction=0.4),)
    doubt = Uncertainty(
        interval_95=(0.4, 0.5), probability_above_threshold=0.998, remnant_95_ml=(580.0, 640.0),
        as_drawn=Interval(lower_95=0.43, upper_95=0.46, probability_above_threshold=1.0),
        contributions=(source("cut position", 0.8, 0.0), source("liver boundary", 0.2, 1.0)),
    )  # fmt: skip
    return replace(
        findings(), segments=segments, uncertainty=doubt, margin_mm=4.5, protocol="breclim2",
        planes=(object(),),
    )  # fmt: skip


@pytest.fixture(scope="module")
def report(masks, found):
    return report_of(masks, found)


@pytest.fixture(scope="module")
def groups(report):
    """Each group by its identifier, as highdicom reads it back."""
    content = hd.sr.ComprehensiveSR.from_dataset(report).content
    every = [
        *content.get_volumetric_roi_measurement_groups(),
        *content.get_image_measurement_groups(),
    ]
    return {group.tracking_identifier: group for group in every}


def texts(item):
    """Every text below an item."""
    own = [item.TextValue] if item.get("ValueType") == "TEXT" else []
    return own + [text for child in item.get("ContentSequence", []) for text in texts(child)]


def test_each_structure_and_the_plan_have_a_group(groups):
    assert list(groups) == [
        "Metastasis 1: removed",
        "Metastasis 2: removed",
        "Liver",
        "Future liver remnant",
        "Resected liver",
        "Segment 4a",
        "Plan",
    ]
    (volume,) = groups["Segment 4a"].get_measurements(name=hd.sr.CodedConcept(*VOLUME))
    assert volume.value == 500.0
    assert groups["Segment 4a"].finding_type.value == "871688003"


VOLUME = ("118565006", "SCT", "Volume")
RATIO = ("113288", "DCM", "Volume Ratio")


@pytest.mark.parametrize(
    ("name", "value", "below", "above"),
    [(VOLUME, 612.3456789, 32.3456789, 27.6543211), (RATIO, 44.437, 4.437, 5.563)],
)
def test_the_remnants_range_stands_beside_it_in_its_own_unit(groups, name, value, below, above):
    (measured,) = groups["Future liver remnant"].get_measurements(name=hd.sr.CodedConcept(*name))
    assert measured.value == pytest.approx(value)
    ends = {
        item.ConceptNameCodeSequence[0].CodeMeaning[0]: item.MeasuredValueSequence[0]
        for item in measured[0].ContentSequence
    }
    for sign, reach in (("-", below), ("+", above)):
        assert float(ends[sign].NumericValue) == pytest.approx(reach)
        assert ends[sign].MeasurementUnitsCodeSequence[0].CodeValue == measured.unit.value


def test_what_no_code_says_is_said_in_words(report, groups):
    said = " ".join(texts(groups["Future liver remnant"][0]))
    assert "share of the functional liver; its 95 % range is 40.0-50.0 %, as carried out." in said
    assert "Of the whole liver it is 41.1 %." in said
    assert "The verdict uses this range. P(FLR > 30 %) > 99 %." in said
    assert "As drawn 43.0-46.0 %: the outlines alone" in said
    assert "liver boundary 20 % (100 % as drawn)" in said
    assert "By this plan: removed." in texts(groups["Metastasis 1: removed"][0])
    plan = texts(groups["Plan"][0])
    assert "FLR 44.4 % (40.0-50.0 as carried out). Above 30 %, whole range." in plan
    assert "Eligibility is undecided." in plan
    assert "Protocol: breclim2" in plan
    for value in ("ab12 (3 entries)", "cd34", "ef56"):
        assert any(text.endswith(value) for text in plan)


def test_the_limit_and_the_smallest_margin_are_numbers_of_the_plan(groups):
    plan = {m.name.meaning: (m.value, m.unit.value) for m in groups["Plan"].get_measurements()}
    assert plan == {"Threshold Value": (30.0, "%"), "Distance": (4.5, "mm")}


def test_a_share_that_is_not_known_is_not_written_as_nothing(masks, found):
    unknown = RemnantFraction(of_functional=0.4, of_liver=0.3, deciding="of_estimated")
    report = report_of(masks, replace(found, remnant_fraction=unknown))
    content = hd.sr.ComprehensiveSR.from_dataset(report).content
    groups = content.get_volumetric_roi_measurement_groups()
    (remnant,) = [g for g in groups if g.tracking_identifier == "Future liver remnant"]
    assert [m.name.meaning for m in remnant.get_measurements()] == ["Volume"]


def observers(dataset):
    return [str(i.PersonName) for i in dataset.ContentSequence if i.get("ValueType") == "PNAME"]


def test_who_accepted_the_masks_is_an_observer_beside_the_program(report):
    assert observers(report) == ["Siv Ek^", "A B C^"]


def test_a_name_that_the_images_character_set_lacks_is_written(masks, found, tmp_path):
    path = dicom.keep(report_of(masks, found, Standing(accepted_by=("Łucja Ö",))), tmp_path / "x")
    read = pydicom.dcmread(path)
    assert observers(read) == ["Łucja Ö^"]
    assert read.SpecificCharacterSet == "ISO_IR 192"


def test_a_report_that_is_de_identified_leaves_no_person(report):
    clean = deidentify(report, Rules(key=b"k"))
    assert observers(clean) == []
    assert "Siv Ek" not in str(clean)
    assert texts(clean) == texts(report)


@pytest.mark.parametrize("standing", [Standing(), STANDING], ids=["nobody", "two persons"])
def test_checkers_and_readers_have_no_fault_to_find(masks, found, standing, tmp_path):
    report = report_of(masks, found, standing)
    path = dicom.keep(report, tmp_path / "sr.dcm")
    words = words_of("dciodvfy", str(path))
    assert "Error" not in words
    assert "Warning" not in words
    for reader in (("dsrdump", str(path)), ("dsr2html", str(path), str(tmp_path / "sr.html"))):
        said = words_of(*reader)
        assert not [line for line in said.splitlines() if line.startswith(("W:", "E:"))]
    assert pydicom.dcmread(path).ContentSequence
