"""What may be shown: letters of every script as they are, whatever hides or reorders as escapes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unicodedata import bidirectional, category, combining

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories that leave no mark: controls, formats (bidi, zero widths), surrogates, what is private
or not assigned, and separators of lines and paragraphs."""

BLANK = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
"""Letters and marks that nothing is drawn for (Default_Ignorable_Code_Point)."""

JOINERS = "\u200c\u200d"
VIRAMA = 9
"""Canonical combining class of the mark after which a joiner has a meaning."""

EMOJI = "\ufe0e\ufe0f"
MOST_MARKS = 8
"""On one letter; real writing stacks four or five, more would cover the lines above."""


def clean(text: str) -> str:
    r"""Return text as one line that can be shown anywhere: nothing in it acts or hides.

    >>> print(clean("Lind\x1b[2J \u202eon"))
    Lind\x1b[2J \u202eon
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(one if good else _escape(one) for one, good in _judged(text))


def clean_lines(text: str) -> str:
    """Return lines that the program itself made, each of them clean."""
    return "\n".join(map(clean, text.split("\n")))


def clean_value(value: Any) -> Any:  # noqa: ANN401 - whatever a template shows
    """Return text clean, anything else as it is: for a template, which shows each value by it."""
    return clean(value) if type(value) is str else value


def bare(text: str) -> str:
    r"""Return text without whatever `clean` would escape: a space stands there.

    >>> bare("Lind\x1b[2J")
    'Lind [2J'
    """
    return "".join(one if good else " " for one, good in _judged(text))


def _judged(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each character, and whether it may be shown as it is."""
    marks = 0
    for at, one in enumerate(text):
        marks = marks + 1 if category(one) in ("Mn", "Me") else 0
        hidden = category(one) in UNSEEN or one in BLANK
        yield one, marks <= MOST_MARKS and (not hidden or _means_something(text, at))


def _means_something(text: str, at: int) -> bool:
    """Whether a character that is not drawn changes how its neighbours are written.

    As RFC 5892 (CONTEXTJ) has it: a joiner after a virama, a non-joiner between Arabic letters;
    and the choice of an emoji's form.
    """
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if not before:
        return False
    if text[at] in EMOJI:
        return category(before) == "So"
    if text[at] not in JOINERS:
        return False
    arabic = text[at] == JOINERS[0] and bidirectional(before) == "AL"
    return combining(before) == VIRAMA or (arabic and bool(after) and bidirectional(after) == "AL")


def _escape(one: str) -> str:
    return one.encode("unicode_escape").decode("ascii")
