"""A CSV file as spreadsheets write it: commas, semicolons or tabs, UTF-8 or UTF-16.

What separates cells is read off the first line; every cell comes out as it stands there.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from liverplan import regular
from liverplan.errors import InputError
from liverplan.plain.cells import from_cell

SEPARATORS = (",", ";", "\t")
TOLD = "sep="
"""How a first line begins that only says what separates the cells of the others."""
MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The names of the columns, and each other line that is not blank, with its number."""

    header: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def by_column(self) -> list[tuple[int, dict[str, str]]]:
        """Each line's number and its cells by column, stripped; "" where a line ends early."""
        width = len(self.header)
        return [
            (number, dict(zip(self.header, map(value_of, (*cells, *[""] * width)), strict=False)))
            for number, cells in self.lines
        ]

    @property
    def faults(self) -> list[str]:
        """Columns that are there twice, and lines with more cells than there are columns."""
        twice = [f"column {name!r} twice" for name, n in Counter(self.header).items() if n > 1]
        long = [
            f"line {number} has more values than columns"
            for number, cells in self.lines
            if len(cells) > len(self.header)
        ]
        return [*twice, *long]


def read_sheet(path: Path, what: str) -> Sheet:
    """Read a file of cells.

    Raises
    ------
    InputError
        If it cannot be read, or is no such file; ``what`` names it in the sentence.
    """
    try:
        text = _text(regular.read_bytes(path))
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
        lines = [(reader.line_num, tuple(cells)) for cells in reader if cells]
    except OSError as error:
        raise InputError(f"The {what} {path} cannot be read: {error.strerror}.") from error
    except (UnicodeError, csv.Error) as error:
        raise InputError(
            f"The {what} {path} is no CSV file in UTF-8: {error}; save it as CSV UTF-8."
        ) from error
    if lines and lines[0][1] and lines[0][1][0].lower().startswith(TOLD):
        del lines[0]
    header = tuple(name.strip() for name in lines[0][1]) if lines else ()
    return Sheet(header=header, lines=tuple(lines[1:]))


def value_of(cell: str) -> str:
    """Return what a cell holds, without the apostrophe that keeps it from being a formula."""
    return from_cell(cell.strip())


def comma_hint(text: str) -> str:
    """Return what to do about a number that is written with a decimal comma; "" for others."""
    whole, comma, part = text.partition(",")
    written = comma and whole.lstrip("+-").isdecimal() and part.isdecimal()
    return f" (write {whole}.{part}, with a point)" if written else ""


def _text(content: bytes) -> str:
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return content.decode(encoding)
    if b"\0" in content:
        raise csv.Error("it holds zero bytes")
    return content.decode("utf-8-sig")


def _separator(text: str) -> str:
    first = text.partition("\n")[0].strip("\r")
    if first.lower().startswith(TOLD) and first[len(TOLD) :] in SEPARATORS:
        return first[len(TOLD) :]
    outside = "".join(first.split('"')[::2])
    return max(SEPARATORS, key=outside.count)  # a comma where there is none
