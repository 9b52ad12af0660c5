"""Labels written behind a mask's file: ``FILE:5``, ``FILE:2,4-6``, ``FILE:liver``."""

from __future__ import annotations

import re
from pathlib import Path

from liverplan.workflow.request import Labels

MOST_LABELS = 65535
_RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")


def split_labels(text: str | None) -> tuple[Path | None, Labels | None]:
    """Return the file and the labels of ``FILE:LABELS``; None where none are written.

    A name that exists is a file, whatever colons it has; nor is a drive's letter a file.
    """
    if not text:
        return None, None
    file, colon, labels = text.rpartition(":")
    if not colon or len(file) < 2 or not labels or set(labels) & set("/\\") or Path(text).exists():
        return Path(text), None
    return Path(file), tuple(label for part in labels.split(",") for label in _labels(part.strip()))


def _labels(part: str) -> Labels:
    match = _RANGE.fullmatch(part)
    if match is None:
        return (part,)
    first, last = int(match[1]), int(match[2] or match[1])
    return tuple(range(first, min(last, MOST_LABELS) + 1)) or (part,)
