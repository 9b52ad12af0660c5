"""Make a signature: one line of the trail, itself signed with the same key."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan import __version__
from liverplan.case.audit import Actor
from liverplan.case.keys import public_hex
from liverplan.case.rules import require_allowed
from liverplan.case.signature import ROLES, Meaning, Signature, Vote, covered
from liverplan.case.store import Case


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
        has done so already, or if a vote lacks its reason. A person may vote anew: the last counts.
    """
    unsigned = Signature(
        name=name,
        role=ROLES[meaning],
        meaning=meaning,
        vote=vote,
        reason=reason,
        when=datetime.now(UTC).isoformat(timespec="seconds"),
        software=f"liverplan {__version__}",
        covers=covered(case.state_json, meaning),
        trail=case.history[-1].sha256,
        public_key=public_hex(key),
    )
    require_allowed(case, unsigned)
    signed = replace(unsigned, signature=key.sign(unsigned.message).hex())
    state = replace(case.state, signatures=(*case.state.signatures, signed.to_json()))
    said = f"{meaning}: {vote}" if vote else meaning
    actor = Actor(name=name, kind="human", role=signed.role)
    return case.commit(state, actor=actor, what=f"Signed: {said}", why=reason, key=key)
