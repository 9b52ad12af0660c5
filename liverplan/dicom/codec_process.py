"""One decoder process, the memory shared with it, and the frames that it has been given."""

from __future__ import annotations

import json
import mmap
import os
import secrets
import struct
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from liverplan.dicom.slices import Slice
from liverplan.errors import CancelledError, DicomError

CHILD = Path(__file__).with_name("codec_child.py")
MEMORY_BYTES = 896 * 1024**2
"""Address space of a process beside its slots, for all frames that it decodes at once."""
FRAME_SECONDS = 9.0
"""A 4096 x 4096 frame takes 2; and one that fails late is tried again, all within 20 seconds."""
SPARE_SECONDS = 10.0
"""A process that is asked for nothing so long is not used any more; a little later it ends."""
SLOT_BYTES = 128 * 1024**2
"""Address space shared with a decoder, of which a frame uses its part: the longest frame, 4096 x
4096 values of 16 bits, takes a quarter, and its codestream is capped at little over half."""
SPARE_SLOTS = 2
"""Slots beside those being decoded: frames that wait, or that are still being taken out."""
MOST_WORDS = 1024


class UnclearError(DicomError):
    """A frame failed beside others, any of which may be to blame."""


def slots_for(count: int) -> int:
    """Slots of a process that decodes so many frames at once.

    One at a time gets one: then whatever happens to the process is that frame's doing.
    """
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


@dataclass(eq=False)
class _Frame:
    """A frame in flight; ``length`` stays unknown if the process ends before it has answered."""

    begun: float | None = None
    late: bool = False
    failed: bool = False
    length: int | None = None
    words: str = ""
    answered: threading.Event = field(default_factory=threading.Event)


class Process:
    """One decoder process.

    Parameters
    ----------
    count : int
        Frames that it decodes at once.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._sound = True
        self._cancelled = False
        self._born, self._owner = time.monotonic(), os.getpid()
        self._in_flight: dict[int, _Frame] = {}
        """By slot, in the order in which they were sent, which is that of decoding."""
        self._sending = threading.Lock()
        slots = slots_for(count)
        self._memory = _Memory(slots * SLOT_BYTES)
        numbers = (count, slots, SLOT_BYTES, MEMORY_BYTES + slots * SLOT_BYTES, 2 * SPARE_SECONDS)
        try:
            # the command is this Python and a file of this package: nothing comes from outside
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", str(CHILD), self._memory.place, *map(str, numbers)],
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

    @property
    def sound(self) -> bool:
        """Whether it can still be asked."""
        return self._sound

    @property
    def fresh(self) -> bool:
        """Whether it can still be asked for the first time; never by a fork of its owner."""
        young = time.monotonic() - self._born < SPARE_SECONDS
        return self._sound and young and os.getpid() == self._owner

    def decode(self, plane: Slice, codestream: bytes, slot: int) -> memoryview:
        """Return one frame where it was decoded: in its slot, which nobody else may use yet.

        Raises
        ------
        UnclearError
            If it failed, but beside others.
        DicomError
            "<file>: its pixels ...", if it failed by its own fault.
        CancelledError
            If the process was stopped because nobody wants its frames.
        """
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
        """Stop it if a frame is late or none is wanted any more; whoever waits then hears."""
        now = time.monotonic()
        frames = tuple(self._in_flight.values())
        for frame in frames[: self.count]:  # the others wait for their turn
            frame.begun = frame.begun or now
            frame.late = now - frame.begun > FRAME_SECONDS
        if frames and (cancelled or any(frame.late for frame in frames)):
            self._cancelled = cancelled
            self._process.kill()

    def end(self) -> None:
        """Stop it, whatever it does."""
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
        error = DicomError if self.count == 1 else UnclearError
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
                self._sound = False
            if not self._sound:
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
        self._sound = False  # before the frames are let go: none is listed unseen between the two
        self._process.kill()
        self._process.wait()
        for frame in tuple(self._in_flight.values()):
            frame.answered.set()


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


def _plain(words: bytes) -> str:
    return " ".join(words.decode("utf-8", "replace").split())[:120].rstrip(".: ")
