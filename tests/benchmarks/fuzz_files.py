"""Damage masks and texts in thousands of ways: refused in words, or read as they were.

``python -m tests.benchmarks.fuzz_files --n N --seed S``: N mutations of each kind of file. Each
batch runs in a process of its own, with little memory, so that a crash is seen and named. A CT
is damaged once as it was packed and once in its header before it is packed, where no checksum sees.
"""

from __future__ import annotations

import argparse
import collections
import gzip
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

import numpy as np

from liverplan import case
from liverplan.cohort.manifest import read_manifest
from liverplan.dicom import choose_series, find_series, read_series
from liverplan.eligibility.protocol_file import load_protocol, protocol_text
from liverplan.errors import LiverplanError
from liverplan.segmentation import read_mask_file
from liverplan.volume import Grid
from tests.benchmarks.fuzz import damaged
from tests.segmentation.files.made import nifti, nrrd

FILES = ("nii.gz", "nrrd", "ct.nii.gz", "ct.nrrd", "toml", "csv")
BATCH, SLOWEST_S, MOST_MB = 500, 20.0, 1024
AFFINE = np.array([[0, 0, 2.0, -20], [0, 2.0, 0, -30], [3.0, 0, 0, 40], [0, 0, 0, 1.0]])
GRID = Grid(shape=(20, 24, 28), affine=AFFINE)
K, J, I = np.indices(GRID.shape)  # noqa: E741 - the axes' own names
BODY = ((J - 11.5) / 10) ** 2 + ((I - 13.5) / 12) ** 2 <= 1
HU = (np.where(BODY, np.where(J > 19, -95, 60), -1000) + (7 * K + 5 * J + 3 * I) % 19).astype("<i2")
NIFTI_HEADER = 352
MEANT = ((0, 4), (40, 56), (70, 74), (76, 92), (108, 120), (123, 124), (252, 328), (344, 348))
MEANT += ((NIFTI_HEADER, None),)
"""Bytes of a NIfTI file that say what its voxels are and where; all others are free text."""
MEANT_FIELDS = (b"nrrd", b"type", b"endian", b"dimension", b"space", b"sizes", b"encoding")
TOML = protocol_text("breclim2").encode()
CSV = b'id,path,liver,lesions,lesion_labels,plane\np1,ct,l.nii.gz:5,m.nii.gz,1-3,"0,0,50,1,0,0"\n'


def labels() -> np.ndarray:
    found = np.zeros(GRID.shape, np.uint8)
    found[2:17, 3:19, 2:21] = 1
    found[4:7, 5:9, 3:6] = 2
    return found


def mask(kind: str, folder: Path, rng: random.Random) -> None:
    """Read a damaged packed mask; one that is taken is what it was."""
    path, write = folder / f"mask.{kind}", nrrd if kind == "nrrd" else nifti
    write(path, GRID, labels())
    path.write_bytes(damaged(path.read_bytes(), rng, spare=0))
    if not np.array_equal(read_mask_file(path, GRID).labels, labels()):
        raise AssertionError("another mask was taken in silence")


def ct(kind: str, folder: Path, rng: random.Random) -> None:
    """Read a damaged packed CT; one that is taken is what it was, and in what its header says."""
    path, write = folder / kind, nrrd if kind.endswith(".nrrd") else nifti
    write(path, GRID, HU)
    sound = path.read_bytes()
    hurt = damaged(sound, rng, spare=0) if rng.random() < 0.5 else header_damaged(sound, rng)
    path.write_bytes(hurt)
    info = choose_series(find_series(path))
    volume = read_series(info).volume
    if describes_alike(sound, hurt) and not (
        np.array_equal(volume.hu, HU) and np.allclose(volume.grid.affine, GRID.affine)
    ):
        raise AssertionError("another CT was taken in silence")


def header_damaged(packed: bytes, rng: random.Random) -> bytes:
    """Damage what stands before the voxels, and pack as a program that knows no better would."""
    at = packed.find(b"\n\n") + 2
    if packed.startswith(b"NRRD"):
        return damaged(packed[:at], rng, spare=0) + packed[at:]
    whole = gzip.decompress(packed)
    return gzip.compress(damaged(whole[:NIFTI_HEADER], rng, spare=0) + whole[NIFTI_HEADER:], 1)


