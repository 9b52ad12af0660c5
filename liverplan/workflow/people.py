"""Keys and the roster of the people who sign."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from liverplan import case
from liverplan.case import Member, Roster
from liverplan.case.roster import FOREVER
from liverplan.case.signature import ROLES
from liverplan.errors import InputError


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
