"""The command line: thin; each command calls one verb of `liverplan.workflow` or a room beside it.

A module here holds a family of commands and imports no room that computes: verbs are reached
through their room (``workflow.assess``), which loads them when they are first asked for.
"""

from __future__ import annotations

import logging
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from liverplan import NOTICE, __version__, log
from liverplan.cli import (
    assess,
    case,
    cohort,
    committee,
    ct,
    desktop,
    doctor,
    pacs,
    protocol,
    settings,
    stamps,
)
from liverplan.cli.completion import NAME, completing
from liverplan.cli.exits import Exit, epilogue
from liverplan.cli.output import plain_streams, say, tell
from liverplan.errors import LiverplanError

_log = logging.getLogger(__name__)
app = typer.Typer(
    name="liverplan",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=f"Liver resection planning from CT.\n\n{NOTICE}",
    epilog=epilogue(),
)

for family in (
    ct,
    assess,
    case,
    stamps,
    desktop,
    cohort,
    committee,
    protocol,
    pacs,
    settings,
    doctor,
):
    app.add_typer(family.app)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version")] = False,
    log_file: Annotated[
        Path | None,
        typer.Option("--log", metavar="FILE", help="Keep what is done, without patient data."),
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="In more detail; without --log on stderr.")
    ] = False,
) -> None:
    if version:
        tell(f"liverplan {__version__}")
        raise typer.Exit
    log.start(log_file, verbose=verbose)
    _log.info("command %s", context.invoked_subcommand)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a refusal is one sentence on stderr and exit status 1."""
    began = time.monotonic()
    with nullcontext() if completing() else plain_streams():
        try:
            _run(arguments)
        except SystemExit as end:
            _log.info("exit status %s after %.1f s", end.code or 0, time.monotonic() - began)
            raise
        finally:
            log.stop()


def _run(arguments: list[str] | None) -> None:
    try:
        app(args=arguments, prog_name=NAME)  # ends by SystemExit: 0 done, 2 wrong usage
    except LiverplanError as refusal:
        log.keep(refusal, level=logging.WARNING)
        _stop(str(refusal))
    except OSError as error:
        log.keep(error)
        where = f"{error.filename}: " if error.filename else ""
        _stop(f"{where}{error.strerror or error}.")
    except MemoryError as error:
        log.keep(error)
        _stop("There is not enough memory for this CT.")
    except Exception as fault:  # noqa: BLE001 - what nobody foresaw is said in a sentence, too
        log.keep(fault)
        where = log.place_of(fault)
        _stop(f"A fault of liverplan itself: {where}; --log FILE keeps more of it.", Exit.FAULT)


def _stop(sentence: str, status: Exit = Exit.REFUSED) -> None:
    say(" ".join(sentence.split()))
    sys.exit(status.value)
