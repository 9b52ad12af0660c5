"""One window for a case: what is open here cannot be opened beside it and overwritten."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QLockFile

from liverplan.app.kit.language import en

FOLDER = "open"

TWICE = en(
    "This case is open in another window, so it was not opened here: two windows would write over "
    "each other. Go on there, or close it there first."
)


class Claim:
    """Holds one case at a time; the system gives it back where the program dies."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER
        self._held: tuple[Path, QLockFile] | None = None

    def take(self, case: Path) -> bool:
        """Hold a case in place of the one before; say whether no other window holds it."""
        place = case.resolve()
        if self._held is not None and self._held[0] == place:
            return True
        lock = QLockFile(str(self._folder / hashlib.sha256(str(place).encode()).hexdigest()[:24]))
        lock.setStaleLockTime(0)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return True  # where nothing can be noted, nothing can be asked
        if not lock.tryLock(0) and lock.error() == QLockFile.LockError.LockFailedError:
            return False
        self.drop()
        self._held = place, lock
        return True

    def drop(self) -> None:
        """Give back what is held."""
        if self._held is not None:
            self._held[1].unlock()
            self._held = None
