"""A network that the test makes, through the real loading code: masks, seams, refusals."""

import json
import subprocess
import sys
from threading import Event

import numpy as np
import pytest
from liverplan_onnx.description import file_sha256, read_description
from liverplan_onnx.window import probabilities, resample, upright_grid

from liverplan.dicom.write_ct import write_ct_series
from liverplan.errors import BackendError, CancelledError
from liverplan.phantom import make_phantom
from liverplan.segmentation import find_segmenters
from liverplan.segmentation.backends import segment_with


def dice(a, b):
    return 2 * np.count_nonzero(a & b) / (np.count_nonzero(a) + np.count_nonzero(b))


def test_it_is_found_and_says_what_it_lacks(monkeypatch, write_network):
    monkeypatch.delenv("LIVERPLAN_ONNX", raising=False)
    segmenter = find_segmenters()["onnx"]
    assert "LIVERPLAN_ONNX" in segmenter.missing()[0]
    monkeypatch.setenv("LIVERPLAN_ONNX", "/absent/net.toml")
    assert "/absent/net.toml, which LIVERPLAN_ONNX names, does not exist" in segmenter.missing()[0]
    write_network()
    assert segmenter.missing() == []


def test_liver_and_lesions_of_a_tilted_flipped_ct(ct, write_network):
    volume, liver, lesions = ct
    write_network()
    told = []
    result = segment_with("onnx", volume, progress=lambda f, words: told.append((f, words)))
    assert dice(result.mask, liver) > 0.97
    assert np.count_nonzero(result.mask) == pytest.approx(np.count_nonzero(liver), rel=0.02)
    assert len(result.lesions) == 2
    for found, truth in zip(result.lesions, lesions, strict=True):
        assert dice(found, truth) > 0.9
    assert not any((lesion & ~result.mask).any() for lesion in result.lesions)
    assert told[-1] == (1.0, "Running Tiny net")
    assert "found 2 metastases; networks miss some" in result.warnings[0]


def test_the_case_can_name_the_network(ct, write_network):
    path = write_network()
    made = segment_with("onnx", ct[0]).provenance
    assert (made.method, made.version, made.quality) == ("Tiny net (ONNX)", "0.9", "automatic")
    assert made.parameters["licence"] == "Apache-2.0"
    assert made.parameters["sha256"] == file_sha256(path.with_name("tiny.onnx"))


def test_a_network_over_single_slices(ct, write_network):
    write_network({"rank": 4}, patch="[1, 24, 24]")
    assert dice(segment_with("onnx", ct[0]).mask, ct[1]) > 0.97


@pytest.mark.parametrize(
    "changes",
    [{"patch": "[64, 160, 160]"}, {"patch": "[5, 7, 9]", "overlap_fraction": "0.0"},
     {"activation": '"sigmoid"', "lesions": "[]", "liver": "[1]"}],
)  # fmt: skip
def test_patches_of_any_size_leave_no_seams(ct, write_network, changes):
    write_network()
    whole = segment_with("onnx", ct[0]).mask
    write_network(**changes)
    assert dice(segment_with("onnx", ct[0]).mask, whole) > 0.999


def test_a_network_without_lesion_classes_says_so(ct, write_network):
    write_network(lesions="[]")
    result = segment_with("onnx", ct[0])
    assert result.lesions == ()
    assert "looks for no metastases: mark them" in result.warnings[0]


def test_the_network_sees_the_ct_upright(ct):
    """Every voxel of the upright image holds its own coordinate."""
    grid = ct[0].grid
    shape, upright = upright_grid(grid.shape, grid.affine, (2.0, 1.5, 1.0))
    points = grid.to_mm(np.stack(np.indices(grid.shape), axis=-1))
    steps = {0: (0, 0, 1.0), 1: (0, 1.5, 0), 2: (2.0, 0, 0)}
    for axis in range(3):
        image = resample(points[..., axis], grid.affine, shape, upright, outside=np.nan)
        for along in range(3):
            change = np.diff(image, axis=along)
            assert np.nanmax(np.abs(change - steps[axis][along])) < 1e-3


