"""Kernels compile wherever the program is installed."""

import os
import subprocess
import sys

import numpy as np
import pytest

from liverplan.resection import Plan, Plane
from liverplan.segmentation.labels import Segmentation
from liverplan.volume import Grid
from liverplan.volumetry.shapes.plan_index import PlanIndex
from liverplan.volumetry.shapes.voxel_kernels import removed_shares
from liverplan.volumetry.shapes.warm_up import warm_up_cuts

READ_ONLY = """
import numba, numpy as np
from liverplan.volumetry.planes.kernels import run_lengths
try:
    numba.njit(cache=True)(run_lengths)
except RuntimeError as error:
    assert "no locator available" in str(error)
else:
    raise SystemExit("a cache could be written after all")
from liverplan.volumetry.shapes.voxel_kernels import block_centres
print(block_centres(np.array([[1, 2, 3]]), 2, np.eye(4)))
"""


def test_kernels_compile_in_a_process_that_can_write_no_cache(tmp_path):
    file = tmp_path / "no_folder"
    file.touch()
    settings = {
        "NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator",
        "NUMBA_CACHE_DIR": str(file / "cache"),
    }
    done = subprocess.run(
        [sys.executable, "-c", READ_ONLY],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[[2.5 4.5 6.5]]"


def test_the_kernels_of_cuts_are_compiled_before_the_first_drag():
    assert warm_up_cuts().result() is None
    assert removed_shares.signatures
    before = len(removed_shares.signatures)
    labels = np.ones((4, 4, 4), dtype=np.uint8)
    grid = Grid(shape=labels.shape, affine=np.eye(4))
    index = PlanIndex.build(Segmentation(grid=grid, labels=labels))
    half = Plan(cuts=(Plane(point_mm=(1.5, 0, 0), normal=(1, 0, 0)),))
    assert index.remnant_ml(half) == pytest.approx(0.032)
    assert len(removed_shares.signatures) == before
