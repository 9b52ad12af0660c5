"""Keys of the people who sign: they lie beside the cases, never inside one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan import case
from liverplan.app.kit.language import en, tr
from liverplan.app.session.context import Context
from liverplan.app.session.keyring import path_of
from liverplan.case.names import same_name
from liverplan.errors import CaseError
from liverplan.workflow import committee

PLACE = "committee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who signs, and with what."""

    name: str
    key: Path
    password: str = ""


class Keys:
    """Finds, makes and opens keys."""

    def __init__(self, context: Context) -> None:
        self._notices, self.folder = context.notices, context.keys
        self._saver = context.saver

    def path_of(self, name: str) -> Path:
        """Where the key of a person lies."""
        return path_of(self.folder, name)

    def is_unlocked(self, name: str) -> bool:
        """Whether a person's key signs all that is done here, so that it need not be unlocked."""
        signer = self._saver.signer
        return signer is not None and same_name(signer.name, name)

    def make(self, path: Path, password: str) -> None:
        """Make a key, and its public half beside it."""
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            committee.new_key(path, path.with_suffix(".pub"), password=password)
        except (CaseError, OSError) as refusal:
            self._notices.say(PLACE, str(refusal))
            return
        words = (
            en("Key made with its passphrase: {path}. Give {public} to others.")
            if password
            else en("Key made without a passphrase: {path}. Give {public} to others.")
        )
        said = tr(words, path=path, public=path.with_suffix(".pub").name)
        self._notices.say(PLACE, said, "info")

    def secret_of(self, person: Person) -> Ed25519PrivateKey | None:
        """Open a person's key; None where it cannot be opened, which is said."""
        signer = self._saver.signer
        if signer is not None and self.is_unlocked(person.name) and not person.password:
            return signer.secret
        try:
            return case.load_key(person.key, password=person.password)
        except CaseError as refusal:
            self._notices.say(PLACE, str(refusal))
            return None
