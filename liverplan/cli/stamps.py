"""``liverplan case stamp``: an independent authority's time for where a case's trail ends; thin."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from liverplan import workflow
from liverplan.cli.options import CaseFolder
from liverplan.cli.output import tell

app = typer.Typer(name="case", no_args_is_help=True, help="Time stamps of a stored case.")


@app.command()
def stamp(
    case: CaseFolder,
    *,
    request: Annotated[
        Path | None, typer.Option(metavar="OUT.tsq", help="Write what the authority is asked.")
    ] = None,
    token: Annotated[
        Path | None, typer.Option(metavar="IN.tsr", help="Keep what it answered.")
    ] = None,
    authority: Annotated[
        Path | None, typer.Option(metavar="CERT.pem", help="Certificates that stand behind it.")
    ] = None,
) -> None:
    """Have an authority stamp where the trail ends (RFC 3161): the request out, its answer in."""
    if (request is None) == (token is None) or (token is None) != (authority is None):
        raise typer.BadParameter(
            "give --request, or --token with --authority.", param_hint="--request"
        )
    if request is not None:
        opened = workflow.write_request(case, request)
        tell(f"Request: {request}, of line {len(opened.history)} ({opened.head}).")
    if token is not None and authority is not None:
        tell(f"{workflow.keep_answer(case, token, authority).history[-1].what}.")
