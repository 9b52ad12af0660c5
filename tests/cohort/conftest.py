"""A manifest of many patients: one small CT with its true masks, cut in different places."""

import csv

import numpy as np
import pytest

COHORT = "liverplan[cohort]"


@pytest.fixture(autouse=True)
def _needs_the_extra():
    for name in ("distributed", "pyarrow"):
        pytest.importorskip(name, reason=f"{name} is not installed: pip install {COHORT}")


@pytest.fixture(scope="session")
def planes(small):
    """A function of n: a cut through the liver as a manifest writes it."""
    segmentation = small.phantom.segmentation
    centre = segmentation.grid.to_mm(np.argwhere(segmentation.labels > 0).mean(axis=0))

    def plane(n):
        x, y, z = centre
        return f"{x + 2.0 * (n % 12) - 11.0:.3f},{y:.3f},{z:.3f},1,0,0"

    return plane


@pytest.fixture
def write_manifest(small, tmp_path, planes):
    """A function that writes a manifest of n patients, some of them changed."""

    def write(count, changes=None, name="manifest.csv"):
        path = tmp_path / name
        good = {"path": small.ct, "liver": small.liver, "lesions": small.lesions}
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, ("id", "path", "liver", "lesions", "plane"))
            writer.writeheader()
            for n in range(count):
                change = (changes or {}).get(n, {})
                writer.writerow({"id": f"p{n:03d}", **good, "plane": planes(n), **change})
        return path

    return write
