"""The command line: thin; each command calls one verb of `liverplan.workflow`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from liverplan import NOTICE, __version__, workflow
from liverplan.cohort.commands import app as cohort_app
from liverplan.committee import app as committee_app
from liverplan.doctor import app as doctor_app
from liverplan.errors import LiverplanError
from liverplan.workflow.archive_commands import app as archive_app
from liverplan.workflow.progress import on_terminal

app = typer.Typer(
    name="liverplan",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=f"Liver resection planning from CT.\n\n{NOTICE}",
)

Source = Annotated[
    Path, typer.Argument(metavar="PATH", help="Folder, zip, DICOMDIR or file with a CT series.")
]
CaseFolder = Annotated[Path, typer.Argument(metavar="CASE", help="A case folder.")]
Series = Annotated[
    str | None, typer.Option("--series", metavar="UID", help="Which series, if there are several.")
]
Lesions = Annotated[
    list[str] | None,
    typer.Option("--lesion", metavar="X,Y,Z", help="A click in a metastasis, LPS mm; repeatable."),
]
Backend = Annotated[str, typer.Option("--backend", metavar="NAME", help="What finds the liver.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


app.add_typer(cohort_app)
app.add_typer(committee_app)
app.add_typer(archive_app)
app.add_typer(doctor_app)


@app.callback(invoke_without_command=True)
def _root(*, version: Annotated[bool, typer.Option("--version")] = False) -> None:
    if version:
        typer.echo(f"liverplan {__version__}")
        raise typer.Exit


@app.command()
def demo(out: Annotated[Path, typer.Option("--out", metavar="DIR")] = Path("demo")) -> None:
    """Do the main job on the built-in sample CT and print the verdict."""
    with on_terminal() as progress:
        made = workflow.demo(out, progress=progress)
    typer.echo(workflow.verdict(made.findings))
    typer.echo(f"Report: {made.report}")


@app.command()
def sample(folder: Annotated[Path, typer.Argument(metavar="DIR")]) -> None:
    """Write the sample CT as a DICOM series, and truth.json with its exact volumes."""
    with on_terminal() as progress:
        written = workflow.write_sample(folder, progress=progress)
    typer.echo(f"{written.slices} slices and truth.json written to {folder}")


@app.command()
def series(path: Source, *, as_json: AsJson = False) -> None:
    """List every series, usable or the reason why not."""
    with on_terminal() as progress:
        found = workflow.list_series(path, progress=progress)
    if as_json:
        _print_json(found)
        return
    for row in found:
        state = "usable" if row["usable"] else f"not usable: {row['reason']}"
        typer.echo(f"{row['uid'] or '(no UID)'}  {row['description'] or '-'}  {state}")


@app.command()
def segment(
    path: Source,
    out: Annotated[Path, typer.Option("--out", metavar="FILE")],
    *,
    series_uid: Series = None,
    lesion: Lesions = None,
    backend: Backend = workflow.DEFAULT_BACKEND,
) -> None:
    """Find the liver and the clicked metastases; write labels as .nii.gz, .nrrd or .dcm."""
    clicks = [_numbers(text, 3, "--lesion") for text in lesion or []]
    with on_terminal() as progress:
        notes = workflow.segment_to_file(
            path, out, series_uid=series_uid, clicks=clicks, backend=backend, progress=progress
        )
    _say(*notes)


@app.command()
def assess(  # noqa: PLR0913 - one argument an option, as typer reads them
    path: Source,
    out: Annotated[Path, typer.Option("--out", metavar="CASE")],
    *,
    series_uid: Series = None,
    liver: Annotated[Path | None, typer.Option(metavar="FILE", help="Given liver mask.")] = None,
    lesions: Annotated[Path | None, typer.Option(metavar="FILE", help="Given lesions.")] = None,
    lesion_labels: Annotated[
        str | None, typer.Option(metavar="1-7", help="Which labels of the file are lesions.")
    ] = None,
    lesion: Lesions = None,
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
        Path | None, typer.Option(metavar="FILE", help="Portal vein (1) and hepatic veins (2).")
    ] = None,
    cut_vessel: Annotated[
        list[str] | None,
        typer.Option(metavar="X,Y,Z", help="A vessel cut there: what hangs on it is lost."),
    ] = None,
    patient: Annotated[Path | None, typer.Option(metavar="FILE.toml")] = None,
    protocol: Annotated[str, typer.Option(metavar="NAME")] = workflow.DEFAULT_PROTOCOL,
    backend: Backend = workflow.DEFAULT_BACKEND,
    as_json: AsJson = False,
) -> None:
    """Do the main job: DICOM to verdict, kept as a case."""
    request = workflow.Request(
        series_uid=series_uid,
        liver=liver,
        lesions=lesions,
        lesion_labels=_labels(lesion_labels),
        clicks=tuple(_numbers(text, 3, "--lesion") for text in lesion or []),
        planes=tuple(_numbers(text, 6, "--plane") for text in plane or []),
        resections=tuple(resection or ()),
        wedges=tuple(_wedge(text) for text in wedge or []),
        landmarks=landmarks,
        segments=segments,
        segment_branches=segment_branches,
        vessels=vessels,
        vessels_cut=tuple(_numbers(text, 3, "--cut-vessel") for text in cut_vessel or []),
        patient=patient,
        protocol=protocol,
        backend=backend,
    )
    with on_terminal() as progress:
        findings = workflow.assess(path, out, request, progress=progress)
    _print_findings(findings, as_json=as_json)


@app.command()
def measure(case: CaseFolder, *, as_json: AsJson = False) -> None:
    """Measure a stored case again."""
    _print_findings(workflow.measure_case(case), as_json=as_json)


@app.command()
def suggest(
    case: CaseFolder,
    margin: Annotated[float, typer.Option(metavar="MM", help="Margin to each lesion.")] = 10.0,
    *,
    as_json: AsJson = False,
) -> None:
    """Find the best plane, wedges and segments at a margin, and remnant against margin."""
    with on_terminal() as progress:
        suggestion = workflow.suggest(case, margin, progress=progress)
    if as_json:
        _print_json(suggestion.to_json())
        return
    typer.echo(suggestion.in_words())


@app.command()
def report(
    case: CaseFolder,
    out: Annotated[Path, typer.Option(metavar="FILE")],
    *,
    language: Annotated[str, typer.Option(metavar="en|sv")] = "en",
    deidentify: Annotated[
        bool, typer.Option("--deidentify", help="Leave out names, dates and identifiers.")
    ] = False,
) -> None:
    """Write the case's report as .html or .pdf."""
    with on_terminal() as progress:
        workflow.write_report(
            case,
            out,
            language=language,
            identity="hidden" if deidentify else "shown",
            progress=progress,
        )
    typer.echo(f"Report: {out}")


