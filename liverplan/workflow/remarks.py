"""What a case that verifies leaves open: what nobody signed, what no longer counts, odd dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from liverplan import case
from liverplan.case import Case, Roster
from liverplan.case.audit import Entry
from liverplan.case.contents import TEXT
from liverplan.case.replay import is_older
from liverplan.case.roster import unsigned_acceptances
from liverplan.eligibility import protocol_text, shipped_protocols

AHEAD = timedelta(days=1)
"""So far clocks may differ."""

ATTESTED = ("documents.patient", "biopsied", "segmentation.provenance")
"""What people stand behind, and no program."""


def remarks(
    opened: Case, *, keys: Path | None = None, roster: Roster | None = None
) -> tuple[str, ...]:
    """Say what a case that verifies leaves open."""
    said = [f"Its trail ends in {opened.head} ({len(opened.history)} entries)."]
    if is_older(opened):
        said.append(
            f"An older liverplan wrote its current state ({opened.history[-1].software}): it was "
            "held to the rules of that time, and its findings are not measured again."
        )
    said += [*_oddly_dated(opened), *_by_programs(opened), *_other_protocol(opened)]
    said += [
        f"Masks count as accepted by {name}, who has not signed for them."
        for name in unsigned_acceptances(opened)
    ]
    said += [*_void(opened), *_nobody_asked(opened, keys, roster)]
    return (*said, *_unsigned(opened))


def _oddly_dated(opened: Case) -> Iterator[str]:
    for before, after in pairwise(opened.history):
        if _time(after) < _time(before):
            yield f"Entry {after.number} is dated before the one it follows."
    for entry in opened.history:
        if _time(entry) > datetime.now(UTC) + AHEAD:
            yield f"Entry {entry.number} is dated in the future ({entry.when})."


def _time(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry.when)


def _by_programs(opened: Case) -> Iterator[str]:
    """Say where a line of a program changes what only people attest; the first line brings all."""
    for entry in opened.history[1:]:
        if entry.actor.kind == "machine" and any(_attested(c.field) for c in entry.changes):
            yield f"Entry {entry.number} is a program's, and changes what people attest."


def _attested(field: str) -> bool:
    names_who = field.startswith(ATTESTED[-1]) and field.endswith("accepted_by")
    return field.startswith(ATTESTED[:-1]) or names_who


def _other_protocol(opened: Case) -> Iterator[str]:
    """Say where a protocol has the name of one that is shipped, and another text."""
    document = opened.document("protocol")
    if not isinstance(document, dict):
        return  # what stands there is no protocol, and is kept as any other document
    name = document.get("name")
    if name in shipped_protocols() and document.get(TEXT) != protocol_text(name):
        yield (
            f"Its protocol is called {name}, and its text is not the one that this liverplan "
            "ships under that name."
        )


def _nobody_asked(opened: Case, keys: Path | None, roster: Roster | None) -> Iterator[str]:
    if opened.state_json["signatures"] and keys is None and roster is None:
        yield "Whose the keys are was not asked: give the trusted keys or a roster."
    if roster is None:
        return
    if keys is None:
        yield (
            f"The roster is signed with key {roster.public_key}; whose that is was not asked: "
            "give the trusted keys."
        )
    on_it = {member.name for member in roster.members if member.public_key == roster.public_key}
    for name in sorted(on_it):
        yield f"The roster is signed with the key of {name}, who is on it."


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
