"""What a command prints: results on stdout, what is to be known beside them on stderr."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from liverplan import workflow
from liverplan.findings.beside import beside
from liverplan.words import in_english

if TYPE_CHECKING:
    from liverplan.findings import Findings


def print_findings(findings: Findings, *, as_json: bool) -> None:
    """Print the verdict and its notes, or the whole result."""
    if as_json:
        print_json(findings.to_json(in_english))
        return
    typer.echo(workflow.verdict(findings))
    for line in beside(findings):
        typer.echo(in_english(line))
    reasons = set(findings.reasons)
    notes = [note for note in findings.notes if note not in reasons]
    say(*map(in_english, (*notes, *(fault.says for fault in findings.faults))))


def print_json(document: Any) -> None:  # noqa: ANN401 - any JSON document
    """Print exactly one document."""
    typer.echo(json.dumps(document, indent=2, allow_nan=False))


def say(*sentences: str) -> None:
    """Tell the user, beside the result."""
    for sentence in sentences:
        typer.echo(sentence, err=True)
