"""Cells of a CSV file that no spreadsheet takes for a formula, and that read back as written."""

from __future__ import annotations

import re

ACTS = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet evaluates, after any apostrophes (OWASP, "CSV injection")."""


def to_cell(text: str) -> str:
    """Return a text as it stands in a CSV file: an apostrophe before what begins a formula.

    Numbers stay numbers. An apostrophe before such a text doubles, so that `from_cell` finds
    every text again.

    >>> to_cell("=1+2"), to_cell("-5.2")
    ("'=1+2", '-5.2')
    """
    return f"'{text}" if ACTS.match(text) and not _is_number(text) else text


def from_cell(cell: str) -> str:
    """Return the text that `to_cell` wrote.

    >>> from_cell("'=1+2")
    '=1+2'
    """
    return cell[1:] if cell.startswith("'") and ACTS.match(cell) else cell


def _is_number(text: str) -> bool:
    """Whether a text is a number and nothing else: no spreadsheet makes more of it."""
    return re.fullmatch(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?", text, re.ASCII) is not None
