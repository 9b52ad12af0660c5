"""A CSV table of the trial, read whole: known columns, and every fault in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from liverplan.errors import InputError
from liverplan.plain.sheet import read_sheet

MOST_FAULTS = 5

BESIDE = ("event",)
"""Columns that any table may have and nothing reads: a trial database's visit of the line."""

Line = tuple[int, dict[str, str]]
"""A line's number in the file and its values by column, stripped; empty where there is none."""


def read_lines(
    path: Path, what: str, *, needed: Sequence[str], optional: Sequence[str]
) -> list[Line]:
    """Read a table.

    Raises
    ------
    InputError
        If it cannot be read, or a column is lacking or unknown.
    """
    sheet = read_sheet(path, what)
    known = (*needed, *optional)
    unread = set(sheet.header) - {*known, *BESIDE}
    faults = [f"unknown column {name!r}" for name in sheet.header if name in unread]
    faults += [f"no column {name!r}" for name in needed if name not in sheet.header]
    refuse(path, what, [*faults, *sheet.faults])
    return [(n, {name: line.get(name, "") for name in known}) for n, line in sheet.by_column]


def refuse(path: Path, what: str, faults: Sequence[str]) -> None:
    """Raise if there are faults, naming the first few.

    Raises
    ------
    InputError
        One sentence.
    """
    refuse_together(f"The {what} {path} does not serve", faults)


def refuse_together(what: str, faults: Sequence[str]) -> None:
    """Raise if there are faults, naming the first few after what they are of.

    Raises
    ------
    InputError
        One sentence.
    """
    if faults:
        more = f"; and {len(faults) - MOST_FAULTS} more" if len(faults) > MOST_FAULTS else ""
        raise InputError(f"{what}: {'; '.join(faults[:MOST_FAULTS])}{more}.")


def of_line(number: int, patient: str) -> str:
    """Name a patient by the line of the file, where there is one."""
    return f"line {number}: {patient!r}" if number else repr(patient)


def repeated(patients: Sequence[tuple[int, str]]) -> list[str]:
    """Return a clause for each (line, id) whose id stands in an earlier line."""
    first: dict[str, int] = {}
    for number, name in patients:
        first.setdefault(name, number)
    return [
        f"line {number} has the id {name!r} of line {first[name]}: it is there twice"
        for number, name in patients
        if name and first[name] != number
    ]
