"""Who works here: a name, their key, its passphrase; then every step that is saved is signed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from liverplan.app.kit.dress import dress
from liverplan.app.kit.files import file_to_open
from liverplan.app.kit.language import tr
from liverplan.app.kit.widgets import Notice, button, label, row
from liverplan.app.session.keyring import KEYS, path_of
from liverplan.errors import LiverplanError
from liverplan.workflow.people import Signer, signer_of


class WhoDialog(QDialog):
    """Ask once; the passphrase is used to unlock the key and then forgotten.

    Parameters
    ----------
    folder : Path
        Where keys lie that were made here.
    """

    chosen = Signal(Signer)

    def __init__(self, parent: QWidget, folder: Path) -> None:
        super().__init__(parent.window())
        dress(self)
        self.setWindowTitle(tr("Sign my work"))
        self._folder, self._key = folder, None
        self.name = _line(tr("Your name, as it shall be printed"))
        self.name.setMaxLength(60)
        self.name.textChanged.connect(lambda _text: self._show_key())
        self.key_words = label("", "secondary")
        tip = tr("A key that lies elsewhere")
        self.key_button = button(tr("Key file…"), self._choose, tip=tip)
        self.passphrase = _line(tr("Passphrase of the key, if it has one"))
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.sign_button = button(tr("Sign what I do"), self._unlock, role="primary")
        self.cancel_button = button(tr("Cancel"), self.reject)
        self.notice = Notice()
        column = QVBoxLayout(self)
        column.addWidget(label(tr("Every step that you save is then signed with your key.")))
        for part in (self.name, self.key_words, self.passphrase, self.notice):
            column.addWidget(part)
        column.addLayout(row(self.key_button, 1, self.cancel_button, self.sign_button))
        self.setMinimumWidth(420)
        self._show_key()

    _key: Path | None

    @property
    def key(self) -> Path:
        """The key that would be unlocked."""
        return self._key or path_of(self._folder, self.name.text())

    def _show_key(self) -> None:
        there, named = self.key.is_file(), bool(self.name.text().strip())
        self.key_words.setText(
            tr("Key: {name}", name=self.key.name)
            if there
            else tr("No key of this name lies here: choose its file.")
        )
        self.sign_button.setEnabled(there and named)

    def _choose(self) -> None:
        self._key = file_to_open(self, tr("A private key"), KEYS)
        self._show_key()

    def _unlock(self) -> None:
        password = self.passphrase.text()
        self.passphrase.clear()
        try:
            signer = signer_of(self.name.text(), self.key, password)
        except LiverplanError as refusal:
            self.notice.say(str(refusal))
            QTimer.singleShot(0, self.adjustSize)  # once the words have their height
            return
        if signer is not None:
            self.chosen.emit(signer)
        self.accept()


def _line(asked: str) -> QLineEdit:
    line = QLineEdit()
    line.setPlaceholderText(asked)
    line.setAccessibleName(asked)
    return line
