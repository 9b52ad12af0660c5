"""A long job in a panel: stage, progress, time, and a button that cancels it."""

from __future__ import annotations

import time
from typing import Protocol

from PySide6.QtCore import QTimer, SignalInstance
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from liverplan.app.kit.language import retold, tr
from liverplan.app.kit.widgets import button, label, row


class Running(Protocol):
    """A job under way, as far as its progress can be shown and it can be stopped."""

    @property
    def name(self) -> str:
        """What it does."""

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""

    @property
    def progressed(self) -> SignalInstance:
        """Emitted with the fraction that is done, from 0 to 1, and the stage in words."""

    def cancel(self) -> None:
        """Ask it to stop."""


class Busy(QWidget):
    """Hidden while nothing runs."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = label("", "secondary")
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.cancel_button = button(tr("Cancel"), self.cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row(self.bar, self.cancel_button))
        layout.addWidget(self.stage)
        self.job: Running | None = None
        self._began = 0.0
        self._words = ""
        self._clock = QTimer(self)
        self._clock.setInterval(250)
        self._clock.timeout.connect(self._tick)
        self.hide()

    def watch(self, job: Running) -> None:
        """Show a job until it ends."""
        self.job, self._began, self._words = job, time.monotonic(), job.name
        self.bar.setRange(0, 0)  # it moves, and claims no share, until the job tells of one
        self.cancel_button.setEnabled(True)
        job.progressed.connect(self._progress)
        self._tick()
        self._clock.start()
        self.show()

    def cancel(self) -> None:
        """Ask the job to stop."""
        if self.job is not None:
            self.job.cancel()
            self._words = tr("Stopping")
            self.cancel_button.setEnabled(False)

    def _progress(self, fraction: float, words: str) -> None:
        self.bar.setRange(0, 100)
        self.bar.setValue(round(100 * fraction))
        self._words = retold(words) or self._words
        self._tick()

    def _tick(self) -> None:
        if self.job is None or not self.job.running:
            self._clock.stop()
            self.hide()
            return
        seconds = time.monotonic() - self._began
        self.stage.setText(f"{self._words} · {seconds:.0f} s")
