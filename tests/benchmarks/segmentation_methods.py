"""The methods that find the liver, side by side: the network that is shipped, and the classical.

Run as ``python -m tests.benchmarks.segmentation_methods NAME ZIP`` for one method on one CT in a
process of its own, so that its time and its memory are its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk

from liverplan.segmentation import LiverResult, find_liver, segment_liver
from liverplan.volume import Grid, Volume

METHODS: dict[str, Callable[[Volume], LiverResult]] = {
    "network": find_liver,
    "classical": segment_liver,
}


def read_zip(path: Path) -> Volume:
    """Read the largest series of a zip, as this benchmark needs it and no more."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        folders = {p.parent for p in Path(folder).rglob("*") if p.is_file()}
        most = max(folders, key=lambda f: sum(1 for _ in f.iterdir()))
        reader = sitk.ImageSeriesReader()
        reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(most)))
        image = reader.Execute()
    affine = np.eye(4)
    direction = np.array(image.GetDirection()).reshape(3, 3) * np.array(image.GetSpacing())
    affine[:3, :3], affine[:3, 3] = direction[:, ::-1], image.GetOrigin()
    hu = sitk.GetArrayFromImage(image).astype(np.int16)
    return Volume(grid=Grid(shape=hu.shape, affine=affine), hu=hu)


def alone(method: str, archive: Path) -> dict[str, Any]:
    """Time, processor time and peak memory of a method in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.segmentation_methods", method, str(archive)]
    said = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(said.stdout)


def seen(data: Path, name: str) -> str:
    """Whether the shipped network was trained on a label map; its data lies beside ours."""
    folder = data.parent / "network" / "data"
    if not folder.is_dir():
        return "unknown"
    return "yes" if (folder / f"{name}.npz").exists() else "no"


def peak_gb() -> float:
    """Return the most memory this process held, GB; `ru_maxrss` holds its parent's too (Linux)."""
    status = Path("/proc/self/status").read_text("ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1e6


def main() -> None:
    """Measure one method on one CT."""
    name, archive = sys.argv[1:]
    volume = read_zip(Path(archive))
    start, cpu = time.perf_counter(), time.process_time()
    METHODS[name](volume)
    measured = {
        "seconds": time.perf_counter() - start,
        "cpu_seconds": time.process_time() - cpu,
        "peak_gb": peak_gb(),
    }
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
