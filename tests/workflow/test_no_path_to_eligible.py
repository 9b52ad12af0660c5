"""Every path by which a patient could become eligible on masks that no named person accepted."""

import json
from dataclasses import replace

import numpy as np
import pytest

from liverplan import dicom, workflow
from liverplan.case import open_case
from liverplan.cli import main
from liverplan.cohort.manifest import Job
from liverplan.cohort.overview import overview
from liverplan.cohort.records import CASES, assess_job, read_record
from liverplan.cohort.run import _rows
from liverplan.cohort.standing import standing
from liverplan.eligibility import load_protocol
from liverplan.eligibility.files import PatientFile
from liverplan.errors import CaseError, LiverplanError
from liverplan.resection import Plan, Plane
from liverplan.segmentation import (
    Provenance,
    Segmentation,
    segmentation_from_files,
    write_mask_file,
)
from liverplan.segmentation.backends import segment_with
from liverplan.segmentation.results import LiverResult
from liverplan.volumetry import Liver
from liverplan.words import in_english

PROTOCOL = """
schema = "liverplan.protocol/1"
name = "ours"
title = "Ours"
source = "this test"
[facts.operability]
label = "operable"
question = "Operable?"
answer = "yes or no"
[[criteria]]
id = "metastasis_count"
title = "1 to 4 metastases"
role = "inclusion"
kind = "both"
measure = "lesion_count"
at_least = 1
at_most = 4
text = "1-4"
requires = { operability = true }
source = "this test"
[[criteria]]
id = "flr"
title = "Remnant over 30 %"
role = "inclusion"
kind = "computed"
measure = "remnant_fraction"
above = 0.30
text = ">30 %"
source = "this test"
"""
PATIENT = """
schema = "liverplan.patient/1"
[person]
decision_date = 2020-01-05
[facts.operability]
value = true
by = "K. Dahl"
date = 2020-01-04
"""
READER = "Dr Lind"
CLAIM = Provenance(method="Expert", version="1", origin="given", accepted_by="Dr Nobody", edits=3)


@pytest.fixture(scope="module")
def plan(small):
    """A cut that removes the first metastasis whole and leaves most of the liver."""
    x, y, z = small.truth.to_json()["lesions"][0]["centroid_mm"]
    middle = small.phantom.segmentation.grid.to_mm(
        np.argwhere(small.phantom.segmentation.labels > 0).mean(axis=0)
    )
    normal = (middle - (x, y, z)) / np.linalg.norm(middle - (x, y, z))
    return (*(np.array((x, y, z)) + 35 * normal), *normal)


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    """A protocol that asks little, and a patient of whom all that it asks is attested."""
    folder = tmp_path_factory.mktemp("rules")
    (folder / "ours.toml").write_text(PROTOCOL, "utf-8")
    (folder / "patient.toml").write_text(PATIENT, "utf-8")
    return {"protocol": str(folder / "ours.toml"), "patient": folder / "patient.toml"}


@pytest.fixture(scope="module")
def asked(small, plan, rules):
    """What makes a patient eligible once somebody has accepted the masks."""

    def request(**changes):
        values = {
            "liver": small.liver, "lesions": small.lesions, "lesion_labels": (1,),
            "planes": (plan,), **rules,
        }  # fmt: skip
        return workflow.Request(**values | changes)

    return request


@pytest.fixture
def judged(small, asked, tmp_path):
    """A function of what else is asked: the findings, and that they are a case at ``case``."""
    return lambda **changes: workflow.assess(small.ct, tmp_path / "case", asked(**changes))


def reasons(findings):
    return " ".join(map(in_english, findings.reasons))


def not_eligible(findings):
    """Whether all is met but the acceptance, which the reasons name."""
    met = {c.state for c in findings.criteria} == {"met"}
    return met and findings.eligibility == "undecided" and "not confirmed" in reasons(findings)


def test_with_a_name_behind_every_mask_the_patient_is_eligible(judged):
    findings = judged(accepted_by=READER)
    assert findings.eligibility == "eligible", reasons(findings)


