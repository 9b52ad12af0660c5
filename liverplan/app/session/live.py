"""Numbers that follow the mouse, and what takes longer, made in the background.

The remnant and the margins are computed at once, on the screen's thread, by the same index that
the library uses. The interval, the criteria and what speaks against the plan follow
when the mouse rests; until then they are marked stale.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from liverplan.app.session.assessing import Answer, answer_for, sentences
from liverplan.app.session.derived import Derived, derive
from liverplan.app.session.fault_watch import FaultWatch
from liverplan.app.session.job import Answered, End, Failed, Job, Progress, Task
from liverplan.app.session.jobs import Joinable
from liverplan.app.session.session import Session, Topic
from liverplan.app.session.severed import Divided, divided_courses
from liverplan.app.session.work import Work, same_voxels
from liverplan.case import Record
from liverplan.errors import PlanError
from liverplan.findings import Findings, Margin, Vessels, Volumes
from liverplan.resection import Cut, Plan
from liverplan.resection.cuts.base import Voxels
from liverplan.segmentation import Segmentation
from liverplan.volumetry import Liver, VolumeIndex
from liverplan.volumetry.shapes.plan_index import PlanIndex
from liverplan.workflow.rule import Rule

T = TypeVar("T")

REST_MS = 120
"""How long the cuts must rest before the interval is computed."""
LONGEST_REST_MS = 1000
"""How long at most where drawing a step of a drag takes longer than a rest."""

QUICK_S = 0.004
"""Margins that take longer than this wait until the mouse rests."""


class Live(QObject):
    """Keeps numbers and shapes up to date with the session.

    Attributes
    ----------
    derived : Derived or None
        What follows from the segmentation; None until it is ready.
    remnant : Volumes or None
        For the plan on screen; None while there is no index.
    vessels : Vessels
        The branches that it divides, and what they leave without blood.
    alone_ml : tuple of float
        What each of its cuts takes by itself, in the plan's order.
    margins : tuple of margins
        To each lesion; empty while they are not known yet.
    findings : Findings or None
        The whole assessment of the last rest.
    faults : tuple of str
        What speaks against the plan, in the core's words; while it is dragged, at the last look.
    stale : bool
        Whether the findings are older than the cuts on screen.
    """

    derived_changed = Signal()
    measured = Signal()
    assessed = Signal()
    faults_found = Signal()
    """What speaks against the plan that is being dragged is known."""
    failed = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.derived: Derived | None = None
        self.remnant: Volumes | None = None
        self.vessels = Vessels()
        self._divided: tuple[Vessels, tuple[Divided, ...]] = self.vessels, ()
        self.alone_ml: tuple[float, ...] = ()
        self.margins: tuple[Margin, ...] = ()
        self.faults: tuple[str, ...] = ()
        self.findings: Findings | None = None
        self._alone: dict[Cut, float] = {}
        self._margins_take_s = 0.0
        self._rule: tuple[Record, Rule] | None = None
        self._liver: Liver | None = None
        self._taken: tuple[PlanIndex, tuple[Voxels, ...], NDArray[np.bool_]] | None = None
        self.stale = False
        self._jobs: list[Joinable] = []
        self._wanted: Segmentation | None = None
        self._asked = 0
        self._assessing: Job[Answer] | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._measured_s = 0.0
        self._rest.timeout.connect(self._ask)
        self._watch = FaultWatch()
        self._watch.found.connect(self._found)
        session.subscribe(self._changed)

    @property
    def rule(self) -> Rule:
        """What the work on screen is held against; there must be a CT."""
        record = self.session.work.record
        if self._rule is None or self._rule[0] is not record:
            self._rule = record, Rule.of(record)
        return self._rule[1]

    @property
    def index(self) -> VolumeIndex | None:
        """The index of flat cuts of the segmentation on screen; None while it is being built."""
        return None if self.liver is None else self.liver.planes

    @property
    def plan_index(self) -> PlanIndex | None:
        """The index for plans of any cuts, with the maps on screen; None while it is built."""
        return None if self.liver is None else self.liver.shapes

    @property
    def liver(self) -> Liver | None:
        """The liver on screen, with its maps; None while it is being measured."""
        work = self.session.work
        if self.derived is None or self.derived.segmentation is not work.segmentation:
            return None
        made = self._liver
        if made is None or made.segmentation is not work.segmentation or not _same(made, work):
            made = self._liver = _made(self.derived, made, work)
            self._alone.clear()
            if not made.ready:
                self._prepare(made)
        return made if made.ready else None

    @property
    def divided(self) -> tuple[Divided, ...]:
        """Where the vessels run that the plan divides."""
        if self._divided[0] is not self.vessels:
            self._divided = self.vessels, divided_courses(self.vessels, self.session.work.maps)
        return self._divided[1]

    def _prepare(self, liver: Liver) -> None:
        """Make a liver's vessel trees ready, off the screen's thread; then measure."""

        def task(_report: Progress, _cancel: threading.Event) -> Liver:
            _ = liver.supply  # made here, and kept
            return liver

        def then(end: End[Liver]) -> None:
            match end:
                case Failed(words=words):
                    self.failed.emit(words)
                case Answered(answer=answer) if answer is self._liver:
                    self._measure()
                case _:  # other vessels are on screen by now, or the window is closing
                    pass

        self._start("vessel trees", task, then)

    @property
    def taken(self) -> NDArray[np.bool_] | None:
        """(k, j, i) mask of what the plan's named parts and sheets take; None if there are none."""
        parts, index = self.session.work.active_plan.voxels, self.plan_index
        if not parts or index is None:
            return None
        if self._taken is None or self._taken[0] is not index or self._taken[1] != parts:
            try:
                self._taken = index, parts, index.part_mask(parts)
            except PlanError:  # said when the plan is measured
                return None
        return self._taken[2]

    @property
    def refused(self) -> bool:
        """Whether the plan on screen has no assessment, because it makes no sense."""
        return self.stale and bool(self.faults) and not self.busy

    @property
    def busy(self) -> bool:
        """Whether something is still being computed."""
        return self._rest.isActive() or any(job.running for job in self._jobs)

    def _changed(self, topics: frozenset[Topic]) -> None:
        if "ct" in topics:
            self.findings, self.faults = None, ()
        if topics & {"labels", "lesions"}:
            self._derive()
        if topics & {"labels", "cuts", "facts", "lesions"}:
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
        if self.derived is not None and same_voxels(self.derived.segmentation, segmentation):
            self._derived(Answered(answer=self.derived.of(segmentation)))
            return

        def task(_report: Progress, _cancel: threading.Event) -> Derived:
            return derive(segmentation)

        self._start("derive", task, self._derived)

    def _derived(self, end: End[Derived]) -> None:
        match end:
            case Failed(words=words):
                self.failed.emit(words)
            case Answered(answer=derived) if derived.segmentation is self._wanted:
                self.derived = derived
                self.derived_changed.emit()
                self._measure()
            case _:  # other masks are on screen by now, or the window is closing
                pass

    def _measure(self) -> None:
        self.stale = True
        if not self.session.dragging and self.faults:  # they were those of another plan
            self.faults = ()
            self.faults_found.emit()
        liver = self.liver
        self.remnant, self.alone_ml, self.margins, self.vessels = None, (), (), Vessels()
        if liver is not None:
            try:
                self._follow(liver, self.session.work.active_plan)
            except PlanError as error:
                self.faults = (str(error),)
                self.failed.emit(str(error))
            self._rest.start(self._rest_ms())
            self._watch_faults(liver)
        self.measured.emit()

    def _rest_ms(self) -> int:
        """Return a rest that no drag has between two steps, however slowly they are drawn."""
        before, self._measured_s = self._measured_s, time.perf_counter()
        if not self.session.dragging:
            return REST_MS
        between_ms = 1000 * (self._measured_s - before)
        return round(min(max(REST_MS, 2 * between_ms), LONGEST_REST_MS))

    def _watch_faults(self, liver: Liver) -> None:
        """Look for faults while the mouse is down; once it rests, the assessment tells them."""
        plan = self.session.work.active_plan
        if self.session.dragging:
            self._watch.ask(lambda: sentences(liver.faults(plan)))
        else:
            self._watch.forget()

    def _found(self) -> None:
        self.faults = self._watch.faults
        self.faults_found.emit()

    def _follow(self, liver: Liver, plan: Plan) -> None:
        """Measure what can be told while the mouse moves."""
        self.vessels = liver.vessels(plan)
        self.remnant = liver.measure(plan, vessels=self.vessels)
        if len(plan.cuts) == 1:
            self._alone = {plan.cuts[0]: self.remnant.resected_ml}
        else:
            self._alone = {cut: self._taken_ml(liver, cut, plan) for cut in plan.cuts}
        self.alone_ml = tuple(self._alone[cut] for cut in plan.cuts)
        if not plan.is_flat and self.session.dragging and self._margins_take_s > QUICK_S:
            return
        began = time.perf_counter()
        self.margins = liver.margins(plan)
        if not plan.is_flat:
            self._margins_take_s = time.perf_counter() - began

    def _taken_ml(self, liver: Liver, cut: Cut, plan: Plan) -> float:
        known = self._alone.get(cut)
        return liver.removed_ml(cut, of=plan) if known is None else known

    def _ask(self) -> None:
        liver, work = self.liver, self.session.work
        if liver is None:
            return
        if self._assessing is not None and self._assessing.running:
            self._rest.start(REST_MS)  # two at once would only make each other wait
            return
        self._asked += 1
        asked = self._asked

        def then(end: End[Answer]) -> None:
            self._answered(end, asked)

        def task(_report: Progress, _cancel: threading.Event) -> Answer:
            return answer_for(work, liver)

        self._assessing = self._start("assess", task, then)

    def _answered(self, end: End[Answer], asked: int) -> None:
        if asked != self._asked or self._rest.isActive():
            return
        match end:
            case Failed(words=words):
                self.failed.emit(words)
            case Answered(answer=answer):
                self._take(answer)
            case _:  # cancelled: the window is closing
                pass

    def _take(self, answer: Answer) -> None:
        self._watch.forget()
        self.margins, self.faults = answer.margins or self.margins, answer.faults
        if answer.findings is None:
            self.failed.emit(" ".join(self.faults))
            return
        self.findings = answer.findings
        self.stale = False
        self.assessed.emit()

    def _start(self, name: str, task: Task[T], then: Callable[[End[T]], None]) -> Job[T]:
        self._jobs = [job for job in self._jobs if job.running]
        job = Job(name, task, then).start()
        self._jobs.append(job)
        return job

    def close(self) -> None:
        """Wait for what is under way, so that no thread outlives the window."""
        self._rest.stop()
        self._watch.wait(10)
        for job in self._jobs:
            job.cancel()
            job.wait(10)


def _made(derived: Derived, before: Liver | None, work: Work) -> Liver:
    """Return the liver on screen; of the one before nothing is made twice."""
    masks = derived.segmentation
    if before is None or not same_voxels(before.segmentation, masks):
        return derived.liver.on(work.maps)
    return before.known_as(masks).on(work.maps)


def _same(liver: Liver, work: Work) -> bool:
    """Whether a liver holds just the maps on screen."""
    return liver.maps.keys() == work.maps.keys() and all(
        liver.maps[name] is part_map for name, part_map in work.maps.items()
    )
