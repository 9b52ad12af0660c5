"""Check a case: every byte, every step, who signed it, and whether its findings are its own."""

from __future__ import annotations

import math
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from liverplan import case
from liverplan.case import Case, Roster
from liverplan.case.documents import Json
from liverplan.case.replay import is_older
from liverplan.case.roster import unsigned_acceptances
from liverplan.errors import CaseError, LiverplanError
from liverplan.words import in_english
from liverplan.workflow.cases import measure_state

ROUNDING = 1e-6


def verify_case(
    folder: Path, *, head: str = "", keys: Path | None = None, roster: Path | None = None
) -> tuple[str, ...]:
    """Check every hash of a case, its audit chain, the rules of signing and its findings.

    Parameters
    ----------
    folder : Path
        The case.
    head : str
        Hash of a line that the trail once ended in, as a report or a register says it.
    keys : Path or None
        Public keys (``*.pub``), one of which must have signed the roster.
    roster : Path or None
        Who may sign.

    Returns
    -------
    tuple of str
        What a reader must know beside: where the trail ends, what nobody proves.

    Raises
    ------
    CaseError
        If anything was altered; every fault is named.
    """
    known = None
    if roster is not None:
        trusted = () if keys is None else trusted_keys(keys)
        known = case.read_roster(roster, trusted=tuple(trusted))
    faults = case_faults(folder, head=head, roster=known)
    if faults:
        raise CaseError(f"The case {folder} was altered: {'; '.join(faults)}.")
    return remarks(case.open_case(folder), keys=keys, roster=known)


def case_faults(folder: Path, *, head: str = "", roster: Roster | None = None) -> list[str]:
    """Return everything about a case that is not as it was written, or not as the rules allow.

    Raises
    ------
    CaseError
        If there is no case, or a newer version wrote it.
    """
    faults = case.verify(folder, head=head, roster=roster)
    return faults or _foreign_findings(case.open_case(folder))


def remarks(
    opened: Case, *, keys: Path | None = None, roster: Roster | None = None
) -> tuple[str, ...]:
    """Say what a case that verifies leaves open."""
    said = [f"Its trail ends in {opened.head} ({len(opened.history)} entries)."]
    if is_older(opened):
        said.append(
            "An older liverplan wrote its current state: it was held to the rules of that time, "
            "and its findings are not measured again."
        )
    said += [
        f"Entry {after.number} is dated before the one it follows."
        for before, after in pairwise(opened.history)
        if datetime.fromisoformat(after.when) < datetime.fromisoformat(before.when)
    ]
    said += [
        f"Masks count as accepted by {name}, who has not signed for them."
        for name in unsigned_acceptances(opened)
    ]
    said += _void(opened)
    if opened.state_json["signatures"] and keys is None and roster is None:
        said.append("Whose the keys are was not asked: give the trusted keys or a roster.")
    return (*said, *_unsigned(opened))


def trusted_keys(folder: Path) -> dict[str, str]:
    """Return the file's name of each public key in a folder, by the key.

    Raises
    ------
    CaseError
        If it holds none.
    """
    trusted = {case.read_public_key(path): path.name for path in sorted(folder.glob("*.pub"))}
    if not trusted:
        raise CaseError(f"The folder {folder} holds no public key (*.pub).")
    return trusted


def _void(opened: Case) -> list[str]:
    return [
        f"What {c.signature.name} signed ({c.signature.vote or c.signature.meaning}, "
        f"{c.signature.when}) counts no longer: {c.void_because}."
        for c in case.check_signatures(opened)
        if c.void_because
    ]


def _unsigned(opened: Case) -> list[str]:
    """Entries in the name of people that no key signed, in one sentence; older ones never were."""
    numbers = [e.number for e in opened.history if e.actor.kind == "human" and not e.public_key]
    if not numbers or is_older(opened):
        return []
    return [f"No key signed the entries of people number {', '.join(map(str, numbers))}."]


def _foreign_findings(opened: Case) -> list[str]:
    """Say where the stored findings are not those of the stored masks and plan."""
    stored = opened.document("findings")
    if stored is None or is_older(opened) or opened.state_json["segmentation"] is None:
        return []
    try:
        measured = measure_state(opened.state, opened.folder).to_json(in_english)
    except LiverplanError as refusal:
        return [f"its findings cannot be measured from its masks and plan: {refusal}"]
    moved = sorted(k for k in {*stored, *measured} if not _same(stored.get(k), measured.get(k)))
    moved = [key for key in moved if key != "software"]
    if not moved:
        return []
    return [f"its findings are not those of its masks and plan ({', '.join(moved)})"]


def _same(a: Json, b: Json) -> bool:
    """Whether two JSON values agree, numbers to rounding."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    match a, b:
        case int() | float(), int() | float():
            return math.isclose(a, b, rel_tol=ROUNDING, abs_tol=ROUNDING)
        case dict(), dict():
            return a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
        case list(), list():
            return len(a) == len(b) and all(map(_same, a, b))
    return bool(a == b)
