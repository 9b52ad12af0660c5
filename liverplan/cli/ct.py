"""From a CT: the sample, what a folder holds, masks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from liverplan import workflow
from liverplan.cli.bar import on_terminal
from liverplan.cli.options import (
    AsJson,
    Backend,
    LesionBackend,
    LesionBoxes,
    Lesions,
    NotLesion,
    Series,
    Source,
)
from liverplan.cli.output import print_json, say, tell, tell_lines
from liverplan.cli.prompts import read_prompts
from liverplan.words import in_english

app = typer.Typer()


@app.command()
def demo(out: Annotated[Path, typer.Option("--out", metavar="DIR")] = Path("demo")) -> None:
    """Do the main job on the built-in sample CT and print the verdict."""
    with on_terminal() as progress:
        made = workflow.demo(out, progress=progress)
    tell_lines(workflow.verdict(made.findings))
    tell(f"Report: {made.report}")


@app.command()
def sample(folder: Annotated[Path, typer.Argument(metavar="DIR")]) -> None:
    """Write the sample CT as a DICOM series, and truth.json with its exact volumes."""
    with on_terminal() as progress:
        written = workflow.write_sample(folder, progress=progress)
    tell(f"{written.slices} slices and truth.json written to {folder}")


@app.command()
def series(path: Source, *, as_json: AsJson = False) -> None:
    """List every series, usable or the reason why not."""
    with on_terminal() as progress:
        found = workflow.list_series(path, progress=progress)
    if as_json:
        print_json(found)
        return
    for row in found:
        tell(*_told(row))


def _told(row: Mapping[str, Any]) -> Iterator[str]:
    """Say of a volume what --json says: what it is, its size, and what reading does to it."""
    state = "usable" if row["usable"] else f"not usable: {row['reason']}"
    yield f"{row['uid'] or '(no UID)'}  {row['description'] or '-'}  {state}"
    if row["usable"]:
        slices, rows, columns = row["shape"]
        mm = " x ".join(f"{step:.2f}" for step in row["spacing_mm"])
        phase = f"{row['phase']} phase" if row["phase"] else "phase not named"
        yield "  " + "; ".join([f"{slices} x {rows} x {columns} voxels of {mm} mm", phase])
    if row["apart"]:
        yield f"  one of several acquisitions: {', '.join(row['apart'])}"
    yield from (f"  note: {note}" for note in row["notes"])


@app.command()
def segment(  # noqa: PLR0913 - one argument an option, as typer reads them
    path: Source,
    out: Annotated[Path, typer.Option("--out", metavar="FILE")],
    *,
    series_uid: Series = None,
    lesion: Lesions = None,
    lesion_box: LesionBoxes = None,
    not_lesion: NotLesion = None,
    backend: Backend = workflow.DEFAULT_BACKEND,
    lesion_backend: LesionBackend = workflow.DEFAULT_BACKEND,
    as_json: AsJson = False,
) -> None:
    """Find the liver and the clicked metastases; write labels as .nii.gz, .nrrd or .dcm."""
    prompts = read_prompts(lesion or (), lesion_box or (), not_lesion or ())
    with on_terminal() as progress:
        written = workflow.segment_to_file(
            path,
            out,
            series_uid=series_uid,
            prompts=prompts,
            backend=backend,
            lesion_backend=lesion_backend,
            progress=progress,
        )
    if as_json:
        print_json(written.to_json(in_english))
        return
    say(*map(in_english, written.notes))
