"""The decoder process: reads jobs from stdin, leaves frames in shared memory, and may die.

Run by its path, not as part of the package, so that it starts quickly and shares nothing with
the process that it protects but slots of memory. Each job is a line of JSON; its codestream
lies in its slot, where the frame belongs afterwards: little endian, rows x columns values. Each
answer is the slot's number, a byte that says whether decoding failed, and the length of the frame
or of the error's words, which then follow. Threads take jobs in the order in which they came; the
codecs release Python's lock.
"""

from __future__ import annotations

import json
import mmap
import os
import queue
import struct
import sys
import threading
import zlib
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

JPEG_LOSSLESS = ("1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70")
JPEG_LS = ("1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81")
RLE = "1.2.840.10008.1.2.5"
DEFLATED_FRAMES = "1.2.840.10008.1.2.8.1"
JPEG_SCAN, JPEG_END = b"\xff\xda", b"\xff\xd9"  # markers, which no scan can contain
JPEG_FRAME_HEADERS = (0xC0, 0xC1, 0xC2, 0xC3, 0xF7)
RLE_PADDING = 256  # bytes that some encoders add to a segment
JPEG_2000_START = b"\xff\x4f\xff\x51"
JP2_BOX = b"jP  "


def main() -> None:
    """Serve jobs until stdin closes, or until none has come for some seconds."""
    place = sys.argv[1]
    threads, slots, slot_bytes, memory_bytes = map(int, sys.argv[2:6])
    memory = memoryview(_memory(place, slots * slot_bytes))
    _limit(memory_bytes)
    parts = [memory[n * slot_bytes : (n + 1) * slot_bytes] for n in range(slots)]
    jobs: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    for _ in range(threads):
        threading.Thread(target=_serve, args=(jobs, parts), daemon=True).start()
    idle = threading.Timer(float(sys.argv[6]), os._exit, (0,))
    idle.daemon = True
    idle.start()
    while line := sys.stdin.buffer.readline():
        idle.cancel()
        jobs.put(line)
    os._exit(0)  # even if frames are still being decoded, or hang: nobody waits for them


def _serve(jobs: queue.SimpleQueue[bytes], slots: list[memoryview]) -> None:
    while True:
        job = json.loads(jobs.get())
        number, slot = job["slot"], slots[job["slot"]]
        try:
            frame = decode(job, bytes(slot[: job["length"]]))
            slot[: frame.nbytes] = frame.data.cast("B")
            answer = struct.pack("<BBL", number, 0, frame.nbytes)
        except BaseException as error:  # noqa: BLE001 - native codecs raise even beside Exception
            words = f"{type(error).__name__}: {error}"[:200].encode()
            answer = struct.pack("<BBL", number, 1, len(words)) + words
        os.write(1, answer)  # in one piece: pipes take so little whole


def _memory(place: str, size: int) -> mmap.mmap:
    """Map the memory shared with the parent: an inherited file, or a name on Windows."""
    if sys.platform == "win32":
        return mmap.mmap(-1, size, tagname=place)
    return mmap.mmap(int(place), size)


def _limit(memory_bytes: int) -> None:
    try:
        import resource  # noqa: PLC0415 - absent on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def decode(job: dict[str, Any], data: bytes) -> NDArray[np.generic]:
    """Decode one frame to (rows, columns) values of ``bits_allocated`` bits, little endian."""
    if job["syntax"] == DEFLATED_FRAMES:
        return _inflated(job, data)
    if job["syntax"] == RLE:
        return _run_lengths(job, data)
    precision = _checked_precision(job, data)
    width = max(job["bits_allocated"], 8)
    frame = _by_library(job["syntax"], data)
    values = np.ascontiguousarray(frame, dtype=f"<{'i' if job['signed'] else 'u'}{width // 8}")
    if job["signed"] != (frame.dtype.kind == "i") and 0 < precision < width:
        values = (values << (width - precision)) >> (width - precision)  # repeats or drops the sign
    return values


