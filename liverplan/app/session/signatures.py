"""Which signatures hold of the case on disk."""

from __future__ import annotations

from liverplan.app.kit.language import retold, tr
from liverplan.case import Case
from liverplan.report import SignatureRow
from liverplan.workflow import committee


def holding(opened: Case | None) -> tuple[SignatureRow, ...]:
    """Return the signatures that are valid, and that no later one has taken the place of."""
    rows = () if opened is None else committee.signature_rows(opened)
    return tuple(one for one in rows if not (one.void_because or one.superseded_by))


def unlocking_words(rows: tuple[SignatureRow, ...]) -> str:
    """Say whose signatures a change of the cuts would void."""
    return tr(
        "Press Unlock again to free the cuts; a change then voids what was signed: {names}.",
        names=names_of(rows),
    )


def undoing_words(rows: tuple[SignatureRow, ...]) -> str:
    """Say whose signatures the next undo lays open; "" where nobody has signed."""
    if not rows:
        return ""
    return tr(
        "Undo once more to take back what was signed; a change then voids it: {names}.",
        names=names_of(rows),
    )


def names_of(rows: tuple[SignatureRow, ...]) -> str:
    """Name who signed what."""
    return ", ".join(f"{one.name} ({retold(one.meaning)})" for one in rows)
