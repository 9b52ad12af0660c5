"""Passphrases are asked for at a prompt; no option takes one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer

from liverplan import workflow
from liverplan.plain import clean

VARIABLE = "LIVERPLAN_KEY_PASSWORD"
"""Names the environment's variable for machines; people are asked, never on the command line."""


def passphrase_of(key_file: Path | None) -> str:
    """Ask for a key's passphrase, if there is a key and it has one."""
    given = os.environ.get(VARIABLE, "")
    if given or key_file is None or not workflow.key_is_locked(key_file):
        return given
    asked: str = typer.prompt(f"Passphrase of {clean(key_file.name)}", hide_input=True, err=True)
    return asked


def new_passphrase() -> str:
    """Ask twice for a new key's passphrase where somebody sits at the terminal."""
    given = os.environ.get(VARIABLE, "")
    if given or not sys.stdin.isatty():
        return given
    asked: str = typer.prompt(
        "Passphrase (empty: none)",
        default="",
        show_default=False,
        hide_input=True,
        confirmation_prompt=True,
        err=True,
    )
    return asked
