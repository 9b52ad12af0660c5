"""The files of a case: each named by the hash of its content, none ever overwritten.

While a save is under way a small file says which files it added; one that was interrupted is
taken back by the next, so that a state which no line of the trail names was never left by a save.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from liverplan.case.documents import Json, parse, sha256, to_page
from liverplan.case.files import OWN, clear_unfinished, read_regular, write_whole
from liverplan.case.shape import MOMENT, OBJECT
from liverplan.errors import CaseError
from liverplan.shape import Fields, OneOf, Text

SCHEMA = "liverplan.case/1"
IDENTITY, TRAIL, STATES, OBJECTS = "case.json", "audit.jsonl", "states", "objects"
SAVING = OWN + "saving"
_HASH = re.compile(r"[0-9a-f]{64}")

ANY_IDENTITY = Fields(
    needs={"schema": Text(pattern=r"liverplan\.case/[1-9][0-9]{0,8}")}, others=True
)
"""Of whatever version."""

IDENTITY_SHAPE = Fields(
    needs={
        "schema": OneOf((SCHEMA,)),
        "id": Text(pattern="[0-9a-f-]{8,64}"),
        "created": MOMENT,
    }
)


@contextmanager
def saving(folder: Path, states: Collection[str]) -> Iterator[None]:
    """Take back what an interrupted save added, and note what this one adds until it is done."""
    added = unfinished_save(folder)
    if not {path.stem for path in added if path.parent.name == STATES} & set(states):
        for path in added:
            with suppress(OSError):
                path.unlink()
    clear_unfinished(folder)
    yield
    with suppress(OSError):
        (folder / SAVING).unlink()


def unfinished_save(folder: Path) -> tuple[Path, ...]:
    """Files that an interrupted save had begun to add."""
    try:
        lines = read_regular(folder / SAVING).decode("utf-8").splitlines()
    except (OSError, ValueError):
        return ()
    split = [line.partition("/") for line in lines]
    return tuple(folder / r / Path(name).name for r, _, name in split if r in (STATES, OBJECTS))


def put(folder: Path, content: bytes, ending: str) -> str:
    """Keep bytes under their hash and return the file's name."""
    name = sha256(content) + ending
    _put(folder, OBJECTS, name, content)
    return name


def put_state(folder: Path, document: Json) -> str:
    """Keep a state's document and return its hash."""
    content = to_page(document)
    name = sha256(content)
    _put(folder, STATES, f"{name}.json", content)
    return name


def get(folder: Path, name: str) -> bytes:
    """Bytes of an object, checked against the hash that it is named by."""
    if not (isinstance(name, str) and OBJECT.fullmatch(name)):
        raise CaseError(f"The case {folder} names as one of its files what is none of a case.")
    return _read_hashed(folder / OBJECTS / name)


def read_state_json(folder: Path, name: str) -> Json:
    """Return a state's document as it was written."""
    if not (isinstance(name, str) and _HASH.fullmatch(name)):
        raise CaseError(f"The case {folder} names as one of its states what is none of a case.")
    path = folder / STATES / f"{name}.json"
    return parse(_read_hashed(path), str(path))


def read_file(path: Path) -> bytes:
    """Bytes of a file of the case.

    Raises
    ------
    CaseError
        If it is missing or cannot be read.
    """
    try:
        return read_regular(path)
    except OSError as error:
        raise CaseError(f"{path} cannot be read ({error.strerror}).") from error


def require_known_schema(folder: Path, identity: Json) -> None:
    """Refuse what a newer liverplan has written.

    Raises
    ------
    CaseError
        If the version is higher than this program's, or is none at all.
    """
    fault = ANY_IDENTITY.fault(identity, "it")
    if fault:
        raise CaseError(f"{folder / IDENTITY} is damaged: {fault}.")
    schema: str = identity["schema"]
    version = schema.partition("/")[2]
    if int(version) > int(SCHEMA.partition("/")[2]):
        raise CaseError(
            f"The case {folder} was written by a newer liverplan ({schema}; this one reads up to "
            f"{SCHEMA}); open it with that version."
        )
    fault = IDENTITY_SHAPE.fault(identity, "it")
    if fault:
        raise CaseError(f"{folder / IDENTITY} is damaged: {fault}.")


def _put(folder: Path, room: str, name: str, content: bytes) -> None:
    path = folder / room / name
    if path.is_file() and sha256(read_file(path)) == sha256(content):
        return
    if not path.exists():
        with (folder / SAVING).open("a", encoding="utf-8") as noted:
            noted.write(f"{room}/{name}\n")
    write_whole(path, content)


def _read_hashed(path: Path) -> bytes:
    content = read_file(path)
    if sha256(content) != path.name.partition(".")[0]:
        raise CaseError(f"{path} was altered: its content does not match its hash.")
    return content
