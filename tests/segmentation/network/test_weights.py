"""The shipped network: the file that was measured and no other, opened without a trace."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from liverplan.errors import BackendError
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
