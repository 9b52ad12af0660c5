"""Time and memory of the whole job on one CT: ``python -m tests.benchmarks.end_to_end PATH``.

The job runs in a fresh process, so that its peak memory is its own. Options after PATH go to
``liverplan assess``; without ``--plane``, no cut is made.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Run ``assess`` and ``report`` and print what they took."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as place:
        case, report = Path(place) / "case", Path(place) / "report.html"
        tool = [sys.executable, "-m", "liverplan"]
        rows = [
            timed("assess", [*tool, "assess", *arguments, "--out", str(case), "--json"]),
            timed("report", [*tool, "report", str(case), "--out", str(report)]),
        ]
    total = sum(seconds for _, seconds, _ in rows)
    peak = max(memory for _, _, memory in rows)
    for name, seconds, memory in [*rows, ("together", total, peak)]:
        print(f"{name:10} {seconds:7.1f} s   peak {memory:5.2f} GB")
    return 0


def timed(name: str, command: list[str]) -> tuple[str, float, float]:
    """Run a command; return its name, wall seconds and peak GB (of all children so far)."""
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{name} failed: {done.stderr}")
    if name == "assess":
        volumes = json.loads(done.stdout)["volumes_ml"]
        known = {key: value for key, value in volumes.items() if value is not None}
        print(", ".join(f"{key} {value:.1f} mL" for key, value in known.items()))
    peak_kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return name, seconds, peak_kib * 1024 / 1e9


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
