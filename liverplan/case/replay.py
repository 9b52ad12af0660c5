"""Follow a case from its first line to its last, and hold every step to the rules of signing.

A change of this version's is held to all of them. What an older version wrote is held to the rules
of its time (see `liverplan.case.rules`); once this version has written, no older line may follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from liverplan.case.audit import Entry
from liverplan.case.contents import CHOSEN
from liverplan.case.documents import Json
from liverplan.case.keys import holds
from liverplan.case.migrate import VERSION, require_known
from liverplan.case.names import same_name
from liverplan.case.rules import broken
from liverplan.case.signature import ON_SCREEN, Signature, covers_its_state, read_signature
from liverplan.case.store import Case, changes_to

APART = timedelta(minutes=10)
"""A signature and its line are made in one go."""


def replay_faults(folder: Path, trail: Sequence[Entry]) -> list[str]:
    """Every step of an intact trail that the rules do not allow, a sentence each."""
    pasts = [Case(folder, tuple(trail[:end]), None) for end in range(1, len(trail) + 1)]
    faults = []
    if pasts and pasts[0].state_json["signatures"]:
        faults.append("Entry 1 holds signatures, and nothing was there to sign.")
    for before, after in pairwise(pasts):
        place = f"Entry {len(after.history)}"
        faults += [f"{place}: {fault}." for fault in _step(before, after)]
    return faults


def is_older(case: Case) -> bool:
    """Whether a version before 0.4 wrote the case's current state."""
    return require_known(case.written_at(case.head)) < VERSION


def _step(before: Case, after: Case) -> Iterator[str]:
    entry, older = after.history[-1], is_older(after)
    if older and not is_older(before):
        yield "it is written as an older liverplan wrote, after lines that this one wrote"
    if entry.forged:
        yield f"the line of {entry.actor.name} does not match its key"
    if not older and entry.changes != _changes(before, after):
        yield "what it says has changed is not what changed"
    if not older and _brings_more_on_screen(before, after):
        yield "what is chosen on screen, of which no signature speaks, holds what is not chosen"
    known, now = before.state_json["signatures"], after.state_json["signatures"]
    if now[: len(known)] != known:
        yield "signatures that stood before are gone or changed"
        return
    new = [read_signature(document) for document in now[len(known) :]]
    if len(new) > 1:
        yield "more than one signature came in one step"
    for signature in new:
        yield from _signed(signature, before, entry, older=older)


def _changes(before: Case, after: Case) -> Sequence[Json]:
    """Return what truly changed; nothing where the entry notes something of the state as it was."""
    if before.history[-1].state == after.history[-1].state:
        return ()
    return changes_to(before, after.state_json)


def _brings_more_on_screen(before: Case, after: Case) -> bool:
    """Whether a step wrote more there than is chosen; what an older version wrote may stay."""
    known, now = before.document(ON_SCREEN), after.document(ON_SCREEN)
    return now != known and now is not None and not set(now) <= CHOSEN


def _signed(signature: Signature, before: Case, entry: Entry, *, older: bool) -> Iterator[str]:
    who = f"the signature of {signature.name} ({signature.meaning})"
    if not holds(signature.public_key, signature.signature, signature.message):
        yield f"{who} does not match its key"
    if not _made_here(signature, before):
        yield f"{who} was made on another state of the case"
    elif not covers_its_state(signature, before):
        yield f"{who} does not cover what the case held"
    if entry.actor.kind != "human" or not same_name(entry.actor.name, signature.name):
        yield f"{who} stands in a line of {entry.actor.name}"
    if not older and entry.public_key != signature.public_key:
        yield f"{who} stands in a line that its key has not signed"
    if abs(_time(entry.when) - _time(signature.when)) > APART:
        yield f"{who} is of {signature.when}, and its line of {entry.when}"
    for rule in broken(before, signature, older=older):
        yield f"{who} breaks a rule: {rule}"


def _made_here(signature: Signature, before: Case) -> bool:
    """Whether it was made on the state just before, notes about which may stand between."""
    state = before.history[-1].state
    return any(e.sha256 == signature.trail and e.state == state for e in before.history)


def _time(words: str) -> datetime:
    return datetime.fromisoformat(words)
