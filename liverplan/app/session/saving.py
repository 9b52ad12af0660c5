"""Automatic saving: every finished step becomes a state of the case, atomically."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from liverplan import case
from liverplan.app.session.desk import Desk
from liverplan.app.session.jobs import Job, JobEnd, Progress
from liverplan.app.session.work import DEFAULT_MARGIN_MM, FIRST_PLAN, Work
from liverplan.case import Actor, Case, CaseState
from liverplan.errors import CaseError
from liverplan.findings import Findings, SeriesSummary
from liverplan.resection import Plan, Plane
from liverplan.workflow.cases import user

WAIT_MS = 900
"""Rest after a step before it is written; a quick series of steps is written once."""

DOCUMENT, PLANS = "app", "plans"
"""Documents of a case: what only the app asks for, and all plans as ``liverplan.plan/1``."""

MANY = 1 << 30
RECENTS = 12


def case_state(work: Work, findings: Findings | None) -> CaseState:
    """Return what a case keeps of the work; the active plan is the case's plan."""
    documents = dict(work.documents)
    documents[PLANS] = [plan.to_json() for plan in work.plans]
    documents[DOCUMENT] = {
        "plan": work.plan,
        "cut": work.cut,
        "margin_mm": work.margin_mm,
        "locked": work.locked,
        "biopsied": sorted(work.biopsied),
    }
    documents.pop("findings", None)
    if findings is not None:
        documents["findings"] = findings.to_json()
    return CaseState(
        volume=work.volume,
        segmentation=work.segmentation,
        plan=work.active_plan,
        maps=work.maps,
        documents=documents,
    )


def without_own_plan(state: CaseState, known: CaseState) -> CaseState:
    """Leave the list of plans out where it says no more than the case's own plan.

    A case that was signed without that list then holds what was signed.
    """
    plans = state.documents[PLANS]
    if PLANS in known.documents or plans != [state.plan.to_json()]:
        return state
    kept = {name: value for name, value in state.documents.items() if name != PLANS}
    return replace(state, documents=kept)


def with_known_findings(state: CaseState, known: CaseState) -> CaseState:
    """Keep the findings of the state before where nothing that they follow from has changed.

    So a lock or another chosen cut, saved before the numbers came back, loses no result and
    voids no signature.
    """
    findings = known.documents.get("findings")
    if findings is None or "findings" in state.documents or _inputs(state) != _inputs(known):
        return state
    return replace(state, documents={**state.documents, "findings": findings})


def _inputs(state: CaseState) -> tuple[Any, ...]:
    """Everything that findings follow from; masks and maps count as the same where they are."""
    documents = {k: v for k, v in state.documents.items() if k not in (DOCUMENT, "findings")}
    maps = {scheme: id(found) for scheme, found in state.maps.items()}
    biopsied = state.documents.get(DOCUMENT, {}).get("biopsied", [])
    return id(state.segmentation), state.plan.to_json(), maps, documents, biopsied


def work_of(state: CaseState) -> Work:
    """Return the work that a case keeps: the inverse of `case_state`.

    Raises
    ------
    CaseError
        If the case holds no CT.
    """
    if state.volume is None:
        raise CaseError("This case holds no CT, so it cannot be shown.")
    documents = dict(state.documents)
    kept: Mapping[str, Any] = documents.pop(DOCUMENT, {})
    plans, active = _plans(state.plan, documents.pop(PLANS, None), kept)
    documents.pop("findings", None)
    return Work(
        volume=state.volume,
        segmentation=state.segmentation,
        series=_series(documents["series"]),
        documents=MappingProxyType(documents),
        biopsied=frozenset(kept.get("biopsied", ())),
        plans=plans,
        plan=active,
        cut=min(kept.get("cut", kept.get("plane", MANY)), len(state.plan.cuts) - 1),
        maps=state.maps,
        margin_mm=kept.get("margin_mm", DEFAULT_MARGIN_MM),
        locked=kept.get("locked", False),
    )


def _plans(
    own: Plan, document: Sequence[Any] | None, kept: Mapping[str, Any]
) -> tuple[tuple[Plan, ...], int]:
    """All plans and which is active: there the case's own plan is the truth."""
    if document is not None:
        plans = [Plan.from_json(plan) for plan in document]
    else:
        plans = [_plan_of_planes(plan) for plan in kept.get("plans", ())]
    if not plans:
        plans = [own]
    active = min(kept.get("plan", 0), len(plans) - 1)
    called = own.name or plans[active].name
    plans[active] = own if called == FIRST_PLAN else replace(own, name=called)
    return tuple(plans), active


def _plan_of_planes(document: Mapping[str, Any]) -> Plan:
    """Read a plan as it was kept while there were only planes."""
    planes = (Plane(point_mm=p["point_mm"], normal=p["normal"]) for p in document["planes"])
    return Plan(cuts=tuple(planes), name=document["name"])


def _series(document: Mapping[str, Any]) -> SeriesSummary:
    values: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in document.items()
    }
    return SeriesSummary(**values)


