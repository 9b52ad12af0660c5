"""A table as both reports draw it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A heading, columns and rows of text.

    ``numeric`` are the columns set flush right; ``marked`` is the row to stand out, if any;
    ``empty`` is said in place of a table without rows.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()
    marked: int | None = None
    empty: str = ""
