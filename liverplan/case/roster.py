"""The roster: which key is whose, as what, from when until when; itself signed by who keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan import regular
from liverplan.case.audit import Entry
from liverplan.case.documents import Json, parse, to_line, to_page
from liverplan.case.files import refused_in_words, write_whole
from liverplan.case.keys import holds, public_hex
from liverplan.case.names import folded, same_name
from liverplan.case.objects import IDENTITY
from liverplan.case.shape import KEY, SIGNED
from liverplan.case.signature import Signature, check_signatures, read_signature
from liverplan.case.store import Case
from liverplan.errors import CaseError
from liverplan.shape import Fields, Items, OneOf, Text, fields_of

SCHEMA = "liverplan.roster/1"
FOREVER = "9999-12-31"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One line of the roster.

    Parameters
    ----------
    name, role : str
        Who, as what ("radiologist", "surgeon", "committee member").
    public_key : str
        Ed25519, hexadecimal.
    since, until : str
        Days on which the key counts, ISO 8601, both included.
    """

    name: str
    role: str
    public_key: str
    since: str
    until: str = FOREVER

    def __post_init__(self) -> None:
        if date.fromisoformat(self.since) > date.fromisoformat(self.until):
            raise CaseError(f"The roster has {self.name} from {self.since} to {self.until}.")

    def may(self, signature: Signature) -> bool:
        """Whether a signature is this person's, in this role, on a day of theirs."""
        return (
            same_name(self.name, signature.name)
            and self.role == signature.role
            and self.public_key == signature.public_key
            and self.since <= signature.when[:10] <= self.until
        )

    def wrote(self, entry: Entry) -> bool:
        """Whether a signed line is this person's, in this role if it names one, on such a day."""
        return (
            same_name(self.name, entry.actor.name)
            and entry.actor.role in ("", self.role)
            and self.public_key == entry.public_key
            and self.since <= entry.when[:10] <= self.until
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Everybody who may sign, and the key (hexadecimal) of who says so."""

    members: tuple[Member, ...]
    public_key: str


_DAY = Text(pattern=r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]", form="date")
ROSTER = Fields(
    needs={
        "schema": OneOf((SCHEMA,)),
        "members": Items(of=fields_of(Member, public_key=KEY, since=_DAY, until=_DAY)),
        "public_key": KEY,
        "signature": SIGNED,
    }
)
"""The shape of a roster."""


def write_roster(path: Path, members: Sequence[Member], key: Ed25519PrivateKey) -> Roster:
    """Sign a roster and write it.

    Raises
    ------
    CaseError
        If one key would be two people's, or it cannot be written.
    """
    roster = Roster(members=tuple(members), public_key=public_hex(key))
    _require_one_person_a_key(roster)
    body = _body(roster)
    with refused_in_words(path.parent):
        write_whole(path, to_page({**body, "signature": key.sign(to_line(body)).hex()}))
    return roster


def read_roster(path: Path, *, trusted: Sequence[str] = ()) -> Roster:
    """Read a roster and check who signed it.

    Parameters
    ----------
    path : Path
        As `write_roster` wrote it.
    trusted : sequence of str
        Public keys (hexadecimal), one of which must have signed it; any key if empty.

    Raises
    ------
    CaseError
        If it was altered, or signed with no trusted key.
    """
    try:
        document = parse(regular.read_bytes(path), str(path))
    except OSError as error:
        raise CaseError(f"The roster {path} cannot be read ({error.strerror}).") from error
    fault = ROSTER.fault(document, "it")
    if fault:
        raise CaseError(f"{path} is no roster: {fault}.")
    members = tuple(Member(**line) for line in document["members"])
    roster = Roster(members=members, public_key=document["public_key"])
    if not holds(roster.public_key, document["signature"], to_line(_body(roster))):
        raise CaseError(f"The roster {path} was altered: it does not match its key.")
    if trusted and roster.public_key not in trusted:
        raise CaseError(f"The roster {path} was signed with no trusted key.")
    _require_one_person_a_key(roster)
    return roster


def roster_faults(case: Case, roster: Roster) -> list[str]:
    """Say which signatures, signed lines and accepted masks nobody on the roster stands behind."""
    signed = [read_signature(document) for document in case.state_json["signatures"]]
    faults = [
        f"The signature of {s.name} ({s.role}, {s.meaning}) is nobody's on the roster."
        for s in signed
        if not any(member.may(s) for member in roster.members)
    ]
    faults += [
        f"Entry {entry.number} is signed with a key that the roster does not give to "
        f"{entry.actor.name}{f' as {entry.actor.role}' if entry.actor.role else ''} on "
        f"{entry.when[:10]}."
        for entry in case.history
        if entry.public_key and not any(member.wrote(entry) for member in roster.members)
    ]
    return [*faults, *_unsigned_acceptances(case)]


def unsigned_acceptances(case: Case) -> list[str]:
    """Names in which masks count as accepted, without a holding signature or signed line."""
    masks = case.state_json["segmentation"] or {"provenance": {}}
    names = {str(made["accepted_by"]) for made in masks["provenance"].values()} - {""}
    held = [c.signature for c in check_signatures(case) if not c.void_because]
    accepted = [s.name for s in held if s.meaning == "lesions accepted"]
    touched = [entry for entry in case.history if _accepts(entry.changes)]
    keyed = [entry.actor.name for entry in touched[-1:] if entry.public_key]
    stand = [*accepted, *keyed]
    return sorted(name for name in names if not any(same_name(name, one) for one in stand))


def _unsigned_acceptances(case: Case) -> list[str]:
    return [
        f"Masks count as accepted by {name}, who has not signed for them."
        for name in unsigned_acceptances(case)
    ]


def _accepts(changes: Sequence[Json]) -> bool:
    """Whether a line brought masks or changed them; the first line of a case brings all it has."""
    return any(c.field.startswith(("segmentation", IDENTITY)) for c in changes)


def _require_one_person_a_key(roster: Roster) -> None:
    names: dict[str, str] = {}
    for member in roster.members:
        if names.setdefault(member.public_key, folded(member.name)) != folded(member.name):
            raise CaseError(f"The roster gives the key of {member.name} to somebody else as well.")


def _body(roster: Roster) -> Json:
    return {
        "schema": SCHEMA,
        "members": [asdict(member) for member in roster.members],
        "public_key": roster.public_key,
    }
