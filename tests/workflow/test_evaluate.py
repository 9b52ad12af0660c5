"""What a verdict rests on: whose masks, which margin, what counts; on a liver of few voxels."""

import importlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import liverplan.eligibility
from liverplan import workflow
from liverplan.eligibility import load_patient, load_protocol, protocol_text
from liverplan.eligibility.recist import Visit
from liverplan.errors import SegmentationError
from liverplan.findings import SeriesSummary
from liverplan.resection import Plan, Plane
from liverplan.segmentation import Provenance, Segmentation
from liverplan.volume import Grid
from liverplan.volumetry import Liver
from liverplan.words import in_english
from liverplan.workflow.evaluate import lesion_state

evaluate_module = importlib.import_module("liverplan.workflow.evaluate")
PROTOCOL = load_protocol("breclim2")
PATIENT = load_patient(Path(liverplan.eligibility.__file__).with_name("patient_example.toml"))
DAYS = [visit.date for visit in PATIENT.visits]
SEEN = tuple(
    Visit(targets={"target 1": length}, date=day)
    for length, day in zip((280, 226), DAYS, strict=True)
)
PATIENT = replace(PATIENT, height_cm=None, weight_kg=None, visits=SEEN)
SERIES = SeriesSummary(uid="1.2", shape=(20, 20, 40), spacing_mm=(4.0, 4.0, 4.0))
BY_PROGRAM = Provenance(method="a program", version="1", origin="automatic")
ACCEPTED = replace(BY_PROGRAM, accepted_by="A. Berg")
NEAR, FAR = 2, 3
"""Metastases about x = 30 and x = 110 mm."""


def segmentation(**made):
    labels = np.ones((20, 20, 40), dtype=np.uint8)
    labels[8:12, 8:12, 6:10] = NEAR
    labels[8:12, 8:12, 26:30] = FAR
    affine = np.diag([4.0, 4.0, 4.0, 1.0])[[2, 1, 0, 3]]
    grid = Grid(shape=labels.shape, affine=affine)
    provenance = {1: ACCEPTED, NEAR: ACCEPTED, FAR: ACCEPTED} | made.get("changed", {})
    return Segmentation(grid=grid, labels=labels, provenance=provenance)


def cut_at(x_mm):
    """What lies at greater x stays."""
    return Plan(cuts=(Plane(point_mm=(x_mm, 38, 38), normal=(1, 0, 0)),))


def evaluated(plan, masks=None, **more):
    masks = segmentation() if masks is None else masks
    given = {"series": SERIES, "patient": PATIENT, "protocol": PROTOCOL} | more
    return workflow.evaluate(Liver(segmentation=masks), plan, **given)


def by_label(findings):
    return {lesion.label: lesion for lesion in findings.lesions}


@pytest.mark.parametrize("label", [1, NEAR, FAR])
def test_one_mask_that_nobody_accepted_blocks_the_verdict(label):
    both_out = Plan(cuts=(Plane(point_mm=(70, 38, 50), normal=(0, 0, 1)),))
    assert all(c.state == "met" for c in evaluated(both_out).criteria if c.id != "flr")
    open_ = evaluated(both_out, segmentation(changed={label: BY_PROGRAM}))
    absent = segmentation()
    absent = replace(absent, provenance={k: v for k, v in absent.provenance.items() if k != label})
    for findings in (open_, evaluated(both_out, absent)):
        assert findings.eligibility != "eligible"
        assert any("unaccepted" in note.key or "confirmed" in note.key for note in findings.notes)


def test_with_every_mask_accepted_and_everything_met_the_patient_is_eligible():
    masks = segmentation()
    labels = masks.labels.copy()
    labels[labels == FAR] = 1
    masks = Segmentation(grid=masks.grid, labels=labels, provenance={1: ACCEPTED, NEAR: ACCEPTED})
    kept = evaluated(cut_at(60), masks)
    assert [c.id for c in kept.criteria if c.state != "met"] == []
    assert kept.eligibility == "eligible"
    masks = replace(masks, provenance={1: ACCEPTED, NEAR: BY_PROGRAM})
    assert evaluated(cut_at(60), masks).eligibility == "undecided"


def test_the_headline_margin_counts_a_metastasis_that_is_cut_through():
    findings = evaluated(cut_at(30))
    through = by_label(findings)[NEAR]
    assert through.margin_mm < 0
    assert findings.margin_mm == through.margin_mm
    assert any("lesion_cut" in note.key for note in findings.notes)


def test_the_headline_margin_leaves_out_what_stays_untouched_beside_the_cut():
    """A metastasis that stays is said to stay; its distance is no margin of the resection."""
    findings = evaluated(cut_at(60))
    removed, left = (by_label(findings)[label] for label in (NEAR, FAR))
    assert (removed.in_remnant, left.in_remnant) == (False, True)
    assert findings.margin_mm == removed.margin_mm > 0
    assert any("lesion_left" in note.key for note in findings.notes)