def describes_alike(sound: bytes, hurt: bytes) -> bool:
    """Whether two files say the same of their voxels: all that has a meaning is equal."""
    if sound.startswith(b"NRRD"):
        return meant_by_lines(sound) == meant_by_lines(hurt)
    first, second = (zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(it) for it in (sound, hurt))
    return all(first[a:b] == second[a:b] for a, b in MEANT)


def meant_by_lines(packed: bytes) -> set[bytes]:
    lines = packed[: packed.find(b"\n\n")].lower().split(b"\n")
    return {b"".join(line.split()) for line in lines if line.startswith(MEANT_FIELDS)}


def toml(folder: Path, rng: random.Random) -> None:
    path = folder / "protocol.toml"
    path.write_bytes(damaged(TOML, rng, spare=0))
    load_protocol(path)


def table(folder: Path, rng: random.Random) -> None:
    path = folder / "manifest.csv"
    path.write_bytes(damaged(CSV, rng, spare=0))
    for job in read_manifest(path):
        job.request()


def stored(folder: Path, rng: random.Random) -> None:
    """Open a case of which one JSON document was damaged: refused, called altered, or as it was."""
    path = rng.choice(sorted(folder.rglob("*.json*")))
    sound = path.read_bytes()
    hurt = damaged(sound, rng, spare=0)
    path.write_bytes(hurt)
    try:
        _ = case.open_case(folder).state
        if not case.verify(folder) and hurt.split() != sound.split():
            raise AssertionError("another case was taken in silence")
    finally:
        path.write_bytes(sound)


def one(kind: str, folder: Path, rng: random.Random) -> str:
    try:
        match kind:
            case "nii.gz" | "nrrd":
                mask(kind, folder, rng)
            case "ct.nii.gz" | "ct.nrrd":
                ct(kind, folder, rng)
            case "toml":
                toml(folder, rng)
            case "csv":
                table(folder, rng)
            case _:
                stored(folder, rng)
    except LiverplanError as error:
        return "refused" if str(error) else "refused without words"
    except BaseException as error:  # noqa: BLE001 - anything else is what is looked for
        return f"{type(error).__name__}: {error}"[:200]
    return "read"


def work(kind: str, first: int, last: int, seed: int, stored_case: str) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(stored_case or made)
        for i in range(first, last):
            rng = random.Random(f"{seed}/{kind}/{i}")  # noqa: S311 - repeatable, not secret
            begun = time.perf_counter()
            outcome = one(kind, folder, rng)
            mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(json.dumps([i, outcome, time.perf_counter() - begun, mb]), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--case", default="", help="a copy of a case, whose JSON is damaged too")
    parser.add_argument("--kinds", nargs="+", choices=[*FILES, "json"], help="else all")
    parser.add_argument("--batch", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.batch:
        kind, first, last = asked.batch
        work(kind, int(first), int(last), asked.seed, asked.case if kind == "json" else "")
        return
    kinds = asked.kinds or [*FILES, *(["json"] if asked.case else [])]
    sys.exit(min(sum(supervise(kind, asked.n, asked.seed, asked.case) for kind in kinds), 1))


def supervise(kind: str, n: int, seed: int, stored_case: str) -> int:
    """Run all batches of a kind, print what came of them, and return how many faults."""
    outcomes, faults = collections.Counter[str](), list[str]()
    slowest, most, done = 0.0, 0.0, 0
    while done < n:
        last = min(done + BATCH, n)
        command = [sys.executable, "-m", "tests.benchmarks.fuzz_files", "--seed", str(seed)]
        command += ["--case", stored_case, "--batch", kind, str(done), str(last)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        for i, outcome, seconds, mb in map(json.loads, ran.stdout.splitlines()):
            done, slowest, most = i + 1, max(slowest, seconds), max(most, mb)
            outcomes[outcome] += 1
            if outcome not in {"read", "refused"} or seconds > SLOWEST_S or mb > MOST_MB:
                faults.append(f"{kind} {i}: {outcome}, {seconds:.1f} s, {mb:.0f} MB")
        if done < last:
            faults.append(f"{kind} {done}: status {ran.returncode}: {ran.stderr[-300:]}")
            done += 1
    print(f"{kind}: {dict(outcomes.most_common(4))}; slowest {slowest:.2f} s; {most:.0f} MB")
    for fault in faults[:10]:
        print("FAULT", fault)
    return len(faults)


if __name__ == "__main__":
    main()
