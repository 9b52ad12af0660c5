"""``liverplan app``: the desktop application."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from liverplan import installed
from liverplan.errors import LiverplanError

app = typer.Typer()


@app.command(name="app")
def desktop(
    path: Annotated[Path | None, typer.Argument(metavar="[PATH or CASE]")] = None,
) -> None:
    """Open the desktop application."""
    try:
        from liverplan.app import run  # noqa: PLC0415 - its libraries are an extra

        status = run(path)
    except ModuleNotFoundError as error:
        raise LiverplanError(
            f"The desktop application is not installed ({error.name} is missing); "
            f"install it with: {installed.adding('liverplan[app]')}"
        ) from error
    raise typer.Exit(status)
