"""The process, its offline walls, its answers and its refusals, with a stand-in package."""

import hashlib
import json
import os
import subprocess
import sys
import time
from importlib.util import find_spec
from threading import Event, Timer

import numpy as np
import pytest
from liverplan_totalsegmentator.parent import nifti_affine

from liverplan.dicom.write_ct import write_ct_series
from liverplan.errors import BackendError, CancelledError
from liverplan.phantom import make_phantom
from liverplan.segmentation import find_segmenters
from liverplan.segmentation.backends import segment_with

NAME = "totalsegmentator"
VARIABLE = "LIVERPLAN_TOTALSEGMENTATOR_"


def test_it_is_found_and_says_all_that_it_lacks(monkeypatch, tmp_path):
    for name in ("WEIGHTS", "PYTHON", "DEVICE", "FAST"):
        monkeypatch.delenv(VARIABLE + name, raising=False)
    segmenter = find_segmenters()[NAME]
    assert f"{VARIABLE}WEIGHTS" in segmenter.missing()[0]
    monkeypatch.setenv(f"{VARIABLE}WEIGHTS", str(tmp_path))
    monkeypatch.setenv(f"{VARIABLE}DEVICE", "quantum")
    monkeypatch.setenv(f"{VARIABLE}PYTHON", "/absent/python")
    weights, device, python = segmenter.missing()
    assert f"no Dataset folder lies in {tmp_path}" in weights
    assert "gpu or cpu, not 'quantum'" in device
    assert "/absent/python" in python


def test_without_the_package_the_line_that_installs_it_is_named(stand_in, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "")
    lacking = find_segmenters()[NAME].missing()
    if find_spec("totalsegmentator") is None:
        assert "pip install 'liverplan-totalsegmentator[local]'" in lacking[0]
    else:
        assert lacking == []


def test_liver_and_lesions_lie_where_they_are(stand_in, ct):
    told = []
    result = segment_with(NAME, ct, progress=lambda f, words: told.append((f, words)))
    assert np.array_equal(result.mask, ct.hu > 100)
    assert [int(np.count_nonzero(lesion)) for lesion in result.lesions] == [320, 180]
    assert np.array_equal(result.lesions[0] | result.lesions[1], (ct.hu > 250) & ~speck(ct))
    assert "found 2 lesions" in result.warnings[0]
    assert "1 specks under 0.05 mL were left out" in result.warnings[0]
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert "TotalSegmentator: lesions" in {words for _, words in told}


def speck(ct):
    only = np.zeros(ct.hu.shape, bool)
    only[14, 29, 44] = True
    return only


def test_the_case_can_name_what_was_used(stand_in, ct, monkeypatch):
    monkeypatch.setenv(f"{VARIABLE}FAST", "1")
    monkeypatch.setenv(f"{VARIABLE}DEVICE", "cpu")
    made = segment_with(NAME, ct).provenance
    assert made.quality == "automatic"
    assert made.parameters["tasks"] == "total, liver_lesions"
    assert (made.parameters["fast"], made.parameters["device"]) == ("yes", "cpu")
    assert "Apache-2.0" in made.parameters["licence"]
    whole = hashlib.sha256()
    for name in ("Dataset297_total", "Dataset591_ct_liver_lesions_842subj"):
        content = hashlib.sha256(name.encode()).hexdigest()
        whole.update(f"{name}/checkpoint_final.pth {content}\n".encode())
    assert made.parameters["weights_sha256"] == whole.hexdigest()


def test_without_lesion_weights_it_says_so(stand_in, ct):
    folder = stand_in() / "weights"
    (folder / "Dataset591_ct_liver_lesions_842subj").rename(folder / "elsewhere")
    result = segment_with(NAME, ct)
    assert result.lesions == ()
    assert "weights of liver_lesions are not there: mark metastases" in result.warnings[0]
    assert result.provenance.parameters["tasks"] == "total"


def test_segments_and_vessels_become_maps_where_their_weights_are(stand_in, ct, monkeypatch):
    stand_in(weights=("Dataset570_ct_liver_segments", "Dataset008_HepaticVessel"))
    result = segment_with(NAME, ct)
    assert set(result.maps) == {"couinaud", "vessels"}
    couinaud, names = result.maps["couinaud"]
    assert names == ("1", "2", "3", "4a", "4b", "5", "6", "7", "8")
    assert not couinaud[~result.mask].any()
    slab = np.arange(ct.hu.shape[0]) * 8 // ct.hu.shape[0] + 1  # slices ascend
    for number in (1, 2, 3, 5, 6):
        where = result.mask & (slab == number)[:, None, None]
        assert np.array_equal(couinaud == 1 + names.index(str(number)), where)
    upper, lower = (np.argwhere(couinaud == 1 + names.index(name))[:, 0] for name in ("4a", "4b"))
    assert lower.max() < upper.min()
    assert set(slab[upper]) == set(slab[lower]) == {4}
    vessels, names = result.maps["vessels"]
    assert names == ("liver vessels",)
    assert set(np.argwhere(vessels)[:, 0]) == {4}
    assert "its upper half is taken for 4a" in result.warnings[1]
    tasks = result.provenance.parameters["tasks"]
    assert tasks == "total, liver_lesions, liver_segments, liver_vessels"
    monkeypatch.setenv(f"{VARIABLE}MAPS", "0")
    assert not segment_with(NAME, ct).maps


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"network": "total"}, "It reached for the network at the task total: most often its w"),
        ({"network": "liver_lesions"}, "reached for the network at the task liver_lesions"),
        ({"stop": "total"}, "It stopped at the task total (status 7)"),
        ({"crash": "total"}, "TotalSegmentator stopped with status -9"),
        ({"raise": "liver_lesions"}, "stopped with status 1: RuntimeError: CUDA out of memory"),
        ({"shift": 1.0}, "It answered the task total on another grid than the CT's"),
        ({"scale": 0}, "TotalSegmentator found no liver on this CT"),
    ],
)
def test_each_failure_is_one_sentence(stand_in, ct, told, words):
    stand_in(**told)
    with pytest.raises(BackendError) as refusal:
        segment_with(NAME, ct)
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_the_users_weights_are_not_touched(stand_in, ct):
    folder = stand_in() / "weights"
    before = sorted(str(path) for path in folder.rglob("*"))
    segment_with(NAME, ct)
    assert sorted(str(path) for path in folder.rglob("*")) == before


def test_the_user_can_stop_it(stand_in, ct):
    stand_in(sleep=60)
    stop, start = Event(), time.monotonic()
    Timer(1.0, stop.set).start()
    with pytest.raises(CancelledError):
        segment_with(NAME, ct, cancel=stop)
    assert time.monotonic() - start < 30


def test_the_affine_is_the_one_of_nifti(ct):
    """Index (i, j, k) to RAS: the same place as (k, j, i) to LPS, x and y negated."""
    k, j, i = 4, 7, 9
    place = nifti_affine(ct.grid) @ (i, j, k, 1)
    assert np.allclose(place[:3] * (-1, -1, 1), ct.grid.to_mm((k, j, i)))


def test_the_command_line_uses_it(stand_in, tmp_path):
    phantom = make_phantom(spacing_mm=(6.0, 3.0, 3.0), seed=6)
    write_ct_series(phantom.volume, tmp_path / "ct")
    command = [sys.executable, "-m", "liverplan", "assess", tmp_path / "ct", "--json"]
    options = ["--out", tmp_path / "case", "--backend", NAME]
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "path")}
    done = subprocess.run(
        [*command, *options], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["volumes_ml"]["liver"] > 0
