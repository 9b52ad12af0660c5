"""The protocols against a real Orthanc, in a network namespace of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CASES = Path(__file__).with_name("orthanc_cases.py")


def test_everything_works_against_a_real_orthanc():
    """Orthanc cannot be told which address to bind, so nothing else shares its network."""
    for tool in ("unshare", "ip", "Orthanc"):
        if shutil.which(tool) is None and not Path("/usr/sbin", tool).exists():
            pytest.skip(f"{tool} is not installed (Debian: orthanc, orthanc-dicomweb, iproute2)")
    if subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this user may not make a network namespace")
    inner = (
        f"ip link set lo up && exec {sys.executable} -m pytest -q -x -p no:cacheprovider {CASES}"
    )
    command = ["unshare", "-n", "sh", "-c", inner]
    environment = {**os.environ, "TCP_NODELAY": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
