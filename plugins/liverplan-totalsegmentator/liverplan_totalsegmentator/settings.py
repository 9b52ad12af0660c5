"""Where TotalSegmentator and its weights are, from environment variables."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from liverplan.isolated import isolated

PREFIX = "LIVERPLAN_TOTALSEGMENTATOR_"
WEIGHTS, PYTHON, DEVICE = (PREFIX + name for name in ("WEIGHTS", "PYTHON", "DEVICE"))
FAST, MAPS = (PREFIX + name for name in ("FAST", "MAPS"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What is to be run, with what."""

    weights: Path
    python: str
    device: str
    fast: bool
    maps: bool


def read_setup() -> Setup:
    """Read the variables; `what_lacks` has said that they serve."""
    return Setup(
        weights=Path(os.environ.get(WEIGHTS, "")).absolute(),
        python=os.environ.get(PYTHON) or sys.executable,
        device=os.environ.get(DEVICE) or "gpu",
        fast=os.environ.get(FAST, "") not in ("", "0"),
        maps=os.environ.get(MAPS, "1") != "0",
    )


def what_lacks() -> list[str]:
    """Return what must be installed or set before it can run."""
    setup, lacking = read_setup(), []
    if not os.environ.get(WEIGHTS):
        lacking.append(f"the environment variable {WEIGHTS} (the folder with its weights)")
    elif not any(setup.weights.glob("Dataset*")):
        lacking.append(f"weights (no Dataset folder lies in {setup.weights})")
    if setup.device not in ("gpu", "cpu"):
        lacking.append(f"a known {DEVICE} (gpu or cpu, not {setup.device!r})")
    if not Path(setup.python).exists():
        lacking.append(f"the Python {setup.python}, which {PYTHON} names")
    elif not _has_it(setup.python, os.environ.get("PYTHONPATH", "")):
        lacking.append(
            f"the package totalsegmentator in {setup.python} "
            "(pip install 'liverplan-totalsegmentator[local]')"
        )
    return lacking


@lru_cache(maxsize=4)
def _has_it(python: str, path: str) -> bool:  # the path is for the cache: it changes the answer
    look = "import importlib.util as u, sys; sys.exit(u.find_spec('totalsegmentator') is None)"
    try:
        asked = subprocess.run(isolated(look, python=python), check=False, timeout=60)  # noqa: S603 - the Python that the user names
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0
