"""Damage DICOM in thousands of ways: no crash, no hang, little memory, only our own errors.

``python -m tests.benchmarks.fuzz --n N --seed S``. Mutation i of seed S is always the same one;
``--only i`` repeats it alone. Work runs in processes of 250 mutations, so that a crash is seen,
named and survived.
"""

from __future__ import annotations

import argparse
import collections
import io
import json
import random
import resource
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames

from liverplan.dicom import choose_series, find_series, header, read_seg, read_series, write_seg
from liverplan.dicom.codecs import Decoders
from liverplan.dicom.slices import Slice
from liverplan.errors import LiverplanError
from liverplan.segmentation.labels import Segmentation
from tests.dicom.made import Series, save
from tests.dicom.test_find import enhanced

BATCH = 250
HANG_SECONDS = 20.0
MEMORY_MB = 2048
SYNTAXES = {
    "explicit": "1.2.840.10008.1.2.1",
    "implicit": "1.2.840.10008.1.2",
    "deflated": "1.2.840.10008.1.2.1.99",
}
CODECS = {
    "RLE": "1.2.840.10008.1.2.5",
    "JPEG-LS": "1.2.840.10008.1.2.4.80",
    "JPEG 2000": "1.2.840.10008.1.2.4.90",
}
NASTY = (b"nan", b"inf", b"-1", b"0", b"1e400", b"9" * 40, b"", b"\\" * 9, b"\xff" * 8, b"\0" * 8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int)
    parser.add_argument("--batch", type=int, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.batch or options.only is not None:
        first, last = options.batch or (options.only, options.only + 1)
        work(first, last, options.seed)
        return
    sys.exit(supervise(options.n, options.seed))


def supervise(n: int, seed: int) -> int:
    """Run all batches; report what happened, and return how much of it must not."""
    outcomes: collections.Counter[str] = collections.Counter()
    faults: list[str] = []
    slowest, memory, done = 0.0, 0.0, 0
    while done < n:
        last = min(done + BATCH, n)
        lines, ended = run_batch(done, last, seed)
        if not lines and not done:
            print(f"FAULT the bench itself does not work: {ended}")
            return 1
        for line in lines:
            done = line["i"] + 1
            outcomes[f"{line['kind']}: {line['outcome']}"] += 1
            slowest, memory = max(slowest, line["s"]), max(memory, line["mb"])
            if line["outcome"] not in {"read", "refused"} or line["s"] > HANG_SECONDS:
                faults.append(f"mutation {line['i']} ({line['kind']}): {line}")
        if done < last:
            faults.append(f"mutation {done}: the process ended ({ended})")
            done += 1
    for name, count in sorted(outcomes.items()):
        print(f"{count:7d}  {name}")
    print(f"{n} mutations of seed {seed}; slowest {slowest:.2f} s; most memory {memory:.0f} MB")
    if memory > MEMORY_MB:
        faults.append(f"{memory:.0f} MB of memory")
    for fault in faults:
        print("FAULT", fault)
    print(f"{len(faults)} faults")
    return min(len(faults), 1)


def run_batch(first: int, last: int, seed: int) -> tuple[list[dict], str]:
    command = [sys.executable, "-m", "tests.benchmarks.fuzz", "--seed", str(seed)]
    command += ["--batch", str(first), str(last)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
        output, ended = done.stdout, f"status {done.returncode}: {done.stderr[-300:]}"
    except subprocess.TimeoutExpired as late:
        output, ended = (late.stdout or b"").decode(), "it hung"
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")], ended


def work(first: int, last: int, seed: int) -> None:
    """Do some mutations and print one line of JSON about each."""
    header.MAX_INFLATED_BYTES = 64 * 1024**2  # so that each bomb costs less time, not less care
    with tempfile.TemporaryDirectory() as folder, Decoders(1) as one_by_one, Decoders(2) as several:
        bench = Bench(Path(folder), one_by_one, several)
        for i in range(first, last):
            rng = random.Random(f"{seed}/{i}")  # noqa: S311 - repeatable, not secret
            print(json.dumps(one(bench, i, rng)), flush=True)


def one(bench: Bench, i: int, rng: random.Random) -> dict:
    kind = rng.choices(list(KINDS), [weight for _, weight in KINDS.values()])[0]
    begun = time.perf_counter()
    try:
        KINDS[kind][0](bench, rng)
        outcome = "read"
    except LiverplanError as error:
        outcome = "refused" if str(error) else "refused without words"
    except BaseException as error:  # noqa: BLE001 - anything else is what is looked for
        outcome = f"{type(error).__name__}: {error}"[:200]
    usage = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    spent = time.perf_counter() - begun
    return {"i": i, "kind": kind, "outcome": outcome, "s": spent, "mb": usage / 1024}


class Bench:
    """Sound files to damage, in a folder of their own."""

    def __init__(self, folder: Path, one_by_one: Decoders, several: Decoders) -> None:
        self.folder = folder
        self.one_by_one, self.several = one_by_one, several
        self.series = {}
        for name, syntax in SYNTAXES.items():
            files = Series(syntax=syntax, count=3, rows=6, columns=5).write(folder / name)
            self.series[name] = [(file, file.read_bytes()) for file in files]
        save(enhanced(Series()), folder / "enhanced.dcm")
        self.enhanced = (folder / "enhanced.dcm").read_bytes()
        self.ct = read_series(choose_series(find_series(folder / "explicit")))
        labels = np.zeros(self.ct.volume.grid.shape, np.uint8)
        labels[1, 2:5, 1:4] = 1
        segmentation = Segmentation(grid=self.ct.volume.grid, labels=labels)
        self.seg = write_seg(folder / "seg.dcm", segmentation, self.ct.headers).read_bytes()
        self.codestreams = codestreams()
        self.frames = {k: one_by_one.decode(*sound) for k, sound in self.codestreams.items()}


def codestreams() -> dict[str, tuple[Slice, bytes]]:
    found = {}
    for name, syntax in CODECS.items():
        series = Series(rows=64, columns=64, signed=False, syntax=SYNTAXES["explicit"])
        dataset = series.dataset(0, series.places()[0])
        dataset.compress(syntax, generate_instance_uid=False)
        (stream,) = generate_frames(dataset.PixelData, number_of_frames=1)
        plane = Slice(
            name=f"{name}.dcm",
            syntax=pydicom.uid.UID(syntax),
            rows=64,
            columns=64,
            bits_allocated=16,
            bits_stored=16,
            high_bit=15,
        )
        found[name] = (plane, stream)
    return found


def damaged(data: bytes, rng: random.Random, *, spare: int = 132) -> bytes:
    """Flip, overwrite, cut, double or forge somewhere, once or a few times."""
    data = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 16))):
        at = rng.randrange(min(spare, len(data) - 1), len(data)) if len(data) > 1 else 0
        rng.choice(HURTS)(data, at, rng)
    return bytes(data)


