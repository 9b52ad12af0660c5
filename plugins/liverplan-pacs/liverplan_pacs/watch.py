"""The limits of one piece of work: its time, its bytes, and whether it is still wanted.

An archive that drips, floods or falls silent is waited for inside a library, where nothing of ours
runs. So a thread beside it looks at the clock, and hangs up what the work has opened: whatever
waits there then ends at once, and the reason is told instead of the lost connection.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from liverplan.dicom.archive import ArchiveError
from liverplan.errors import CancelledError, LiverplanError
from liverplan.findings import Statement
from liverplan_pacs.config import Settings

TICK_S = 0.1
GRACE_S = 1.0
"""How long the work may end politely once it was called off."""
MB = 10**6
ANSWERS_MB = 8
"""The most that a search may answer: text of this size takes up to 40 times as much in memory."""

HangUp = Callable[[], None]


class Watch:
    """Ends one piece of work where a limit is reached or nobody wants it any more.

    Attributes
    ----------
    reason : LiverplanError or None
        Why the work was ended; only the first reason counts.
    """

    def __init__(
        self, settings: Settings, cancel: threading.Event | None, too_much: ArchiveError, mb: float
    ) -> None:
        self.reason: LiverplanError | None = None
        self._settings, self._cancel, self._too_much = settings, cancel, too_much
        self._ends = time.monotonic() + settings.deadline_s
        self._left = int(mb * MB)
        self._hang_ups: list[HangUp] = []
        self._called_off = 0.0
        self._over = threading.Event()
        self._counting = threading.Lock()

    def hangs_up(self, hang_up: HangUp) -> None:
        """Have something hung up when the work is ended; it may be called more than once."""
        self._hang_ups.append(hang_up)

    def allows(self, amount: int) -> bool:
        """Count bytes that came; more than may come ends the work."""
        with self._counting:
            self._left -= amount
        return self.awaits(0)

    def awaits(self, amount: int) -> bool:
        """Whether so many bytes may still come; if not, the work is ended."""
        if self._left < amount:
            self.end(self._too_much)
        return self.reason is None

    def end(self, reason: LiverplanError) -> None:
        """End the work."""
        self.reason = self.reason or reason
        for hang_up in tuple(self._hang_ups):
            hang_up()

    def go_on(self) -> None:
        """Raise if the work was ended, or is no longer wanted."""
        if self.reason is not None:
            raise self.reason
        if self.called_off:
            raise _cancelled()

    @property
    def called_off(self) -> bool:
        """Whether nobody wants the work any more."""
        return self._cancel is not None and self._cancel.is_set()

    def look(self) -> None:
        """Look at the clock until the work is over; hang up again what was only being opened."""
        while not self._over.wait(TICK_S):
            now = time.monotonic()
            if self.called_off:
                self._called_off = self._called_off or now
            if self._called_off and now > self._called_off + GRACE_S:
                self.end(_cancelled())
            elif now > self._ends:
                self.end(_too_long(self._settings))
            elif self.reason is not None:
                self.end(self.reason)

    def stop(self) -> None:
        """Look no longer."""
        self._over.set()


@contextmanager
def watched(settings: Settings, cancel: threading.Event | None = None) -> Iterator[Watch]:
    """Hold a transfer to the limits of the configuration."""
    mb = settings.largest_mb
    says = Statement.of("archive.too_much", archive=settings.name, mb=_plain(mb))
    with _watching(Watch(settings, cancel, ArchiveError(says), mb)) as watch:
        yield watch


@contextmanager
def watched_search(settings: Settings, cancel: threading.Event | None = None) -> Iterator[Watch]:
    """Hold a search to the limits: its answers are text, and small."""
    mb = min(settings.largest_mb, ANSWERS_MB)
    says = Statement.of("archive.too_wide", archive=settings.name, mb=_plain(mb))
    with _watching(Watch(settings, cancel, ArchiveError(says), mb)) as watch:
        yield watch


@contextmanager
def _watching(watch: Watch) -> Iterator[Watch]:
    thread = threading.Thread(target=watch.look, name="liverplan-pacs-watch", daemon=True)
    thread.start()
    try:
        yield watch
        watch.go_on()
    except Exception as error:
        if watch.reason is not None and error is not watch.reason:
            raise watch.reason from error
        raise
    finally:
        watch.stop()
        thread.join()


def hang_up(opened: socket.socket | None) -> None:
    """End a connection under whatever waits for it; closing it is its owner's."""
    if opened is not None:
        with suppress(OSError, ValueError):
            # of TLS too the socket itself: a farewell would wait for the peer
            socket.socket.shutdown(opened, socket.SHUT_RDWR)


def _cancelled() -> CancelledError:
    return CancelledError("The transfer was cancelled.")


def _too_long(settings: Settings) -> ArchiveError:
    seconds = _plain(settings.deadline_s)
    return ArchiveError(Statement.of("archive.too_long", archive=settings.name, seconds=seconds))


def _plain(number: float) -> str:
    return f"{number:g}"
