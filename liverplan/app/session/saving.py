"""Automatic saving: every finished step becomes a state of the case, atomically."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from liverplan import case
from liverplan.app.kit.language import en, tr
from liverplan.app.session.claim import Claim
from liverplan.app.session.job import Answered, Cancelled, End, Failed, Job, Progress
from liverplan.app.session.live import Live
from liverplan.app.session.notices import WINDOW, Notices
from liverplan.app.session.recents import Recent, note_closed, remember
from liverplan.app.session.session import Session
from liverplan.app.session.work import FIRST_PLAN, Work
from liverplan.case import Case, CaseState, Screen
from liverplan.errors import CaseError
from liverplan.findings import Findings, SeriesSummary
from liverplan.resection import Plan
from liverplan.workflow.cases import user, with_known_findings
from liverplan.workflow.people import Signer

OPENED = en("Opened the CT")
MEASURED = en("measured")
"""A step that a person took was on disk before its findings were there."""
WAIT_MS = 900
"""Rest after a step before it is written; a quick series of steps is written once."""


def case_state(work: Work, findings: Findings | None) -> CaseState:
    """Return what a case keeps of the work; the active plan is the case's plan."""
    return CaseState(
        volume=work.volume,
        segmentation=work.segmentation,
        biopsied=work.biopsied,
        plan=work.active_plan,
        plans=work.plans,
        maps=work.maps,
        record=work.record,
        findings=findings,
        annotations=work.annotations,
        key_images=work.key_images,
        screen=Screen(plan=work.plan, cut=work.cut, margin_mm=work.margin_mm, locked=work.locked),
        others=work.others,
    )


def work_of(state: CaseState) -> Work:
    """Return the work that a case keeps: the inverse of `case_state`.

    Raises
    ------
    CaseError
        If the case holds no CT.
    """
    if state.volume is None:
        raise CaseError(tr("This case holds no CT, so it cannot be shown."))
    screen = state.screen or Screen()
    plans, active = _plans(state, screen.plan)
    last = len(state.plan.cuts) - 1
    return Work(
        volume=state.volume,
        segmentation=state.segmentation,
        record=state.record,
        others=state.others,
        biopsied=state.biopsied,
        plans=plans,
        plan=active,
        cut=last if screen.cut is None else min(screen.cut, last),
        maps=state.maps,
        annotations=state.annotations,
        key_images=state.key_images,
        margin_mm=screen.margin_mm,
        locked=screen.locked,
    )


def _plans(state: CaseState, active: int) -> tuple[tuple[Plan, ...], int]:
    """All plans and which is active: there the case's own plan is the truth."""
    own, plans = state.plan, list(state.plans) or [state.plan]
    active = min(active, len(plans) - 1)
    called = own.name or plans[active].name
    plans[active] = own if called == FIRST_PLAN else replace(own, name=called)
    return tuple(plans), active


