"""Leaving names, dates and identifiers out of sentences that others wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from liverplan.plain import clean
from liverplan.report.request import ReportInput

T = TypeVar("T")

HIDDEN = "[\N{HORIZONTAL ELLIPSIS}]"
DATE = r"(?<!\d)(?:19|20)\d{2}[-._/]?(?:0[1-9]|1[0-2])[-._/]?(?:0[1-9]|[12]\d|3[01])(?!\d)"
TITLE = re.compile(r"^(?:(?:dr|prof|doc|docent|professor)\b\.?\s*)+", re.IGNORECASE)
BETWEEN_NAMES = re.compile(r"\s*(?:[,;/]|\band\b|\bon\b)\s*")


def redacted(content: T, request: ReportInput) -> T:
    """Replace every known name and identifier, and whatever looks like a date, in all texts."""
    known = sorted({form for text in _known(request) for form in (text, clean(text))}, key=len)
    words = "|".join(rf"(?<![^\W_]){re.escape(text)}(?![^\W_])" for text in reversed(known))
    pattern = re.compile(f"{DATE}|{words}" if words else DATE)
    hidden: T = _walk(content, pattern)
    return hidden


def _known(request: ReportInput) -> Iterator[str]:
    series = request.findings.series
    people = [criterion.attested_by for criterion in request.findings.criteria]
    people += [made.accepted_by for made in request.segmentation.provenance.values()]
    people += [row.who for row in request.audit if row.kind == "human"]
    people += [signature.name for signature in request.signatures]
    for text in people:
        parts = (text, *BETWEEN_NAMES.split(text))
        yield from (part for part in (*parts, *map(_untitled, parts)) if len(part) > 1)
    facts = (value for value in request.patient.values() if isinstance(value, str))
    yield from (text for text in (series.uid, series.description, *facts) if len(text) > 2)


def _untitled(name: str) -> str:
    return TITLE.sub("", name)


def _walk(value: Any, pattern: re.Pattern[str]) -> Any:  # noqa: ANN401 - any part of the content
    if isinstance(value, str):
        return pattern.sub(HIDDEN, value)
    if isinstance(value, tuple):
        return tuple(_walk(item, pattern) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: _walk(getattr(value, field.name), pattern) for field in fields(value)}
        return replace(value, **parts)
    return value
