"""``liverplan settings``: thin."""

from __future__ import annotations

from dataclasses import asdict

import typer

from liverplan.cli.output import tell
from liverplan.settings import read_settings, settings_path

app = typer.Typer()


@app.command(name="settings")
def show() -> None:
    """Say where the settings lie and what is set in them."""
    tell(str(settings_path()))
    for key, value in asdict(read_settings()).items():
        tell(f"{key}: {'not set' if value is None else value}")