def flip(data: bytearray, at: int, rng: random.Random) -> None:
    if at < len(data):
        data[at] ^= 1 << rng.randrange(8)


def noise(data: bytearray, at: int, rng: random.Random) -> None:
    size = rng.choice((1, 2, 4, 16))
    data[at : at + size] = rng.randbytes(size)


def length(data: bytearray, at: int, rng: random.Random) -> None:
    value = rng.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFFFFFE, 0x10000000, rng.getrandbits(32)))
    data[at : at + 4] = struct.pack("<L", value)


def cut(data: bytearray, at: int, rng: random.Random) -> None:
    del data[at : rng.choice((at + 1, at + 8, len(data)))]


def double(data: bytearray, at: int, rng: random.Random) -> None:
    data[at:at] = data[at : at + rng.choice((4, 64, 512))]


def nasty(data: bytearray, at: int, rng: random.Random) -> None:
    value = rng.choice(NASTY)
    data[at : at + len(value)] = value


def tag(data: bytearray, at: int, rng: random.Random) -> None:
    """Forge a whole element: any tag that is read, any kind, any length."""
    which = rng.choice(list(TAGS))
    kind = rng.choice((b"SQ", b"UN", b"DS", b"OB", b"US", b"UT", b"AT"))
    size = rng.choice((0, 8, 0xFFFFFFFF, 0x7FFFFFFF))
    data[at:at] = struct.pack("<HH", which >> 16, which & 0xFFFF) + kind + b"\0\0"
    data[at + 8 : at + 8] = struct.pack("<L", size)


HURTS: tuple[Callable[[bytearray, int, random.Random], None], ...] = (
    *(flip, noise, length, cut, double, nasty, tag),
)
TAGS = (0x00280030, 0x00200032, 0x00280010, 0x00280100, 0x00281053, 0x52009230, 0x00080008)


def read_all(path: Path) -> None:
    """Read every usable series, or refuse as `choose_series` does."""
    found = find_series(path)
    usable = [info for info in found if info.usable]
    if not usable:
        choose_series(found)
    for info in usable:
        read_series(info)


def headers_of(name: str) -> Callable[[Bench, random.Random], None]:
    def hurt(bench: Bench, rng: random.Random) -> None:
        file, data = rng.choice(bench.series[name])
        file.write_bytes(damaged(data, rng))
        try:
            read_all(file.parent)
        finally:
            file.write_bytes(data)

    return hurt


def multi_frame(bench: Bench, rng: random.Random) -> None:
    file = bench.folder / "enhanced.dcm"
    file.write_bytes(damaged(bench.enhanced, rng))
    read_all(file)


def segmentation(bench: Bench, rng: random.Random) -> None:
    file = bench.folder / "seg.dcm"
    file.write_bytes(damaged(bench.seg, rng))
    read_seg(file, bench.ct.volume.grid)


