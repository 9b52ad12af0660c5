"""The register beside many cases: which counts, what it says of a case, what is noted in it."""

from __future__ import annotations

from pathlib import Path

from liverplan import case
from liverplan.case import Case, Register
from liverplan.errors import CaseError


def known_register(
    folder: Path, given: Path | None, *, head: str = "", begin: bool = False
) -> Register | None:
    """Read the register that counts for a case: the given one, else the one beside it.

    Parameters
    ----------
    folder : Path
        The case.
    given : Path or None
        A register's file.
    head : str
        Hash of a line that it must hold.
    begin : bool
        Whether a given register that is not there yet counts as an empty one.

    Raises
    ------
    CaseError
        If it was altered, or there is none although its head is known.
    """
    path = given or case.register_beside(folder)
    if path is None:
        if head or begin:
            raise CaseError(f"No register lies beside {folder}; name its file.")
        return None
    if begin and not head and not path.exists():
        return Register(path=path)
    return case.read_register(path, head=head)


def register_faults(folder: Path, known: Register | None, *, enter: bool = False) -> list[str]:
    """Say how a case is not the one that its register noted; one to be entered may be new to it."""
    if known is None:
        return []
    opened = case.open_case(folder)
    if enter and not known.knows(opened):
        return []
    return known.faults_of(opened)


def note_in(opened: Case, register: Path | None) -> Register | None:
    """Note where a case ends in a register that was named; a new case is entered, a new file begun.

    Raises
    ------
    CaseError
        If the register was altered, or noted another head of this case before.
    """
    return None if register is None else case.note(register, [opened])


def require_as_noted(opened: Case, register: Path | None) -> Register | None:
    """Return the register that counts for a case, which must be the one that was noted.

    Raises
    ------
    CaseError
        If the case was rolled back, rewritten or replaced, or the register altered.
    """
    known = known_register(opened.folder, register, begin=register is not None)
    faults = [] if known is None else register_faults(opened.folder, known, enter=True)
    if faults:
        raise CaseError(f"The case {opened.folder} was altered: {'; '.join(faults)}.")
    return known
