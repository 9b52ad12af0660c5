"""Speed and memory of reading a 512x512x400 series, in each codec, beside SimpleITK's reader.

``python -m tests.benchmarks.dicom_speed [--slices N] [--export]``. Each reading runs in a fresh
process, discovery included; the best of the repeats is printed, and the peak of resident memory
of the process and its children.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pydicom
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, JPEGLSLossless, RLELossless

CODECS = {
    "uncompressed": ExplicitVRLittleEndian,
    "RLE": RLELossless,
    "JPEG-LS": JPEGLSLossless,
    "JPEG lossless": "1.2.840.10008.1.2.4.70",
    "JPEG 2000": JPEG2000Lossless,
}

PROGRAM = """
import json, sys, time
begun = time.perf_counter()
{imports}
loaded, cpu = time.perf_counter(), time.process_time()
{reads}
done = time.perf_counter()
print(json.dumps({{
    "import_s": loaded - begun,
    "read_s": done - loaded,
    "cpu_s": time.process_time() - cpu,
    "sum": int(hu.sum(dtype="int64")),
}}))
"""
OURS = PROGRAM.format(
    imports="from liverplan.dicom import choose_series, find_series, read_series",
    reads="hu = read_series(choose_series(find_series(sys.argv[1]))).volume.hu",
)
THEIRS = PROGRAM.format(
    imports="import SimpleITK as sitk",
    reads="names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(sys.argv[1])\n"
    "hu = sitk.GetArrayFromImage(sitk.ReadImage(names))",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slices", type=int, default=400)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=list(CODECS))
    options = parser.parse_args()
    print(f"512 x 512 x {options.slices}; best of {options.repeats}")
    heads = ("ours s", "its s", "x", "ours CPU", "its CPU", "ours MB", "its MB")
    print(f"{'codec':14}" + "".join(f"{head:>9}" for head in heads) + "  same")
    with tempfile.TemporaryDirectory() as folder:
        for name in options.only:
            place = Path(folder) / name.replace(" ", "_")
            write_series(place, options.slices, CODECS[name])
            ours = best(OURS, place, options.repeats)
            theirs = best(THEIRS, place, options.repeats)
            row = (
                *(ours["read_s"], theirs["read_s"], theirs["read_s"] / ours["read_s"]),
                *(ours["cpu_s"], theirs["cpu_s"], ours["peak_mb"], theirs["peak_mb"]),
            )
            same = ours["sum"] == theirs["sum"]
            print(f"{name:14}" + "".join(f"{v:9.2f}" for v in row) + f"  {same}", flush=True)
            print(f"{'':14} cancelled after {cancel_ms(place):.0f} ms", flush=True)


def write_series(folder: Path, slices: int, syntax: str) -> None:
    """A body-like cylinder with noise: compresses about as CT does."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(1)
    y, x = np.mgrid[:512, :512] - 256
    inside = (x / 230.0) ** 2 + (y / 170.0) ** 2 < 1
    noise = rng.normal(0, 12, (8, 512, 512))
    for k in range(slices):
        hu = np.where(inside, 50 + 30 * np.sin(x / 40 + k / 30) + noise[k % 8], -1000)
        frame = (np.rint(hu) + 1024).astype("<u2")
        save_slice(folder / f"{k:04d}.dcm", k, frame, syntax)


def save_slice(path: Path, k: int, frame: np.ndarray, syntax: str) -> None:
    from tests.dicom.made import Series, header, save

    dataset = header(Series(rows=512, columns=512, signed=False, stored=12), (0.0, 0.0, 1.0 * k))
    dataset.SOPInstanceUID, dataset.InstanceNumber = f"1.2.3.4.{k}", k
    dataset.SliceThickness = 1.0
    dataset.PixelData = frame.tobytes()
    dataset["PixelData"].VR = "OW"
    save(dataset, path)
    if syntax == CODECS["JPEG lossless"]:
        subprocess.run(["dcmcjpeg", "+e1", str(path), str(path)], check=True)
    elif syntax != ExplicitVRLittleEndian:
        dataset = pydicom.dcmread(path)
        dataset.compress(syntax, generate_instance_uid=False)
        dataset.save_as(path)


def best(program: str, folder: Path, repeats: int) -> dict[str, float]:
    runs = [measured(program, folder) for _ in range(repeats)]
    result = min(runs, key=lambda run: run["read_s"])
    return {**result, "peak_mb": max(run["peak_mb"] for run in runs)}


def measured(program: str, folder: Path) -> dict[str, float]:
    """Run in a process of its own, watching the memory of its whole family."""
    command = [sys.executable, "-c", program, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        peak = [0.0]
        watcher = threading.Thread(target=watch, args=(psutil.Process(process.pid), peak))
        watcher.start()
        answer, _ = process.communicate()
        watcher.join()
    return {**json.loads(answer), "peak_mb": peak[0] / 1024**2}


def watch(process: psutil.Process, peak: list[float]) -> None:
    while True:
        try:
            family = [process, *process.children(recursive=True)]
            peak[0] = max(peak[0], float(sum(p.memory_info().rss for p in family)))
            if process.status() == psutil.STATUS_ZOMBIE:
                return
        except psutil.Error:
            return
        time.sleep(0.01)


def cancel_ms(folder: Path) -> float:
    """Cancel once a quarter has been read; how long until the call has ended."""
    from liverplan.dicom import choose_series, find_series, read_series
    from liverplan.errors import CancelledError

    stop = threading.Event()
    asked = [0.0]

    def progress(fraction: float, _words: str) -> None:
        if fraction > 0.25 and not stop.is_set():
            asked[0] = time.perf_counter()
            stop.set()

    try:
        read_series(choose_series(find_series(folder)), progress=progress, cancel=stop)
    except CancelledError:
        return 1000 * (time.perf_counter() - asked[0])
    return float("nan")


if __name__ == "__main__":
    main()
