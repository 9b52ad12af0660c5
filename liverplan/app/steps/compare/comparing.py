"""Verbs of the comparison: open the other CT, say which metastasis is which, keep the response."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from liverplan import case
from liverplan.app.kit.language import en, tr
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.session import Topic
from liverplan.app.session.telling import told
from liverplan.eligibility.recist import NonTarget
from liverplan.errors import InputError, LiverplanError
from liverplan.followup import Comparison, Examination, Row, Visits, compare
from liverplan.followup.comparison import Said
from liverplan.volume import FloatArray
from liverplan.workflow.growth import RemnantGrowth, remnant_growth
from liverplan.workflow.response import examination, keep_comparison

PLACE = "compare"

FIRST_A_CASE = en(
    "{name} is no case. Open that CT first, outline its liver and metastases, and compare the two "
    "cases: only masks that somebody has looked at are matched."
)
ON_SCREEN = en("That is the case on screen; choose an earlier or a later one.")


class Comparing(QObject):
    """Holds the comparison on show.

    Attributes
    ----------
    comparison : Comparison or None
        None until another CT was opened.
    at_mm : (3,) array or None
        The point on show, in the earlier CT's LPS mm.
    growth : str
        Growth of the remnant in words, once it was asked for.
    """

    changed = Signal()
    moved = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._session, self._jobs = context.session, context.jobs
        self._notices, self._saver = context.notices, context.saver
        self.comparison: Comparison | None = None
        self.at_mm: FloatArray | None = None
        self.growth = ""
        self._session.subscribe(self._session_changed)

    def open(self, path: Path) -> None:
        """Compare the CT on screen with that of another case."""
        if not case.is_case(path):
            self._notices.say(PLACE, tr(FIRST_A_CASE, name=path.name))
            return
        work, folder = self._session.work, self._saver.folder
        if folder is not None and path.resolve() == folder.resolve():
            self._notices.say(PLACE, tr(ON_SCREEN))
            return

        def task(report: Progress, _cancel: threading.Event) -> Comparison:
            report(0.05, "Reading the other case")
            state = case.open_case(path).state
            mine = examination(work.record, work.segmentation, volume=work.volume)
            report(0.25, "Measuring its metastases")
            other = examination(state.record, state.segmentation, path, volume=state.volume)
            return compare(mine, other, report)

        holds = self._session.same_masks()
        self._jobs.run(PLACE, tr("Comparing"), task, self._opened, holds=holds)

    def show_at(self, point_mm: FloatArray, *, earlier: bool) -> None:
        """Show the slices through a (3,) LPS point, mm, of one of the CTs, in both."""
        if self.comparison is not None:
            align = self.comparison.alignment
            self.at_mm = point_mm if earlier else align.to_earlier_mm(point_mm)
            self.moved.emit()

    @property
    def at_later_mm(self) -> FloatArray | None:
        """The (3,) point on show, in the later CT's LPS mm."""
        if self.comparison is None or self.at_mm is None:
            return None
        return self.comparison.alignment.to_later_mm(self.at_mm)

    def correct(self, later: int, said: Said) -> None:
        """Say what a lesion of the later CT is."""
        if self.comparison is not None:
            self._go_on(self.comparison.corrected(later, said))

    def confirm(self, one: Row) -> None:
        """Confirm a row as it stands."""
        if self.comparison is not None:
            self._go_on(self.comparison.confirming(one))

    def toggle_target(self, earlier: int) -> None:
        """Make a lesion of the earlier CT a target, or a target none."""
        now = self.comparison
        if now is None:
            return
        try:
            self._go_on(now.with_target(earlier, is_target=earlier not in now.targets))
        except InputError as refusal:
            self._notices.say(PLACE, str(refusal))
            self.changed.emit()

    def judge_others(self, non_target: NonTarget | None) -> None:
        """Say what became of the non-target lesions; None: as they are outlined."""
        if self.comparison is not None:
            self._go_on(self.comparison.judging(non_target))

    def _go_on(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self._notices.say(PLACE, "")
        self.changed.emit()

    def keep(self, name: str) -> None:
        """Keep the visits in the later case, in the name of who confirmed every row."""
        comparison = self.comparison
        if comparison is None:
            return
        try:
            if comparison.later.folder is None:
                self._into_work(comparison.confirmed_by(name), comparison.earlier)
                said = tr("The response is kept in this case, confirmed by {name}.", name=name)
            else:
                later, signer = comparison.later.folder, self._saver.signer
                keep_comparison(later, comparison, name=name, signer=signer)
                words = en("The response is kept in the later case, {case}, confirmed by {name}.")
                said = tr(words, case=later.name, name=name)
        except LiverplanError as refusal:
            self._notices.say(PLACE, str(refusal))
            return
        self._notices.say(PLACE, said, "info")

    def grow(self, embolised: dt.date | None) -> None:
        """Say how the planned remnant grew between the two CTs."""
        comparison, mine = self.comparison, self._saved()
        if comparison is None or mine is None:
            return
        other = comparison.later.folder or comparison.earlier.folder
        if other is None:
            return
        first, second = (other, mine) if comparison.later.folder is None else (mine, other)

        def task(report: Progress, _cancel: threading.Event) -> RemnantGrowth:
            report(0.2, "Measuring both remnants")
            return remnant_growth(first, second, embolised=embolised)

        self._jobs.run(PLACE, tr("Measuring growth"), task, self._grown)

    def _opened(self, answer: Comparison) -> None:
        self.comparison, self.growth = answer, ""
        self.changed.emit()
        centres = list(answer.earlier.centres.values())
        grid = answer.earlier.segmentation.grid
        self.show_at(centres[0] if centres else grid.to_mm(np.array(grid.shape) / 2), earlier=True)
        if answer.proposed.notes:
            self._notices.say(PLACE, " ".join(map(told, answer.proposed.notes)))

    def _grown(self, growth: RemnantGrowth) -> None:
        self.growth = "\n".join(map(told, growth.said()))
        self.changed.emit()

    def _into_work(self, visits: Visits, earlier: Examination) -> None:
        work = self._session.work
        what = en("response since {day}", day=earlier.date or en("an earlier CT"))
        self._session.do(what, replace(work, record=replace(work.record, visits=visits)))

    def _saved(self) -> Path | None:
        self._saver.flush()
        if self._saver.opened is None or self._saver.pending:
            words = tr("The case could not be saved, so its remnant is not compared.")
            self._notices.say(PLACE, words)
            return None
        return self._saver.folder

    def _of_what_is_on_screen(self, comparison: Comparison) -> bool:
        segmentation = self._session.work.segmentation
        masks = (comparison.earlier.segmentation, comparison.later.segmentation)
        return any(mask is segmentation for mask in masks)

    def _session_changed(self, topics: frozenset[Topic]) -> None:
        if self.comparison is None or not topics & {"ct", "labels"}:
            return
        if not self._of_what_is_on_screen(self.comparison):
            self.comparison, self.at_mm, self.growth = None, None, ""
            self._notices.say(PLACE, tr("The masks have changed; open the other CT again."))
            self.changed.emit()