def _by_library(syntax: str, data: bytes) -> NDArray[np.generic]:
    if syntax in (*JPEG_LOSSLESS, *JPEG_LS) and data.rfind(JPEG_END) < data.rfind(JPEG_SCAN):
        # one of the codecs would make up the pixels that lack, the other count zeros for seconds
        raise ValueError("the codestream is cut short")
    if syntax in JPEG_LOSSLESS:
        return imagecodecs.jpeg8_decode(data)
    if syntax in JPEG_LS:
        return imagecodecs.jpegls_decode(data)
    return imagecodecs.jpeg2k_decode(data, numthreads=1)


def _run_lengths(job: dict[str, Any], data: bytes) -> NDArray[np.generic]:
    """PS3.5 annex G: 16 numbers say where each byte of the values, the highest first, begins."""
    pixels = job["rows"] * job["columns"]
    width = max(job["bits_allocated"] // 8, 1)
    length = -(-pixels // 8) if job["bits_allocated"] == 1 else pixels
    count, *starts = struct.unpack_from("<16L", data)
    if count != width:
        raise ValueError(f"{count} RLE segments where {width} belong")
    planes = np.empty((length, width), np.uint8)
    ends = [*starts[1:width], len(data)]
    for n, (first, last) in enumerate(zip(starts[:width], ends, strict=True)):
        plane = imagecodecs.packbits_decode(data[first:last], out=length + RLE_PADDING)
        if len(plane) < length:
            raise ValueError(f"an RLE segment of {len(plane)} bytes where {length} belong")
        planes[:, width - 1 - n] = np.frombuffer(plane, np.uint8, length)
    return _unpacked(planes.ravel(), pixels) if job["bits_allocated"] == 1 else planes


def _inflated(job: dict[str, Any], data: bytes) -> NDArray[np.generic]:
    """Inflate one frame, no further than it may be long; single bits come unpacked."""
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    pixels = job["rows"] * job["columns"]
    if job["bits_allocated"] != 1:
        return np.frombuffer(machine.decompress(data, job["frame_bytes"]), np.uint8)
    packed = np.frombuffer(machine.decompress(data, -(-pixels // 8)), np.uint8)
    return _unpacked(packed, pixels)


def _unpacked(packed: NDArray[np.uint8], pixels: int) -> NDArray[np.uint8]:
    """Spread single bits, the lowest first, over a byte each."""
    return np.unpackbits(packed, bitorder="little")[:pixels]


def _checked_precision(job: dict[str, Any], data: bytes) -> int:
    """Bits of a codestream's values; refuses one of another size before any memory is taken."""
    declared = _declared(data)
    if declared is None:
        raise ValueError("the codestream has no header")
    rows, columns, samples, precision = declared
    if (rows, columns) != (job["rows"], job["columns"]):
        raise ValueError(f"the codestream is {rows} x {columns} pixels")
    if samples != 1:
        raise ValueError(f"the codestream has {samples} samples a pixel")
    return precision


def _declared(data: bytes) -> tuple[int, int, int, int] | None:
    """Rows, columns, samples a pixel and bits a sample, from a codestream's header."""
    at = data.find(JPEG_2000_START) if data[4:8] == JP2_BOX else 0
    if data[at : at + 4] == JPEG_2000_START:
        x1, y1, x0, y0 = struct.unpack_from(">4L", data, at + 8)
        samples, depth = struct.unpack_from(">HB", data, at + 40)
        return y1 - y0, x1 - x0, samples, (depth & 0x7F) + 1
    at = 2
    while at + 10 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack_from(">H", data, at + 2)[0]
        if marker in JPEG_FRAME_HEADERS:
            precision, rows, columns, samples = struct.unpack_from(">BHHB", data, at + 4)
            return rows, columns, samples, precision
        at += 1 if marker == 0xFF else 2 + length  # any number of FF may stand before a marker
    return None


if __name__ == "__main__":
    main()
