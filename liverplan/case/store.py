"""The case folder: make it, open it, commit to it.

::

    case.json          schema, identity
    audit.jsonl        the trail; its last line names the current state
    states/HASH.json   every state there ever was
    objects/HASH.*     CT and label maps (NIfTI), documents (JSON)

A commit writes new files beside the old ones and then replaces ``audit.jsonl`` in one step: a
reader, or a crash at any moment, sees the state before or the state after. Nothing is overwritten.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan.case.audit import Actor, Change, Entry, differences, new_entry, read_trail
from liverplan.case.documents import Json, parse, sha256, to_line, to_page
from liverplan.case.files import lock, read_in_words, refused_in_words, replace_last, write_whole
from liverplan.case.making import made, require_free, take_back
from liverplan.case.migrate import migrated
from liverplan.case.objects import (
    IDENTITY,
    OBJECTS,
    SCHEMA,
    STATES,
    TRAIL,
    get,
    put,
    put_state,
    read_file,
    read_state_json,
    require_known_schema,
    saving,
)
from liverplan.case.shape import require_shape
from liverplan.case.state import CaseState, Put, content_sha256, read_state, write_state
from liverplan.errors import CaseError


class Case:
    """An open case: its history, and its current state once somebody asks for it.

    Attributes
    ----------
    folder : Path
        Where it lies.
    history : tuple of Entry
        The audit trail, oldest first.
    state_json : JSON
        The current state's own document, in today's schema; `state` reads the files that it names.
    """

    def __init__(
        self,
        folder: Path,
        history: tuple[Entry, ...],
        state: CaseState | None,
        state_json: Json = None,
    ) -> None:
        self.folder = folder
        self.history = history
        self._written = state_json or read_state_json(folder, history[-1].state)
        self.state_json = migrated(self._written, self.read_document)
        require_shape(self.state_json)
        self._state = state

    @property
    def state(self) -> CaseState:
        """Current state; reads CT, labels and documents when first asked."""
        if self._state is None:
            self._state = self._load(self._written)
        return self._state

    def document(self, name: str) -> Json:
        """Return one document of the current state, without reading any image; None without it."""
        file = self.state_json["documents"].get(name)
        return None if file is None else self.read_document(file)

    @property
    def content_sha256(self) -> str:
        """Hash of inputs, software, plan and results: what a signature covers."""
        return content_sha256(self.state_json)

    def at(self, number: int) -> CaseState:
        """Reopen the state that entry ``number`` (1, 2, ...) of the history led to."""
        if not 1 <= number <= len(self.history):
            raise CaseError(
                f"The case {self.folder} has states 1 to {len(self.history)}, not {number}."
            )
        return self._load(read_state_json(self.folder, self.history[number - 1].state))

    @property
    def identity(self) -> str:
        """Return what tells this case from every other; the trail's first line holds its hash."""
        return identity_of(self.folder)

    @property
    def head(self) -> str:
        """Hash of the trail's last line, which stands for all that came before."""
        return self.history[-1].sha256

    def commit(
        self,
        state: CaseState,
        *,
        actor: Actor,
        what: str,
        why: str = "",
        key: Ed25519PrivateKey | None = None,
    ) -> Case:
        """Make ``state`` the current one and return the case as it then is.

        Raises
        ------
        CaseError
            If another program writes or has written since this case was opened, if the disk
            refuses, or if ``why`` is empty although somebody has signed.
        """
        with refused_in_words(self.folder), lock(self.folder):
            history = _unchanged(self)
            with saving(self.folder, {entry.state for entry in history}):
                document = _write(self, state, why)
                changes, name = changes_to(self, document), put_state(self.folder, document)
                entry = new_entry(
                    history, actor=actor, what=what, why=why, changes=changes, state=name, key=key
                )
                _append(self.folder, entry)
        return Case(self.folder, (*history, entry), state, document)

    def note(
        self,
        *,
        actor: Actor,
        what: str,
        why: str = "",
        key: Ed25519PrivateKey | None = None,
        stamp: str = "",
    ) -> Case:
        """Add to the trail what was done with the current state, which stays as it is.

        Raises
        ------
        CaseError
            As `commit`.
        """
        with refused_in_words(self.folder), lock(self.folder):
            history = _unchanged(self)
            name = history[-1].state
            entry = new_entry(
                history,
                actor=actor,
                what=what,
                why=why,
                changes=(),
                state=name,
                key=key,
                stamp=stamp,
            )
            with saving(self.folder, {entry.state for entry in history}):
                _append(self.folder, entry)
        return Case(self.folder, (*history, entry), self._state, self._written)

    def written_at(self, line: str) -> Json:
        """Return the state's document to which the trail's line of that hash led, as written.

        Raises
        ------
        CaseError
            If the trail has no such line, or the document is not there as it was written.
        """
        for entry in self.history:
            if entry.sha256 == line:
                return read_state_json(self.folder, entry.state)
        raise CaseError(f"The audit trail of {self.folder} has no line {line}.")

    def _load(self, document: Json) -> CaseState:
        return read_state(document, lambda name: get(self.folder, name), self.read_document)

    def read_document(self, name: str) -> Json:
        """Return a document, of whatever state of the case, by the name of its file."""
        return parse(get(self.folder, name), str(self.folder / OBJECTS / name))


