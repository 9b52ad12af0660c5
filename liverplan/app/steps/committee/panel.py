"""Step 6: the radiologist accepts, the surgeon signs, the members vote; the trail, the check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton

from liverplan import case
from liverplan.app.kit.files import file_to_open
from liverplan.app.kit.language import en, retold, tr
from liverplan.app.kit.panel import Panel
from liverplan.app.kit.widgets import Table, button, label, row, set_tip
from liverplan.app.session.context import Context
from liverplan.app.session.keyring import KEYS
from liverplan.app.steps.committee.checking import Checking
from liverplan.app.steps.committee.keys import PLACE, Keys, Person
from liverplan.app.steps.committee.signature_list import SignatureList, state_of
from liverplan.app.steps.committee.signing import Ballot, Signing
from liverplan.case import Case
from liverplan.case.audit import Entry
from liverplan.plain import clean
from liverplan.workflow import committee

BALLOTS: tuple[Ballot, ...] = ("for", "against", "abstain")
LAST = 6
"""Entries of the trail that are shown."""

ROSTERS = en("Rosters (*.json);;All files (*)")
CHANGED = en("The work has changed since; which signatures still hold is told once it is saved.")
NEXT = en(
    "Radiologist, surgeon, then each member by name: every signature covers the case as it is now."
)


class CommitteePanel(Panel):
    """Who stands behind the case.

    Parameters
    ----------
    context : Context
    keys, signing, checking : the step's verbs
    waits : callable
        What the result waits for; "" once there is one.
    """

    title = en("Committee")
    place = PLACE

    def __init__(
        self,
        context: Context,
        keys: Keys,
        signing: Signing,
        checking: Checking,
        waits: Callable[[], str],
    ) -> None:
        super().__init__()
        self._live, self._jobs, self._saver = context.live, context.jobs, context.saver
        self._keys, self._signing, self._waits = keys, signing, waits
        self._chosen_key: Path | None = None
        self._make_person()
        self._make_acts()
        self.standing = label("")
        self.signatures = SignatureList()
        self._checking = checking
        tips = tr("Every byte of it"), tr("Who may sign, as what")
        self.verify_button = button(tr("Check the case"), checking.verify, tip=tips[0])
        self.roster_button = button(tr("Roster…"), self._choose_roster, tip=tips[1])
        self.trail = Table([tr("Last entries"), tr("By")], stretch=0)
        for part in (self.standing, self.signatures, self.trail):
            self.column.addWidget(part)
        self.column.insertLayout(
            self.column.indexOf(self.trail), row(self.verify_button, self.roster_button)
        )
        context.live.assessed.connect(self.refresh)
        context.saver.saved.connect(lambda _words: self.refresh())
        self.refresh()

    def _make_person(self) -> None:
        """Lay out who signs, and with which key."""
        self.name = _line(tr("Your name, as it shall be printed"))
        self.name.textChanged.connect(self._named)
        self.key_words = label("", "secondary")
        tips = tr("Once for each person"), tr("A key that lies elsewhere")
        self.make_button = button(tr("Make a key"), self._make_key, tip=tips[0])
        self.key_button = button(tr("Key file…"), self._choose_key, tip=tips[1])
        self.passphrase = _line(tr("Passphrase of the key, if it has one"))
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.column.addWidget(self.name)
        self.column.addWidget(self.key_words)
        self.column.addLayout(row(self.make_button, self.key_button))
        self.column.addWidget(self.passphrase)

    def _make_acts(self) -> None:
        """Lay out what can be signed."""
        tips = tr("As radiologist"), tr("As surgeon"), tr("As a member of the committee")
        self.accept_button = button(tr("Accept the lesions"), self._accept, tip=tips[0])
        self.sign_button = button(tr("Sign the plan"), self._sign, tip=tips[1])
        self.ballot = QComboBox()
        self.ballot.addItems([tr(ballot) for ballot in BALLOTS])
        self.vote_button = button(tr("Vote"), self._vote, tip=tips[2])
        self.reason = _line(tr("Reason of the vote, in words"))
        self.reason.returnPressed.connect(self._vote)
        self.column.addLayout(row(self.accept_button, self.sign_button))
        self.column.addWidget(self.reason)
        self.column.addLayout(row(self.ballot, self.vote_button))

    @property
    def _acts(self) -> tuple[QPushButton, ...]:
        return self.accept_button, self.sign_button, self.vote_button

    def blocked(self) -> str:
        """Wait for what the result waits for, and then for the result."""
        waits = self._waits() or self._live.findings is None
        return tr("Needs a result.") if waits else ""

    def state(self) -> str:
        """How far the committee has come."""
        opened = self._saver.opened
        if opened is None or not opened.state_json["signatures"]:
            return ""
        if self._saver.pending:
            return "…"
        if committee.is_final(opened):
            return tr("final")
        rows = self.signatures.rows
        void = sum(state_of(one) == "void" for one in rows)
        counts = sum(state_of(one) == "valid" for one in rows)
        return tr("{count} void", count=void) if void else tr("{count} signed", count=counts)

    def refresh(self) -> None:
        """Show key, signatures and trail of the case as it lies on disk."""
        self._named()
        opened = self._saver.opened
        self.next.setText(tr(NEXT))
        rows = () if opened is None else committee.signature_rows(opened)
        known = not self._saver.pending
        self.signatures.show_rows(rows, known=known)
        standing = "" if opened is None else standing_words(opened)
        self.standing.setText(standing if known or not rows else tr(CHANGED))
        self.trail.setVisible(opened is not None)
        self.trail.fill([] if opened is None else trail_rows(opened))

    @property
    def key(self) -> Path:
        """The key that would sign."""
        return self._chosen_key or self._keys.path_of(self.name.text())

    def _named(self) -> None:
        unlocked = self._keys.is_unlocked(self.name.text())
        named, there = bool(self.name.text().strip()), unlocked or self.key.is_file()
        self.key_words.setText(key_words(self.key.name, named=named, there=there))
        set_tip(self.key_words, str(self.key) if named else "")
        self.make_button.setEnabled(named and not there)
        for part in self._acts:
            part.setEnabled(named and there and not self._jobs.busy(self.place))

    def _make_key(self) -> None:
        self._keys.make(self.key, self.passphrase.text())
        self._named()

    def _choose_key(self) -> None:
        self._chosen_key = file_to_open(self, tr("A private key"), KEYS)
        self._named()

    def _choose_roster(self) -> None:
        chosen = file_to_open(self, tr("The roster of who may sign"), ROSTERS)
        self._checking.roster = chosen
        words = tr("Roster…") if chosen is None else tr("Roster: {name}", name=clean(chosen.name))
        self.roster_button.setText(words)

    def _person(self) -> Person:
        name = " ".join(self.name.text().split())
        return Person(name=name, key=self.key, password=self.passphrase.text())

    def _accept(self) -> None:
        self._signing.accept(self._person())

    def _sign(self) -> None:
        self._signing.sign_plan(self._person())

    def _vote(self) -> None:
        if self.vote_button.isEnabled():
            ballot = BALLOTS[self.ballot.currentIndex()]
            self._signing.vote(self._person(), ballot, self.reason.text())


def key_words(name: str, *, named: bool, there: bool) -> str:
    """Say which key would sign, or what lacks."""
    if not named:
        return tr("Whoever signs says who they are.")
    return (
        tr("Key: {name}", name=name)
        if there
        else tr("No key lies here for this name: make one, or choose its file.")
    )


def standing_words(opened: Case) -> str:
    """Say what is still to be signed."""
    missing = case.pending(opened, votes=committee.VOTES_NEEDED)
    if not missing:
        return tr("Everybody has signed and voted.")
    return tr("Still to come: {what}.", what=", ".join(map(retold, missing)))


def trail_rows(opened: Case) -> list[tuple[str, str]]:
    """Return the last entries of the trail, the latest first."""
    latest: Sequence[Entry] = opened.history[: -LAST - 1 : -1]
    return [(f"{entry.when[11:16]} {retold(entry.what)}", entry.actor.name) for entry in latest]


def _line(asked: str) -> QLineEdit:
    line = QLineEdit()
    line.setPlaceholderText(asked)
    return line
