"""Verbs of the committee: make a key, accept, sign, vote, check the case for altered bytes."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PySide6.QtCore import QObject, QTimer, Signal

from liverplan import case
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.notices import Kind
from liverplan.app.session.saving import Saver
from liverplan.case import Actor
from liverplan.case.signature import Meaning
from liverplan.errors import CaseError
from liverplan.workflow import committee

Ballot = Literal["for", "against", "abstain"]

PLACE = "committee"
ACCEPTED = "accept the masks"
POLL_MS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who signs, and with what."""

    name: str
    key: Path
    password: str = ""


class Signing(QObject):
    """Signs what lies on disk; what is on screen is saved first."""

    signed = Signal()

    def __init__(self, desk: Context, saver: Saver) -> None:
        super().__init__()
        self.desk = desk
        self.saver = saver
        self._waiting = False

    def key_of(self, name: str) -> Path:
        """Where the key of a person lies: beside the cases, never inside one."""
        words = re.sub(r"\W+", "-", name.strip()).strip("-").lower()
        return self.desk.home / "keys" / f"{words or 'nobody'}.pem"

    def make_key(self, path: Path, password: str) -> None:
        """Make a key, and its public half beside it."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            committee.new_key(path, path.with_suffix(".pub"), password=password)
        except (CaseError, OSError) as refusal:
            self.desk.say(PLACE, str(refusal))
            return
        lock = "with its passphrase" if password else "without a passphrase"
        words = f"Key made {lock}: {path}. Give {path.with_suffix('.pub').name} to others."
        self.desk.say(PLACE, words, "info")

    def accept(self, person: Person) -> None:
        """As radiologist, accept every mask and sign that."""
        if self._secret(person) is None:
            return
        accepted = self._accept_all(person.name)
        who = Actor(name=person.name, kind="human", role="radiologist")
        self._when_settled(
            lambda: self._sign(person, "lesions accepted", by=who, else_undo=accepted)
        )

    def sign_plan(self, person: Person) -> None:
        """As surgeon, sign the plan on screen."""
        self._when_settled(lambda: self._sign(person, "plan signed"))

    def vote(self, person: Person, ballot: Ballot, reason: str) -> None:
        """As a member of the committee, vote with a reason."""
        self._when_settled(lambda: self._sign(person, "vote", ballot=ballot, reason=reason))

    def verify(self) -> None:
        """Look for every byte of the case that is not what was written."""
        self.saver.flush()
        folder = self.saver.folder
        if folder is None or not case.is_case(folder):
            self.desk.say(PLACE, "There is no case on disk yet.")
            return

        def task(report: Progress, _cancel: threading.Event) -> tuple[str, Kind]:
            report(0.1, "Hashing every file")
            faults = case.verify(folder)
            if faults:
                return f"The case was altered: {' '.join(faults)}", "warning"
            return self._unaltered(folder)

        def then(said: tuple[str, Kind]) -> None:
            self.desk.say(PLACE, *said)

        self.desk.run(PLACE, "Checking the case", task, then)

    def _unaltered(self, folder: Path) -> tuple[str, Kind]:
        """Say that every byte is as written, and whether keys known here made the signatures."""
        opened = case.open_case(folder)
        words = (
            f"Nothing was altered: {len(opened.history)} states, their files and the trail are as "
            "they were written."
        )
        if not opened.state_json["signatures"]:
            return words, "info"
        try:
            known = committee.signers(folder, self.desk.home / "keys")
        except CaseError as stranger:
            return f"{words} {stranger}", "warning"
        return f"{words} Keys known here made all {len(known)} signatures.", "info"

    def _accept_all(self, name: str) -> bool:
        """Accept every mask in a person's name as one step; tell whether there was any to do."""
        work = self.desk.session.work
        if work.segmentation is None:
            return False
        masks = committee.accepted_masks(work.segmentation, name)
        if masks is work.segmentation:
            return False
        self.desk.session.do(ACCEPTED, replace(work, segmentation=masks))
        return True

    def _when_settled(self, then: Callable[[], None]) -> None:
        """Do it once the numbers on screen are those of the plan on screen."""
        if self._waiting:
            return
        self._waiting = True
        self.desk.say(PLACE, "")

        def look() -> None:
            if self.desk.live.busy:
                QTimer.singleShot(POLL_MS, look)
                return
            self._waiting = False
            then()

        look()

    def _sign(
        self,
        person: Person,
        meaning: Meaning,
        *,
        ballot: Ballot | None = None,
        reason: str = "",
        by: Actor | None = None,
        else_undo: bool = False,
    ) -> None:
        secret = self._secret(person)
        opened = self._saved(by)
        if secret is None or opened is None:
            return
        try:
            signed = committee.signed(
                opened,
                secret,
                name=person.name,
                meaning=meaning,
                vote=ballot,
                reason=reason,
                index=self.desk.live.plan_index,
            )
        except CaseError as refusal:
            if else_undo and self.desk.session.history.undo_name == ACCEPTED:
                self.desk.session.undo()
            self.desk.say(PLACE, str(refusal))
            return
        self.saver.take(signed)
        self.desk.say(PLACE, f"{person.name} has signed: {meaning}.", "info")
        self.signed.emit()

    def _saved(self, by: Actor | None) -> case.Case | None:
        live = self.desk.live
        if live.stale or live.findings is None:
            self.desk.say(PLACE, "There is no result of this plan yet, so nothing can be signed.")
            return None
        self.saver.flush(by)
        if self.saver.opened is None or self.saver.pending:
            self.desk.say(PLACE, "The case could not be saved, so nothing was signed.")
            return None
        return self.saver.opened

    def _secret(self, person: Person) -> Ed25519PrivateKey | None:
        try:
            return case.load_key(person.key, password=person.password)
        except CaseError as refusal:
            self.desk.say(PLACE, str(refusal))
            return None