def test_blending_returns_what_the_network_says(write_network):
    network = read_description(write_network(activation='"none"', lesions="[1]", liver="[0]"))
    image = np.random.default_rng(1).random((21, 30, 25)).astype(np.float32)

    def predict(patch):
        return np.concatenate([patch, 2 * patch], axis=1)

    liver, lesion = probabilities(image, network, predict, flat=False, told=lambda _: None)
    assert np.allclose(liver, image, atol=1e-6)
    assert np.allclose(lesion, 2 * image, atol=1e-6)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema": '"liverplan.onnx/2"'}, "'schema' must be \"liverplan.onnx/1\""),
        ({"spacing_mm": "[2.0, nan, 1.5]"}, "'input.spacing_mm' must be 3 numbers"),
        ({"window_hu": "[300, -100]"}, "'input.window_hu' must be 2 ascending numbers"),
        ({"patch": "[16, 24]"}, "'input.patch' must be 3 whole numbers"),
        ({"patch": "[16, 24, 24.5]"}, "'input.patch' must be 3 whole numbers"),
        ({"overlap_fraction": "1.0"}, "'input.overlap_fraction' must be a number from 0 to 0.9"),
        ({"activation": '"relu"'}, "'output.activation' must be one of softmax, sigmoid, none"),
        ({"liver": "[]"}, "'output.liver' must be a list of classes"),
        ({"lesions": "[-1]"}, "'output.lesions' must be a list of classes"),
        ({"licence": '"x"\ncolour = 1'}, "unknown key 'colour'"),
        ({"lesions": "[2]\ncolour = 1"}, "unknown key 'output.colour'"),
        ({"model": '"absent.onnx"'}, "absent.onnx does not exist"),
        ({"licence": '"x"\nsha256 = "00"'}, "is not the one with SHA-256 00"),
        ({"name": "= ="}, "is no valid TOML"),
    ],
)
def test_a_faulty_description_is_refused_before_anything_runs(ct, write_network, changes, words):
    write_network(**changes)
    assert words in find_segmenters()["onnx"].missing()[0]
    with pytest.raises(BackendError) as refusal:
        segment_with("onnx", ct[0])
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("model", "changes", "words"),
    [
        (b"no model at all", {}, "tiny.onnx cannot be loaded"),
        ({"rank": 4}, {}, "takes single slices, so patch[0] must be 1"),
        ({"rank": 3}, {}, "must take one image of 4 or 5 dimensions"),
        ({}, {"lesions": "[7]"}, "expected at least 8 classes"),
        ({"weights": (0.0, np.nan, 1.0)}, {}, "gave values that are not numbers"),
        ({"steps": (5.0, 9.0)}, {}, "Tiny net found no liver on this CT"),
    ],
)
def test_a_network_that_does_not_serve_is_one_sentence(ct, write_network, model, changes, words):
    write_network(model, **changes)
    with pytest.raises(BackendError) as refusal:
        segment_with("onnx", ct[0])
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_dead_process_is_one_sentence_too(ct, write_network, monkeypatch, tmp_path):
    write_network()
    (tmp_path / "onnxruntime.py").write_text("import os\nos.kill(os.getpid(), 9)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(BackendError, match="The network Tiny net stopped with status -9"):
        segment_with("onnx", ct[0])


def test_the_user_can_stop_it(ct, write_network):
    write_network()
    stop = Event()
    stop.set()
    with pytest.raises(CancelledError):
        segment_with("onnx", ct[0], cancel=stop)


def test_the_command_line_uses_it(write_network, tmp_path):
    write_network()
    phantom = make_phantom(spacing_mm=(6.0, 3.0, 3.0), seed=6)
    write_ct_series(phantom.volume, tmp_path / "ct")
    command = [sys.executable, "-m", "liverplan", "assess", tmp_path / "ct", "--json"]
    options = ["--out", tmp_path / "case", "--backend", "onnx"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["volumes_ml"]["liver"] > 0
