"""Step 6: the radiologist accepts, the surgeon signs, the members vote; the trail, the check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit

from liverplan.app.kit.panel import Panel
from liverplan.app.kit.widgets import Table, button, label, row
from liverplan.app.session.context import Context
from liverplan.app.session.saving import Saver
from liverplan.app.steps.committee.signing import Ballot, Person, Signing
from liverplan.case import Case
from liverplan.case.audit import Entry
from liverplan.report import SignatureRow
from liverplan.words.numbers import moment
from liverplan.workflow import committee

BALLOTS: tuple[Ballot, ...] = ("for", "against", "abstain")
LAST = 6
"""Entries of the trail that are shown."""


class CommitteePanel(Panel):
    """Who stands behind the case."""

    title = "Committee"
    place = "committee"

    def __init__(
        self, desk: Context, signing: Signing, saver: Saver, waits: Callable[[], str]
    ) -> None:
        super().__init__()
        self.desk = desk
        self.signing, self.saver, self._waits = signing, saver, waits
        self._chosen_key: Path | None = None
        self._rows: tuple[SignatureRow, ...] = ()
        self.name = QLineEdit()
        self.name.setPlaceholderText("Your name, as it shall be printed")
        self.name.setMaxLength(60)
        self.name.textChanged.connect(self._named)
        self.key_words = label("", "secondary")
        self.make_button = button("Make a key", self._make_key, tip="Once for each person")
        self.key_button = button("Key file…", self._choose_key, tip="A key that lies elsewhere")
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setPlaceholderText("Passphrase of the key, if it has one")
        self.accept_button = button("Accept the lesions", self._accept, tip="As radiologist")
        self.sign_button = button("Sign the plan", self._sign, tip="As surgeon")
        self.ballot = QComboBox()
        self.ballot.addItems(list(BALLOTS))
        self.vote_button = button("Vote", self._vote, tip="As a member of the committee")
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("Reason of the vote, in words")
        self.reason.returnPressed.connect(self._vote)
        self.standing = label("")
        self.signatures = Table(["Who", "What", ""], stretch=1)
        self.signatures.itemSelectionChanged.connect(self._explain)
        self.why = label("", "secondary")
        self.verify_button = button("Check the case", signing.verify, tip="Every byte of it")
        self.trail = Table(["Last entries", "By"], stretch=0)
        self._build()
        desk.live.assessed.connect(self.refresh)
        saver.saved.connect(lambda _words: self.refresh())
        self.refresh()

    def _build(self) -> None:
        self.column.addWidget(self.name)
        self.column.addWidget(self.key_words)
        self.column.addLayout(row(self.make_button, self.key_button))
        self.column.addWidget(self.passphrase)
        self.column.addLayout(row(self.accept_button, self.sign_button))
        self.column.addWidget(self.reason)
        self.column.addLayout(row(self.ballot, self.vote_button))
        parts = (self.standing, self.signatures, self.why, self.verify_button)
        for part in (*parts, self.busy, self.trail):
            self.column.addWidget(part)

    def blocked(self) -> str:
        """Wait for what the result waits for, and then for the result."""
        if self._waits():
            return "Needs a result."
        return "" if self.desk.live.findings is not None else "Needs a result."

    def state(self) -> str:
        """How far the committee has come."""
        opened = self.saver.opened
        if opened is None or not opened.state_json["signatures"]:
            return ""
        if committee.is_final(opened):
            return "final"
        void = sum(bool(r.void_because) for r in self._rows)
        return f"{void} void" if void else f"{len(self._rows)} signed"

    def refresh(self) -> None:
        """Show key, signatures and trail of the case as it lies on disk."""
        self._named()
        opened = self.saver.opened
        self.next.setText(
            "Radiologist, surgeon, then each member by name: every signature covers the case as "
            "it is now."
        )
        self._rows = () if opened is None else committee.signature_rows(opened)
        self.signatures.setVisible(bool(self._rows))
        self.signatures.fill([signature_row(one) for one in self._rows])
        self.standing.setText("" if opened is None else committee.standing(opened))
        self.trail.setVisible(opened is not None)
        self.trail.fill([] if opened is None else trail_rows(opened))
        self._explain()

    @property
    def key(self) -> Path:
        """The key that would sign."""
        return self._chosen_key or self.signing.key_of(self.name.text())

    def _named(self) -> None:
        named, there = bool(self.name.text().strip()), self.key.is_file()
        self.key_words.setText(
            "Whoever signs says who they are."
            if not named
            else f"Key: {self.key.name}"
            if there
            else "No key lies here for this name: make one, or choose its file."
        )
        self.key_words.setToolTip(str(self.key) if named else "")
        self.make_button.setEnabled(named and not there)
        ready = named and there and not self.desk.busy(self.place)
        for part in (self.accept_button, self.sign_button, self.vote_button):
            part.setEnabled(ready)

    def _explain(self) -> None:
        at = self.signatures.chosen
        void = [one for one in self._rows if one.void_because]
        if 0 <= at < len(self._rows):
            self.why.setText(detail(self._rows[at]))
        else:
            self.why.setText(detail(void[0]) if void else "")
        self.why.setVisible(bool(self.why.text()))

    def _make_key(self) -> None:
        self.signing.make_key(self.key, self.passphrase.text())
        self._named()

    def _choose_key(self) -> None:
        chosen: Any = QFileDialog.getOpenFileName(
            self.window(), "A private key", "", "Keys (*.pem);;All files (*)"
        )
        self._chosen_key = Path(chosen[0]) if chosen[0] else None
        self._named()

    def _person(self) -> Person:
        return Person(
            name=" ".join(self.name.text().split()), key=self.key, password=self.passphrase.text()
        )

    def _accept(self) -> None:
        self.signing.accept(self._person())

    def _sign(self) -> None:
        self.signing.sign_plan(self._person())

    def _vote(self) -> None:
        if self.vote_button.isEnabled():
            ballot = cast("Ballot", self.ballot.currentText())
            self.signing.vote(self._person(), ballot, self.reason.text())


def signature_row(one: SignatureRow) -> tuple[str, str, str]:
    """Return what the table shows of a signature."""
    return one.name, one.meaning, "void" if one.void_because else "valid"


def detail(one: SignatureRow) -> str:
    """Everything about one signature, in words."""
    said = f"{one.name}, {one.role}, {moment(one.when)} UTC: {one.meaning}"
    reason = f" ({one.reason})" if one.reason else ""
    void = f" Void: {one.void_because}." if one.void_because else " Valid."
    return f"{said}{reason}.{void}"


def trail_rows(opened: Case) -> list[tuple[str, str]]:
    """Return the last entries of the trail, the latest first."""
    latest: Sequence[Entry] = opened.history[: -LAST - 1 : -1]
    return [(f"{entry.when[11:16]} {entry.what}", entry.actor.name) for entry in latest]
