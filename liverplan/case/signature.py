"""Who stands behind a case: acceptance of the lesions, the plan, the committee's votes.

A signature covers the hash of every part of the state that its meaning speaks of, and the audit
trail up to it. It stays in the case for good; once a covered part changes it is void, and says
which part. An acceptance of the lesions speaks of the CT and the masks; a signed plan and a vote
speak of everything: inputs, cuts, findings (which name the software) and attested facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from liverplan.case.audit import Entry
from liverplan.case.documents import Json, sha256, to_line
from liverplan.case.keys import holds
from liverplan.case.migrate import readings
from liverplan.case.names import same_name
from liverplan.case.shape import HASH, KEY, MOMENT, SIGNED
from liverplan.case.store import Case
from liverplan.errors import CaseError
from liverplan.shape import Named, fields_of

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
UNSIGNED = frozenset({ON_SCREEN, "annotations", "key_images"})
"""Documents that no signature speaks of: who measures on a signed plan's slices, or
keeps a picture of them, changes no plan."""


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


SIGNATURE = fields_of(
    Signature,
    when=MOMENT,
    covers=Named(of=HASH),
    trail=HASH,
    public_key=KEY,
    signature=SIGNED,
)
"""The shape of a signature as the state holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A signature and why it does not hold; ``void_because`` is empty while it does.

    ``superseded_by`` is the same person's later vote, where only that keeps it from counting.
    """

    signature: Signature
    void_because: str
    superseded_by: Vote | None = None


def check_signatures(case: Case, trusted: Mapping[str, str] | None = None) -> tuple[Checked, ...]:
    """Check every signature of a case's current state; of one person's votes the last one counts.

    Parameters
    ----------
    case : Case
        The case.
    trusted : mapping of str to str, optional
        Public key (hexadecimal) by name; without it any key is taken for its signer's.
    """
    signatures = tuple(map(read_signature, case.state_json["signatures"]))
    return tuple(
        _checked(signature, case, trusted, signatures[number + 1 :])
        for number, signature in enumerate(signatures)
    )


def _checked(
    signature: Signature,
    case: Case,
    trusted: Mapping[str, str] | None,
    later: Sequence[Signature],
) -> Checked:
    void_because = _void_because(signature, case, trusted)
    vote = None if void_because else _later_vote(signature, later)
    if vote is not None:
        void_because = f"superseded by their later vote ({vote})"
    return Checked(signature=signature, void_because=void_because, superseded_by=vote)


def same_person(a: Signature, b: Signature) -> bool:
    """Whether two signatures are by one name, however typed, or by one key."""
    return a.public_key == b.public_key or same_name(a.name, b.name)


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
    fault = SIGNATURE.fault(document, "it")
    if fault:
        raise CaseError(f"A signature in the case is damaged: {fault}.")
    return Signature(**document)


def forgery(signature: Signature, history: Sequence[Entry]) -> str:
    """Why a signature cannot have been made by its key on this trail; "" if it can."""
    if not holds(signature.public_key, signature.signature, signature.message):
        return "it does not match its key"
    if signature.trail not in {entry.sha256 for entry in history}:
        return "it was made on another audit trail"
    return ""


def covers_its_state(signature: Signature, case: Case) -> bool:
    """Whether what a signature covers is what the case held when it was made."""
    return _signed_state(signature, case) is not None


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


def _later_vote(vote: Signature, later: Sequence[Signature]) -> Vote | None:
    votes = [s for s in later if s.meaning == vote.meaning == "vote" and same_person(s, vote)]
    return votes[-1].vote if votes else None


def _signed_state(signature: Signature, case: Case) -> Json:
    """Return the state that was signed, as it reads in today's schema; None if it is not there.

    An older version may have signed what a still older one had written, as it read it then.
    """
    try:
        read = readings(case.written_at(signature.trail), case.read_document)
    except CaseError:
        return None
    spoken_of = {part: h for part, h in signature.covers.items() if part not in UNSIGNED}
    return read[-1] if spoken_of in [covered(each, signature.meaning) for each in read] else None


def covered(state: Json, meaning: Meaning) -> dict[str, str]:
    """Return the hash of each part of a state that a signature of this meaning speaks of."""
    return {part: sha256(to_line(value)) for part, value in _parts(state, meaning).items()}


def _parts(state: Json, meaning: Meaning) -> dict[str, Json]:
    """Return what a signature of a state, in whatever schema, speaks of."""
    if meaning == "lesions accepted":
        return {part: state[part] for part in IMAGES}
    parts = {part: value for part, value in state.items() if part not in NO_PART}
    return {k: v for k, v in (parts | state["documents"]).items() if k not in UNSIGNED}