def test_given_masks_alone_are_nobodys(judged):
    findings = judged()
    assert not_eligible(findings)
    assert "liver mask, Metastasis 1 not confirmed" in reasons(findings)


@pytest.mark.parametrize("name", ["", " ", "\t"])
def test_a_name_that_names_nobody_is_refused(small, tmp_path, capsys, name):
    with pytest.raises(SystemExit) as stop:
        main(["assess", str(small.ct), "--out", str(tmp_path / "case"), "--accepted-by", name])
    assert stop.value.code == 2
    assert "names nobody" in capsys.readouterr().err
    assert not (tmp_path / "case").exists()


@pytest.mark.parametrize("ending", [".nii", ".nii.gz", ".nrrd", ".dcm"])
def test_an_automatic_mask_given_back_as_a_file_stays_automatic(
    small, judged, asked, tmp_path, ending
):
    truth = small.phantom.segmentation
    made = {1: Provenance(method="net", version="7", origin="automatic", density_hu=61.5)}
    labels = (truth.labels > 0).astype(np.uint8)
    labels[truth.labels == 2] = 2
    made[2] = replace(made[1], origin="clicks", edits=2, accepted_by="Dr Lost")
    masks = Segmentation(grid=truth.grid, labels=labels, provenance=made)
    path = tmp_path / f"made{ending}"
    if ending == ".dcm":
        ct = workflow.open_ct(small.ct)
        dicom.write_seg(path, replace(masks, grid=ct.volume.grid), ct.headers)
    else:
        write_mask_file(path, masks)
    given = {"liver": path, "lesions": path, "lesion_labels": (2,)}
    assert not_eligible(judged(**given))
    kept = open_case(tmp_path / "case").state.segmentation.provenance
    assert (kept[1].origin, kept[2].origin) == ("automatic", "clicks")
    assert (kept[1].accepted_by, kept[2].accepted_by) == ("", "")
    if ending != ".dcm":
        assert (kept[1].method, kept[1].density_hu, kept[2].edits) == ("net", 61.5, 2)
    accepted = judged(**given, accepted_by=READER)
    assert open_case(tmp_path / "case").state.segmentation.provenance[1].quality == "automatic"
    assert accepted.eligibility == "eligible"


def test_a_name_for_given_masks_speaks_for_none_that_is_made_now(judged, small):
    click = tuple(small.truth.to_json()["lesions"][0]["centroid_mm"])
    findings = judged(lesions=None, lesion_labels=None, clicks=(click,), accepted_by=READER)
    assert findings.eligibility == "undecided"
    assert "Metastasis 1 not confirmed" in reasons(findings)


def test_a_back_end_that_claims_an_experts_acceptance_is_not_believed(
    small, judged, monkeypatch, tmp_path
):
    labels = small.phantom.segmentation.labels
    claimed = LiverResult(mask=labels > 0, provenance=CLAIM, lesions=(labels == 2,))

    class Boaster:
        name = "boaster"

        def missing(self):
            return []

        def segment(self, volume, *, progress=None, cancel=None):
            return claimed

    monkeypatch.setattr(
        "liverplan.segmentation.backends.find_segmenters", lambda: {"boaster": Boaster()}
    )
    found = segment_with("boaster", small.phantom.volume).provenance
    assert (found.accepted, found.origin, found.quality) == (False, "automatic", "automatic")
    given = {"liver": None, "lesions": None, "lesion_labels": None, "backend": "boaster"}
    assert not_eligible(judged(**given, accepted_by=READER))


def test_a_patients_file_accepts_no_mask(judged, tmp_path):
    path = tmp_path / "patient.toml"
    path.write_text(PATIENT + "[accepted]\nby = 'Dr Lind'\n", "utf-8")
    with pytest.raises(LiverplanError, match="accepted"):
        judged(patient=path)


