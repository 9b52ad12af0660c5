"""Who stands behind a case: acceptance of the lesions, the plan, the committee's votes.

A signature covers the hash of every part of the state that its meaning speaks of, and the audit
trail up to it. It stays in the case for good; once a covered part changes it is void, and says
which part. An acceptance of the lesions speaks of the CT and the masks; a signed plan and a vote
speak of everything: inputs, cuts, findings (which name the software) and attested facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan import __version__
from liverplan.case.audit import Actor, Entry
from liverplan.case.documents import Json, sha256, to_line
from liverplan.case.keys import holds, public_hex
from liverplan.case.migrate import readings
from liverplan.case.store import Case
from liverplan.errors import CaseError

Meaning = Literal["lesions accepted", "plan signed", "vote"]
Vote = Literal["for", "against", "abstain"]

ROLES: Mapping[Meaning, str] = {
    "lesions accepted": "radiologist",
    "plan signed": "surgeon",
    "vote": "committee member",
}
"""Who does what."""

BEFORE: Mapping[Meaning, Meaning] = {"plan signed": "lesions accepted", "vote": "plan signed"}
"""What must hold before."""

IMAGES = ("ct", "segmentation")
NO_PART = frozenset({"schema", "documents", "signatures"})
ON_SCREEN = "app"
"""The document of what is chosen on screen, which no signature speaks of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature.

    Parameters
    ----------
    name, role : str
        Who, as what.
    meaning : {"lesions accepted", "plan signed", "vote"}
        What it says.
    vote : {"for", "against", "abstain"} or None
        Only with the meaning "vote".
    reason : str
        In words; mandatory with a vote.
    when, software : str
        UTC, and the program that signed.
    covers : mapping of str to str
        SHA-256 of each part of the state that it speaks of.
    trail : str
        Hash of the audit trail's last line when it was made.
    public_key, signature : str
        Ed25519, hexadecimal.
    """

    name: str
    role: str
    meaning: Meaning
    vote: Vote | None
    reason: str
    when: str
    software: str
    covers: Mapping[str, str]
    trail: str
    public_key: str
    signature: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the signature as the state holds it."""
        return {**asdict(self), "covers": dict(self.covers)}

    @property
    def message(self) -> bytes:
        """The bytes that are signed."""
        return to_line({k: v for k, v in self.to_json().items() if k != "signature"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A signature and why it does not hold; ``void_because`` is empty while it does."""

    signature: Signature
    void_because: str


def sign(
    case: Case,
    key: Ed25519PrivateKey,
    *,
    name: str,
    meaning: Meaning,
    vote: Vote | None = None,
    reason: str = "",
) -> Case:
    """Sign the case's current state and return the case with the signature in it.

    Raises
    ------
    CaseError
        If the step before is not signed, if an author would approve their own work, if the person
        has done so already, or if a vote lacks its reason.
    """
    unsigned = Signature(
        name=name,
        role=ROLES[meaning],
        meaning=meaning,
        vote=vote,
        reason=reason,
        when=datetime.now(UTC).isoformat(timespec="seconds"),
        software=f"liverplan {__version__}",
        covers=_covers(case.state_json, meaning),
        trail=case.history[-1].sha256,
        public_key=public_hex(key),
    )
    _require_allowed(case, unsigned)
    signed = replace(unsigned, signature=key.sign(unsigned.message).hex())
    state = replace(case.state, signatures=(*case.state.signatures, signed.to_json()))
    said = f"{meaning}: {vote}" if vote else meaning
    actor = Actor(name=name, kind="human", role=signed.role)
    return case.commit(state, actor=actor, what=f"Signed: {said}", why=reason)


def check_signatures(case: Case, trusted: Mapping[str, str] | None = None) -> tuple[Checked, ...]:
    """Check every signature of a case's current state.

    Parameters
    ----------
    case : Case
        The case.
    trusted : mapping of str to str, optional
        Public key (hexadecimal) by name; without it any key is taken for its signer's.
    """
    return tuple(
        Checked(
            signature=signature,
            void_because=_void_because(signature, case, trusted),
        )
        for signature in map(read_signature, case.state_json["signatures"])
    )


def pending(case: Case, *, votes: int = 3) -> tuple[str, ...]:
    """Say what is still to be signed; empty once everything is."""
    held = [c.signature for c in check_signatures(case) if not c.void_because]
    meanings = [signature.meaning for signature in held]
    missing = [
        f"{meaning} by the {ROLES[meaning]}"
        for meaning in ("lesions accepted", "plan signed")
        if meaning not in meanings
    ]
    if meanings.count("vote") < votes:
        missing.append(f"{meanings.count('vote')} of {votes} votes")
    return tuple(missing)


def read_signature(document: Json) -> Signature:
    """Read what `Signature.to_json` wrote.

    Raises
    ------
    CaseError
        If it is no signature.
    """
    try:
        return Signature(**document)
    except TypeError as error:
        raise CaseError("A signature in the case is damaged.") from error


def forgery(signature: Signature, history: Sequence[Entry]) -> str:
    """Why a signature cannot have been made by its key on this trail; "" if it can."""
    if not holds(signature.public_key, signature.signature, signature.message):
        return "it does not match its key"
    if signature.trail not in {entry.sha256 for entry in history}:
        return "it was made on another audit trail"
    return ""


def _void_because(signature: Signature, case: Case, trusted: Mapping[str, str] | None) -> str:
    forged = forgery(signature, case.history)
    if forged:
        return forged
    if trusted is not None and trusted.get(signature.name) != signature.public_key:
        return f"its key is not the one known of {signature.name}"
    signed = _signed_state(signature, case)
    if signed is None:
        return "the state that it covers is not in the case"
    then, now = _parts(signed, signature.meaning), _parts(case.state_json, signature.meaning)
    changed = [part for part in sorted({*then, *now}) if then.get(part) != now.get(part)]
    return f"changed since: {', '.join(changed)}" if changed else ""


def _signed_state(signature: Signature, case: Case) -> Json:
    """Return the state that was signed, as it reads in today's schema; None if it is not there.

    An older version may have signed what a still older one had written, as it read it then.
    """
    try:
        read = readings(case.written_at(signature.trail), case.read_document)
    except CaseError:
        return None
    covered = {part: h for part, h in signature.covers.items() if part != ON_SCREEN}
    return read[-1] if covered in [_covers(each, signature.meaning) for each in read] else None


def _covers(state: Json, meaning: Meaning) -> dict[str, str]:
    return {part: sha256(to_line(value)) for part, value in _parts(state, meaning).items()}


def _parts(state: Json, meaning: Meaning) -> dict[str, Json]:
    """Return what a signature of a state, in whatever schema, speaks of."""
    if meaning == "lesions accepted":
        return {part: state[part] for part in IMAGES}
    parts = {part: value for part, value in state.items() if part not in NO_PART}
    return {k: v for k, v in (parts | state["documents"]).items() if k != ON_SCREEN}


def _require_allowed(case: Case, new: Signature) -> None:
    held = [c.signature for c in check_signatures(case) if not c.void_because]
    faults = [
        *_unready(new, [signature.meaning for signature in held]),
        *_not_four_eyes(new, case, held),
        *_mixed_up(new, case),
        *_senseless(new, case),
    ]
    if faults:
        raise CaseError(f"{new.name or 'Nobody'} cannot sign: {'; '.join(faults)}.")


def _unready(new: Signature, held: Sequence[Meaning]) -> list[str]:
    faults = []
    before = BEFORE.get(new.meaning)
    if before and before not in held:
        faults.append(f"the {ROLES[before]} has not signed ({before})")
    if (new.meaning == "vote") != (new.vote is not None):
        faults.append("a vote, and only a vote, is for, against or abstain")
    if new.meaning == "vote" and not new.reason.strip():
        faults.append("a vote needs its reason")
    return faults


def _senseless(new: Signature, case: Case) -> list[str]:
    findings = case.state.findings
    if new.meaning == "lesions accepted" or findings is None or not findings.faults:
        return []
    return ["the plan makes no sense on this liver, see its faults"]


def _not_four_eyes(new: Signature, case: Case, held: Sequence[Signature]) -> list[str]:
    if any(s.meaning == new.meaning and _same_person(s, new) for s in held):
        return [f"they have signed already ({new.meaning})"]
    if new.meaning != "vote":
        return []
    surgeons = [s for s in held if s.meaning == "plan signed"]
    if new.name in _authors(case.history) or any(_same_person(s, new) for s in surgeons):
        return ["an author does not approve their own work"]
    return []


def _authors(history: Sequence[Entry]) -> set[str]:
    """People who made the case, or changed its masks or cuts."""
    drawn = ("plan", "maps", "segmentation", "case.json")  # "planes", before there were plans
    return {
        entry.actor.name
        for entry in history
        if entry.actor.kind == "human"
        and any(change.field.startswith(drawn) for change in entry.changes)
    }


def _mixed_up(new: Signature, case: Case) -> list[str]:
    """One key for each name and one name for each key, in all signatures of the case."""
    known = [read_signature(document) for document in case.state_json["signatures"]]
    if any(_same_person(s, new) and (s.name, s.public_key) != _who(new) for s in known):
        return ["the name and the key do not belong together in this case"]
    return []


def _same_person(a: Signature, b: Signature) -> bool:
    return a.name == b.name or a.public_key == b.public_key


def _who(signature: Signature) -> tuple[str, str]:
    return signature.name, signature.public_key
