"""The main job: DICOM to verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from liverplan import workflow
from liverplan.cli.bar import on_terminal
from liverplan.cli.completion import protocols
from liverplan.cli.options import (
    AsJson,
    Backend,
    LesionBackend,
    LesionBoxes,
    Lesions,
    NotLesion,
    Series,
    Source,
    read_kept,
    read_labels,
    read_name,
    read_numbers,
    read_wedge,
)
from liverplan.cli.output import print_findings
from liverplan.cli.passphrase import passphrase_of
from liverplan.cli.prompts import read_prompts
from liverplan.workflow.labels import split_labels

app = typer.Typer()


@app.command()
def assess(  # noqa: PLR0913 - one argument an option, as typer reads them
    path: Source,
    out: Annotated[Path, typer.Option("--out", metavar="CASE")],
    *,
    series_uid: Series = None,
    liver: Annotated[
        str | None, typer.Option(metavar="FILE[:5|:NAME]", help="Given liver mask.")
    ] = None,
    lesions: Annotated[
        str | None, typer.Option(metavar="FILE[:2,3|:NAMES]", help="Given lesions.")
    ] = None,
    accepted_by: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who looked at the given masks and accepts them."),
    ] = None,
    key_file: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", help="Their private key, to sign the line with."),
    ] = None,
    lesion_labels: Annotated[
        str | None, typer.Option(metavar="1-7", help="Which labels of the file are lesions.")
    ] = None,
    lesion: Lesions = None,
    lesion_box: LesionBoxes = None,
    not_lesion: NotLesion = None,
    plane: Annotated[
        list[str] | None,
        typer.Option(metavar="PX,PY,PZ,NX,NY,NZ", help="A cut: point, normal to what stays."),
    ] = None,
    resection: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME|FILE.toml", help="A named resection or a plan; repeatable."),
    ] = None,
    wedge: Annotated[
        list[str] | None,
        typer.Option(metavar="LABEL:MM", help="A wedge round a metastasis (2 is the first)."),
    ] = None,
    landmarks: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Points that divide the segments.")
    ] = None,
    segments: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Couinaud segments 1-8; 41, 42: IVa, IVb.")
    ] = None,
    segment_branches: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="A point in the portal branch of each segment."),
    ] = None,
    vessels: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Portal vein (1), hepatic veins (2); segments follow."),
    ] = None,
    find_vessels: Annotated[
        bool, typer.Option("--find-vessels", help="Find portal vein and hepatic veins in the CT.")
    ] = False,
    cut_vessel: Annotated[
        list[str] | None,
        typer.Option(metavar="X,Y,Z", help="A vessel cut there: what hangs on it is lost."),
    ] = None,
    keep_vessel: Annotated[
        list[str] | None,
        typer.Option(
            metavar="X,Y,Z[:TREE]",
            help="A vessel left whole there, whatever cuts cross it; TREE portal or hepatic.",
        ),
    ] = None,
    biopsied: Annotated[
        str | None,
        typer.Option(metavar="2,4-5", help="Metastases that were biopsied (2 is the first)."),
    ] = None,
    patient: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="The patient's facts, attested by name and day."),
    ] = None,
    protocol: Annotated[
        str,
        typer.Option(
            metavar="NAME|FILE.toml",
            help="By which trial's criteria.",
            default_factory=workflow.chosen_protocol,
            show_default="as set, else breclim2",
            autocompletion=protocols,
        ),
    ],
    backend: Backend = workflow.DEFAULT_BACKEND,
    lesion_backend: LesionBackend = workflow.DEFAULT_BACKEND,
    allow_faults: Annotated[
        bool, typer.Option("--allow-faults", help="Keep a plan that makes no sense, too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Do the main job: DICOM to verdict, kept as a case."""
    liver_file, liver_labels = split_labels(liver)
    lesion_file, chosen = split_labels(lesions)
    request = workflow.Request(
        series_uid=series_uid,
        liver=liver_file,
        lesions=lesion_file,
        accepted_by=read_name(accepted_by, "--accepted-by"),
        liver_labels=liver_labels,
        lesion_labels=read_labels(lesion_labels, "--lesion-labels") or chosen,
        prompts=read_prompts(lesion or (), lesion_box or (), not_lesion or ()),
        planes=tuple(read_numbers(text, 6, "--plane") for text in plane or []),
        resections=tuple(resection or ()),
        wedges=tuple(read_wedge(text) for text in wedge or []),
        landmarks=landmarks,
        segments=segments,
        segment_branches=segment_branches,
        vessels=vessels,
        find_vessels=find_vessels,
        vessels_cut=tuple(read_numbers(text, 3, "--cut-vessel") for text in cut_vessel or []),
        vessels_kept=tuple(map(read_kept, keep_vessel or [])),
        biopsied=read_labels(biopsied, "--biopsied") or (),
        patient=patient,
        protocol=protocol,
        backend=backend,
        lesion_backend=lesion_backend,
        allow_faults=allow_faults,
    )
    if key_file is not None and not request.accepted_by:
        raise typer.BadParameter("is somebody's: needs --accepted-by.", param_hint="--key")
    signer = workflow.signer_of(request.accepted_by, key_file, passphrase_of(key_file))
    with on_terminal() as progress:
        findings = workflow.assess(path, out, request, signer=signer, progress=progress)
    print_findings(findings, as_json=as_json)
