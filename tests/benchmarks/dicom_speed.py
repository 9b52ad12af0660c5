"""Speed and memory of reading a 512x512x400 series, in each codec, beside SimpleITK's reader.

``python -m tests.benchmarks.dicom_speed [--slices N] [--repeats N] [--only CODEC ...]``. Each
reading runs in a fresh process, discovery included, the two readers in turn; the best of the
repeats counts, because other work on the machine can only slow a run down. CPU seconds count the
process and its children. Memory is measured in runs of its own: the peak of what the process and
its children hold, memory that they share counted once (proportional set size); the highest of the
repeats counts, because looking takes time and can only miss a peak. "bound" is the
time that the codec alone needs for these frames, in one process, divided by the cores: no reader
built on it can be quicker.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
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

from liverplan.dicom import choose_series, codec_child, find_series, open_source, read_series
from liverplan.dicom.codec_process import job_of
from liverplan.dicom.decode import pixel_bytes
from liverplan.dicom.header import COMPRESSED
from liverplan.errors import CancelledError

CODECS = {
    "uncompressed": ExplicitVRLittleEndian,
    "RLE": RLELossless,
    "JPEG-LS": JPEGLSLossless,
    "JPEG lossless": "1.2.840.10008.1.2.4.70",
    "JPEG 2000": JPEG2000Lossless,
}

PROGRAM = """
import json, os, sys, time
def cpu():
    return sum(os.times()[:4])
{imports}
loaded, before = time.perf_counter(), cpu()
{reads}
print(json.dumps({{
    "read_s": time.perf_counter() - loaded,
    "cpu_s": cpu() - before,
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
    parser.add_argument("--keep", type=Path, help="a folder that keeps the series for another run")
    options = parser.parse_args()
    cores = os.cpu_count() or 1
    print(f"512 x 512 x {options.slices}, {cores} cores; best of {options.repeats}")
    heads = ("ours s", "its s", "x", "ours CPU", "its CPU", "bound s", "ours MB", "its MB", "share")
    print(f"{'codec':14}" + "".join(f"{head:>9}" for head in heads) + "  same")
    with tempfile.TemporaryDirectory() as folder:
        for name in options.only:
            place = (options.keep or Path(folder)) / name.replace(" ", "_")
            if not place.exists():
                write_series(place, options.slices, CODECS[name])
            compare(name, place, options.repeats, cores)


def compare(name: str, place: Path, repeats: int, cores: int) -> None:
    runs = [(measured(OURS, place), measured(THEIRS, place)) for _ in range(repeats)]
    ours = min((run for run, _ in runs), key=lambda run: run["read_s"])
    theirs = min((run for _, run in runs), key=lambda run: run["read_s"])
    peaks = [(peak_mb(OURS, place), peak_mb(THEIRS, place)) for _ in range(repeats)]
    megabytes = [max(column) for column in zip(*peaks, strict=True)]
    row = (
        *(ours["read_s"], theirs["read_s"], theirs["read_s"] / ours["read_s"]),
        *(min(r["cpu_s"] for r, _ in runs), min(r["cpu_s"] for _, r in runs)),
        *(codec_seconds(place) / cores, *megabytes, megabytes[0] / megabytes[1]),
    )
    same = ours["sum"] == theirs["sum"]
    print(f"{name:14}" + "".join(f"{v:9.2f}" for v in row) + f"  {same}", flush=True)
    waits = sorted(cancel_ms(place) for _ in range(repeats))
    words = ", ".join(f"{wait:.0f}" for wait in waits)
    print(f"{'':14} cancelled after {words} ms", flush=True)


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


def measured(program: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-c", program, str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def peak_mb(program: str, folder: Path) -> float:
    """The most that a process and its children hold, each shared page counted once."""
    command = [sys.executable, "-c", program, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        peak, family = 0.0, psutil.Process(process.pid)
        while process.poll() is None:
            with contextlib.suppress(psutil.Error):
                members = [family, *family.children(recursive=True)]
                peak = max(peak, sum(one.memory_full_info().pss for one in members))
            time.sleep(0.01)
    return peak / 1024**2


def codec_seconds(folder: Path) -> float:
    """CPU seconds of the codec alone, for every frame of the series."""
    info = choose_series(find_series(folder))
    if info.planes[0].syntax not in COMPRESSED:
        return 0.0
    spent = 0.0
    with open_source(info.path) as source:
        for plane in info.planes:
            data = pixel_bytes(source, plane)
            begun = time.process_time()
            codec_child.decode(job_of(plane, len(data)), data)
            spent += time.process_time() - begun
    return spent


def cancel_ms(folder: Path) -> float:
    """Cancel once a quarter has been read; how long until the call has ended."""
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
