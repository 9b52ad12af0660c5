"""Progress of a job that has several parts."""

from __future__ import annotations

import logging
from collections.abc import Callable

_log = logging.getLogger(__name__)
Progress = Callable[[float, str], None]
"""Called with the fraction done (0-1) and a few words."""


def part(progress: Progress | None, start: float, stop: float) -> Progress | None:
    """Progress of a part that runs from ``start`` to ``stop`` of the whole."""
    if progress is None:
        return None
    return lambda fraction, words: progress(start + (stop - start) * fraction, words)


def tell(progress: Progress | None, fraction: float, words: str) -> None:
    """Report progress, if anybody listens; the words are the program's own and go into the log."""
    _log.debug("%s", words)
    if progress is not None:
        progress(fraction, words)
