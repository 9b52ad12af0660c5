"""A writer that is killed, or whose disk is full, leaves the case before or after."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_killed_writers_lose_nothing():
    run = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.crash", "--n", "20", "--seed", "7"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "20 kills struck, none lost anything" in run.stdout
