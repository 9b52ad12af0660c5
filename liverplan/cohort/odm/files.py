"""Tables to an ODM file, and an ODM file to tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from liverplan.case.files import write_whole
from liverplan.cohort.cells import read_patients
from liverplan.cohort.odm.read import read_odm
from liverplan.cohort.odm.write import odm_of
from liverplan.errors import InputError


def export_odm(tables: Sequence[Path], out: Path) -> int:
    """Write tables of patients, CSV or Parquet, as one ODM file; return how many patients.

    Raises
    ------
    InputError
        If a table does not serve, two have one name, or the file cannot be written.
    """
    read = [read_patients(path) for path in tables]
    names = [table.name for table in read]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"Two tables have the name {', '.join(twice)}.")
    content = odm_of(read, created=datetime.now(UTC))
    try:
        write_whole(out, content)
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror}.") from error
    return len({key for table in read for key in table.values_of("id")})


def import_odm(path: Path, out: Path) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Write the forms of an ODM file as CSV tables.

    Returns
    -------
    (files, notes)
        Notes say what of the file was left out.

    Raises
    ------
    InputError
        If the file does not serve, or the tables cannot be written.
    """
    tables, notes = read_odm(path)
    try:
        out.mkdir(parents=True, exist_ok=True)
        return tuple(table.write(out) for table in tables), notes
    except OSError as error:
        raise InputError(f"The tables cannot be written to {out}: {error.strerror}.") from error
