"""A SEG made elsewhere becomes the segmentation, by the same command as any other back end."""

import json
import subprocess
import sys

import numpy as np
import pytest

from liverplan import workflow
from liverplan.dicom import write_seg
from liverplan.dicom.write_ct import write_ct_series
from liverplan.errors import BackendError
from liverplan.phantom import make_phantom
from liverplan.segmentation import find_segmenters
from liverplan.segmentation.backends import segment_with


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A phantom's CT, and a folder with a SEG of another CT and the SEG of this one."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "seg").mkdir()
    for seed, name in ((5, "a_other.dcm"), (6, "b_right.dcm")):
        phantom = make_phantom(spacing_mm=(6.0, 3.0, 3.0), seed=seed)
        write_ct_series(phantom.volume, folder / f"ct{seed}", seed=seed)
        ct = workflow.open_ct(folder / f"ct{seed}")
        write_seg(folder / "seg" / name, phantom.segmentation, ct.headers)
    return folder, phantom, ct


def test_it_is_found_and_says_what_it_lacks(monkeypatch):
    monkeypatch.delenv("LIVERPLAN_DICOMSEG", raising=False)
    segmenter = find_segmenters()["dicomseg"]
    assert "LIVERPLAN_DICOMSEG" in segmenter.missing()[0]
    monkeypatch.setenv("LIVERPLAN_DICOMSEG", "/absent/folder")
    assert "does not exist" in segmenter.missing()[0]


def test_the_seg_of_this_ct_is_taken_voxel_for_voxel(made, monkeypatch):
    folder, phantom, ct = made
    monkeypatch.setenv("LIVERPLAN_DICOMSEG", str(folder / "seg"))
    result = segment_with("dicomseg", ct.volume)
    assert np.array_equal(result.mask, phantom.segmentation.liver)
    assert len(result.lesions) == 3
    assert np.array_equal(result.lesions[0], phantom.segmentation.lesion(2))
    assert result.provenance.parameters["file"] == "b_right.dcm"


def test_without_a_seg_that_fits_the_refusal_says_why(made, monkeypatch):
    folder, _, ct = made
    monkeypatch.setenv("LIVERPLAN_DICOMSEG", str(folder / "seg" / "a_other.dcm"))
    with pytest.raises(BackendError, match="no DICOM SEG that lies on this CT"):
        segment_with("dicomseg", ct.volume)


def test_the_command_line_uses_it(made, tmp_path, monkeypatch):
    folder, phantom, _ = made
    monkeypatch.setenv("LIVERPLAN_DICOMSEG", str(folder / "seg"))
    command = [sys.executable, "-m", "liverplan", "assess", folder / "ct6", "--json"]
    options = ["--out", tmp_path / "case", "--backend", "dicomseg"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    volumes = json.loads(done.stdout)["volumes_ml"]
    assert volumes["liver"] == pytest.approx(phantom.truth.liver_ml, rel=0.01)
    assert volumes["tumour"] == pytest.approx(phantom.truth.tumour_ml, rel=0.05)


def test_its_absence_is_one_sentence(made, tmp_path, monkeypatch):
    folder, _, _ = made
    monkeypatch.delenv("LIVERPLAN_DICOMSEG", raising=False)
    command = [sys.executable, "-m", "liverplan", "segment", folder / "ct6"]
    options = ["--out", tmp_path / "labels.nii.gz", "--backend", "dicomseg"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "lacks the environment variable LIVERPLAN_DICOMSEG" in done.stderr