class Saver(QObject):
    """Writes the case when the work rests, and remembers which cases were open."""

    saved = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.folder: Path | None = None
        self._case: Case | None = None
        self._written = 0
        self._failed = False
        self._job: Job | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._write)
        desk.session.subscribe(lambda _topics: self._notice())

    def begin(self, series: SeriesSummary) -> None:
        """Begin a case for a CT that was just read; it is written with its first finished step."""
        self.flush()
        words = re.sub(r"[^A-Za-z0-9]+", "-", series.description).strip("-").lower() or "ct"
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        self.folder = _free(self.desk.home / "cases" / f"{stamp}-{words[:24]}")
        self._case, self._written = None, 0
        self._remember(closed=False)

    def adopt(self, opened: Case) -> None:
        """Go on with a case that was opened."""
        self.flush()
        self.folder, self._case = opened.folder, opened
        self._written = self.desk.session.revision + 1  # what was read needs no writing
        self._remember(closed=False)
        self.saved.emit("Saved")

    @property
    def pending(self) -> bool:
        """Whether there is a finished step that is not on disk yet."""
        work = self.desk.session.work
        return (
            self.folder is not None
            and work.volume is not None
            and self.desk.session.revision != self._written
        )

    @property
    def opened(self) -> Case | None:
        """The case on disk, as it was last written."""
        return self._case

    def take(self, signed: Case) -> None:
        """Go on from a state that a signature wrote; the work on screen stays as it is."""
        self._case = signed
        self.saved.emit("Saved")

    def flush(self, by: Actor | None = None) -> None:
        """Write now and wait until it is done; ``by`` did it, where that is not the user."""
        self._timer.stop()
        if self._job is not None and self._job.running:
            self._job.wait(60)
            self._job = None
        if self.pending:
            end = self._save(self._content(), by)
            self._finish(end)

    def close(self) -> None:
        """Write what is pending and note that this case was closed in order."""
        self.flush()
        if self.folder is not None and not self._failed:
            self._remember(closed=True)

    def _notice(self) -> None:
        if self.pending and not self.desk.session.dragging:
            self._timer.start()

    def _content(self) -> tuple[int, CaseState, str]:
        session, live = self.desk.session, self.desk.live
        findings = None if live.stale else live.findings
        what = session.history.undo_name or "Opened the CT"
        return session.revision, case_state(session.work, findings), what

    def _write(self) -> None:
        if not self.pending or self.desk.session.dragging:
            return
        if (self._job is not None and self._job.running) or self.desk.live.busy:
            self._timer.start()
            return
        content = self._content()

        def task(_report: Progress, _cancel: threading.Event) -> JobEnd:
            return self._save(content)

        self.saved.emit("Saving …")
        self._job = Job("save", task, lambda end: self._finish(end.answer or end)).start()

    def _save(self, content: tuple[int, CaseState, str], by: Actor | None = None) -> JobEnd:
        revision, state, what = content
        try:
            self._case = self._commit(state, what, by or user())
        except CaseError as error:
            return JobEnd(error=str(error))
        self._written = revision
        return JobEnd(answer=revision)

    def _commit(self, state: CaseState, what: str, by: Actor) -> Case:
        if self.folder is None:
            raise CaseError("There is no case to save.")
        if self._case is None:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            return case.create_case(self.folder, state=state, actor=by, what=what)
        # Signatures stay, visibly void where what they cover has changed.
        state = replace(
            with_known_findings(without_own_plan(state, self._case.state), self._case.state),
            signatures=tuple(self._case.state_json["signatures"]),
        )
        return self._case.commit(state, actor=by, what=what, why="Worked on in the app")

    def _finish(self, end: JobEnd) -> None:
        self._failed = bool(end.error)
        if end.error:
            self.desk.say("window", f"Not saved: {end.error} Your work is still open here.")
            self.saved.emit("Not saved")
            return
        self.desk.say("window", "")
        self.saved.emit("Saved")

    def _remember(self, *, closed: bool) -> None:
        if self.folder is None:
            return
        name = str(self.folder)
        words = self.folder.name
        kept = [r for r in recents(self.desk.home) if r["folder"] != name]
        remember(self.desk.home, [{"folder": name, "name": words, "closed": closed}, *kept])


def recents(home: Path) -> list[dict[str, Any]]:
    """Cases that were open lately and are still there, the latest first."""
    try:
        rows = json.loads((home / "recent.json").read_text("utf-8"))
        return [row for row in rows if case.is_case(Path(row["folder"]))]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def remember(home: Path, rows: list[dict[str, Any]]) -> None:
    """Keep the list of recent cases; a failure here must not stop any work."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        unfinished = home / "recent.json.new"
        unfinished.write_text(json.dumps(rows[:RECENTS], indent=1), "utf-8")
        unfinished.replace(home / "recent.json")
    except OSError:
        return


def _free(folder: Path) -> Path:
    """Return a folder name that is not taken."""
    candidate, number = folder, 2
    while candidate.exists():
        candidate = folder.with_name(f"{folder.name}-{number}")
        number += 1
    return candidate
