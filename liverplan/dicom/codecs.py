"""Compressed frames, decoded by child processes that may crash, hang or grow without harm."""

from __future__ import annotations

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
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, Self

from liverplan.dicom.slices import Slice
from liverplan.errors import CancelledError, DicomError

CHILD = Path(__file__).with_name("codec_child.py")
MEMORY_BYTES = 1024**3
FRAME_SECONDS = 15.0
POLL_SECONDS = 0.02
SLOT_BYTES = 128 * 1024**2
"""Address space shared with a decoder, of which a frame uses its part: the longest frame, 4096 x
4096 values of 16 bits, takes a quarter, and its codestream is capped at little over half."""
MOST_WORDS = 1024


class Decoders:
    """A pool of decoder processes, started when first needed and ended on exit.

    Parameters
    ----------
    count : int
        Most processes at once.
    cancel : threading.Event, optional
        When set, waiting for a frame ends with `CancelledError`.
    """

    def __init__(self, count: int, cancel: threading.Event | None = None) -> None:
        self._free: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(count):
            self._free.put(None)
        self._count = count
        self._cancel = cancel
        self._children: list[_Child] = []
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
        for _ in range(self._count):
            child = self._free.get()
            if child is not None:
                child.end()

    def decode(self, plane: Slice, codestream: bytes) -> bytes:
        """Return the bytes of one frame; safe to call from several threads.

        Raises
        ------
        DicomError
            "<file>: its pixels ...", if they cannot be decoded within the limits.
        CancelledError
            If the work was cancelled meanwhile.
        """
        child = self._free.get()
        try:
            if child is None:
                child = _Child()
                self._children.append(child)
            frame = child.decode(plane, codestream)
        except (DicomError, CancelledError):
            if child is not None and not child.sound:
                child.end()
                child = None
            raise
        finally:
            self._free.put(child)
        if len(frame) != plane.frame_bytes:
            raise DicomError(
                f"{plane.name}: its codestream holds {len(frame)} bytes of pixels where "
                f"{plane.frame_bytes} belong"
            )
        return frame

    def _watch(self) -> None:
        """Stop children that are late or no longer wanted; whoever waits for them then hears."""
        while not self._over.wait(POLL_SECONDS):
            cancelled = self._cancel is not None and self._cancel.is_set()
            for child in tuple(self._children):
                child.stop_if_due(cancelled="cancelled" if cancelled else None)


def job_of(plane: Slice, length: int) -> dict[str, Any]:
    """Tell the child of a frame whose codestream is so many bytes long."""
    return {
        "length": length,
        "syntax": str(plane.syntax),
        "rows": plane.rows,
        "columns": plane.columns,
        "bits_allocated": plane.bits_allocated,
        "bits_stored": plane.bits_stored,
        "signed": plane.signed,
        "frame_bytes": plane.frame_bytes,
    }


class _Slot:
    """Memory shared with one child: neither side copies pixels through a pipe, or to a disk."""

    def __init__(self) -> None:
        self.inherited: tuple[int, ...] = ()
        if sys.platform == "win32":
            self.place = f"liverplan-{secrets.token_hex(16)}"
            self.memory = mmap.mmap(-1, SLOT_BYTES, tagname=self.place)
            return
        with _unnamed_file() as file:
            file.truncate(SLOT_BYTES)
            self.memory = mmap.mmap(file.fileno(), SLOT_BYTES)
            self._descriptor = os.dup(file.fileno())
        self.place, self.inherited = str(self._descriptor), (self._descriptor,)

    def handed_over(self) -> None:
        """Forget the descriptor once the child has inherited it."""
        for descriptor in self.inherited:
            os.close(descriptor)
        self.inherited = ()


def _unnamed_file() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("frame"), "r+b")
    return tempfile.TemporaryFile()


class _Child:
    """One decoder process."""

    def __init__(self) -> None:
        self.sound = True
        self._deadline: float | None = None
        self._stopped: Literal["cancelled", "late"] | None = None
        self._slot = _Slot()
        limits = {"OPENBLAS_NUM_THREADS": "1"}
        try:
            # the command is this Python and a file of this package: nothing comes from outside
            self._process = subprocess.Popen(  # noqa: S603
                [
                    *(sys.executable, "-I", str(CHILD)),
                    *(self._slot.place, str(SLOT_BYTES), str(MEMORY_BYTES)),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **limits},
                pass_fds=self._slot.inherited,
            )
        finally:
            self._slot.handed_over()

    def decode(self, plane: Slice, codestream: bytes) -> bytes:
        self.sound = False  # until a whole answer has come back
        self._deadline = time.monotonic() + FRAME_SECONDS
        try:
            self._send(plane, codestream)
            failed, length = struct.unpack("<?L", self._read(5))
            words = self._read(min(length, MOST_WORDS)) if failed else b""
        except (OSError, ValueError, EOFError):
            raise self._why(plane) from None
        finally:
            self._deadline = None
        self.sound = True
        if failed:
            plain = _plain(words.decode("utf-8", "replace"))
            raise DicomError(f"{plane.name}: its pixels cannot be decoded ({plain})")
        return self._slot.memory[: min(length, SLOT_BYTES)]

    def stop_if_due(self, *, cancelled: Literal["cancelled"] | None) -> None:
        deadline = self._deadline
        if deadline is None:
            return
        if cancelled or time.monotonic() > deadline:
            self._stopped = cancelled or "late"
            self._process.kill()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what it still held cannot reach a dead process
                    continue
        self._slot.memory.close()

    def _why(self, plane: Slice) -> DicomError | CancelledError:
        if self._stopped == "cancelled":
            return CancelledError("Reading was cancelled.")
        if self._stopped == "late":
            return DicomError(f"{plane.name}: its pixels take too long to decode")
        return DicomError(f"{plane.name}: its compressed pixels crash the decoder")

    def _send(self, plane: Slice, codestream: bytes) -> None:
        if len(codestream) > SLOT_BYTES:
            raise DicomError(f"{plane.name}: its compressed pixels are longer than any image")
        self._slot.memory[: len(codestream)] = codestream
        pipe = _pipe(self._process.stdin)
        pipe.write(json.dumps(job_of(plane, len(codestream))).encode() + b"\n")
        pipe.flush()

    def _read(self, length: int) -> bytes:
        data = _pipe(self._process.stdout).read(length)
        if len(data) < length:
            raise EOFError
        return data


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise EOFError
    return pipe


def _plain(words: str) -> str:
    return " ".join(words.split())[:120].rstrip(".")
