"""A long job in a panel: stage, progress, time, and a button that cancels it."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from liverplan.app.kit.widgets import button, label, row
from liverplan.app.session.jobs import Job


class Busy(QWidget):
    """Hidden while nothing runs."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = label("", "secondary")
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.cancel_button = button("Cancel", self.cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row(self.bar, self.cancel_button))
        layout.addWidget(self.stage)
        self.job: Job | None = None
        self._began = 0.0
        self._words = ""
        self._clock = QTimer(self)
        self._clock.setInterval(250)
        self._clock.timeout.connect(self._tick)
        self.hide()

    def watch(self, job: Job) -> None:
        """Show a job until it ends."""
        self.job, self._began, self._words = job, time.monotonic(), job.name
        self.bar.setValue(0)
        self.cancel_button.setEnabled(True)
        job.progressed.connect(self._progress)
        self._tick()
        self._clock.start()
        self.show()

    def cancel(self) -> None:
        """Ask the job to stop."""
        if self.job is not None:
            self.job.cancel()
            self._words = "Stopping"
            self.cancel_button.setEnabled(False)

    def _progress(self, fraction: float, words: str) -> None:
        self.bar.setValue(round(100 * fraction))
        self._words = words or self._words
        self._tick()

    def _tick(self) -> None:
        if self.job is None or not self.job.running:
            self._clock.stop()
            self.hide()
            return
        seconds = time.monotonic() - self._began
        self.stage.setText(f"{self._words} · {seconds:.0f} s")
