"""A CSV table of the trial, read whole: known columns, and every fault in one sentence."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from liverplan.errors import InputError
from liverplan.plain import from_cell

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
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True, restkey="(too many)")
            header = tuple(reader.fieldnames or ())
            lines = [(reader.line_num, line) for line in reader]
    except OSError as error:
        raise InputError(f"The {what} {path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"The {what} {path} is no CSV file in UTF-8: {error}.") from error
    known = {*needed, *optional, *BESIDE}
    faults = [f"unknown column {name!r}" for name in header if name not in known]
    faults += [f"no column {name!r}" for name in needed if name not in header]
    faults += [
        f"line {n} has more values than columns" for n, line in lines if len(line) > len(header)
    ]
    refuse(path, what, faults)
    return [(n, {name: value_of(line.get(name)) for name in known}) for n, line in lines]


def value_of(cell: str | None) -> str:
    """Return what a cell holds, without the apostrophe that keeps it from being a formula."""
    return from_cell((cell or "").strip())


def refuse(path: Path, what: str, faults: Sequence[str]) -> None:
    """Raise if there are faults, naming the first few.

    Raises
    ------
    InputError
        One sentence.
    """
    if faults:
        more = f"; and {len(faults) - MOST_FAULTS} more" if len(faults) > MOST_FAULTS else ""
        told = "; ".join(faults[:MOST_FAULTS])
        raise InputError(f"The {what} {path} does not serve: {told}{more}.")
