"""A table as text cells, from CSV or Parquet, and what stands in its columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from liverplan.cohort.columns import allowed_in, column_of
from liverplan.cohort.tables import library, write_csv
from liverplan.endpoints.tables import refuse
from liverplan.errors import InputError
from liverplan.plain import from_cell, kept_as_file_name
from liverplan.plain.sheet import read_sheet

WHAT = "table"
ID = "id"
NO_TEXT = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold: control characters and halves of pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table's name, its columns and its rows of cells; empty where nothing is known."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def position_of_id(self) -> int:
        """Return where the patient's id stands in a row."""
        return self.columns.index(ID)

    def values_of(self, column: str) -> tuple[str, ...]:
        """Return a column's cells."""
        position = self.columns.index(column)
        return tuple(row[position] for row in self.rows)

    def write(self, folder: Path) -> Path:
        """Write the table as CSV under its own name; `read_table` reads every cell again."""
        path = folder / f"{kept_as_file_name(self.name)}.csv"
        write_csv(
            path, self.columns, (dict(zip(self.columns, row, strict=True)) for row in self.rows)
        )
        return path


def read_table(path: Path) -> Table:
    """Read a table; no cell is judged.

    Raises
    ------
    InputError
        If it cannot be read, or its columns are not each named once.
    """
    header, rows = _parquet(path) if path.suffix == ".parquet" else _csv(path)
    twice = sorted({name for name in header if header.count(name) > 1})
    faults = [f"the column {name!r} is there twice" for name in twice]
    faults += [] if all(header) and header else ["a column has no name"]
    faults += [
        f"line {number} has {len(row)} values for {len(header)} columns"
        for number, row in enumerate(rows, start=2)
        if len(row) != len(header)
    ]
    refuse(path, WHAT, faults)
    return Table(name=path.stem, columns=tuple(header), rows=tuple(map(tuple, rows)))


def read_patients(path: Path) -> Table:
    """Read a table of patients, each cell being what its column can hold.

    Raises
    ------
    InputError
        One sentence that names the lines at fault.
    """
    table = read_table(path)
    if ID not in table.columns:
        refuse(path, WHAT, [f"no column {ID!r}"])
    refuse(path, WHAT, list(_faults(table)))
    return table


def _faults(table: Table) -> Iterator[str]:
    for number, row in enumerate(table.rows, start=2):
        if not row[table.position_of_id].strip():
            yield f"line {number} has no id"
        for name, cell in zip(table.columns, row, strict=True):
            if NO_TEXT.search(cell):
                yield f"line {number} has a control character in {name}"
            elif cell and not column_of(name).holds(cell):
                yield f"line {number} has the {name} {cell!r}, which is not {allowed_in(name)}"


def _csv(path: Path) -> tuple[list[str], Sequence[Sequence[str]]]:
    sheet = read_sheet(path, WHAT)
    rows = [tuple(map(from_cell, cells)) for _, cells in sheet.lines]
    return list(map(from_cell, sheet.header)), rows


def _parquet(path: Path) -> tuple[list[str], Sequence[Sequence[str]]]:
    parquet, arrow = library("pyarrow.parquet"), library("pyarrow")
    try:
        table = parquet.read_table(path)
    except (OSError, arrow.ArrowInvalid) as error:
        raise InputError(f"The table {path} is no Parquet file.") from error
    names = list(table.column_names)
    cells = [["" if v is None else str(v) for v in table[name].to_pylist()] for name in names]
    return names, list(zip(*cells, strict=True))
