"""The command line's own words as a page: every command with its options."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import typer

from liverplan.cli import app

HEAD = """# Commands

What `liverplan COMMAND --help` says, of every command. Coordinates are DICOM patient coordinates
(LPS, mm). Exit status: 0 done; 1 refused, with one sentence that says why; 2 wrong usage.
"""


def write(folder: Path) -> None:
    """Write the page."""
    folder.mkdir(parents=True, exist_ok=True)
    root = typer.main.get_command(app)
    parts = [f"## liverplan {name}\n\n```text\n{text}\n```\n" for name, text in _helps(root)]
    (folder / "commands.md").write_text("\n".join([HEAD, *parts]), "utf-8")


def _helps(command: click.Command, name: str = "") -> Iterator[tuple[str, str]]:
    for word, inner in sorted(getattr(command, "commands", {}).items()):
        whole = f"{name} {word}".strip()
        if getattr(inner, "commands", None):
            yield from _helps(inner, whole)
        else:
            context = click.Context(inner, info_name=f"liverplan {whole}", terminal_width=96)
            yield whole, inner.get_help(context).strip()
