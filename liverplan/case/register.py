"""The register beside many cases: which head each case had on which day, in lines that chain.

A case's own trail cannot tell that its last lines were dropped, or that another case took its
place. A register can: it notes of each case its identity, where it lies and the head of its trail,
again and again, and each line holds the hash of the line before. It is only ever appended to, so
that a file system may be told to allow no more than that. Where the register itself ends is said
by every table and report that was made beside it; whoever kept one of those finds a register that
was cut off or replaced.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

from liverplan.case.audit import NO_HASH
from liverplan.case.documents import parse, sha256, to_line
from liverplan.case.files import lock, read_in_words, read_regular
from liverplan.case.shape import HASH, MOMENT
from liverplan.case.store import Case
from liverplan.errors import CaseError
from liverplan.shape import Whole, fields_of

REGISTER = "register.jsonl"
SHORTEST_HEAD = 8
WAIT_S = 30.0
"""So long a writer waits for the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """One line of a register.

    Parameters
    ----------
    number : int
        1, 2, 3, ...
    when : str
        UTC, ISO 8601.
    case, place : str
        The case's own identity, and its folder as seen from the register's.
    head, entries
        Hash of the last line of the case's trail then, and how many lines it had.
    previous, sha256 : str
        Hash of the register's line before (zeros on the first) and of this line.
    """

    number: int
    when: str
    case: str
    place: str
    head: str
    entries: int
    previous: str
    sha256: str = ""

    @property
    def own_hash(self) -> str:
        """Hash of all that the line says but its hash."""
        return sha256(to_line({k: v for k, v in asdict(self).items() if k != "sha256"}))


NOTED = fields_of(
    Noted,
    number=Whole(least=1),
    when=MOMENT,
    head=HASH,
    entries=Whole(least=1),
    previous=HASH,
    sha256=HASH,
)
"""The shape of a line of a register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A register as read: every line follows from the one before."""

    path: Path
    lines: tuple[Noted, ...] = ()

    @property
    def head(self) -> str:
        """Where it ends, as it is printed."""
        last = self.lines[-1].sha256 if self.lines else NO_HASH
        return f"{last} ({len(self.lines)} lines)"

    def faults_of(self, case: Case) -> list[str]:
        """Say how a case is not the one that was noted; empty if it is."""
        return self._replaced(case) or self._missing(case) or self._rolled_back(case)

    def knows(self, case: Case) -> bool:
        """Whether any line is of this case."""
        return any(line.case == case.identity for line in self.lines)

    def gone(self) -> list[Noted]:
        """Return the last line of each case that lay beside the register and is there no more."""
        last = {line.place: line for line in self.lines}
        beside = [line for line in last.values() if not line.place.startswith("..")]
        with read_in_words(self.path.parent):
            return [line for line in beside if not (self.path.parent / line.place).is_dir()]

    def _replaced(self, case: Case) -> list[str]:
        there = [line for line in self.lines if line.place == place_of(case, self.path)]
        return [
            f"{self.path}, line {line.number}: another case lay at {line.place} on "
            f"{line.when[:10]}; this one took its place"
            for line in there[-1:]
            if line.case != case.identity
        ]

    def _missing(self, case: Case) -> list[str]:
        return [] if self.knows(case) else [f"{self.path} knows no such case"]

    def _rolled_back(self, case: Case) -> list[str]:
        ends = {entry.number: entry.sha256 for entry in case.history}
        return [
            f"{self.path}, line {line.number}: on {line.when[:10]} its trail ended in {line.head} "
            f"({line.entries} entries), which it holds no more"
            for line in self.lines
            if line.case == case.identity and ends.get(line.entries) != line.head
        ]


def place_of(case: Case, register: Path) -> str:
    """Return a case's folder as seen from the register's."""
    folder, root = case.folder.resolve(), register.parent.resolve()
    return Path(os.path.relpath(folder, root)).as_posix()


def register_beside(folder: Path) -> Path | None:
    """Return the register that lies beside a case, or one folder further up; None without."""
    with read_in_words(folder.parent):
        found = (place / REGISTER for place in list(folder.resolve().parents)[:2])
        return next((path for path in found if path.is_file()), None)


