"""Compressed frames, decoded by a child process that may crash, hang or grow without harm.

One process decodes several frames at once, because a process costs 0.15 s and 15 MB, and its
codecs do not hold Python's lock. Frames that fail together say nothing about one of them, so each
is decoded again in a process of its own before it is named.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import queue
import secrets
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from liverplan.dicom.slices import Slice
from liverplan.errors import CancelledError, DicomError

CHILD = Path(__file__).with_name("codec_child.py")
MEMORY_BYTES = 896 * 1024**2
"""Address space of a process beside its slots, for all frames that it decodes at once."""
FRAME_SECONDS = 15.0
POLL_SECONDS = 0.02
SLOT_BYTES = 128 * 1024**2
"""Address space shared with a decoder, of which a frame uses its part: the longest frame, 4096 x
4096 values of 16 bits, takes a quarter, and its codestream is capped at little over half."""
SPARE_SLOTS = 2
"""Slots beside those being decoded: frames that wait, or that are still being taken out."""
MOST_WORDS = 1024


class _UnclearError(DicomError):
    """A frame failed beside others, any of which may be to blame."""


class Decoders:
    """Decoders that work at once, in a process started when first needed and ended on exit.

    Parameters
    ----------
    count : int
        Most frames at once.
    cancel : threading.Event, optional
        When set, waiting for a frame ends with `CancelledError`.
    """

    def __init__(self, count: int, cancel: threading.Event | None = None) -> None:
        self._count = count
        self._cancel = cancel
        self._free: queue.SimpleQueue[int] = queue.SimpleQueue()
        for slot in range(_slots(count)):
            self._free.put(slot)
        self._shared: _Process | None = None
        self._running: list[_Process] = []
        self._choosing, self._alone = threading.Lock(), threading.Lock()
        self._over = threading.Event()
        self._guard = threading.Thread(target=self._watch, name="decoder guard", daemon=True)

    def __enter__(self) -> Self:
        self._guard.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._guard.join()
        for process in tuple(self._running):
            self._end(process)

    def start(self) -> None:
        """Start the process now, so that it is ready when the first frame comes."""
        self._process()

    def decode(self, plane: Slice, codestream: bytes) -> bytes:
        """Return the bytes of one frame; see `decoded`."""
        with self.decoded(plane, codestream) as frame:
            return bytes(frame)

    @contextlib.contextmanager
    def decoded(self, plane: Slice, codestream: bytes) -> Iterator[memoryview]:
        """Lend the bytes of one frame where they were decoded; safe in several threads.

        Raises
        ------
        DicomError
            "<file>: its pixels ...", if they cannot be decoded within the limits.
        CancelledError
            If the work was cancelled meanwhile.
        """
        slot = self._free.get()
        try:
            try:
                frame = self._process().decode(plane, codestream, slot)
            except _UnclearError:
                frame = self._by_itself(plane, codestream)
            if len(frame) != plane.frame_bytes:
                raise DicomError(
                    f"{plane.name}: its codestream holds {len(frame)} bytes of pixels where "
                    f"{plane.frame_bytes} belong"
                )
            yield frame
        finally:
            self._free.put(slot)

    def _by_itself(self, plane: Slice, codestream: bytes) -> memoryview:
        with self._alone:
            process = self._started(1)
            try:
                return process.decode(plane, codestream, 0)
            finally:
                self._end(process)

    def _process(self) -> _Process:
        """Return the process that frames share, a new one if the last has died."""
        with self._choosing:
            if self._shared is not None and not self._shared.sound:
                self._end(self._shared)
                self._shared = None
            if self._shared is None:
                self._shared = self._started(self._count)
            return self._shared

    def _started(self, count: int) -> _Process:
        if self._cancelled:
            raise CancelledError("Reading was cancelled.")
        process = _Process(count)
        self._running.append(process)
        return process

    def _end(self, process: _Process) -> None:
        process.end()
        self._running.remove(process)

    @property
    def _cancelled(self) -> bool:
        return self._cancel is not None and self._cancel.is_set()

    def _watch(self) -> None:
        """Stop processes that are late or no longer wanted; whoever waits for them then hears."""
        while not self._over.wait(POLL_SECONDS):
            for process in tuple(self._running):
                process.stop_if_due(cancelled=self._cancelled)


def _slots(count: int) -> int:
    """One frame at a time needs no other slot, and whatever happens is its doing."""
    return 1 if count == 1 else count + SPARE_SLOTS


def job_of(plane: Slice, length: int, slot: int = 0) -> dict[str, Any]:
    """Tell the child of a frame whose codestream is so many bytes long."""
    return {
        "slot": slot,
        "length": length,
        "syntax": str(plane.syntax),
        "rows": plane.rows,
        "columns": plane.columns,
        "bits_allocated": plane.bits_allocated,
        "bits_stored": plane.bits_stored,
        "signed": plane.signed,
        "frame_bytes": plane.frame_bytes,
    }


class _Memory:
    """Memory shared with one child: neither side copies pixels through a pipe, or to a disk."""

    def __init__(self, size: int) -> None:
        self.inherited: tuple[int, ...] = ()
        if sys.platform == "win32":
            self.place = f"liverplan-{secrets.token_hex(16)}"
            self.bytes = memoryview(mmap.mmap(-1, size, tagname=self.place))
            return
        with _unnamed_file() as file:
            file.truncate(size)
            self.bytes = memoryview(mmap.mmap(file.fileno(), size))
            self._descriptor = os.dup(file.fileno())
        self.place, self.inherited = str(self._descriptor), (self._descriptor,)

    def handed_over(self) -> None:
        """Forget the descriptor once the child has inherited it."""
        for descriptor in self.inherited:
            os.close(descriptor)
        self.inherited = ()


def _unnamed_file() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("frames"), "r+b")
    return tempfile.TemporaryFile()


@dataclass(eq=False)
class _Frame:
    """A frame in flight; ``length`` stays unknown if the process ends before it has answered."""

    begun: float | None = None
    late: bool = False
    failed: bool = False
    length: int | None = None
    words: str = ""
    answered: threading.Event = field(default_factory=threading.Event)


class _Process:
    """One decoder process with a slot of memory for each frame that it is given."""

    def __init__(self, count: int) -> None:
        self.sound = True
        self._count = count
        self._cancelled = False
        self._in_flight: dict[int, _Frame] = {}
        """By slot, in the order in which they were sent, which is that of decoding."""
        slots = _slots(count)
        self._memory = _Memory(slots * SLOT_BYTES)
        self._sending = threading.Lock()
        sizes = (count, slots, SLOT_BYTES, MEMORY_BYTES + slots * SLOT_BYTES)
        try:
            # the command is this Python and a file of this package: nothing comes from outside
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", str(CHILD), self._memory.place, *map(str, sizes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
                pass_fds=self._memory.inherited,
            )
        finally:
            self._memory.handed_over()
        self._listener = threading.Thread(target=self._listen, name="decoder answers", daemon=True)
        self._listener.start()

    def decode(self, plane: Slice, codestream: bytes, slot: int) -> memoryview:
        if len(codestream) > SLOT_BYTES:
            raise DicomError(f"{plane.name}: its compressed pixels are longer than any image")
        frame = _Frame()
        place = self._memory.bytes[slot * SLOT_BYTES : (slot + 1) * SLOT_BYTES]
        place[: len(codestream)] = codestream
        self._send(frame, job_of(plane, len(codestream), slot))
        frame.answered.wait()
        if frame.length is None or frame.failed:
            raise self._why(plane, frame)
        return place[: frame.length]

    def stop_if_due(self, *, cancelled: bool) -> None:
        now = time.monotonic()
        frames = tuple(self._in_flight.values())
        for frame in frames[: self._count]:  # the others wait for their turn
            frame.begun = frame.begun or now
            frame.late = now - frame.begun > FRAME_SECONDS
        if frames and (cancelled or any(frame.late for frame in frames)):
            self._cancelled = cancelled
            self._process.kill()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what it still held cannot reach a dead process
                    continue

    def _why(self, plane: Slice, frame: _Frame) -> DicomError | CancelledError:
        if self._cancelled:
            return CancelledError("Reading was cancelled.")
        if frame.late:
            return DicomError(f"{plane.name}: its pixels take too long to decode")
        error = DicomError if self._count == 1 else _UnclearError
        if frame.failed:
            return error(f"{plane.name}: its pixels cannot be decoded ({frame.words})")
        return error(f"{plane.name}: its compressed pixels crash the decoder")

    def _send(self, frame: _Frame, job: dict[str, Any]) -> None:
        """List a frame and send its job; one that a dead process cannot answer is let go."""
        pipe = self._process.stdin
        with self._sending:
            self._in_flight[job["slot"]] = frame
            try:
                if pipe is not None:
                    pipe.write(json.dumps(job).encode() + b"\n")
                    pipe.flush()
            except OSError:
                self.sound = False
            if not self.sound:
                frame.answered.set()

    def _listen(self) -> None:
        """Hand answers to the frames that wait for them, until the process ends."""
        pipe = self._process.stdout
        while pipe is not None and len(head := pipe.read(6)) == 6:
            slot, failed, length = struct.unpack("<B?L", head)
            words = pipe.read(min(length, MOST_WORDS)) if failed else b""
            frame = self._in_flight.pop(slot, None)
            if frame is None:
                break
            frame.failed, frame.length, frame.words = failed, length, _plain(words)
            frame.answered.set()
        self.sound = False
        self._process.kill()
        for frame in tuple(self._in_flight.values()):
            frame.answered.set()


def _plain(words: bytes) -> str:
    return " ".join(words.decode("utf-8", "replace").split())[:120].rstrip(".")
