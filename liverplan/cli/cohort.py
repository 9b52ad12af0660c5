"""``liverplan cohort run MANIFEST`` and ``liverplan cohort FOLDER``: thin."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from liverplan import cohort
from liverplan.cli.bar import on_terminal
from liverplan.cli.output import say, tell
from liverplan.errors import LiverplanError


class _FolderIsOverview(TyperGroup):
    """Take what is no command for the folder of an overview."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - typer's own click
        if args and args[0] not in self.commands:
            args = ["overview", *args]
        return super().resolve_command(ctx, args)


app = typer.Typer(
    name="cohort",
    cls=_FolderIsOverview,
    no_args_is_help=True,
    help="Many patients: 'run MANIFEST' assesses them, a FOLDER of cases is overviewed.",
)


@app.command()
def run(
    manifest: Annotated[Path, typer.Argument(metavar="MANIFEST", help="CSV, a patient a line.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR")],
    *,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler; else this machine.")
    ] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", min=1, help="Here.")] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try again what failed before.")
    ] = False,
    dashboard: Annotated[
        bool, typer.Option("--dashboard", help="Serve Dask's dashboard to this machine only.")
    ] = False,
) -> None:
    """Assess every patient of a manifest; go on where an earlier run stopped."""
    with on_terminal() as progress:
        summary = cohort.run_cohort(
            manifest,
            out,
            scheduler=scheduler,
            workers=workers,
            retry_failed=retry_failed,
            progress=progress,
            dashboard=_say_link if dashboard else None,
        )
    tell(summary.in_words())
    if not summary.assessed:
        raise LiverplanError(
            f"None of {summary.patients} patients could be assessed; why is in {summary.failures}."
        )


def _say_link(link: str) -> None:
    say(f"Dashboard, until the run ends: {link}")


@app.command()
def endpoints(  # noqa: PLR0913 - an option each
    outcomes: Annotated[Path, typer.Argument(metavar="OUTCOMES", help="CSV of dates and arms.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR")],
    reference: Annotated[str, typer.Option(metavar="ARM", help="Held against the others.")],
    *,
    results: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A cohort's results: Parquet or CSV.")
    ] = None,
    safety: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV of complications.")
    ] = None,
    quality: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV of QLQ-C30 and LMC21 answers.")
    ] = None,
    design: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The trial's plan, TOML; it is hashed.")
    ] = None,
    participants: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV of everybody assessed; with --design.")
    ] = None,
    factors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV of age, receptors, response.")
    ] = None,
    assessments: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV of looks for progression; so too.")
    ] = None,
    report: Annotated[
        bool, typer.Option("--report", help="Also one HTML file and a PDF of everything.")
    ] = False,
) -> None:
    """Estimate the trial's endpoints: survival of the arms, factors that predict it."""
    written = cohort.write_endpoints(
        outcomes,
        out,
        reference=reference,
        results=results,
        safety=safety,
        quality=quality,
        factors=factors,
        report=report,
        trial=cohort.TrialFiles(design=design, participants=participants, assessments=assessments),
    )
    say(*cohort.in_short(json.loads(written[0].read_text("utf-8"))))
    tell(*map(str, written))


@app.command("export-odm")
def export_odm(
    tables: Annotated[
        list[Path], typer.Argument(metavar="TABLE...", help="CSV or Parquet, with a column id.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The XML file.")],
) -> None:
    """Write tables of patients as CDISC ODM 1.3.2 for a trial database."""
    patients = cohort.export_odm(tables, out)
    tell(f"{out}: {patients} patients.")


@app.command("import-odm")
def import_odm(
    odm: Annotated[Path, typer.Argument(metavar="FILE", help="ODM 1.3, as REDCap exports it.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR")],
) -> None:
    """Write the forms of a trial database's ODM file as tables, a CSV each."""
    written, notes = cohort.import_odm(odm, out)
    say(*notes)
    tell(*map(str, written))


@app.command()
def overview(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Cases lie in it.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR")] = None,
) -> None:
    """Read every case of a folder into one table: CSV, Parquet, HTML."""
    made = cohort.overview(folder, out)
    tell(f"{made.cases} cases, {made.faulty} of them with a fault.")
    tell(*filter(None, [made.register]), *map(str, made.files))
