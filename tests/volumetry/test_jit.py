"""Kernels compile wherever the program is installed."""

import os
import subprocess
import sys

READ_ONLY = """
import numba, numpy as np
from liverplan.volumetry.kernels import run_lengths
try:
    numba.njit(cache=True)(run_lengths)
except RuntimeError as error:
    assert "no locator available" in str(error)
else:
    raise SystemExit("a cache could be written after all")
from liverplan.volumetry.voxel_kernels import block_centres
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
