"""From DICOM and masks to findings, against the phantom's closed form."""

import json

import numpy as np
import pytest

from liverplan import workflow
from liverplan.case import verify
from liverplan.eligibility import protocol_text
from liverplan.errors import CaseError, GridError, InputError, PlanError, SegmentationError
from liverplan.phantom.truth import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM
from liverplan.segmentation import Segmentation, write_mask_file
from liverplan.volume import Grid
from liverplan.words import in_english

CUT = (*RECOMMENDED_POINT_MM, *RECOMMENDED_NORMAL)


def request(small, **changes):
    values = {"liver": small.liver, "lesions": small.lesions, "planes": (CUT,)}
    return workflow.Request(**(values | changes))


@pytest.fixture(scope="module")
def assessed(small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("assessed") / "case"
    return folder, workflow.assess(small.ct, folder, request(small))


def test_volumes_and_remnant_match_the_closed_form(small, assessed):
    _, findings = assessed
    truth = small.truth.to_json()
    assert findings.volumes.liver_ml == pytest.approx(truth["liver_ml"], rel=0.005)
    assert findings.volumes.tumour_ml == pytest.approx(truth["tumour_ml"], rel=0.03)
    found = findings.remnant_fraction.of_functional
    assert found == pytest.approx(truth["plane"]["remnant_fraction"], abs=0.002)


def test_the_parts_add_up_and_the_denominators_are_named(assessed):
    volumes, fraction = assessed[1].volumes, assessed[1].remnant_fraction
    assert volumes.remnant_ml + volumes.resected_ml == pytest.approx(
        volumes.functional_ml, abs=1e-6
    )
    assert volumes.functional_ml + volumes.tumour_ml == pytest.approx(volumes.liver_ml, abs=1e-6)
    assert fraction.of_functional == volumes.remnant_ml / volumes.functional_ml
    assert fraction.of_liver == volumes.remnant_ml / volumes.liver_ml
    assert fraction.of_estimated is None
    assert fraction.deciding == "of_functional"


def test_lesions_have_their_size_place_and_margin(small, assessed):
    truth = small.truth.to_json()
    for found, exact, margin in zip(
        assessed[1].lesions, truth["lesions"], truth["plane"]["margins_mm"], strict=True
    ):
        assert found.label == exact["label"]
        assert np.allclose(found.centroid_mm, exact["centroid_mm"], atol=0.8)
        assert found.long_axis_mm == pytest.approx(exact["long_axis_mm"], abs=4.0)
        assert found.in_remnant == (margin < 0)
        if margin > 0:  # conservative by at most a voxel's corner
            assert margin - 4.5 < found.margin_mm < margin + 0.5


def test_the_case_measures_the_same_to_the_last_digit_and_verifies(assessed):
    folder, findings = assessed
    assert workflow.measure_case(folder).to_json(in_english) == findings.to_json(in_english)
    assert verify(folder) == []


def test_nothing_attested_leaves_the_patient_undecided_or_worse(assessed):
    states = {criterion.id: criterion.state for criterion in assessed[1].criteria}
    assert states["flr"] == "met"
    assert states["consent"] == "missing"
    assert assessed[1].eligibility == "undecided"


def test_without_a_cut_there_is_no_verdict_on_the_remnant(small, tmp_path):
    findings = workflow.assess(small.ct, tmp_path / "case", request(small, planes=()))
    assert findings.volumes.remnant_ml == findings.volumes.functional_ml
    assert findings.margin_mm is None
    assert {c.id: c.state for c in findings.criteria}["flr"] == "missing"
    assert "no cut" in workflow.verdict(findings)


def test_several_planes_keep_what_lies_inside_all_of_them(small, tmp_path, assessed):
    second = (0.0, 0.0, -20.0, 0.0, 0.0, 1.0)
    both = workflow.assess(small.ct, tmp_path / "case", request(small, planes=(CUT, second)))
    assert 0 < both.volumes.remnant_ml < assessed[1].volumes.remnant_ml
    assert len(both.planes) == 2


def test_assessing_again_into_a_case_keeps_its_history(small, tmp_path):
    folder = tmp_path / "case"
    first = workflow.assess(small.ct, folder, request(small))
    shifted = tuple(np.add(CUT, (5, 0, 0, 0, 0, 0)).tolist())
    second = workflow.assess(small.ct, folder, request(small, planes=(shifted,)))
    assert second.volumes.remnant_ml < first.volumes.remnant_ml
    assert workflow.measure_case(folder) == second
    assert verify(folder) == []


def test_attested_facts_and_height_reach_the_findings(small, tmp_path):
    patient = tmp_path / "patient.toml"
    patient.write_text(
        'schema = "liverplan.patient/1"\n[person]\nheight_cm = 165\nweight_kg = 70\n'
        '[facts.consent]\nvalue = true\ndate = 2024-03-01\nby = "A. Berg"\n'
    )
    case = tmp_path / "case"
    findings = workflow.assess(small.ct, case, request(small, patient=patient))
    assert findings.remnant_fraction.estimated_liver_ml == pytest.approx(1475.5, abs=0.1)
    assert findings.remnant_fraction.of_estimated == pytest.approx(
        findings.volumes.remnant_ml / 1475.5, rel=1e-4
    )
    assert {c.id: c.state for c in findings.criteria}["consent"] == "met"
    patient.unlink()
    assert workflow.measure_case(case) == findings


def test_without_the_deciding_denominator_nothing_is_said_to_be_near_the_limit(
    small, assessed, tmp_path
):
    text = protocol_text("breclim2").replace('name = "breclim2"', 'name = "ours"')
    limit = assessed[1].remnant_fraction.of_functional
    for old, new in (
        ('denominator = "of_functional"', 'denominator = "of_estimated"'),
        ("above = 0.30", f"above = {limit:.4f}"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    protocol = tmp_path / "ours.toml"
    protocol.write_text(text, "utf-8")
    findings = workflow.assess(small.ct, tmp_path / "case", request(small, protocol=str(protocol)))
    assert findings.remnant_fraction.deciding_fraction is None
    assert {c.id: c.state for c in findings.criteria}["flr"] == "missing"
    assert "too close" not in " ".join(map(in_english, findings.notes))


def test_lesions_outside_the_liver_are_counted_into_it_and_said(small, tmp_path):
    labels = (small.phantom.segmentation.labels == 1).astype("uint8")
    write_mask_file(
        tmp_path / "hollow.nii.gz", Segmentation(grid=small.phantom.volume.grid, labels=labels)
    )
    findings = workflow.assess(
        small.ct, tmp_path / "case", request(small, liver=tmp_path / "hollow.nii.gz")
    )
    assert findings.volumes.liver_ml == pytest.approx(small.truth.liver_ml, rel=0.005)
    assert any("outside the liver mask" in note for note in map(in_english, findings.notes))


def test_chosen_lesion_labels_are_the_only_lesions(small, tmp_path):
    findings = workflow.assess(small.ct, tmp_path / "case", request(small, lesion_labels=(1, 3)))
    assert len(findings.lesions) == 2


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"planes": ((500.0, 0, 0, 1, 0, 0),)}, PlanError, "Plane 1 .* misses the liver"),
        ({"planes": (CUT, (0.0, 0, 0, 0, 0, 0))}, PlanError, "Plane 2: .* no length"),
        ({"planes": ((float("nan"), 0, 0, 1, 0, 0),)}, PlanError, "NaN"),
        ({"lesion_labels": (1, 9)}, InputError, "has no label 9"),
        ({"series_uid": "1.2.3"}, InputError, "no series 1.2.3"),
        ({"protocol": "nosuch"}, Exception, "no protocol 'nosuch'"),
        ({"clicks": ((900.0, 0, 0),)}, SegmentationError, "outside"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words_and_leaves_nothing(
    small, tmp_path, changes, error, words
):
    with pytest.raises(error, match=words):
        workflow.assess(small.ct, tmp_path / "case", request(small, **changes))
    assert list(tmp_path.iterdir()) == []


def test_a_mask_on_another_grid_is_refused_with_every_difference(small, tmp_path):
    grid = small.phantom.volume.grid
    moved = grid.affine.copy()
    moved[:3, 3] += 7
    other = Segmentation(
        grid=Grid(shape=(4, 5, 6), affine=moved), labels=np.ones((4, 5, 6), np.uint8)
    )
    write_mask_file(tmp_path / "other.nii.gz", other)
    with pytest.raises(GridError, match=r"other.nii.gz and the CT differ in shape .* position"):
        workflow.assess(
            small.ct, tmp_path / "case", request(small, liver=tmp_path / "other.nii.gz")
        )


def test_a_case_of_another_series_is_left_as_it_is(small, tmp_path, assessed):
    from liverplan.dicom.write_ct import write_ct_series

    write_ct_series(small.phantom.volume, tmp_path / "ct", seed=99)
    folder, _ = assessed
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    with pytest.raises(CaseError, match="holds another CT series"):
        workflow.assess(tmp_path / "ct", folder, request(small))
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


def test_a_folder_with_other_things_in_it_is_left_as_it_is(small, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(CaseError, match="not empty"):
        workflow.assess(small.ct, tmp_path, request(small))
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_findings_are_one_json_document_without_nan(assessed):
    text = json.dumps(assessed[1].to_json(in_english), allow_nan=False)
    assert json.loads(text)["schema"] == "liverplan.result/1"
