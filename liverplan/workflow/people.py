"""Keys and the roster of the people who sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan import case
from liverplan.case import Actor, Member, Roster
from liverplan.case.roster import FOREVER
from liverplan.case.signature import ROLES
from liverplan.errors import InputError
from liverplan.plain import unfit_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A person at work, whose key signs every line that they add to a case.

    Parameters
    ----------
    name : str
        As it shall be printed.
    secret : Ed25519PrivateKey
        Their own, unlocked; it is kept nowhere.
    role : str
        In which they act; "" where none is needed.
    """

    name: str
    secret: Ed25519PrivateKey
    role: str = ""

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return Actor(name=self.name, kind="human", role=self.role)


def signer_of(name: str, key: Path | None, password: str = "") -> Signer | None:
    """Unlock a person's key; None without one.

    Raises
    ------
    CaseError
        If it cannot be read, or its passphrase is another.
    InputError
        If nobody is named.
    """
    if key is None:
        return None
    if not name.strip():
        raise InputError(f"The key {key} is somebody's: say whose.")
    return Signer(name=" ".join(name.split()), secret=case.load_key(key, password=password))


def key_is_locked(key: Path) -> bool:
    """Whether a key asks for a passphrase."""
    return case.is_locked(key)


def make_roster(file: Path, lines: Sequence[str], key: Path, *, password: str = "") -> Roster:
    """Write who may sign, signed with the key of who keeps the roster.

    Parameters
    ----------
    file : Path
        Where the roster goes.
    lines : sequence of str
        ``NAME;ROLE;KEY.pub;FROM`` and, where it ends, ``;UNTIL``; days in ISO 8601.
    key, password
        Of who keeps the roster.

    Raises
    ------
    InputError, CaseError
        If a line is none, or a file cannot be read or written.
    """
    secret = case.load_key(key, password=password)
    return case.write_roster(file, [_member(line) for line in lines], secret)


def _member(line: str) -> Member:
    words = [word.strip() for word in line.split(";")]
    if len(words) not in (4, 5) or not all(words[:4]) or words[1] not in ROLES.values():
        roles = ", ".join(ROLES.values())
        raise InputError(
            f"{line!r} is no line of a roster; write NAME;ROLE;KEY.pub;FROM[;UNTIL], the role one "
            f"of {roles}."
        )
    name, role, key, since, *until = words
    if refusal := unfit_name(name):
        raise InputError(refusal)
    try:
        return Member(
            name=name,
            role=role,
            public_key=case.read_public_key(key),
            since=since,
            until=next(filter(None, until), FOREVER),
        )
    except ValueError as error:
        raise InputError(f"{line!r} names no day as 2026-01-31.") from error
