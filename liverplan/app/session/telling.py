"""Statements of the core as sentences in the window's language."""

from __future__ import annotations

from liverplan.app.kit.language import language
from liverplan.findings.statement import Statement
from liverplan.words import words_of


def told(statement: Statement) -> str:
    """Return a statement's sentence as the window says it."""
    return words_of(language()).say(statement)
