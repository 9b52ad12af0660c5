"""Compressed frames, decoded by a child process that may crash, hang or grow without harm.

One process decodes several frames at once, because a process costs 0.15 s and 15 MB, and its
codecs do not hold Python's lock. Frames that fail together say nothing about one of them, so each
is decoded again in a process of its own before it is named.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from liverplan.dicom.codec_process import Process, UnclearError, slots_for
from liverplan.dicom.slices import Slice
from liverplan.errors import CancelledError, DicomError

AT_ONCE = min(4, os.cpu_count() or 1)
"""Frames of one series that are decoded at once."""
POLL_SECONDS = 0.02


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
        for slot in range(slots_for(count)):
            self._free.put(slot)
        self._shared: Process | None = None
        self._running: list[Process] = []
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

    def decode(self, plane: Slice, codestream: bytes) -> bytes:
        """Return the bytes of one frame, which `decoded` only lends."""
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
            except UnclearError:
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

    def _process(self) -> Process:
        """Return the process that frames share, a new one if the last has died."""
        with self._choosing:
            if self._shared is not None and not self._shared.sound:
                self._end(self._shared)
                self._shared = None
            if self._shared is None:
                self._shared = self._started(self._count)
            return self._shared

    def _started(self, count: int) -> Process:
        if self._cancelled:
            raise CancelledError("Reading was cancelled.")
        try:
            process = _spare.taken(count) or Process(count)
        except OSError as error:
            raise DicomError(f"The decoder cannot be started: {error.strerror}.") from error
        self._running.append(process)
        return process

    def _end(self, process: Process) -> None:
        process.end()
        self._running.remove(process)

    @property
    def _cancelled(self) -> bool:
        return self._cancel is not None and self._cancel.is_set()

    def _watch(self) -> None:
        while not self._over.wait(POLL_SECONDS):
            for process in tuple(self._running):
                process.stop_if_due(cancelled=self._cancelled)


class _Spare:
    """At most one process that was started before anyone asked for frames."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        with self._lock:
            if self._process is None or not self._process.fresh:
                self._drop()
                self._process = Process(AT_ONCE)

    def taken(self, count: int) -> Process | None:
        with self._lock:
            process = self._process
            if process is None or process.count != count or not process.fresh:
                return None
            self._process = None
            return process

    def end(self) -> None:
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None


_spare = _Spare()


def prepare() -> None:
    """Start a process that the next reading finds ready; it ends soon if there is none."""
    with contextlib.suppress(OSError):  # whoever needs one will say so
        _spare.start()


@atexit.register
def forget_spare() -> None:
    """End the process that `prepare` started, if no reading has taken it."""
    _spare.end()
