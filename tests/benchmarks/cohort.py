"""A cohort's time and memory per case: ``python -m tests.benchmarks.cohort [--cases 6,12,24]``.

Generated cases (coarse phantoms with their true masks; three of the largest run are broken) go
through `run_cohort` on two workers here, one of which is killed in the middle of the largest run.
Printed: wall seconds, seconds a case, the largest worker and the client in MB, results, failures,
and what a second run does; then the time of ``liverplan cohort FOLDER`` over 200 cases
(``--overview N`` for another number).
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

from liverplan.cohort import run_cohort
from liverplan.dicom.write_ct import write_ct_series
from liverplan.phantom import make_phantom
from liverplan.segmentation import Segmentation, write_mask_file

PHANTOMS = 4
SPACING_MM = (5.0, 1.5, 1.5)


def main() -> None:
    """Run every size and print a line for each."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--cases", default="6,12,24")
    options.add_argument("--overview", type=int, default=200)
    chosen = options.parse_args()
    counts = [int(part) for part in chosen.cases.split(",")]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        patients = [write_patient(folder / f"ct{seed}", seed) for seed in range(PHANTOMS)]
        print("cases  wall s  s/case  worker MB  client MB  results  failures  second run")
        for count in counts:
            largest = count == max(counts)
            print(run(folder, patients, count, broken=3 if largest else 0, kill=largest))
        if chosen.overview:
            print(time_overview(folder, chosen.overview))


def write_patient(folder: Path, seed: int) -> dict[str, str]:
    """Write one CT with its masks; return its part of a manifest's line."""
    made = make_phantom(spacing_mm=SPACING_MM, seed=seed)
    write_ct_series(made.volume, folder / "ct")
    grid, labels = made.segmentation.grid, made.segmentation.labels
    liver = Segmentation(grid=grid, labels=(labels > 0).astype(np.uint8))
    lesions = Segmentation(grid=grid, labels=(labels.clip(1) - 1).astype(np.uint8))
    write_mask_file(folder / "liver.nii.gz", liver)
    write_mask_file(folder / "lesions.nii.gz", lesions)
    x, y, z = grid.to_mm(np.argwhere(labels > 0).mean(axis=0))
    return {
        "path": str(folder / "ct"),
        "liver": str(folder / "liver.nii.gz"),
        "lesions": str(folder / "lesions.nii.gz"),
        "plane": f"{x:.3f},{y:.3f},{z:.3f},1,0,0",
    }


def run(
    folder: Path, patients: list[dict[str, str]], count: int, *, broken: int, kill: bool
) -> str:
    """Assess ``count`` patients and return the printed line."""
    manifest, out = folder / f"{count}.csv", folder / f"out{count}"
    with manifest.open("w", newline="") as file:
        writer = csv.DictWriter(file, ("id", *patients[0]))
        writer.writeheader()
        for n in range(count):
            line = {"id": f"p{n:05d}", **patients[n % len(patients)]}
            writer.writerow(
                line | ({"path": "nowhere"} if n % (count // 3 or 1) == 1 and broken else {})
            )
    watch = Watch(kill=kill)
    start = time.perf_counter()
    summary = run_cohort(manifest, out, workers=2, progress=watch.see)
    wall = time.perf_counter() - start
    again = run_cohort(manifest, out, workers=2)
    return (
        f"{count:5} {wall:7.1f} {wall / count:7.2f} {watch.worker_mb:10.0f} {watch.client_mb:10.0f}"
        f" {summary.assessed:8} {summary.failed:9}  {again.done_now} done"
    )


class Watch:
    """Look at the processes while a cohort runs; kill one worker at half time if asked."""

    def __init__(self, *, kill: bool) -> None:
        self.kill = kill
        self.worker_mb = self.client_mb = 0.0

    def see(self, fraction: float, words: str) -> None:
        """Take notes; called as progress."""
        me = psutil.Process()
        self.client_mb = max(self.client_mb, me.memory_info().rss / 1e6)
        workers = []
        for child in me.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):  # a worker that was killed may go now
                if "spawn_main" in " ".join(child.cmdline()):
                    self.worker_mb = max(self.worker_mb, child.memory_info().rss / 1e6)
                    workers.append(child)
        if self.kill and fraction > 0.4 and workers:
            self.kill = False
            workers[0].kill()
            print(f"       (killed one worker after: {words})")


def time_overview(folder: Path, count: int) -> str:
    """Overview ``count`` copies of one case by the command."""
    source = next(
        path for path in sorted(folder.glob("out*/cases/*")) if (path / "audit.jsonl").exists()
    )
    many = folder / "many"
    for n in range(count):
        shutil.copytree(source, many / f"case{n:04d}")
    start = time.perf_counter()
    command = [sys.executable, "-m", "liverplan", "cohort", str(many)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return f"liverplan cohort FOLDER: {said.splitlines()[0]} {time.perf_counter() - start:.1f} s"


if __name__ == "__main__":
    main()
