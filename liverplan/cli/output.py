"""What a command prints: results on stdout, what is to be known beside them on stderr.

Whatever is printed may hold what others wrote. Each line is cleaned as it is told, so that no name
adds a line; and while a command runs, the streams themselves let nothing pass that acts on a
terminal, whoever writes to them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO, cast

from liverplan import workflow
from liverplan.findings.beside import beside
from liverplan.findings.divided import resting
from liverplan.plain import clean, clean_lines
from liverplan.words import in_english

if TYPE_CHECKING:
    from liverplan.findings import Findings


def print_findings(findings: Findings, *, as_json: bool) -> None:
    """Print the verdict and its notes, or the whole result."""
    if as_json:
        print_json(findings.to_json(in_english))
        return
    tell_lines(workflow.verdict(findings))
    known = {*findings.reasons, *resting(findings.vessels)}  # are told with the verdict
    tell(*(in_english(line) for line in beside(findings) if line not in known))
    notes = [note for note in findings.notes if note not in known]
    say(*map(in_english, (*notes, *(fault.says for fault in findings.faults))))


def print_json(document: Any) -> None:  # noqa: ANN401 - any JSON document
    """Print exactly one document: pure ASCII, every other character as JSON's own escape."""
    _write(sys.stdout, json.dumps(document, indent=2, allow_nan=False))


def tell(*lines: str) -> None:
    """Print a result, a line each."""
    for line in lines:
        _write(sys.stdout, clean(line))


def tell_lines(text: str) -> None:
    """Print a result of several lines that the program itself made."""
    tell(*text.split("\n"))


def say(*sentences: str) -> None:
    """Tell the user, beside the result."""
    for sentence in sentences:
        _write(sys.stderr, clean(sentence))


def _write(stream: TextIO, line: str) -> None:
    """Write at once, so that a pipe that was closed is noticed while the command runs."""
    stream.write(f"{line}\n")
    stream.flush()


@contextmanager
def plain_streams() -> Iterator[None]:
    """While this lasts, nothing printed acts on a terminal, nor fails on its encoding."""
    kept = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast(TextIO, _Plain(stream)) for stream in kept)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = kept


def terminal() -> TextIO:
    """Return stderr as it is, for what moves the cursor: a progress bar."""
    return sys.stderr.behind if isinstance(sys.stderr, _Plain) else sys.stderr


class _Plain:
    """A text stream that cleans each line before it passes it on."""

    def __init__(self, behind: TextIO) -> None:
        self.behind = behind

    def write(self, text: str) -> int:
        encoding = self.behind.encoding or "utf-8"
        fit = clean_lines(text).encode(encoding, "backslashreplace").decode(encoding)
        return self.behind.write(fit)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has
        return getattr(self.behind, name)
