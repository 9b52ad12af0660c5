"""One task off the screen's thread, with progress and cancel; its answer comes back onto it."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeAlias, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from liverplan.app.kit.language import tr
from liverplan.errors import CancelledError, LiverplanError

T = TypeVar("T")

Progress: TypeAlias = Callable[[float, str], None]
Task: TypeAlias = Callable[[Progress, threading.Event], T]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Generic[T]):
    """It came to its end."""

    answer: T


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """It could not; ``words`` is one sentence for the user, ``detail`` the traceback if any."""

    words: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """It was stopped."""


End: TypeAlias = Answered[T] | Failed | Cancelled


class Job(QObject, Generic[T]):
    """One task in its own thread; its signals arrive on the screen's thread.

    Whoever began it may forget it: it lives until its end has been heard on the screen's thread.
    Else the last to hold it would be its own thread, which would destroy it while the screen's
    thread hands it that end, and the process would die of it.
    """

    progressed = Signal(float, str)
    _ended = Signal(object)
    _under_way: ClassVar[set[QObject]] = set()

    def __init__(self, name: str, task: Task[T], then: Callable[[End[T]], None]) -> None:
        super().__init__()
        self.name = name
        self.running = True
        self._cancel = threading.Event()
        self._task = task
        self._then = then
        self._ended.connect(self._finish, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> Job[T]:
        """Begin."""
        self._under_way.add(self)
        self._thread.start()
        return self

    def cancel(self) -> None:
        """Ask the task to stop; it ends as cancelled when it has."""
        self._cancel.set()

    def wait(self, seconds: float) -> None:
        """Wait for the thread, as when the window closes; its end is told to nobody any more."""
        self._then = _unheard
        self._thread.join(seconds)

    def _run(self) -> None:
        end = outcome(self._task, self._report, self._cancel)
        try:
            self._ended.emit(end)
        except RuntimeError:  # the window is gone, nobody waits for the answer
            self.running = False
            self._under_way.discard(self)

    def _report(self, fraction: float, words: str) -> None:
        if self._cancel.is_set():
            raise CancelledError("Stopped.")
        self.progressed.emit(float(fraction), words)

    def _finish(self, end: End[T]) -> None:
        self._thread.join()  # it has said all; now it holds nothing of this job either
        self._under_way.discard(self)
        self.running = False
        self._then(end)


def _unheard(_end: object) -> None:
    """Hear nothing."""


def outcome(task: Task[T], report: Progress, cancel: threading.Event) -> End[T]:
    """Run a task to its end, whatever that is; never raises."""
    try:
        answer = task(report, cancel)
    except CancelledError:
        return Cancelled()
    except LiverplanError as error:
        return Failed(words=str(error))
    except MemoryError:
        return Failed(words=tr("There is not enough memory for this; close other programs."))
    except Exception as error:  # noqa: BLE001 - a user never meets a traceback
        return Failed(words=unexpected(error), detail=traceback.format_exc())
    return Cancelled() if cancel.is_set() else Answered(answer=answer)


def unexpected(error: BaseException) -> str:
    """One sentence for a fault that nobody foresaw."""
    words = str(error).strip().splitlines()
    return tr(
        "This failed unexpectedly ({kind}: {words}).",
        kind=type(error).__name__,
        words=words[0] if words else tr("no words"),
    )
