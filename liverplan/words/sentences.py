"""Statements as sentences, with the language that they are in."""

from __future__ import annotations

from dataclasses import dataclass

from liverplan.findings.statement import Statement
from liverplan.words.language import words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence, and the language that it is in, so that a screen reader speaks it right."""

    text: str
    language: str

    def __str__(self) -> str:
        return self.text


def said(statement: Statement, language: str) -> Said:
    """Return a statement's sentence; what an older document tells is in English.

    >>> said(Statement.of("note.lesion_left", number=2), "sv").text
    'Metastas 2 blir kvar.'
    """
    words = words_of(language)
    own = language if words.speaks(statement) else "en"
    return Said(text=words.say(statement), language=own)


def in_english(statement: Statement) -> str:
    """Return a statement's sentence as the command line and the JSON documents have it."""
    return words_of("en").say(statement)
