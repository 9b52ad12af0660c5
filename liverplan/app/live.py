"""Numbers that follow the mouse, and what takes longer, made in the background.

The remnant and the margins are computed at once, on the screen's thread, by the same index that
the library uses. The interval, the criteria and the surfaces follow when the mouse rests; until
then they are marked stale.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from scipy import ndimage

from liverplan.app.jobs import Job, JobEnd, Progress
from liverplan.app.session import Session, Topic
from liverplan.app.state import Work
from liverplan.app.surfaces import Surfaces, surfaces_of
from liverplan.errors import SegmentationError
from liverplan.findings import Findings
from liverplan.segmentation import Axes, Segmentation, axes_of
from liverplan.volume import FloatArray
from liverplan.volumetry import (
    LesionMargin,
    Remnant,
    VolumeIndex,
    lesion_margins,
    measure,
)
from liverplan.workflow import evaluate
from liverplan.workflow.cases import patient_of, protocol_of
from liverplan.workflow.response import outdated, response_in

REST_MS = 120
"""How long the planes must rest before the interval is computed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Derived:
    """What follows from a segmentation alone."""

    segmentation: Segmentation
    index: VolumeIndex
    surfaces: Surfaces
    axes: dict[int, Axes]
    centre_mm: FloatArray
    lesion_centres: dict[int, FloatArray]


def derive(segmentation: Segmentation) -> Derived:
    """Make everything that follows from a segmentation: index, surfaces, axes, centres."""
    grid, labels = segmentation.grid, segmentation.lesion_labels
    boxes = ndimage.find_objects(segmentation.labels)
    axes, centres = {}, {}
    for label in labels:
        box = boxes[label - 1]
        start = [part.start for part in box]
        mask = segmentation.labels[box] == label
        axes[label] = axes_of(segmentation.lesion(label), grid)
        centres[label] = grid.to_mm(np.argwhere(mask).mean(axis=0) + start)
    liver = np.argwhere(segmentation.labels[::2, ::4, ::4] > 0)
    middle = liver.mean(axis=0) * (2, 4, 4) if len(liver) else np.array(grid.shape) / 2
    return Derived(
        segmentation=segmentation,
        index=VolumeIndex.build(segmentation),
        surfaces=surfaces_of(segmentation),
        axes=axes,
        centre_mm=grid.to_mm(middle),
        lesion_centres=centres,
    )


def assess(work: Work, index: VolumeIndex) -> Findings:
    """Assess the active plan just as the command line does."""
    if work.segmentation is None or work.series is None:
        raise SegmentationError("There is no liver yet, so there is nothing to assess.")
    findings = evaluate(
        work.segmentation,
        work.planes,
        series=work.series,
        patient=patient_of(work.documents),
        protocol=protocol_of(work.documents),
        notes=(*work.documents["notes"], *outdated(work.documents, work.segmentation)),
        response=response_in(work.documents),
        index=index,
    )
    lesions = tuple(replace(f, state=work.lesion_state(f.label)) for f in findings.lesions)
    return replace(findings, lesions=lesions)


class Live(QObject):
    """Keeps numbers and shapes up to date with the session.

    Attributes
    ----------
    derived : Derived or None
        What follows from the segmentation; None until it is ready.
    remnant, margins : Remnant, tuple of LesionMargin
        For the planes on screen; None while there is no index.
    findings : Findings or None
        The whole assessment of the last rest.
    stale : bool
        Whether the findings are older than the planes on screen.
    """

    derived_changed = Signal()
    measured = Signal()
    assessed = Signal()
    failed = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.derived: Derived | None = None
        self.remnant: Remnant | None = None
        self.margins: tuple[LesionMargin, ...] = ()
        self.findings: Findings | None = None
        self.stale = False
        self._jobs: list[Job] = []
        self._wanted: Segmentation | None = None
        self._asked = 0
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._ask)
        session.subscribe(self._changed)

    @property
    def index(self) -> VolumeIndex | None:
        """The volume index of the segmentation on screen; None while it is being built."""
        segmentation = self.session.work.segmentation
        if self.derived is None or self.derived.segmentation is not segmentation:
            return None
        return self.derived.index

    @property
    def busy(self) -> bool:
        """Whether something is still being computed."""
        return self._rest.isActive() or any(job.running for job in self._jobs)

    def _changed(self, topics: frozenset[Topic]) -> None:
        if "ct" in topics:
            self.findings = None
        if "labels" in topics:
            self._derive()
        if topics & {"labels", "planes", "facts", "lesions"}:
            self._measure()

    def _derive(self) -> None:
        segmentation = self.session.work.segmentation
        if segmentation is self._wanted and segmentation is not None:
            return
        self._wanted = segmentation
        if segmentation is None:
            self.derived = None
            self.derived_changed.emit()
            return

        def task(_report: Progress, _cancel: threading.Event) -> Derived:
            return derive(segmentation)

        self._start("derive", task, self._derived)

    def _derived(self, end: JobEnd) -> None:
        if end.error:
            self.failed.emit(end.error)
            return
        if end.answer is None or end.answer.segmentation is not self._wanted:
            return
        self.derived = end.answer
        self.derived_changed.emit()
        self._measure()

    def _measure(self) -> None:
        index, work = self.index, self.session.work
        self.stale = True
        if index is None:
            self.remnant, self.margins = None, ()
        else:
            self.remnant = measure(index, work.planes)
            self.margins = lesion_margins(index, work.planes)
            self._rest.start()
        self.measured.emit()

    def _ask(self) -> None:
        index, work = self.index, self.session.work
        if index is None:
            return
        self._asked += 1
        asked = self._asked

        def then(end: JobEnd) -> None:
            self._answered(end, asked)

        self._start("assess", lambda _report, _cancel: assess(work, index), then)

    def _answered(self, end: JobEnd, asked: int) -> None:
        if asked != self._asked or self._rest.isActive():
            return
        if end.error:
            self.failed.emit(end.error)
            return
        self.findings = end.answer
        self.stale = False
        self.assessed.emit()

    def _start(self, name: str, task: Any, then: Callable[[JobEnd], None]) -> None:  # noqa: ANN401
        self._jobs = [job for job in self._jobs if job.running]
        self._jobs.append(Job(name, task, then).start())

    def close(self) -> None:
        """Wait for what is under way, so that no thread outlives the window."""
        self._rest.stop()
        for job in self._jobs:
            job.cancel()
            job.wait(10)
