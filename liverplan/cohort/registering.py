"""Where each case of a cohort ends, whether the register noted it so, and what it is worth."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from liverplan.case import REGISTER, Case, Register, note, open_case, read_register
from liverplan.cohort.rows import row_of
from liverplan.cohort.standing import standing
from liverplan.errors import LiverplanError
from liverplan.workflow.checking import case_faults

Columns = dict[str, Any]


def register_in(folder: Path) -> Register:
    """Read the register of a folder of cases; one that was never begun is empty.

    Raises
    ------
    CaseError
        If it was altered.
    """
    path = folder / REGISTER
    return read_register(path) if path.exists() else Register(path=path)


def note_cases(register: Register, folders: Iterable[Path]) -> Register:
    """Note where cases end, a new one too; one that contradicts what was noted is left out.

    Raises
    ------
    CaseError
        If the register was altered, or cannot be written.
    """
    cases = [case for case in map(_opened, folders) if case is not None]
    agreed = [c for c in cases if not register.knows(c) or not register.faults_of(c)]
    return note(register.path, agreed) if agreed else register


def end_of(folder: Path, register: Register | None) -> Columns:
    """Return the columns that say where a case ends, and how it is not the noted one.

    Raises
    ------
    CaseError
        If the case cannot be read.
    """
    case = open_case(folder)
    faults = register.faults_of(case) if register is not None and register.lines else []
    return {"head": case.head, "entries": str(len(case.history)), "register": "; ".join(faults)}


def row_of_checked(case: Case) -> Columns:
    """Return a case's row; one that says that it is eligible does so only once it was verified.

    Raises
    ------
    LiverplanError
        If the case cannot be read.
    KeyError, TypeError, ValueError
        If its findings cannot be understood.
    """
    findings = standing(case)
    if findings is None:
        return {"eligibility": "undecided", "fault": "The case holds no findings yet."}
    row = row_of(findings)
    faults = case_faults(case.folder) if findings.eligibility == "eligible" else []
    return row | {"eligibility": "undecided", "fault": "; ".join(faults)} if faults else row


def _opened(folder: Path) -> Case | None:
    try:
        return open_case(folder)
    except LiverplanError:
        return None
