"""Tables of a cohort as Parquet, CSV and one HTML page that sorts and filters offline."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from liverplan import NOTICE, __version__, extras
from liverplan.errors import InputError
from liverplan.plain import clean_value, to_cell
from liverplan.words.numbers import percent

Row = Mapping[str, Any]

BATCH = 500
"""Rows in memory at a time while a Parquet file is written."""

LIST = "; "
"""Between the items of a list in one cell."""

PER_CENT = "\N{NO-BREAK SPACE}%"

_NUMBERS = ("_fraction", "_ml", "_mm", "_low", "_high", "_threshold", "_ml_m2", "_score", "seconds")
_SHARES = ("of_functional", "of_liver", "of_estimated")

library = partial(extras.library, extra="cohort")


def write_parquet(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write rows batch by batch; every column has one type, whatever the rows hold."""
    arrow, parquet = library("pyarrow"), library("pyarrow.parquet")
    schema = arrow.schema([(name, _type(arrow, name)) for name in columns])
    with _beside(path) as unfinished, parquet.ParquetWriter(unfinished, schema) as writer:
        for batch in _batches(rows):
            full = [{name: row.get(name) for name in columns} for row in batch]
            writer.write_table(arrow.Table.from_pylist(full, schema=schema))


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write rows as CSV that no spreadsheet takes for formulas; what is not known is empty.

    `liverplan.endpoints.tables.read_lines` reads every text back as it was.
    """
    with (
        _beside(path) as unfinished,
        unfinished.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file,
    ):
        writer = csv.writer(file)
        writer.writerow(map(to_cell, columns))
        writer.writerows([_guarded(row.get(name)) for name in columns] for row in rows)


def write_html(
    path: Path,
    *,
    title: str,
    headings: Mapping[str, str],
    rows: Sequence[Row],
    note: str = "",
) -> None:
    """Write one page that opens offline: click a heading to sort, type to filter; a note above."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=clean_value,
    )
    page = environment.get_template("table.html.jinja").render(
        title=title,
        headings=tuple(headings.values()),
        rows=[[_cell(name, row) for name in headings] for row in rows],
        notice=NOTICE,
        note=note,
        software=f"liverplan {__version__}",
    )
    with _beside(path) as unfinished:
        unfinished.write_text(page, "utf-8")


def _type(arrow: Any, name: str) -> Any:  # noqa: ANN401 - pyarrow has no types
    if name.endswith("_count"):
        return arrow.int64()
    if name.endswith(_NUMBERS) or name in _SHARES:
        return arrow.float64()
    return arrow.string()


def _cell(name: str, row: Row) -> tuple[str, str, list[str]]:
    """Return what sorts, what is read, and the items of a list.

    Fractions are per cent, never rounded across the threshold.
    """
    value = row.get(name)
    if value is None or value == "":
        return "", "-", []
    if isinstance(value, str):
        items = value.split(LIST)
        return value, value, items if len(items) > 1 else []
    if not isinstance(value, float):
        return str(value), str(value), []
    if name in _SHARES or name.endswith(("_fraction", "_low", "_high", "_threshold")):
        return repr(value), f"{percent(value, row.get('threshold_fraction'))}{PER_CENT}", []
    return repr(value), f"{value:.1f}", []


def _guarded(value: object) -> object:
    return to_cell(value) if isinstance(value, str) else value


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Write beside the final file, then put it in place: whole or not at all.

    Raises
    ------
    InputError
        If the disk refuses; the table that was there before still is.
    """
    unfinished = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        yield unfinished
        unfinished.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"The table {path} cannot be written: {reason}.") from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        yield batch
