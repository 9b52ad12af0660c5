"""Compressed frames, decoded by child processes that may crash, hang or grow without harm."""

from __future__ import annotations

import json
import os
import queue
import struct
import subprocess
import sys
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
MOST_BYTES = 64 * 1024**2
"""No frame is longer: 4096 x 4096 values of 16 bits are half of it."""


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


class _Child:
    """One decoder process."""

    def __init__(self) -> None:
        self.sound = True
        self._deadline: float | None = None
        self._stopped: Literal["cancelled", "late"] | None = None
        limits = {"OPENBLAS_NUM_THREADS": "1", "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS": "1"}
        # the command is this Python and a file of this package: nothing of it comes from outside
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", str(CHILD), str(MEMORY_BYTES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **limits},
        )

    def decode(self, plane: Slice, codestream: bytes) -> bytes:
        self.sound = False  # until a whole answer has come back
        self._deadline = time.monotonic() + FRAME_SECONDS
        try:
            self._send(plane, codestream)
            failed, length = struct.unpack("<?L", self._read(5))
            answer = self._read(min(length, MOST_BYTES))
        except (OSError, ValueError, EOFError):
            raise self._why(plane) from None
        finally:
            self._deadline = None
        self.sound = True
        if failed:
            words = _plain(answer.decode("utf-8", "replace"))
            raise DicomError(f"{plane.name}: its pixels cannot be decoded ({words})")
        return answer

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

    def _why(self, plane: Slice) -> DicomError | CancelledError:
        if self._stopped == "cancelled":
            return CancelledError("Reading was cancelled.")
        if self._stopped == "late":
            return DicomError(f"{plane.name}: its pixels take too long to decode")
        return DicomError(f"{plane.name}: its compressed pixels crash the decoder")

    def _send(self, plane: Slice, codestream: bytes) -> None:
        job: dict[str, Any] = {
            "length": len(codestream),
            "syntax": str(plane.syntax),
            "rows": plane.rows,
            "columns": plane.columns,
            "bits_allocated": plane.bits_allocated,
            "bits_stored": plane.bits_stored,
            "signed": plane.signed,
            "frame_bytes": plane.frame_bytes,
        }
        pipe = _pipe(self._process.stdin)
        pipe.write(json.dumps(job).encode() + b"\n" + codestream)
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
