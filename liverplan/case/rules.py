"""Who may sign what: the order, four eyes, one name for each key; asked at signing and verifying.

States of older versions were signed when names were compared letter by letter, when the
radiologist could be the surgeon, and when nobody could vote anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from liverplan.case.audit import Entry
from liverplan.case.names import same_name
from liverplan.case.signature import (
    BEFORE,
    ROLES,
    Meaning,
    Signature,
    check_signatures,
    read_signature,
)
from liverplan.case.store import Case
from liverplan.errors import CaseError

DRAWN = ("plan", "maps", "segmentation", "case.json")  # "planes", before there were plans


def require_allowed(case: Case, new: Signature) -> None:
    """Refuse a signature that the rules do not allow on the case as it is.

    Raises
    ------
    CaseError
        With every rule that it breaks.
    """
    faults = broken(case, new)
    if faults:
        raise CaseError(f"{new.name or 'Nobody'} cannot sign: {'; '.join(faults)}.")


def broken(case: Case, new: Signature, *, older: bool = False) -> list[str]:
    """Every rule, in words, that a signature breaks on a case as it was before it.

    Parameters
    ----------
    case : Case
        As it was.
    new : Signature
        The one that came, or would come.
    older : bool
        Whether it was made under the rules before 0.4.
    """
    held = [c.signature for c in check_signatures(case) if not c.void_because]
    faults = [
        *_unready(new, [signature.meaning for signature in held]),
        *_not_four_eyes(new, held, older=older),
        *_own_work(new, case, held, older=older),
        *_mixed_up(new, case, older=older),
    ]
    return faults if older else [*faults, *_senseless(new, case)]


def _unready(new: Signature, held: Sequence[Meaning]) -> list[str]:
    faults = []
    before = BEFORE.get(new.meaning)
    if new.role != ROLES.get(new.meaning):
        faults.append(f"the {new.role} does not sign that ({new.meaning})")
    if before and before not in held:
        faults.append(f"the {ROLES[before]} has not signed ({before})")
    if (new.meaning == "vote") != (new.vote is not None):
        faults.append("a vote, and only a vote, is for, against or abstain")
    if new.meaning == "vote" and not new.reason.strip():
        faults.append("a vote needs its reason")
    return faults


def _not_four_eyes(new: Signature, held: Sequence[Signature], *, older: bool) -> list[str]:
    """One signature of each meaning a person, but for a vote anew; and not both who sign first."""
    same = _person(older=older)
    theirs = {s.meaning for s in held if same(s, new)}
    anew = new.meaning == "vote" and not older and not _mixed_up_with(new, held)
    if new.meaning in theirs and not anew:
        return [f"they have signed already ({new.meaning})"]
    if not older and new.meaning == "plan signed" and "lesions accepted" in theirs:
        return ["the radiologist and the surgeon are two people"]
    return []


def _own_work(new: Signature, case: Case, held: Sequence[Signature], *, older: bool) -> list[str]:
    if new.meaning != "vote":
        return []
    same = _person(older=older)
    surgeons = [s for s in held if s.meaning == "plan signed"]
    named: Callable[[str, str], bool] = str.__eq__ if older else same_name
    wrote = any(named(author, new.name) for author in _authors(case.history))
    if wrote or any(same(s, new) for s in surgeons):
        return ["an author does not approve their own work"]
    return []


def _authors(history: Sequence[Entry]) -> set[str]:
    """People who made the case, or changed its masks or cuts."""
    return {
        entry.actor.name
        for entry in history
        if entry.actor.kind == "human"
        and any(change.field.startswith(DRAWN) for change in entry.changes)
    }


def _mixed_up(new: Signature, case: Case, *, older: bool) -> list[str]:
    """One key for each name and one name for each key, in all signatures of the case."""
    known = [read_signature(document) for document in case.state_json["signatures"]]
    if not _mixed_up_with(new, [s for s in known if _person(older=older)(s, new)]):
        return []
    return ["the name and the key do not belong together in this case"]


def _mixed_up_with(new: Signature, known: Sequence[Signature]) -> bool:
    """Whether one of these shares only the name, or only the key."""
    return any(same_name(s.name, new.name) != (s.public_key == new.public_key) for s in known)


def _senseless(new: Signature, case: Case) -> list[str]:
    findings = case.document("findings") or {}
    if new.meaning == "lesions accepted" or not findings.get("faults"):
        return []
    return ["the plan makes no sense on this liver, see its faults"]


def _person(*, older: bool) -> Callable[[Signature, Signature], bool]:
    """Whether two signatures are by one name, or by one key."""

    def same(a: Signature, b: Signature) -> bool:
        alike = a.name == b.name if older else same_name(a.name, b.name)
        return alike or a.public_key == b.public_key

    return same
