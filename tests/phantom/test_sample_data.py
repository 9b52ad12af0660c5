"""The sample series in the repository is what the code makes today."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pydicom
import pytest

from liverplan.phantom import SAMPLE_SPACING_MM, make_phantom

SAMPLE = Path(__file__).parents[2] / "sample_data"


@pytest.fixture(scope="module")
def phantom():
    return make_phantom(spacing_mm=SAMPLE_SPACING_MM)


def test_the_series_holds_the_pixels_that_the_code_makes(phantom):
    with zipfile.ZipFile(SAMPLE / "liver_phantom.zip") as archive:
        names = sorted(archive.namelist())
        assert len(names) == phantom.volume.grid.shape[0]
        for k, name in enumerate(names):
            ds = pydicom.dcmread(io.BytesIO(archive.read(name)))
            stored = ds.pixel_array.astype(np.int16) - np.int16(1024)
            assert np.array_equal(stored, phantom.volume.hu[k])


def test_the_truth_is_what_the_code_knows(phantom):
    stored = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
    fresh = phantom.truth.to_json()
    assert stored.keys() == fresh.keys()
    for key in ("liver_ml", "tumour_ml", "functional_ml"):
        assert stored[key] == pytest.approx(fresh[key], abs=1e-6)
    for then, now in zip(stored["lesions"], fresh["lesions"], strict=True):
        assert then["centroid_mm"] == now["centroid_mm"]
        assert then["volume_ml"] == pytest.approx(now["volume_ml"], abs=1e-6)
    assert stored["plane"]["remnant_ml"] == pytest.approx(fresh["plane"]["remnant_ml"], abs=1e-6)


def test_the_sample_is_small_and_carries_its_licence():
    assert sum(file.stat().st_size for file in SAMPLE.iterdir()) < 15e6
    assert "CC0 1.0 Universal" in (SAMPLE / "LICENSE-CC0.txt").read_text(encoding="utf-8")
