"""JSON as the case writes it: one spelling for each value, so that a hash means something.

Numbers are written as Python's shortest repr, which reads back to the same bits; NaN and infinity
are refused.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from liverplan.errors import CaseError

Json = Any
"""What the json module reads and writes: dict, list, str, int, float, bool, None."""


def to_line(value: Json) -> bytes:
    """One line of JSON with sorted keys, ending in a newline."""
    return _dump(value, indent=None)


def to_page(value: Json) -> bytes:
    """Indented JSON with sorted keys, for people to read."""
    return _dump(value, indent=1)


def parse(content: bytes, name: str) -> Json:
    """Read JSON.

    Raises
    ------
    CaseError
        If the bytes are no JSON; ``name`` says which file.
    """
    try:
        return json.loads(content.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise CaseError(f"{name} is damaged: it is not readable as JSON.") from error


def sha256(content: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(content).hexdigest()


def plain(value: Json) -> Json:
    """Return the value as JSON gives it back: tuples become lists, keys become text."""
    return json.loads(to_line(value))


def _no_number(word: str) -> Json:
    raise ValueError(f"{word} is no number")


def _dump(value: Json, indent: int | None) -> bytes:
    separators = (",", ":") if indent is None else (",", ": ")
    try:
        text = json.dumps(
            value,
            sort_keys=True,
            ensure_ascii=False,
            allow_nan=False,
            indent=indent,
            separators=separators,
        )
        return (text + "\n").encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise CaseError(f"The case can hold only plain, finite values: {error}.") from error
