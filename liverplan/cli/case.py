"""What is done with a stored case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from liverplan import workflow
from liverplan.cli.bar import on_terminal
from liverplan.cli.completion import languages
from liverplan.cli.options import AsJson, CaseFolder, Register
from liverplan.cli.output import print_findings, print_json, say, tell, tell_lines
from liverplan.words import in_english

app = typer.Typer()


@app.command()
def measure(case: CaseFolder, *, as_json: AsJson = False) -> None:
    """Measure a stored case again."""
    print_findings(workflow.measure_case(case), as_json=as_json)


@app.command()
def suggest(
    case: CaseFolder,
    margin: Annotated[float, typer.Option(metavar="MM", help="Margin to each lesion.")] = 10.0,
    *,
    keep_blood: Annotated[
        bool,
        typer.Option("--keep-blood", help="Search for what keeps its inflow and its outflow."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Find the best plane, wedges and segments at a margin, and remnant against margin."""
    with on_terminal() as progress:
        suggestion = workflow.suggest(case, margin, keep_blood=keep_blood, progress=progress)
    if as_json:
        print_json(suggestion.to_json())
        return
    tell_lines(suggestion.in_words())


@app.command()
def report(
    case: CaseFolder,
    out: Annotated[Path, typer.Option(metavar="FILE")],
    *,
    language: Annotated[
        str,
        typer.Option(
            metavar="en|sv",
            default_factory=workflow.chosen_language,
            show_default="as set, else en",
            autocompletion=languages,
        ),
    ],
    deidentify: Annotated[
        bool, typer.Option("--deidentify", help="Leave out names, dates and identifiers.")
    ] = False,
    register: Register = None,
) -> None:
    """Write the case's report as .html or .pdf."""
    with on_terminal() as progress:
        workflow.write_report(
            case,
            out,
            language=language,
            identity="hidden" if deidentify else "shown",
            register=register,
            progress=progress,
        )
    tell(f"Report: {out}")


@app.command()
def export(  # noqa: PLR0913 - one argument an option, as typer reads them
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
    fhir: Annotated[
        Literal["R4", "R5"] | None,
        typer.Option(help="Write the result as HL7 FHIR resources of this release too."),
    ] = None,
    register: Register = None,
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
        written = workflow.export_case(
            case, out, rules=rules, ct=ct, release=fhir, register=register, progress=progress
        )
    say(*map(in_english, workflow.export_notes(case, rules)))
    tell(*map(str, written))


@app.command()
def bids(
    case: CaseFolder,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The data set; others may lie there.")],
    subject: Annotated[str, typer.Option(metavar="LABEL")],
    *,
    session: Annotated[str, typer.Option(metavar="LABEL")] = "",
) -> None:
    """Write CT, masks and result as BIDS lays out data sets, without the CT's headers."""
    tell(*map(str, workflow.write_bids(case, out, subject=subject, session=session)))


@app.command()
def verify(
    case: CaseFolder,
    *,
    keys: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Public keys (*.pub) that are trusted.")
    ] = None,
    roster: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Who may sign, as what, with which key.")
    ] = None,
    head: Annotated[
        str, typer.Option(metavar="HASH", help="Where a report says that the trail ended.")
    ] = "",
    register: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What noted where cases ended; else that beside it."),
    ] = None,
    register_head: Annotated[
        str, typer.Option(metavar="HASH", help="Where a table or report says the register ended.")
    ] = "",
    enter: Annotated[
        bool, typer.Option("--enter", help="Enter a case that the register does not know.")
    ] = False,
    authority: Annotated[
        Path | None, typer.Option(metavar="CERT.pem", help="Whose time stamps (RFC 3161) count.")
    ] = None,
) -> None:
    """Check the case's hashes, audit chain, findings and rules, and by whose keys it was signed."""
    said = workflow.verify_case(
        case,
        head=head,
        keys=keys,
        roster=roster,
        register=register,
        register_head=register_head,
        enter=enter,
        authority=authority,
    )
    tell(f"{case}: nothing was altered.")
    tell(*(() if keys is None else workflow.signers(case, keys)), *said)
