"""The progress bar of a long command."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from liverplan.cli.output import terminal
from liverplan.plain import clean
from liverplan.workflow.progress import Progress


@contextmanager
def on_terminal() -> Iterator[Progress | None]:
    """Show a progress bar on a terminal, and nothing on a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - only where it is shown
    from rich.markup import escape  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    with Bar(console=Console(file=terminal()), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda fraction, words: bar.update(
            task, completed=fraction, description=escape(clean(words))
        )