def test_the_headline_margin_is_the_smallest_of_those_removed():
    findings = evaluated(cut_at(125))
    margins = [lesion.margin_mm for lesion in findings.lesions]
    assert not any(lesion.in_remnant for lesion in findings.lesions)
    assert findings.margin_mm == min(margins) < max(margins)


def test_without_a_cut_there_is_no_margin_and_nothing_is_said_to_be_left():
    findings = evaluated(Plan(cuts=()))
    assert findings.margin_mm is None
    assert not any("lesion_" in note.key for note in findings.notes)
    assert next(c for c in findings.criteria if c.id == "flr").state == "missing"


def test_height_and_weight_give_the_estimate_and_one_alone_gives_none():
    both = evaluated(cut_at(60), patient=replace(PATIENT, height_cm=170.0, weight_kg=70.0))
    assert both.remnant_fraction.of_estimated == pytest.approx(
        both.volumes.remnant_ml / both.remnant_fraction.estimated_liver_ml
    )
    assert both.remnant_fraction.formula
    for half in ({"height_cm": 170.0}, {"weight_kg": 70.0}):
        alone = evaluated(cut_at(60), patient=replace(PATIENT, **half))
        assert alone.remnant_fraction.of_estimated is None
        assert alone.remnant_fraction.formula == ""


def test_a_metastasis_is_biopsied_before_confirmed_and_confirmed_before_found():
    assert lesion_state(BY_PROGRAM, biopsied=True) == "biopsied"
    assert lesion_state(ACCEPTED, biopsied=True) == "biopsied"
    assert lesion_state(ACCEPTED, biopsied=False) == "confirmed"
    assert lesion_state(BY_PROGRAM, biopsied=False) == "found by machine"
    assert lesion_state(None, biopsied=False) == "found by machine"
    states = {
        n: lesion.state for n, lesion in by_label(evaluated(cut_at(60), biopsied=(FAR,))).items()
    }
    assert states == {NEAR: "confirmed", FAR: "biopsied"}


def test_where_there_is_no_liver_left_to_measure_it_is_refused():
    masks = segmentation()
    for labels, words in ((masks.labels * 0, "is empty"), (masks.labels * 0 + NEAR, "All of")):
        with pytest.raises(SegmentationError, match=words):
            evaluated(cut_at(60), replace(masks, labels=labels))


def test_a_metastasis_is_small_below_ten_millimetres_and_not_at_ten():
    """RECIST 1.1: measurable from a long axis of 10 mm on."""
    labels = np.ones((24, 20, 20), dtype=np.uint8)
    for label, length in enumerate((8, 9, 10, 11), 2):
        labels[4 * label, 10, 3 : 3 + length] = label
    grid = Grid(shape=labels.shape, affine=np.diag([1.0, 1.0, 1.0, 1.0])[[2, 1, 0, 3]])
    masks = Segmentation(grid=grid, labels=labels, provenance=dict.fromkeys(range(1, 6), ACCEPTED))
    findings = evaluated(Plan(cuts=()), masks)
    axes = [lesion.long_axis_mm for lesion in findings.lesions]
    assert any(10 <= axis < 11 for axis in axes)
    assert any(9 < axis < 10 for axis in axes)
    count = next(c for c in findings.criteria if c.id == "metastasis_count")
    small = sum(axis < 10 for axis in axes)
    assert f"{small} shorter than 10 mm" in in_english(count.finding)


@pytest.mark.parametrize("deciding", ["of_functional", "of_liver", "of_estimated"])
def test_the_interval_is_of_the_denominator_that_decides(deciding, tmp_path):
    text = protocol_text("breclim2").replace('"of_functional"', f'"{deciding}"')
    (tmp_path / "other.toml").write_text(text, "utf-8")
    protocol = load_protocol(tmp_path / "other.toml")
    body = replace(PATIENT, height_cm=165.0, weight_kg=64.0)
    findings = evaluated(cut_at(60), protocol=protocol, patient=body)
    fraction = findings.remnant_fraction
    below_ml = {
        "of_functional": None,
        "of_liver": findings.volumes.liver_ml,
        "of_estimated": fraction.estimated_liver_ml,
    }[deciding]
    asked = {"threshold_fraction": protocol.threshold_fraction, "denominator_ml": below_ml}
    assert fraction.deciding == deciding
    assert findings.uncertainty == Liver(segmentation=segmentation()).uncertainty(
        cut_at(60), **asked
    )


@pytest.mark.parametrize(("long_mm", "small"), [(9.999, 1), (10.0, 0)])
def test_exactly_ten_millimetres_are_measurable(monkeypatch, long_mm, small):
    axes = evaluate_module.axes_of
    monkeypatch.setattr(
        evaluate_module, "axes_of", lambda *mask: replace(axes(*mask), long_mm=long_mm)
    )
    masks = segmentation()
    masks = replace(masks, labels=np.where(masks.labels == FAR, 1, masks.labels).astype(np.uint8))
    count = next(c for c in evaluated(Plan(cuts=()), masks).criteria if c.id == "metastasis_count")
    assert ("shorter than 10 mm" in in_english(count.finding)) is bool(small)
