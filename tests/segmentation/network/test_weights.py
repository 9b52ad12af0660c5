"""The shipped network: the file that was measured and no other, opened without a trace."""

import os
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import liverplan
from liverplan.errors import BackendError
from liverplan.segmentation.network import weights
from liverplan.segmentation.network.weights import LIVER

MOST_BYTES = 15_000_000


def test_the_weights_are_the_ones_that_were_measured_and_small_enough_to_ship():
    assert 0 < len(LIVER.read()) <= MOST_BYTES


def test_altered_weights_are_refused():
    with pytest.raises(BackendError, match="SHA-256 differs"):
        replace(LIVER, sha256="0" * 64).read()


def test_lacking_weights_are_refused():
    with pytest.raises(BackendError, match="cannot be read"):
        replace(LIVER, file="nothing.onnx").read()


def test_the_network_gives_fifteen_organs_that_add_up_and_a_lesion_map():
    organs, lesion = LIVER.run(hu=np.full((1, 1, 16, 16, 16), 60, np.float32))
    assert organs.shape == (1, 15, 16, 16, 16)
    assert np.allclose(organs.sum(axis=1), 1, atol=1e-4)
    assert lesion.shape == (1, 1, 16, 16, 16)
    assert 0 <= lesion.min() <= lesion.max() <= 1


def test_it_needs_no_home_to_write_to(tmp_path, monkeypatch):
    tmp_path.chmod(0o500)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    LIVER.run(hu=np.zeros((1, 1, 16, 16, 16), np.float32))
    assert list(Path(tmp_path).iterdir()) == []


RUN = """
import numpy as np
from liverplan.segmentation.network.weights import LIVER
LIVER.run(hu=np.zeros((1, 1, 16, 16, 16), np.float32))
"""


def test_a_program_that_runs_it_leaves_nothing_in_the_home(tmp_path):
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", RUN], env=environment, check=True)
    assert list(tmp_path.iterdir()) == []


def test_the_card_names_the_file_its_hash_and_what_it_is_not_for():
    card = (Path(weights.__file__).parent / LIVER.card).read_text("utf-8")
    for words in (LIVER.file, LIVER.sha256, LIVER.licence, "Must not be used for", "licence"):
        assert words in card


def test_nothing_keeps_weights_and_card_out_of_a_wheel():
    """Hatchling packs every file of the package that git does not ignore."""
    folder = Path(weights.__file__).parent
    root = Path(liverplan.__file__).parents[1]
    targets = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    assert targets["targets"]["wheel"] == {"packages": ["liverplan"]}
    for file in (LIVER.file, LIVER.card):
        assert (folder / file).is_file()
        asked = subprocess.run(
            ["git", "check-ignore", "-q", str(folder / file)], cwd=root, check=False
        )
        assert asked.returncode == 1
