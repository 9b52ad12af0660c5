"""Signs what lies on disk: the masks are accepted, the plan is signed, members vote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from liverplan import case
from liverplan.app.kit.language import en, retold, tr
from liverplan.app.session.context import Context
from liverplan.app.steps.committee.keys import PLACE, Keys, Person
from liverplan.case.signature import Meaning
from liverplan.errors import CaseError, SegmentationError
from liverplan.workflow import committee
from liverplan.workflow.people import Signer

Ballot = Literal["for", "against", "abstain"]

ACCEPTED = en("accept the masks")
POLL_MS = 40

NO_RESULT = en("There is no result of this plan yet, so nothing can be signed.")
NO_SENSE = en("The plan makes no sense, so nothing can be signed.")
NOT_SAVED = en("The case could not be saved, so nothing was signed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a person signs.

    Parameters
    ----------
    meaning, ballot, reason
        See `liverplan.case.Signature`.
    by : Signer or None
        Who saves what is signed, where the signature itself changes the work.
    undone_by_refusal : bool
        Whether the last step is taken back where the signature is refused.
    """

    meaning: Meaning
    ballot: Ballot | None = None
    reason: str = ""
    by: Signer | None = None
    undone_by_refusal: bool = False


class Signing(QObject):
    """What is on screen is saved first."""

    signed = Signal()

    def __init__(self, context: Context, keys: Keys) -> None:
        super().__init__()
        self._session, self._live, self._keys = context.session, context.live, keys
        self._notices, self._saver = context.notices, context.saver
        self._waiting = False

    def accept(self, person: Person) -> None:
        """As radiologist, accept every mask and sign that."""
        secret = self._keys.secret_of(person)
        if secret is None:
            return
        try:
            accepted = self._accept_all(person.name)
        except SegmentationError as refusal:
            self._notices.say(PLACE, str(refusal))
            return
        who = Signer(name=person.name, secret=secret, role="radiologist")
        self._when_settled(
            person, Act(meaning="lesions accepted", by=who, undone_by_refusal=accepted)
        )

    def sign_plan(self, person: Person) -> None:
        """As surgeon, sign the plan on screen."""
        self._when_settled(person, Act(meaning="plan signed"))

    def vote(self, person: Person, ballot: Ballot, reason: str) -> None:
        """As a member of the committee, vote with a reason."""
        self._when_settled(person, Act(meaning="vote", ballot=ballot, reason=reason))

    def _accept_all(self, name: str) -> bool:
        """Accept every mask in a person's name as one step; tell whether there was any to do."""
        work = self._session.work
        if work.segmentation is None:
            return False
        masks = committee.accepted_masks(work.segmentation, name)
        if masks is work.segmentation:
            return False
        self._session.do(ACCEPTED, replace(work, segmentation=masks))
        return True

    def _when_settled(self, person: Person, act: Act) -> None:
        """Sign once the numbers on screen are those of the plan on screen."""
        if self._waiting:
            return
        self._waiting = True
        self._notices.say(PLACE, "")
        self._look(lambda: self._sign(person, act))

    def _look(self, then: Callable[[], None]) -> None:
        if self._live.busy:
            QTimer.singleShot(POLL_MS, lambda: self._look(then))
            return
        self._waiting = False
        then()

    def _sign(self, person: Person, act: Act) -> None:
        secret = self._keys.secret_of(person)
        opened = self._saved(act)
        if secret is None or opened is None:
            return
        try:
            signed = committee.signed(
                opened,
                secret,
                name=person.name,
                meaning=act.meaning,
                vote=act.ballot,
                reason=act.reason,
                index=self._live.plan_index,
            )
        except CaseError as refusal:
            self._take_back(act)
            self._notices.say(PLACE, str(refusal))
            return
        self._saver.take(signed)
        if act.meaning == "plan signed":
            self._lock()
        words = tr("{name} has signed: {act}.", name=person.name, act=retold(act.meaning))
        self._notices.say(PLACE, words, "info")
        self.signed.emit()

    def _lock(self) -> None:
        """Protect what was signed from a slip of the mouse; no signature speaks of the lock."""
        work = self._session.work
        if not work.locked:
            self._session.do(en("lock cuts"), replace(work, locked=True))
            self._saver.flush()

    def _take_back(self, act: Act) -> None:
        if act.undone_by_refusal and self._session.history.undo_name == ACCEPTED:
            self._session.undo()

    def _saved(self, act: Act) -> case.Case | None:
        if self._live.faults:
            self._notices.say(PLACE, f"{tr(NO_SENSE)} {' '.join(self._live.faults)}")
            return None
        if self._live.stale or self._live.findings is None:
            self._notices.say(PLACE, tr(NO_RESULT))
            return None
        self._saver.flush(act.by)
        if self._saver.opened is None or self._saver.pending:
            self._notices.say(PLACE, tr(NOT_SAVED))
            return None
        return self._saver.opened
