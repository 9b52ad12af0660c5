"""Find every byte of a case that is not what was written, and every step that no rule allows."""

from __future__ import annotations

from pathlib import Path

from liverplan.case.audit import Entry, read_trail, trail_faults
from liverplan.case.documents import Json, parse, sha256
from liverplan.case.files import OWN, read_in_words
from liverplan.case.migrate import VERSION, require_known
from liverplan.case.objects import (
    IDENTITY,
    OBJECTS,
    STATES,
    TRAIL,
    read_file,
    require_known_schema,
    unfinished_save,
)
from liverplan.case.replay import replay_faults
from liverplan.case.roster import Roster, roster_faults
from liverplan.case.signature import forgery, read_signature
from liverplan.case.state import files_of, pictures_of
from liverplan.case.store import Case
from liverplan.errors import CaseError

SHORTEST_HEAD = 8
NONE: Json = {"images": []}
"""In place of pictures whose list is missing or altered, which is said anyhow."""
_MISREAD = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)


def verify(folder: Path | str, *, head: str = "", roster: Roster | None = None) -> list[str]:
    """Check all files of a case, of every state that it ever had, and every step between them.

    Parameters
    ----------
    folder : path
        The case.
    head : str
        Hash of a line that the trail once ended in, or its beginning (8 digits at least), as a
        report or a register says; "" if none is known.
    roster : Roster, optional
        Who may sign, with which key.

    Returns
    -------
    list of str
        One sentence for each fault, naming the file; empty if the case is as it was written.
        Files that an interrupted writer left are no fault: nothing refers to them.

    Raises
    ------
    CaseError
        If the folder holds no case at all, or one of a newer version.
    """
    with read_in_words(Path(folder)):
        return _faults(Path(folder), head, roster)


def _faults(folder: Path, head: str, roster: Roster | None) -> list[str]:
    if not any((folder / name).exists() for name in (IDENTITY, TRAIL)):
        raise CaseError(f"{folder} is not a liverplan case: it holds no {IDENTITY}.")
    faults = _identity_faults(folder)
    trail, trail_wrong = _trail(folder)
    faults += trail_wrong
    faults += _hash_faults(folder)
    try:
        faults += _file_faults(folder, trail, head)
    except CaseError as error:
        return [*faults, str(error)]
    except _MISREAD as error:
        return [*faults, f"A state of {folder} cannot be understood: {error!r}."]
    return faults or _step_faults(folder, trail, roster)


def _file_faults(folder: Path, trail: tuple[Entry, ...], head: str) -> list[str]:
    faults = []
    if trail:
        faults += _bound_faults(folder, trail)
        faults += _head_faults(folder, trail, head) if head else []
    names = {entry.state for entry in trail}
    faults += [*_missing(folder, names), *_strangers(folder)]
    faults += _orphans(folder, names) if trail else []
    return [*faults, *_signature_faults(folder, trail)]


def _step_faults(folder: Path, trail: tuple[Entry, ...], roster: Roster | None) -> list[str]:
    """Say what the rules do not allow, in a case whose files are all as they were written."""
    try:
        faults = replay_faults(folder, trail)
        if roster is not None:
            faults += roster_faults(Case(folder, trail, None), roster)
    except CaseError as error:
        return [str(error)]
    except _MISREAD as error:
        return [f"A state of {folder} cannot be understood: {error!r}."]
    return [f"{folder}: {fault}" for fault in faults]


def _head_faults(folder: Path, trail: tuple[Entry, ...], head: str) -> list[str]:
    wanted = head.strip().lower()
    if len(wanted) >= SHORTEST_HEAD and any(e.sha256.startswith(wanted) for e in trail):
        return []
    return [
        f"{folder / TRAIL} holds no line {head}: lines were taken away or rewritten since that "
        f"was noted (it ends in {trail[-1].sha256}, {len(trail)} lines)."
    ]


def _orphans(folder: Path, states: set[str]) -> list[str]:
    """States that no line names, and that no interrupted save nor older version left behind."""
    begun = set(unfinished_save(folder))
    left = [p for p in _files(folder) if p.parent.name == STATES and p not in begun]
    return [
        f"{path} belongs to no line of the trail: lines were taken away."
        for path in left
        if path.stem not in states and _version(path) == VERSION
    ]


def _version(path: Path) -> int:
    try:
        return require_known(_intact(path))
    except CaseError:
        return 0


def _identity_faults(folder: Path) -> list[str]:
    path = folder / IDENTITY
    try:
        document = parse(read_file(path), str(path))
    except CaseError as error:
        return [str(error)]
    try:
        require_known_schema(folder, document)
    except CaseError as error:
        return [str(error)]
    return []


def _trail(folder: Path) -> tuple[tuple[Entry, ...], list[str]]:
    path = folder / TRAIL
    try:
        content = read_file(path)
        faults = trail_faults(content, str(path))
        return ((), faults) if faults else (read_trail(content, str(path)), [])
    except CaseError as error:
        return (), [str(error)]


def _bound_faults(folder: Path, trail: tuple[Entry, ...]) -> list[str]:
    """Check case.json against its hash in the trail's first line."""
    written = [change.new for change in trail[0].changes if change.field == IDENTITY]
    path = folder / IDENTITY
    if path.is_file() and written != [sha256(read_file(path))]:
        return [f"{path} was altered: its content does not match its hash in the audit trail."]
    return []


def _hash_faults(folder: Path) -> list[str]:
    faults = []
    for path in _files(folder):
        try:
            intact = sha256(read_file(path)) == path.name.partition(".")[0]
        except CaseError as error:
            faults.append(str(error))
            continue
        if not intact:
            faults.append(f"{path} was altered: its content does not match its hash.")
    return faults


def _missing(folder: Path, states: set[str]) -> list[str]:
    """Files that the trail, or a state, names and that are not there."""
    named = {folder / STATES / f"{state}.json" for state in states}
    for path in sorted(named):
        document = _intact(path)
        if document is not None:
            named |= {folder / OBJECTS / name for name in files_of(document)}
            pictures = pictures_of(document, lambda name: _intact(folder / OBJECTS / name) or NONE)
            named |= {folder / OBJECTS / Path(name).name for name in pictures}
    return [f"{path} is missing." for path in sorted(named) if not path.is_file()]


def _signature_faults(folder: Path, trail: tuple[Entry, ...]) -> list[str]:
    """Signatures of any state that their key did not make, or not on this trail."""
    faults = []
    for name in sorted({entry.state for entry in trail}):
        path = folder / STATES / f"{name}.json"
        for document in (_intact(path) or {}).get("signatures", []):
            signature = read_signature(document)
            why = forgery(signature, trail)
            if why:
                faults.append(f"{path}: the signature of {signature.name} is not genuine: {why}.")
    return faults


def _intact(path: Path) -> Json:
    if not path.is_file():
        return None
    content = read_file(path)
    return parse(content, str(path)) if sha256(content) == path.stem else None


def _strangers(folder: Path) -> list[str]:
    known = {IDENTITY, TRAIL, STATES, OBJECTS}
    strangers = [p for p in folder.iterdir() if p.name not in known and not p.name.startswith(OWN)]
    return [f"{path} does not belong to the case." for path in sorted(strangers)]


def _files(folder: Path) -> list[Path]:
    return [
        path
        for name in (STATES, OBJECTS)
        for path in sorted((folder / name).glob("*"))
        if not path.name.startswith(OWN)
    ]
