"""Progress of a job that has several parts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[float, str], None]
"""Called with the fraction done (0-1) and a few words."""


def part(progress: Progress | None, start: float, stop: float) -> Progress | None:
    """Progress of a part that runs from ``start`` to ``stop`` of the whole."""
    if progress is None:
        return None
    return lambda fraction, words: progress(start + (stop - start) * fraction, words)


def tell(progress: Progress | None, fraction: float, words: str) -> None:
    """Report progress, if anybody listens."""
    if progress is not None:
        progress(fraction, words)


@contextmanager
def on_terminal() -> Iterator[Progress | None]:
    """Show a progress bar on a terminal, and nothing on a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - only where it is shown
    from rich.progress import Progress as Bar  # noqa: PLC0415

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda fraction, words: bar.update(task, completed=fraction, description=words)
