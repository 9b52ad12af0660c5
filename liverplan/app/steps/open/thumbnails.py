"""A small picture of each series that was found, made in the background."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage, QPixmap

from liverplan import dicom
from liverplan.app.kit import theme
from liverplan.app.session.job import Progress
from liverplan.app.session.jobs import Jobs
from liverplan.errors import DicomError
from liverplan.volume import FloatArray

if TYPE_CHECKING:
    from liverplan.dicom import SeriesInfo


SIDE = 64
"""Pixels of a thumbnail's longer side."""


class Thumbnails(QObject):
    """Makes the pictures of one list of series at a time; a newer list ends the older.

    Attributes
    ----------
    pictures : dict of int to QPixmap
        By the series' place in the list; a series without a picture is not in it.
    """

    changed = Signal()
    _made = Signal(object, int, object)

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._jobs = jobs
        self.pictures: dict[int, QPixmap] = {}
        self._found: Sequence[SeriesInfo] = ()
        self._made.connect(self._keep, Qt.ConnectionType.QueuedConnection)

    def show(self, found: Sequence[SeriesInfo]) -> None:
        """Make the pictures of these series."""
        self._found, self.pictures = found, {}

        def task(_report: Progress, cancel: threading.Event) -> None:
            for number, info in enumerate(found):
                if cancel.is_set():
                    return
                try:
                    hu = dicom.middle_slice(info, cancel=cancel)
                except DicomError:
                    continue  # the list says what is wrong with it
                plane = info.planes[0]
                self._made.emit(found, number, picture(hu, plane.row_spacing, plane.column_spacing))

        self._jobs.follow("pictures", task, lambda _none: None)

    def _keep(self, found: Sequence[SeriesInfo], number: int, made: QImage) -> None:
        if found is self._found:
            self.pictures[number] = QPixmap.fromImage(made)
            self.changed.emit()


def picture(hu: FloatArray, row_mm: float = 1.0, column_mm: float = 1.0) -> QImage:
    """Draw a (row, column) slice at the default CT window, its longer side `SIDE` pixels."""
    _, level, width = theme.PRESETS[0]
    grey = np.clip((hu - level) / width + 0.5, 0, 1) * 255
    values = np.ascontiguousarray(grey.astype(np.uint8))
    rows, columns = values.shape
    full = QImage(values.data, columns, rows, columns, QImage.Format.Format_Grayscale8)
    known = row_mm > 0 and column_mm > 0
    high, wide = (rows * row_mm, columns * column_mm) if known else (rows, columns)
    scale = SIDE / max(high, wide)
    small = full.scaled(
        max(1, round(wide * scale)),
        max(1, round(high * scale)),
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    return small.copy()  # where nothing was to be scaled, it would still look into ``values``
