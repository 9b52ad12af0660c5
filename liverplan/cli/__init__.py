"""The command line: thin; each command calls one verb of `liverplan.workflow` or a room beside it.

A module here holds a family of commands and imports no room that computes: verbs are reached
through their room (``workflow.assess``), which loads them when they are first asked for.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from liverplan import NOTICE, __version__
from liverplan.cli import assess, case, cohort, committee, ct, desktop, doctor, pacs, stamps
from liverplan.cli.output import plain_streams, say, tell
from liverplan.errors import LiverplanError

app = typer.Typer(
    name="liverplan",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=f"Liver resection planning from CT.\n\n{NOTICE}",
)

for family in (ct, assess, case, stamps, desktop, cohort, committee, pacs, doctor):
    app.add_typer(family.app)


@app.callback(invoke_without_command=True)
def _root(*, version: Annotated[bool, typer.Option("--version")] = False) -> None:
    if version:
        tell(f"liverplan {__version__}")
        raise typer.Exit


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a refusal is one sentence on stderr and exit status 1."""
    with plain_streams():
        _run(arguments)


def _run(arguments: list[str] | None) -> None:
    try:
        app(args=arguments)  # ends by SystemExit: 0 done, 2 wrong usage
    except LiverplanError as refusal:
        _stop(str(refusal))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _stop(f"{where}{error.strerror or error}.")
    except MemoryError:
        _stop("There is not enough memory for this CT.")


def _stop(sentence: str) -> None:
    say(" ".join(sentence.split()))
    sys.exit(1)
