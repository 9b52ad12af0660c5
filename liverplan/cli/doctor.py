"""``liverplan doctor``: thin."""

from __future__ import annotations

from dataclasses import asdict

import typer

import liverplan
from liverplan import doctor
from liverplan.cli.options import AsJson
from liverplan.cli.output import print_json, tell, tell_lines

app = typer.Typer()


@app.command(name="doctor")
def examine(*, as_json: AsJson = False) -> None:
    """Say what works here, what lacks, and the line that mends it."""
    checks = list(doctor.examine())
    if as_json:
        print_json({"schema": "liverplan.doctor/1", "checks": [asdict(check) for check in checks]})
    else:
        tell(f"liverplan {liverplan.__version__}, {doctor.system()}")
        for check in checks:
            tell_lines(doctor.in_words(check))
    if any(check.state == "lacks" and check.needed == "always" for check in checks):
        raise typer.Exit(1)
