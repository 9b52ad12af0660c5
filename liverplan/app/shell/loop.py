"""Qt's event loop, until the window is closed by a person, or by Ctrl+C where it was started."""

from __future__ import annotations

import signal

from PySide6.QtWidgets import QApplication


def run_event_loop() -> None:
    """Run until the last window is closed.

    Ctrl+C closes it as its own button does, so that nothing is lost. Python sees that signal when
    it next runs on this thread: the collector's timer lets it within half a second.
    """
    before = signal.signal(signal.SIGINT, lambda _number, _frame: QApplication.closeAllWindows())
    try:
        QApplication.exec()
    finally:
        signal.signal(signal.SIGINT, before)
