"""The audit trail: who changed what, when and why; each line holds the hash of the line before.

The trail only ever grows. Whoever may write the folder could write a whole new trail; what such a
person cannot forge is a signed line: its signature covers the line, and by the hash of the line
before, all that came before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan import __version__
from liverplan.case.documents import Json, parse, sha256, to_line
from liverplan.case.keys import holds, public_hex
from liverplan.case.shape import HASH, KEY, MOMENT, SIGNED
from liverplan.errors import CaseError
from liverplan.plain import unfit_name, unfit_text
from liverplan.shape import Items, Text, Whole, fields_of

NO_HASH = "0" * 64
MISSING: Json = None
OPTIONAL = ("public_key", "signature", "stamp")
"""What a line that has none of it does not name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did something: a person, or a program by its name and version."""

    name: str
    kind: Literal["human", "machine"]
    role: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise CaseError("Every change to a case needs the name of who made it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One value that changed: its place in the state, the old value and the new one."""

    field: str
    old: Json
    new: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the trail.

    Parameters
    ----------
    number : int
        1, 2, 3, ...
    when : str
        UTC, ISO 8601.
    actor : Actor
        Who.
    software : str
        Name and version of the program that wrote the line.
    what, why : str
        In words.
    changes : tuple of Change
        Old and new values.
    state : str
        SHA-256 of the state that this change led to.
    previous, sha256 : str
        Hash of the line before (zeros on the first) and of this line.
    public_key, signature : str
        Ed25519 over the whole line, hexadecimal; empty where nobody gave a key.
    stamp : str
        An authority's time stamp of an earlier line (RFC 3161), base64; mostly empty.
    """

    number: int
    when: str
    actor: Actor
    software: str
    what: str
    why: str
    changes: tuple[Change, ...]
    state: str
    previous: str
    sha256: str
    public_key: str = ""
    signature: str = ""
    stamp: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the line as written in the trail; one without a key or a time stamp names none."""
        written = asdict(self)
        return {k: v for k, v in written.items() if v or k not in OPTIONAL}

    @property
    def forged(self) -> bool:
        """Whether the line names a key that did not sign it."""
        if not self.public_key:
            return bool(self.signature)
        body = {k: v for k, v in self.to_json().items() if k not in ("sha256", "signature")}
        return not holds(self.public_key, self.signature, to_line(body))


ENTRY = fields_of(
    Entry,
    may=OPTIONAL,
    number=Whole(least=1),
    when=MOMENT,
    actor=fields_of(Actor, name=Text(pattern=r"[\s\S]*\S[\s\S]*")),
    state=HASH,
    previous=HASH,
    sha256=HASH,
    changes=Items(of=fields_of(Change)),
    public_key=KEY,
    signature=SIGNED,
    stamp=Text(pattern="[A-Za-z0-9+/]+={0,2}"),
)
"""The shape of a line of the trail."""


def new_entry(
    trail: Sequence[Entry],
    *,
    actor: Actor,
    what: str,
    why: str,
    changes: Sequence[Change],
    state: str,
    key: Ed25519PrivateKey | None = None,
    stamp: str = "",
) -> Entry:
    """Make the entry that follows a trail, signed where a key is given.

    Raises
    ------
    CaseError
        If the name or the reason is too long, or no text.
    """
    if refusal := unfit_name(actor.name) or unfit_text(why, "The reason"):
        raise CaseError(refusal)
    body: dict[str, Json] = {
        "number": len(trail) + 1,
        "when": datetime.now(UTC).isoformat(timespec="microseconds"),
        "actor": asdict(actor),
        "software": f"liverplan {__version__}",
        "what": what,
        "why": why,
        "changes": [asdict(change) for change in changes],
        "state": state,
        "previous": trail[-1].sha256 if trail else NO_HASH,
    }
    if stamp:
        body["stamp"] = stamp
    if key is not None:
        body["public_key"] = public_hex(key)
        body["signature"] = key.sign(to_line(body)).hex()
    return _entry({**body, "sha256": sha256(to_line(body))})


def read_trail(content: bytes, name: str) -> tuple[Entry, ...]:
    """Read a trail and check its chain.

    Raises
    ------
    CaseError
        Naming the first line that was altered.
    """
    faults = trail_faults(content, name)
    if faults:
        raise CaseError(faults[0])
    return tuple(_entry(parse(line, name)) for line in content.splitlines(keepends=True))


def trail_faults(content: bytes, name: str) -> list[str]:
    """Every line that is not what was written, in words; empty if the chain holds."""
    if not content:
        return [f"{name} is empty."]
    faults, previous = [], NO_HASH
    for number, line in enumerate(re.findall(rb"[^\n]*\n|[^\n]+$", content), 1):
        fault, previous = _line_fault(line, number, previous)
        if fault:
            faults.append(f"{name}, line {number}, was altered: {fault}.")
    return faults


def differences(old: Json, new: Json, field: str = "") -> Iterator[Change]:
    """Every leaf in which two JSON values differ; lists of unequal length differ as a whole."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            place = f"{field}.{key}" if field else key
            yield from differences(old.get(key, MISSING), new.get(key, MISSING), place)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for place, (a, b) in enumerate(zip(old, new, strict=True)):
            yield from differences(a, b, f"{field}.{place}")
    elif to_line(old) != to_line(new):  # 1, 1.0 and true are equal in Python
        yield Change(field=field, old=old, new=new)


def _line_fault(line: bytes, number: int, previous: str) -> tuple[str, str]:
    """Return what is wrong with a line ("" if nothing) and the hash that the next must name."""
    try:
        document = parse(line, "the line")
        fault = ENTRY.fault(document, "it")
        if fault:
            return f"it is not an entry of the audit trail ({fault})", previous
        body = {key: value for key, value in document.items() if key != "sha256"}
        own = sha256(to_line(body))
        spelled = to_line(document) == line
    except CaseError:
        return "it is not an entry of the audit trail", previous
    if document["sha256"] != own or not spelled:
        return "its content does not match its hash", document["sha256"]
    if document["previous"] != previous or document["number"] != number:
        return "it does not follow from the line before", own
    return "", own


def _entry(document: Json) -> Entry:
    values = dict(document)
    values["actor"] = Actor(**document["actor"])
    values["changes"] = tuple(Change(**change) for change in document["changes"])
    return Entry(**values)
