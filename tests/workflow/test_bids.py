"""A case as BIDS lays out data sets: its names, its voxels, and nobody's name."""

import csv
import json
import re

import numpy as np
import pytest
import SimpleITK as sitk
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan import NOTICE, workflow
from liverplan.case import open_case
from liverplan.errors import InputError
from tests.benchmarks.tampering.forger import PEOPLE, decided

NAME = re.compile(
    r"(derivatives/liverplan/)?(dataset_description\.json"
    r"|sub-(?P<sub>\w+?)/ses-(?P<ses>\w+?)/ct/sub-(?P=sub)_ses-(?P=ses)"
    r"(_ct\.(nii\.gz|json)|_desc-[a-zA-Z0-9]+_(dseg\.(nii\.gz|tsv|json)|result\.json)))"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bids")
    decided(folder / "case", {name: Ed25519PrivateKey.generate() for name in PEOPLE})
    workflow.write_bids(folder / "case", folder / "set", subject="01", session="pre")
    return folder


def test_every_file_is_named_as_the_standard_names_derivatives(made):
    root = made / "set"
    names = [p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()]
    assert len(names) == 8
    assert all(NAME.fullmatch(name) for name in names)


def test_both_descriptions_have_what_the_standard_requires(made):
    for place, kind in ((".", "raw"), ("derivatives/liverplan", "derivative")):
        about = json.loads((made / "set" / place / "dataset_description.json").read_text())
        assert {"Name", "BIDSVersion", "DatasetType"} <= about.keys()
        assert about["DatasetType"] == kind
        assert ("GeneratedBy" in about) is (kind == "derivative")


def test_images_and_masks_hold_the_cases_voxels_on_one_grid_and_each_label_a_name(made):
    state = open_case(made / "case").state
    own = made / "set/derivatives/liverplan/sub-01/ses-pre/ct"
    ct = sitk.ReadImage(str(made / "set/sub-01/ses-pre/ct/sub-01_ses-pre_ct.nii.gz"))
    masks = sitk.ReadImage(str(own / "sub-01_ses-pre_desc-liver_dseg.nii.gz"))
    np.testing.assert_array_equal(sitk.GetArrayViewFromImage(ct), state.volume.hu)
    np.testing.assert_array_equal(sitk.GetArrayViewFromImage(masks), state.segmentation.labels)
    assert ct.GetSpacing() == pytest.approx(masks.GetSpacing())
    assert ct.GetOrigin() == pytest.approx(masks.GetOrigin())
    with (own / "sub-01_ses-pre_desc-liver_dseg.tsv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert {int(row["index"]) for row in rows} == {1, *state.segmentation.lesion_labels}


def test_the_result_has_its_numbers_and_the_notice_and_names_nobody(made):
    own = made / "set/derivatives/liverplan/sub-01/ses-pre/ct"
    text = (own / "sub-01_ses-pre_desc-plan_result.json").read_text()
    found, kept = json.loads(text), open_case(made / "case").state.findings
    assert found["Notice"] == NOTICE
    assert found["volumes_ml"]["remnant"] == pytest.approx(kept.volumes.remnant_ml)
    assert kept.series.uid not in text
    assert not any(name in text for name in PEOPLE)


def test_other_subjects_lie_beside_and_nothing_is_written_over(made):
    workflow.write_bids(made / "case", made / "set", subject="02")
    assert (made / "set/sub-02/ct/sub-02_ct.nii.gz").is_file()
    with pytest.raises(InputError, match="there already"):
        workflow.write_bids(made / "case", made / "set", subject="01", session="pre")


@pytest.mark.parametrize("label", ["", "../x", "a b", "a_b"])
def test_a_label_holds_letters_and_digits_only(made, tmp_path, label):
    with pytest.raises(InputError, match="letters and digits"):
        workflow.write_bids(made / "case", tmp_path, subject=label)