@app.command()
def export(
    case: CaseFolder,
    out: Annotated[Path, typer.Option(metavar="DIR")],
    *,
    deidentify: Annotated[
        bool, typer.Option("--deidentify", help="After DICOM PS3.15's Basic Profile.")
    ] = False,
    pseudonym: Annotated[
        str | None, typer.Option(metavar="NAME", help="In place of the patient's name and number.")
    ] = None,
    keep_characteristics: Annotated[
        bool, typer.Option("--keep-characteristics", help="Sex, age, height and weight stay.")
    ] = False,
    shift_days: Annotated[
        int | None, typer.Option(metavar="N", help="Shift dates rather than remove them.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A secret: the same gives the same UIDs.")
    ] = None,
    ct: Annotated[
        Path | None, typer.Option(metavar="PATH", help="De-identify the CT's files as well.")
    ] = None,
) -> None:
    """Write DICOM SEG, SR, encapsulated PDF and STL."""
    rules = None
    if deidentify:
        rules = workflow.rules_for(
            pseudonym=pseudonym,
            key=key,
            keep_characteristics=keep_characteristics,
            shift_days=shift_days,
        )
    elif keep_characteristics or any(o is not None for o in (pseudonym, shift_days, key, ct)):
        raise typer.BadParameter("other options need it.", param_hint="--deidentify")
    with on_terminal() as progress:
        written = workflow.export_case(case, out, rules=rules, ct=ct, progress=progress)
    for path in written:
        typer.echo(str(path))


@app.command()
def verify(
    case: CaseFolder,
    *,
    keys: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Public keys (*.pub) that are trusted.")
    ] = None,
) -> None:
    """Check the case's hashes and audit chain, and by whose keys it was signed."""
    workflow.verify_case(case)
    typer.echo(f"{case}: nothing was altered.")
    for signer in () if keys is None else workflow.signers(case, keys):
        typer.echo(signer)


@app.command(name="app")
def desktop(
    path: Annotated[Path | None, typer.Argument(metavar="[PATH or CASE]")] = None,
) -> None:
    """Open the desktop application."""
    try:
        from liverplan.app import run  # noqa: PLC0415 - the only command that needs a screen
    except ImportError as error:
        raise LiverplanError(
            f"The desktop application is not installed ({error.name} is missing); "
            'install it with: pip install "liverplan[app]".'
        ) from error
    raise typer.Exit(run(path))


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a refusal is one sentence on stderr and exit status 1."""
    try:
        app(args=arguments)  # ends by SystemExit: 0 done, 2 wrong usage
    except LiverplanError as refusal:
        _stop(str(refusal))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _stop(f"{where}{error.strerror or error}.")
    except MemoryError:
        _stop("There is not enough memory for this CT.")


def _print_findings(findings: workflow.Findings, *, as_json: bool) -> None:
    if as_json:
        _print_json(findings.to_json())
        return
    typer.echo(workflow.verdict(findings))
    _say(*findings.notes)


def _print_json(document: Any) -> None:  # noqa: ANN401 - any JSON document
    typer.echo(json.dumps(document, indent=2, allow_nan=False))


def _say(*sentences: str) -> None:
    for sentence in sentences:
        typer.echo(sentence, err=True)


def _stop(sentence: str) -> None:
    _say(" ".join(sentence.split()))
    sys.exit(1)


def _numbers(text: str, count: int, option: str) -> tuple[float, ...]:
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = ()
    if len(values) != count:
        raise typer.BadParameter(
            f"{text!r} is not {count} numbers with commas between.", param_hint=option
        )
    return values


def _wedge(text: str) -> tuple[int, float]:
    """Read '2:10' as a metastasis' label and a margin in mm."""
    label, _, margin = text.partition(":")
    try:
        return int(label), float(margin)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no label and margin; write 2:10.", param_hint="--wedge"
        ) from None


def _labels(text: str | None) -> tuple[int, ...] | None:
    """Read '1-7' or '1,3,5-6' as label values."""
    if text is None:
        return None
    labels: list[int] = []
    try:
        for part in text.split(","):
            first, _, last = part.partition("-")
            labels.extend(range(int(first), int(last or first) + 1))
    except ValueError:
        labels = []
    if not labels or min(labels) < 1:
        raise typer.BadParameter(
            f"{text!r} names no labels; write 1-7 or 1,3,5.", param_hint="--lesion-labels"
        )
    return tuple(dict.fromkeys(labels))
