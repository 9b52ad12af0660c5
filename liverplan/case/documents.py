"""JSON as the case writes it: one spelling for each value, so that a hash means something.

Numbers are written as Python's shortest repr, which reads back to the same bits; NaN and infinity
are refused, and so is what a reader could take in two ways or choke on.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

from liverplan.errors import CaseError

Json = Any
"""What the json module reads and writes: dict, list, str, int, float, bool, None."""

DEEPEST = 100
"""Lists and tables inside each other; nothing of a case comes near."""

LONGEST_NUMBER = 30
"""Characters of a number; a float's shortest spelling has 24 at most."""


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
        If the bytes are no JSON, hold a number that is none, one name twice, half a character, or
        lists in lists without end; ``name`` says which file.
    """
    try:
        value = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_table,
            parse_constant=_no_number,
            parse_float=_float,
            parse_int=_int,
        )
        if b"\\u" in content:
            json.dumps(value, ensure_ascii=False).encode("utf-8")  # refuses half characters
    except (ValueError, RecursionError) as error:
        raise CaseError(f"{name} is damaged: it is not readable as JSON.") from error
    if _is_deep(value):
        raise CaseError(f"{name} is damaged: it holds lists in lists in lists without end.")
    return value


def sha256(content: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(content).hexdigest()


def plain(value: Json) -> Json:
    """Return the value as JSON gives it back: tuples become lists, keys become text."""
    return json.loads(to_line(value))


def _table(pairs: list[tuple[str, Json]]) -> Json:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("one name stands twice in a table")
    return table


def _int(word: str) -> int:
    if len(word) > LONGEST_NUMBER:
        raise ValueError("the number is too long")
    return int(word)


def _float(word: str) -> float:
    number = float(word)
    if not math.isfinite(number):
        raise ValueError("the number is too large")
    return number


def _is_deep(value: Json) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        tables = [one.values() for one in level if isinstance(one, dict)]
        lists = [one for one in level if isinstance(one, list)]
        level = [one for inside in (*tables, *lists) for one in inside]
        if not level:
            return False
    return True


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
