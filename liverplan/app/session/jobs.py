"""Work off the screen's thread: progress, cancel, and the answer back on the screen's thread."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from liverplan.errors import CancelledError, LiverplanError

Progress = Callable[[float, str], None]
Task = Callable[[Progress, threading.Event], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEnd:
    """How a job ended: exactly one of its answer, an error in words, or cancelled."""

    answer: Any = None
    error: str = ""
    cancelled: bool = False
    detail: str = ""


class Job(QObject):
    """One task in its own thread; its signals arrive on the screen's thread."""

    progressed = Signal(float, str)
    _ended = Signal(object)

    def __init__(self, name: str, task: Task, then: Callable[[JobEnd], None]) -> None:
        super().__init__()
        self.name = name
        self.running = True
        self._cancel = threading.Event()
        self._task = task
        self._then = then
        self._ended.connect(self._finish, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> Job:
        """Begin."""
        self._thread.start()
        return self

    def cancel(self) -> None:
        """Ask the task to stop; it ends as cancelled when it has."""
        self._cancel.set()

    def wait(self, seconds: float) -> None:
        """Wait for the thread, as when the window closes."""
        self._thread.join(seconds)

    def _run(self) -> None:
        end = outcome(self._task, self._report, self._cancel)
        try:
            self._ended.emit(end)
        except RuntimeError:  # the window is gone, nobody waits for the answer
            self.running = False

    def _report(self, fraction: float, words: str) -> None:
        if self._cancel.is_set():
            raise CancelledError("Stopped.")
        self.progressed.emit(float(fraction), words)

    def _finish(self, end: JobEnd) -> None:
        self.running = False
        self._then(end)


def outcome(task: Task, report: Progress, cancel: threading.Event) -> JobEnd:
    """Run a task to its end, whatever that is; never raises."""
    try:
        answer = task(report, cancel)
    except CancelledError:
        return JobEnd(cancelled=True)
    except LiverplanError as error:
        return JobEnd(error=str(error))
    except MemoryError:
        return JobEnd(error="There is not enough memory for this; close other programs.")
    except Exception as error:  # noqa: BLE001 - a user never meets a traceback
        return JobEnd(error=unexpected(error), detail=traceback.format_exc())
    return JobEnd(cancelled=True) if cancel.is_set() else JobEnd(answer=answer)


def unexpected(error: BaseException) -> str:
    """One sentence for a fault that nobody foresaw."""
    words = str(error).strip().splitlines()
    return (
        f"This failed unexpectedly ({type(error).__name__}: {words[0] if words else 'no words'})."
    )
