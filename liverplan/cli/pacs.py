"""``liverplan pacs find|fetch|send|worklist``: thin; the protocols are a plugin's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from liverplan import cohort, dicom, workflow
from liverplan.cli.bar import on_terminal
from liverplan.cli.completion import archives
from liverplan.cli.options import AsJson
from liverplan.cli.output import print_json, say, tell
from liverplan.errors import BackendError
from liverplan.words import in_english

app = typer.Typer(
    name="pacs",
    no_args_is_help=True,
    help="Find series in an archive, fetch them, send results back (plugin liverplan-pacs).",
)

Config = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Default: $LIVERPLAN_PACS, or in your home."),
]
Name = Annotated[
    str,
    typer.Argument(metavar="ARCHIVE", help="A name in the configuration.", autocompletion=archives),
]


@app.command(name="list")
def list_archives(*, config: Config = None) -> None:
    """List the archives that the configuration names; say which cannot be used, and why."""
    say(*dicom.archive_faults(config).values())
    names = dicom.archive_names(config)
    tell(*names)
    if not names:
        raise typer.Exit(1)


@app.command()
def find(  # noqa: PLR0913 - one argument an option, as typer reads them
    archive: Name,
    *,
    patient_id: Annotated[str, typer.Option(metavar="ID")] = "",
    patient_name: Annotated[str, typer.Option(metavar="NAME", help="* is a wildcard.")] = "",
    accession: Annotated[str, typer.Option(metavar="NUMBER")] = "",
    study_uid: Annotated[str, typer.Option(metavar="UID")] = "",
    date: Annotated[str, typer.Option(metavar="YYYYMMDD[-YYYYMMDD]")] = "",
    modality: Annotated[str, typer.Option(metavar="CT")] = "",
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """List the series of a patient, a study or a day."""
    opened = dicom.open_archive(archive, config)
    query = dicom.Query(
        patient_id=patient_id,
        patient_name=patient_name,
        accession=accession,
        study_uid=study_uid,
        study_date=date,
        modality=modality,
    )
    found = opened.find(query)
    if as_json:
        print_json([asdict(series) for series in found])
        return
    for series in found:
        count = "?" if series.images is None else series.images
        words = f"{series.study_date}  {series.modality}  {count} images  {series.description}"
        tell(words, f"  {series.study_uid} {series.series_uid}")


@app.command()
def fetch(
    archive: Name,
    study_uid: Annotated[str, typer.Argument(metavar="STUDY_UID")],
    series_uid: Annotated[str, typer.Argument(metavar="SERIES_UID")],
    folder: Annotated[Path, typer.Argument(metavar="DIR")],
    *,
    config: Config = None,
) -> None:
    """Fetch a series into a new folder, whole or not at all."""
    opened = dicom.open_archive(archive, config)
    beside = opened.find(dicom.Query(study_uid=study_uid))
    wanted = dicom.FoundSeries(study_uid=study_uid, series_uid=series_uid)
    series = next((one for one in beside if one.series_uid == series_uid), wanted)
    with on_terminal() as progress:
        opened.fetch(series, folder, progress=progress)
    tell(str(folder))


@app.command()
def send(
    archive: Name,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders.")],
    *,
    config: Config = None,
) -> None:
    """Send DICOM files, or those of a folder such as an export."""
    opened = dicom.open_archive(archive, config)
    files = list(_files(paths))
    with on_terminal() as progress:
        opened.send(files, progress=progress)
    tell(f"{len(files)} objects sent to {archive}.")


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        found = sorted(path.rglob("*.dcm")) if path.is_dir() else [path]
        if not found:
            raise BackendError(f"{path} holds no .dcm files to send.")
        yield from found


@app.command()
def worklist(
    archive: Name,
    out: Annotated[Path, typer.Option("--out", metavar="DIR")],
    date: Annotated[str, typer.Option(metavar="YYYYMMDD[-YYYYMMDD]")],
    *,
    images: Annotated[
        str, typer.Option(metavar="NAME", help="The archive that holds them, if another.")
    ] = "",
    procedure: Annotated[
        str, typer.Option(metavar="TEXT", help="Only requests that are described so.")
    ] = "",
    assess: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Assess them as a cohort into DIR at once.")
    ] = None,
    config: Config = None,
) -> None:
    """Fetch the CT of scheduled examinations (modality worklist), as a cohort's manifest."""
    schedule = dicom.open_archive(archive, config)
    held = dicom.open_archive(images, config) if images else schedule
    with on_terminal() as progress:
        found = workflow.fetch_scheduled(
            schedule, held, out, date=date, procedure=procedure, progress=progress
        )
    say(*map(in_english, found.notes))
    tell(f"{found.manifest}: {found.studies}")
    if assess is not None and found.studies:
        with on_terminal() as progress:
            summary = cohort.run_cohort(found.manifest, assess, progress=progress)
        tell(summary.in_words())
