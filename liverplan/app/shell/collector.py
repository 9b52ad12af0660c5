"""Python's cyclic collector, on the screen's thread alone.

By itself it runs on whichever thread asks for memory. A thread that computes would then destroy
the windows that were left in circles, while the screen's thread hands them their last events, and
the process would die of it.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 500


class Collector(QObject):
    """Collects now and then in the event loop of the thread that made it, and nowhere else."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        timer = QTimer(self)
        timer.timeout.connect(collect)
        timer.start(EVERY_MS)


def collect() -> None:
    """Collect each generation that Python itself would have collected by now."""
    for generation, threshold in enumerate(gc.get_threshold()):
        if not threshold or gc.get_count()[generation] <= threshold:
            return
        gc.collect(generation)