class Saver(QObject):
    """Writes the case when the work rests, and remembers which cases were open."""

    saved = Signal(str)

    def __init__(self, session: Session, live: Live, notices: Notices, home: Path) -> None:
        super().__init__()
        self._session, self._live, self._notices = session, live, notices
        self._home = home
        self.claim = Claim(home)
        self.folder: Path | None = None
        self.signer: Signer | None = None
        self._case: Case | None = None
        self._written = 0
        self._unmeasured = False
        self._failed = False
        self._job: Job[int] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._write)
        session.subscribe(lambda _topics: self._notice())
        live.assessed.connect(self._notice)

    def begin(self, series: SeriesSummary) -> None:
        """Begin a case for a CT that was just read; it is written with its first finished step."""
        self._leave()
        words = re.sub(r"[^A-Za-z0-9]+", "-", series.description).strip("-").lower() or "ct"
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        self.folder = _free(self._home / "cases" / f"{stamp}-{words[:24]}")
        self.claim.take(self.folder)
        self._case, self._written, self._unmeasured = None, 0, False
        self._remember(closed=False)

    def adopt(self, opened: Case) -> None:
        """Go on with a case that was opened."""
        self._leave()
        self.folder, self._case = opened.folder, opened
        self._written = self._session.revision + 1  # what was read needs no writing
        self._unmeasured = False
        self._remember(closed=False)
        self.saved.emit(tr("Saved"))

    def go_on_from(self, closed: Saver) -> None:
        """Go on with the case of a window that has closed; what it could not write is still due."""
        self.folder, self.signer, self._case = closed.folder, closed.signer, closed.opened
        self._unmeasured = closed._unmeasured
        if self.folder is not None and self.claim.take(self.folder):
            self._written = self._session.revision if closed.pending else self._session.revision + 1
            self._remember(closed=False)
            self.saved.emit(tr("Saved"))

    def _leave(self) -> None:
        """Write what is pending of the case before another takes its place."""
        self.flush()
        if self.folder is not None and not self._failed:
            note_closed(self._home, str(self.folder))

    @property
    def pending(self) -> bool:
        """Whether there is a finished step, or what was measured of it, that is not on disk yet."""
        if self.folder is None or self._session.work.volume is None:
            return False
        return self._session.revision != self._written or (
            self._unmeasured and self._live.findings is not None and not self._live.stale
        )

    @property
    def opened(self) -> Case | None:
        """The case on disk, as it was last written."""
        return self._case

    @property
    def name(self) -> str:
        """Whose work this is: the person's whose key signs it, else the account's."""
        return user().name if self.signer is None else self.signer.name

    def take(self, signed: Case) -> None:
        """Go on from a state that a signature wrote; the work on screen stays as it is."""
        self._case = signed
        self.saved.emit(tr("Saved"))

    def flush(self, by: Signer | None = None) -> None:
        """Write now and wait until it is done; ``by`` did it, where that is not the user."""
        self._timer.stop()
        if self._job is not None and self._job.running:
            self._job.wait(60)
            self._job = None
        if self.pending:
            try:
                end: End[int] = Answered(answer=self._save(self._content(), by))
            except CaseError as error:
                end = Failed(words=str(error))
            self._finish(end)

    def close(self) -> None:
        """Write what is pending and note that this case was closed in order."""
        self.flush()
        self.claim.drop()
        if self.folder is not None and not self._failed:
            self._remember(closed=True)

    def _notice(self) -> None:
        if self.pending and not self._session.dragging:
            self._timer.start()

    def _content(self) -> tuple[int, CaseState, str]:
        session, live = self._session, self._live
        findings = None if live.stale else live.findings
        what = session.history.undo_name or OPENED
        if session.revision == self._written:
            what = MEASURED
        return session.revision, case_state(session.work, findings), what

    def _write(self) -> None:
        if not self.pending or self._session.dragging:
            return
        if (self._job is not None and self._job.running) or self._live.busy:
            self._timer.start()
            return
        content = self._content()

        def task(_report: Progress, _cancel: threading.Event) -> int:
            return self._save(content)

        self.saved.emit(tr("Saving …"))
        self._job = Job("save", task, self._finish).start()

    def _save(self, content: tuple[int, CaseState, str], by: Signer | None = None) -> int:
        """Write a state of the case; return the revision that is on disk now."""
        revision, state, what = content
        self._case = self._commit(state, what, by or self.signer)
        self._written = revision
        self._unmeasured = self._case.document("findings") is None
        return revision

    def _commit(self, state: CaseState, what: str, by: Signer | None) -> Case:
        actor, key = (user(), None) if by is None else (by.actor, by.secret)
        if self.folder is None:
            raise CaseError(tr("There is no case to save."))
        if self._case is None:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            return case.create_case(self.folder, state=state, actor=actor, what=what, key=key)
        # Signatures stay, visibly void where what they cover has changed.
        state = replace(
            with_known_findings(state, self._case.state),
            signatures=tuple(self._case.state_json["signatures"]),
        )
        return self._case.commit(state, actor=actor, what=what, why="Worked on in the app", key=key)

    def _finish(self, end: End[int]) -> None:
        self._failed = isinstance(end, Failed)
        match end:
            case Failed(words=words):
                said = tr("Not saved: {why} Your work is still open here.", why=words)
                self._notices.say(WINDOW, said)
                self.saved.emit(tr("Not saved"))
            case Answered() | Cancelled():
                self._notices.say(WINDOW, "")
                self.saved.emit(tr("Saved"))

    def _remember(self, *, closed: bool) -> None:
        if self.folder is not None:
            now = datetime.now().astimezone().isoformat(timespec="seconds")
            folder, name = str(self.folder), self.folder.name
            remember(self._home, Recent(folder=folder, name=name, closed=closed, opened=now))


def _free(folder: Path) -> Path:
    """Return a folder name that is not taken."""
    candidate, number = folder, 2
    while candidate.exists():
        candidate = folder.with_name(f"{folder.name}-{number}")
        number += 1
    return candidate