@pytest.mark.parametrize("where", ["states", "objects"])
def test_an_acceptance_written_into_a_case_by_hand_is_found(judged, tmp_path, where):
    judged()
    for path in (tmp_path / "case" / where).glob("*.json"):
        text = path.read_text("utf-8")
        text = text.replace('"accepted_by":""', f'"accepted_by":"{READER}"')
        text = text.replace('"accepted_by": ""', f'"accepted_by": "{READER}"')
        path.write_text(text.replace('"undecided"', '"eligible"'), "utf-8")
    with pytest.raises(CaseError, match="altered"):
        standing(open_case(tmp_path / "case"))


def test_findings_that_another_version_called_eligible_are_so_no_longer(judged, tmp_path):
    findings = judged()
    case = open_case(tmp_path / "case")
    older = replace(case.state, findings=replace(findings, eligibility="eligible", notes=()))
    case = case.commit(older, actor=workflow.cases.user(), what="As 0.3 wrote it")
    assert standing(case).eligibility == "undecided"
    overview(tmp_path / "case", tmp_path / "table")
    page = (tmp_path / "table" / "overview.csv").read_text("utf-8")
    assert ",undecided," in page
    assert ",eligible," not in page


def test_a_cohorts_line_or_record_accepts_nothing(small, plan, rules, tmp_path):
    line = {
        "id": "p1", "path": str(small.ct), "liver": str(small.liver),
        "patient": str(rules["patient"]), "protocol": rules["protocol"],
        "lesions": str(small.lesions), "lesion_labels": "1",
        "plane": ",".join(str(float(x)) for x in plan),
    }  # fmt: skip
    for folder in (CASES, "records"):
        (tmp_path / folder).mkdir()
    job = Job(**line)
    assess_job(job, str(tmp_path))
    assert read_record(tmp_path, job).row["eligibility"] == "undecided"
    path = tmp_path / "records" / "p1.json"
    path.write_text(path.read_text("utf-8").replace('"undecided"', '"eligible"'), "utf-8")
    assert read_record(tmp_path, job).row["eligibility"] == "eligible"
    assert [row["eligibility"] for row in _rows(tmp_path, [job], {"p1": {}})] == ["undecided"]
    named = replace(job, accepted_by=READER)
    assess_job(named, str(tmp_path))
    assert [row["eligibility"] for row in _rows(tmp_path, [named], {"p1": {}})] == ["eligible"]


def test_the_library_accepts_nothing_of_its_own(small, judged, plan, rules):
    findings = judged(accepted_by=READER)
    truth, protocol = small.phantom.segmentation, load_protocol(rules["protocol"])
    facts = PatientFile.load(rules["patient"], protocol).patient
    given = segmentation_from_files(
        truth.grid, liver=small.liver, lesions=small.lesions, lesion_labels=(1,)
    )
    bare = replace(given, provenance={})
    for masks in (given, bare, truth):
        found = workflow.evaluate(
            Liver(segmentation=masks),
            Plan(cuts=(Plane(point_mm=plan[:3], normal=plan[3:]),)),
            series=findings.series, patient=facts, protocol=protocol,
        )  # fmt: skip
        assert found.eligibility != "eligible"


def test_acceptance_by_name_lies_in_the_case_and_an_edit_takes_it_back(judged, tmp_path, capsys):
    judged()
    with pytest.raises(SystemExit) as stop:
        main(["committee", "accept", str(tmp_path / "case"), "--name", READER])
    assert stop.value.code == 0
    assert f"Masks accepted by {READER}: 2." in capsys.readouterr().out
    case = open_case(tmp_path / "case")
    assert workflow.measure_case(case.folder).eligibility == "eligible"
    made = {1: case.state.segmentation.provenance[1].edited(), 2: CLAIM}
    masks = replace(case.state.segmentation, provenance=made)
    case.commit(
        replace(case.state, segmentation=masks, findings=None),
        actor=workflow.cases.user(), what="Edited",
    )  # fmt: skip
    assert workflow.measure_case(case.folder).eligibility == "undecided"
    with pytest.raises(SystemExit) as stop:
        main(["committee", "accept", str(tmp_path / "case"), "--name", " "])
    assert stop.value.code == 1
    assert json.dumps(capsys.readouterr().err).count("nobody is named") == 1
