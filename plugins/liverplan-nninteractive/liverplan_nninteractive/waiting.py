"""Waiting for an answer, but no longer than until the user stops."""

from __future__ import annotations

import queue
from collections.abc import Callable
from threading import Thread
from typing import Protocol, TypeVar

from liverplan.errors import CancelledError

POLL_S = 0.1

T = TypeVar("T")


class Stop(Protocol):
    """Tells whether the user does not want to wait any longer, as `threading.Event` does."""

    def is_set(self) -> bool:
        """Whether to stop."""
        ...


def stoppable(ask: Callable[[], T], cancel: Stop | None) -> T:
    """Return what ``ask`` returns, or raise what it raises.

    Raises
    ------
    CancelledError
        If the user stops; what was asked is then left to end by itself.
    """
    if cancel is None:
        return ask()
    answers: queue.SimpleQueue[tuple[T | None, Exception | None]] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put((ask(), None))
        except Exception as error:  # noqa: BLE001 - raised again where the user waits
            answers.put((None, error))

    Thread(target=work, daemon=True).start()
    while True:
        if cancel.is_set():
            raise CancelledError("Stopped.")
        try:
            answer, error = answers.get(timeout=POLL_S)
        except queue.Empty:
            continue
        if error is not None:
            raise error
        return answer  # type: ignore[return-value]
