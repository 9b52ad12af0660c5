"""Tables and pictures as both reports draw them."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A picture with its caption and what it shows in words."""

    key: str
    caption: str
    alt: str
    png: bytes