def create_case(
    folder: Path | str,
    *,
    state: CaseState,
    actor: Actor,
    what: str,
    why: str = "",
    key: Ed25519PrivateKey | None = None,
) -> Case:
    """Make a new case in an empty or absent folder, its first line signed where a key is given.

    Raises
    ------
    CaseError
        If the folder holds anything else, or cannot be written; it is then as it was before.
    """
    folder = Path(folder)
    require_free(folder)
    with refused_in_words(folder), made(folder), lock(folder):
        require_free(folder)
        try:
            with saving(folder, ()):
                entry, document = _write_first(folder, state, actor, what, why, key)
        except BaseException:
            take_back(folder)
            raise
    return Case(folder, (entry,), state, document)


def open_case(folder: Path | str) -> Case:
    """Open a case for reading and for commits.

    Raises
    ------
    CaseError
        If there is none, if it was written by a newer liverplan, or if it was altered.
    """
    folder = Path(folder)
    return Case(folder, read_history(folder), None)


def identity_of(folder: Path) -> str:
    """Return the identity that a case was given when it was made.

    Raises
    ------
    CaseError
        If it has none.
    """
    document = parse(read_file(folder / IDENTITY), str(folder / IDENTITY))
    identity = document.get("id") if isinstance(document, dict) else None
    if not isinstance(identity, str):
        raise CaseError(f"{folder / IDENTITY} is damaged: it names no case.")
    return identity


def read_history(folder: Path) -> tuple[Entry, ...]:
    """Read a case's trail without its states.

    Raises
    ------
    CaseError
        As `open_case`.
    """
    with read_in_words(folder):
        there = {name for name in (IDENTITY, TRAIL) if (folder / name).is_file()}
    if IDENTITY not in there:
        raise CaseError(f"{folder} is not a liverplan case: it holds no {IDENTITY}.")
    require_known_schema(folder, parse(read_file(folder / IDENTITY), str(folder / IDENTITY)))
    if TRAIL not in there:
        raise CaseError(f"{folder} holds no {TRAIL}: the case was never finished, or lost it.")
    return read_trail(read_file(folder / TRAIL), str(folder / TRAIL))


def _write_first(
    folder: Path,
    state: CaseState,
    actor: Actor,
    what: str,
    why: str,
    key: Ed25519PrivateKey | None,
) -> tuple[Entry, Json]:
    identity = to_page(
        {
            "schema": SCHEMA,
            "id": str(uuid.uuid4()),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
        }
    )
    write_whole(folder / IDENTITY, identity)
    (folder / STATES).mkdir(exist_ok=True)
    (folder / OBJECTS).mkdir(exist_ok=True)
    changes = (Change(field=IDENTITY, old=None, new=sha256(identity)),)
    document = write_state(state, _putting(folder), known=None, known_json=None)
    name = put_state(folder, document)
    entry = new_entry((), actor=actor, what=what, why=why, changes=changes, state=name, key=key)
    replace_last(folder / TRAIL, to_line(entry.to_json()))
    return entry, document


def _unchanged(case: Case) -> tuple[Entry, ...]:
    """Return the trail on disk, which may have gained notes since the case was opened."""
    now, then = read_history(case.folder), case.history
    if now[: len(then)] != then or any(e.state != then[-1].state for e in now[len(then) :]):
        raise CaseError(
            f"The case {case.folder} was changed by another program since it was opened; "
            "open it again."
        )
    return now


def _append(folder: Path, entry: Entry) -> None:
    replace_last(folder / TRAIL, read_file(folder / TRAIL) + to_line(entry.to_json()))


def _write(case: Case, state: CaseState, why: str) -> Json:
    known, known_json = case._state, case.state_json  # noqa: SLF001 - the property reads images
    document = write_state(state, _putting(case.folder), known=known, known_json=known_json)
    _require_signatures_kept(case, document, why)
    return document


def _putting(folder: Path) -> Put:
    return lambda content, ending: put(folder, content, ending)


def _require_signatures_kept(case: Case, document: Json, why: str) -> None:
    signed = case.state_json["signatures"]
    if document["signatures"][: len(signed)] != signed:
        raise CaseError(f"Signatures of the case {case.folder} cannot be removed or changed.")
    if signed and not why.strip() and content_sha256(document) != case.content_sha256:
        raise CaseError(
            f"The case {case.folder} is signed; a change voids the signatures and needs a reason."
        )


def changes_to(case: Case, document: Json) -> tuple[Change, ...]:
    """Old and new values: of documents each leaf, of images and headers the file."""
    old, new = _opened(case.folder, case.state_json), _opened(case.folder, document)
    return tuple(differences(old, new))


def _opened(folder: Path, document: Json) -> Json:
    files = document["documents"]
    opened = {
        key: name if key == "headers" else parse(get(folder, name), name)
        for key, name in files.items()
    }
    return {**document, "documents": opened}