def zipped(bench: Bench, rng: random.Random) -> None:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as z:
        for n, (_, data) in enumerate(bench.series["explicit"]):
            z.writestr(rng.choice(("../", "/", "C:\\", "a/")) + f"{n}.dcm", data)
    file = bench.folder / "case.zip"
    file.write_bytes(damaged(memory.getvalue(), rng, spare=0))
    read_all(file)
    if list(bench.folder.parent.glob("[0-9].dcm")):
        raise AssertionError("a zip slip")


def directory(bench: Bench, rng: random.Random) -> None:
    record = Dataset()
    record.DirectoryRecordType = rng.choice(("IMAGE", "SERIES", "STUDY"))
    record.add_new("ReferencedFileID", "LO", rng.choice((["..", "x"], ["DICOMDIR"], ["", "etc"])))
    dataset = Dataset()
    dataset.DirectoryRecordSequence = [record] * rng.choice((1, 3))
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = SYNTAXES["explicit"]
    dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.1.3.10"
    dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    memory = io.BytesIO()
    dataset.save_as(memory, enforce_file_format=True)
    file = bench.folder / "disc" / "DICOMDIR"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(damaged(memory.getvalue(), rng))
    read_all(file)


def codestream(bench: Bench, rng: random.Random) -> None:
    plane, stream = bench.codestreams[rng.choice(list(bench.codestreams))]
    bench.one_by_one.decode(plane, damaged(stream, rng, spare=0))


def beside(bench: Bench, rng: random.Random) -> None:
    """A damaged frame among sound ones, which must come out as if it were not there."""
    plane, stream = bench.codestreams[rng.choice(list(bench.codestreams))]
    with ThreadPoolExecutor(4) as pool:
        hurt = pool.submit(bench.several.decode, plane, damaged(stream, rng, spare=0))
        sound = {k: pool.submit(bench.several.decode, *it) for k, it in bench.codestreams.items()}
    if any(sound[name].result() != bench.frames[name] for name in sound):
        raise AssertionError("a sound frame came out wrong")
    hurt.result()


def compressed(bench: Bench, rng: random.Random) -> None:
    """The whole way: a damaged encapsulation inside a file."""
    plane, stream = bench.codestreams[rng.choice(list(bench.codestreams))]
    for k, (file, _) in enumerate(bench.series["explicit"]):
        dataset = pydicom.dcmread(file)
        dataset.Rows, dataset.Columns = plane.rows, plane.columns
        dataset.file_meta.TransferSyntaxUID = plane.syntax
        dataset.PixelData = encapsulate([stream])
        dataset["PixelData"].is_undefined_length = True
        place = bench.folder / "compressed" / f"{k}.dcm"
        place.parent.mkdir(exist_ok=True)
        dataset.save_as(place)
    place.write_bytes(damaged(place.read_bytes(), rng, spare=1000))
    read_all(place.parent)


def bomb(bench: Bench, rng: random.Random) -> None:
    file = bench.folder / "bomb.dcm"
    meta = bench.series["deflated"][0][1][:132]
    dataset = FileMetaDataset()
    dataset.TransferSyntaxUID = SYNTAXES["deflated"]
    dataset.MediaStorageSOPClassUID = dataset.MediaStorageSOPInstanceUID = "1.2"
    memory = io.BytesIO()
    pydicom.filewriter.write_file_meta_info(memory, dataset)
    filler = rng.choice((b"\0", b"\x08\x00\x08\x00CS\x00\x00", b"\xfe\xff\x00\xe0\xff\xff\xff\xff"))
    body = filler * (rng.choice((1, 40, 90)) * 1024**2 // len(filler))
    machine = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    file.write_bytes(meta + memory.getvalue() + machine.compress(body) + machine.flush())
    read_all(file)


def nested(bench: Bench, rng: random.Random) -> None:
    """Sequences in sequences, and sequences of empty items."""
    depth = rng.choice((50, 2000, 60_000))
    item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    sequence = b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff"
    body = (sequence + item) * depth if rng.random() < 0.5 else sequence + item * depth
    file = bench.folder / "nested.dcm"
    start = bench.series["explicit"][0][1]
    at = (
        start.find(b"\x08\x00\x05\x00")
        if b"\x08\x00\x05\x00" in start
        else start.find(b"\x08\x00\x08\x00")
    )
    file.write_bytes(start[:at] + body + start[at:])
    read_all(file)


KINDS: dict[str, tuple[Callable[[Bench, random.Random], None], float]] = {
    "explicit": (headers_of("explicit"), 30),
    "implicit": (headers_of("implicit"), 15),
    "deflated": (headers_of("deflated"), 8),
    "enhanced": (multi_frame, 10),
    "segmentation": (segmentation, 10),
    "zip": (zipped, 10),
    "directory": (directory, 5),
    "codestream": (codestream, 12),
    "beside": (beside, 2),
    "compressed": (compressed, 0.5),
    "bomb": (bomb, 0.1),
    "nested": (nested, 0.3),
}

if __name__ == "__main__":
    main()
