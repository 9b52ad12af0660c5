"""The committee's steps: the radiologist accepts, the surgeon signs, the members vote."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan import case
from liverplan.case import Actor, Case
from liverplan.case.signature import Meaning, Vote
from liverplan.errors import CaseError
from liverplan.report import SignatureRow
from liverplan.segmentation import Segmentation
from liverplan.volumetry.faults import plan_faults
from liverplan.volumetry.shapes.plan_index import PlanIndex
from liverplan.words import in_english
from liverplan.workflow.cases import measure_state, with_biopsied
from liverplan.workflow.checking import trusted_keys

Role = Literal["radiologist", "surgeon"]

VOTES_NEEDED = 3


def new_key(path: Path, public: Path, *, password: str = "") -> None:
    """Make a person's key, and write its public half for others to check signatures with.

    Raises
    ------
    CaseError
        If either cannot be written; neither is there then.
    """
    key = case.new_key(path, password=password)
    try:
        case.write_public_key(public, case.public_hex(key))
    except CaseError:
        path.unlink(missing_ok=True)  # nobody has it yet: it would be a key without a lock
        raise


def sign(folder: Path, *, role: Role, name: str, key: Path, password: str = "") -> Case:
    """Sign a case: the radiologist for its masks, the surgeon for its plan.

    The radiologist's signature first accepts every mask in their name, so that the findings no
    longer count them as unconfirmed.

    Raises
    ------
    CaseError
        If the step before lacks, or the key cannot be read.
    """
    secret = case.load_key(key, password=password)
    opened = case.open_case(folder)
    if role == "surgeon":
        return signed(opened, secret, name=name, meaning="plan signed")
    opened = _accepted(opened, name, secret)
    return signed(opened, secret, name=name, meaning="lesions accepted")


def accept(folder: Path, *, name: str, key: Path | None = None, password: str = "") -> Case:
    """Accept every mask of a stored case in a person's name; with their key, signed by them.

    Raises
    ------
    CaseError, SegmentationError
        If the case holds no masks, or nobody is named.
    """
    return _accepted(case.open_case(folder), name, _secret(key, password))


def vote(
    folder: Path, *, name: str, key: Path, ballot: Vote, reason: str, password: str = ""
) -> Case:
    """Vote on a case; the reason is mandatory, and an author does not vote on their own work."""
    secret = case.load_key(key, password=password)
    opened = case.open_case(folder)
    return signed(opened, secret, name=name, meaning="vote", vote=ballot, reason=reason)


def signed(
    opened: Case,
    key: Ed25519PrivateKey,
    *,
    name: str,
    meaning: Meaning,
    vote: Vote | None = None,
    reason: str = "",
    index: PlanIndex | None = None,
) -> Case:
    """Sign a case's current state; a plan that makes no sense is signed and voted on by nobody.

    Parameters
    ----------
    opened : Case
    key : Ed25519PrivateKey
        The signer's own.
    name : str
        Who signs.
    meaning, vote, reason
        As `liverplan.case.sign`.
    index : PlanIndex or None
        Of the case's masks and maps, if it is at hand.

    Raises
    ------
    CaseError
        With every fault of the plan, or as `liverplan.case.sign`.
    """
    if meaning != "lesions accepted":
        _require_sound(opened, name, index)
    return case.sign(opened, key, name=name, meaning=meaning, vote=vote, reason=reason)


def _require_sound(opened: Case, name: str, index: PlanIndex | None) -> None:
    state = opened.state
    if state.segmentation is None:
        raise CaseError(f"{name} cannot sign: the case holds no masks yet.")
    faults = plan_faults(index or PlanIndex.build(state.segmentation, state.maps), state.plan)
    if faults:
        reasons = " ".join(in_english(fault.says) for fault in faults)
        raise CaseError(f"{name} cannot sign: {reasons}")


def mark_biopsied(
    folder: Path,
    labels: Collection[int],
    *,
    name: str,
    key: Path | None = None,
    password: str = "",
) -> Case:
    """Note which metastases of a stored case were biopsied: these, and no others.

    Parameters
    ----------
    folder : Path
        The case.
    labels : collection of int
        Label values; 2 is the first metastasis. None: no biopsy at all.
    name : str
        Who says so.
    key, password
        Their key and its passphrase, to sign that they say so.

    Raises
    ------
    CaseError
        If the case holds no such metastasis.
    """
    secret = _secret(key, password)
    opened = case.open_case(folder)
    state = with_biopsied(opened.state, labels)
    state = replace(state, findings=measure_state(state, folder))
    actor = Actor(name=name, kind="human", role="radiologist")
    return opened.commit(
        state, actor=actor, what="Noted the biopsies", why="As reported", key=secret
    )


def _secret(key: Path | None, password: str) -> Ed25519PrivateKey | None:
    return None if key is None else case.load_key(key, password=password)


def signature_rows(opened: Case) -> tuple[SignatureRow, ...]:
    """List the signatures of a case as checked, for the report."""
    return tuple(
        SignatureRow(
            name=checked.signature.name,
            role=checked.signature.role,
            meaning=": ".join(filter(None, (checked.signature.meaning, checked.signature.vote))),
            when=checked.signature.when,
            reason=checked.signature.reason,
            void_because=checked.void_because,
            superseded_by=checked.superseded_by or "",
        )
        for checked in case.check_signatures(opened)
    )


def is_final(opened: Case) -> bool:
    """Whether everybody has signed and voted."""
    return not case.pending(opened, votes=VOTES_NEEDED)


def standing(opened: Case) -> str:
    """Return what is still to be signed, in words."""
    missing = case.pending(opened, votes=VOTES_NEEDED)
    return f"Still to come: {', '.join(missing)}." if missing else "Everybody has signed and voted."


def signers(folder: Path, keys: Path) -> tuple[str, ...]:
    """Say for each signature of a case which of the trusted public keys made it.

    Parameters
    ----------
    folder : Path
        The case.
    keys : Path
        A folder of public keys (PEM, ``*.pub``), each received from its owner.

    Raises
    ------
    CaseError
        If a signature was made with no trusted key, or the folder holds none.
    """
    trusted = trusted_keys(keys)
    signed = [checked.signature for checked in case.check_signatures(case.open_case(folder))]
    strangers = [one.name for one in signed if one.public_key not in trusted]
    if strangers:
        raise CaseError(
            f"No key in {keys} made the signature of {', '.join(strangers)}, so who signed is "
            "not proven."
        )
    return tuple(
        f"{one.name} ({one.role}, {one.meaning}): {trusted[one.public_key]}" for one in signed
    )


def accepted_masks(segmentation: Segmentation, name: str) -> Segmentation:
    """Return the masks, each accepted by a person; the very same where that was so already."""
    known = dict(segmentation.provenance)
    accepted = {label: made.accepted_as(name) for label, made in known.items()}
    return segmentation if accepted == known else replace(segmentation, provenance=accepted)


def _accepted(opened: Case, name: str, key: Ed25519PrivateKey | None = None) -> Case:
    """Accept all masks in a person's name and measure again."""
    state = opened.state
    if state.segmentation is None:
        raise CaseError(f"The case {opened.folder} holds no masks yet, so none can be accepted.")
    masks = accepted_masks(state.segmentation, name)
    if masks is state.segmentation:
        return opened
    state = replace(state, segmentation=masks)
    state = replace(state, findings=measure_state(state, opened.folder))
    actor = Actor(name=name, kind="human", role="radiologist")
    return opened.commit(
        state, actor=actor, what="Accepted the masks", why="Looked at and accepted", key=key
    )
