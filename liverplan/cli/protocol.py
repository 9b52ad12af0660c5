"""``liverplan protocol``: thin."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from liverplan import workflow
from liverplan.cli.completion import protocols
from liverplan.cli.output import tell

app = typer.Typer()


@app.command(name="protocol")
def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME|FILE.toml",
            default_factory=workflow.chosen_protocol,
            show_default="as set, else breclim2",
            autocompletion=protocols,
        ),
    ],
    *,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.toml", help="Write a copy to change.")
    ] = None,
) -> None:
    """Check a trial's protocol and list its criteria; with --out, copy it."""
    tell(*workflow.protocol_lines(name))
    if out is not None:
        tell(f"Copied to {workflow.copy_protocol(name, out)}")
