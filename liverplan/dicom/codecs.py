"""Compressed frames, decoded by child processes that may crash, hang or grow without harm."""

from __future__ import annotations

import json
import os
import queue
import selectors
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from liverplan.dicom.slices import Slice
from liverplan.errors import CancelledError, DicomError

CHILD = Path(__file__).with_name("codec_child.py")
MEMORY_BYTES = 1024**3
FRAME_SECONDS = 15.0
POLL_SECONDS = 0.05


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
        self._cancel = cancel
        self._count = count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
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
            child = child or _Child()
            frame = child.decode(plane, codestream, self._cancel)
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


class _Child:
    """One decoder process."""

    def __init__(self) -> None:
        self.sound = True
        environment = {
            **os.environ,
            "OPENBLAS_NUM_THREADS": "1",
            "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS": "1",
        }
        # the command is this Python and a file of this package: nothing of it comes from outside
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", str(CHILD), str(MEMORY_BYTES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=0,
        )

    def decode(self, plane: Slice, codestream: bytes, cancel: threading.Event | None) -> bytes:
        self.sound = False  # until a whole answer has come back
        deadline = time.monotonic() + FRAME_SECONDS
        try:
            self._send(plane, codestream)
            answer = json.loads(self._line(deadline, cancel))
            frame = self._read(int(answer["length"]), deadline, cancel)
        except TimeoutError:
            raise DicomError(f"{plane.name}: its pixels take too long to decode") from None
        except (OSError, ValueError, EOFError, KeyError):
            raise DicomError(f"{plane.name}: its compressed pixels crash the decoder") from None
        self.sound = True
        if answer["fault"]:
            raise DicomError(
                f"{plane.name}: its pixels cannot be decoded ({_plain(answer['fault'])})"
            )
        return frame

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

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
        for part in (json.dumps(job).encode() + b"\n", codestream):
            rest = memoryview(part)
            while rest:
                rest = rest[pipe.write(rest) :]

    def _line(self, deadline: float, cancel: threading.Event | None) -> bytes:
        line = bytearray()
        while not line.endswith(b"\n"):
            line += self._read(1, deadline, cancel)
        return bytes(line)

    def _read(self, length: int, deadline: float, cancel: threading.Event | None) -> bytes:
        pipe = _pipe(self._process.stdout)
        data = bytearray()
        while len(data) < length:
            self._wait(pipe, deadline, cancel)
            part = pipe.read(length - len(data))
            if not part:
                raise EOFError
            data += part
        return bytes(data)

    @staticmethod
    def _wait(pipe: IO[bytes], deadline: float, cancel: threading.Event | None) -> None:
        """Wait until the child has written something."""
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while not selector.select(POLL_SECONDS):
                if cancel is not None and cancel.is_set():
                    raise CancelledError("Reading was cancelled.")
                if time.monotonic() > deadline:
                    raise TimeoutError


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise EOFError
    return pipe


def _plain(words: str) -> str:
    return " ".join(words.split())[:120].rstrip(".")