def read_register(path: Path, *, head: str = "") -> Register:
    """Read a register and check its chain.

    Parameters
    ----------
    path : Path
        As `note` wrote it.
    head : str
        Hash of a line that it once ended in (8 digits at least), as a table or a report says it.

    Raises
    ------
    CaseError
        Naming the first line that was altered, or if the line of that hash is gone.
    """
    try:
        content = read_regular(path)
    except OSError as error:
        raise CaseError(f"The register {path} cannot be read ({error.strerror}).") from error
    register = _read(content, path)
    wanted = head.strip().lower().partition(" ")[0]
    known = len(wanted) >= SHORTEST_HEAD and any(
        n.sha256.startswith(wanted) for n in register.lines
    )
    if head and not known:
        raise CaseError(
            f"The register {path} holds no line {head}: lines were taken away or rewritten since "
            f"that was noted (it ends in {register.head})."
        )
    return register


def note(path: Path, cases: Sequence[Case]) -> Register:
    """Note where the trails of cases end, unless the last line of a case says so already.

    Raises
    ------
    CaseError
        If the register was altered or contradicts a case, or cannot be written; nothing is noted
        then.
    """
    try:
        with lock(path.parent, what="register in", wait_s=WAIT_S):
            known = _finished(path)
            faults = [f for case in cases if known.knows(case) for f in known.faults_of(case)]
            if faults:
                raise CaseError(f"Nothing was noted: {'; '.join(faults)}.")
            lines = _following(known, cases)
            _append(path, b"".join(to_line(asdict(line)) for line in lines))
    except OSError as error:
        reason = error.strerror or str(error)
        raise CaseError(
            f"The register {path} cannot be written ({reason}); nothing was noted."
        ) from error
    return Register(path=path, lines=(*known.lines, *lines))


def _following(known: Register, cases: Sequence[Case]) -> tuple[Noted, ...]:
    last = {line.case: line.head for line in known.lines}
    found = list(known.lines)
    for case in cases:
        if last.get(case.identity) == case.head:
            continue
        line = Noted(
            number=len(found) + 1,
            when=datetime.now(UTC).isoformat(timespec="seconds"),
            case=case.identity,
            place=place_of(case, known.path),
            head=case.head,
            entries=len(case.history),
            previous=found[-1].sha256 if found else NO_HASH,
        )
        found.append(replace(line, sha256=line.own_hash))
    return tuple(found[len(known.lines) :])


def _finished(path: Path) -> Register:
    """Read a register under its lock; what an interrupted writer left of a line is taken away."""
    try:
        content = read_regular(path)
    except FileNotFoundError:
        return Register(path=path)
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(path, whole)
    return _read(content[:whole], path)


def _append(path: Path, content: bytes) -> None:
    if not content:
        return
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
    file = FileIO(os.open(path, flags, 0o666), "a")
    try:
        end = os.fstat(file.fileno()).st_size
        try:
            _write(file, content)
        except OSError:
            with suppress(OSError):
                file.truncate(end)
            raise
    finally:
        with suppress(OSError):  # what reached the disk is noted
            file.close()


def _write(file: FileIO, content: bytes) -> None:
    if file.write(content) != len(content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(file.fileno())


def _read(content: bytes, path: Path) -> Register:
    lines: list[Noted] = []
    for number, line in enumerate(content.splitlines(keepends=True), 1):
        lines.append(_checked(line, number, lines[-1].sha256 if lines else NO_HASH, path))
    return Register(path=path, lines=tuple(lines))


def _checked(line: bytes, number: int, previous: str, path: Path) -> Noted:
    place = f"The register {path} was altered: line {number}"
    try:
        document = parse(line, "the line")
    except CaseError as error:
        raise CaseError(f"{place} is none of a register.") from error
    fault = NOTED.fault(document, "it")
    if fault:
        raise CaseError(f"{place} is none of a register: {fault}.")
    noted = Noted(**document)
    if to_line(asdict(noted)) != line or noted.own_hash != noted.sha256:
        raise CaseError(f"{place} does not match its hash.")
    if (noted.number, noted.previous) != (number, previous):
        raise CaseError(f"{place} does not follow from the line before.")
    return noted
