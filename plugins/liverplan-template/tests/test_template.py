"""The page's code is the code that runs, it has 40 lines, and it finds the sample's liver."""

import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from liverplan.dicom.write_ct import write_ct_series
from liverplan.errors import BackendError
from liverplan.phantom import make_phantom
from liverplan.segmentation import find_segmenters, segment_with

HERE = Path(__file__).parents[1]
NAME, WINDOW = "density", "LIVERPLAN_TEMPLATE_HU"


@pytest.fixture(scope="module")
def phantom():
    return make_phantom(spacing_mm=(5.0, 2.5, 2.5), seed=3)


def test_the_page_shows_the_code_that_runs():
    page = (HERE / "README.md").read_text("utf-8")
    code = (HERE / "liverplan_template" / "__init__.py").read_text("utf-8")
    assert f"```python\n{code}```" in page
    announced = tomllib.loads(page.partition("```toml\n")[2].partition("```")[0])["project"]
    real = tomllib.loads((HERE / "pyproject.toml").read_text("utf-8"))["project"]
    assert announced["entry-points"] == real["entry-points"]


def test_it_has_40_lines():
    code = (HERE / "liverplan_template" / "__init__.py").read_text("utf-8")
    assert len(code.splitlines()) <= 40


def test_it_is_found_and_says_what_it_lacks(monkeypatch):
    monkeypatch.delenv(WINDOW, raising=False)
    assert WINDOW in find_segmenters()[NAME].missing()[0]


def test_it_finds_the_samples_liver(phantom, monkeypatch):
    monkeypatch.setenv(WINDOW, "80,140")
    mask, truth = segment_with(NAME, phantom.volume).mask, phantom.segmentation.liver
    assert 2 * np.count_nonzero(mask & truth) / (mask.sum() + truth.sum()) > 0.9


def test_a_density_that_no_tissue_has_is_refused(phantom, monkeypatch):
    monkeypatch.setenv(WINDOW, "2000,2100")
    with pytest.raises(BackendError, match="Nothing on this CT lies between 2000 and 2100 HU"):
        segment_with(NAME, phantom.volume)


def test_the_command_line_uses_it_and_says_what_it_lacks(phantom, tmp_path, monkeypatch):
    write_ct_series(phantom.volume, tmp_path / "ct")
    command = [sys.executable, "-m", "liverplan", "segment", tmp_path / "ct"]
    command += ["--out", tmp_path / "labels.nii.gz", "--backend", NAME]
    monkeypatch.setenv(WINDOW, "80,140")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, (tmp_path / "labels.nii.gz").exists()) == (0, True), done.stderr
    monkeypatch.delenv(WINDOW)
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert f"lacks the environment variable {WINDOW}" in refused.stderr
