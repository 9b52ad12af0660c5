"""``liverplan committee ...``: keys, signatures, votes, and metastases over time; thin."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from liverplan import followup, workflow
from liverplan.anatomy import lesion_name
from liverplan.cli.options import AsJson, CaseFolder
from liverplan.cli.output import print_json, say
from liverplan.errors import InputError
from liverplan.words import in_english

if TYPE_CHECKING:
    from liverplan.case.signature import Vote
    from liverplan.eligibility.recist import NonTarget
    from liverplan.workflow.committee import Role

T = TypeVar("T")

app = typer.Typer(
    name="committee",
    no_args_is_help=True,
    help="Accept, sign, vote, and follow metastases from one case to the next.",
)

Name = Annotated[str, typer.Option("--name", help="Who signs, as it shall be printed.")]
Key = Annotated[Path, typer.Option("--key", metavar="FILE", help="Their private key.")]
Password = Annotated[
    str, typer.Option(envvar="LIVERPLAN_KEY_PASSWORD", help="Of the key, if it has one.")
]

ROLES: dict[str, Role] = {"radiologist": "radiologist", "surgeon": "surgeon"}
NON_TARGETS: dict[str, NonTarget] = {
    "none": "none",
    "CR": "CR",
    "non-CR/non-PD": "non-CR/non-PD",
    "PD": "PD",
    "NE": "NE",
}
BALLOTS: dict[str, Vote] = {"for": "for", "against": "against", "abstain": "abstain"}


@app.command()
def key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the private key goes.")],
    public: Annotated[Path, typer.Option("--public", metavar="FILE", help="Its public half.")],
    *,
    password: Password = "",
) -> None:
    """Make a person's signing key."""
    workflow.new_key(file, public, password=password)
    typer.echo(f"Private key: {file} (keep it). Public key: {public} (give it to others).")


@app.command()
def accept(case: CaseFolder, name: Name) -> None:
    """Accept a case's masks, having looked at them; sign to make that binding."""
    opened = workflow.accept(case, name=name)
    made = opened.state.segmentation.provenance if opened.state.segmentation else {}
    typer.echo(f"Masks accepted by {name}: {len(made)}.")


@app.command()
def sign(
    case: CaseFolder,
    role: Annotated[str, typer.Option("--as", metavar="radiologist|surgeon")],
    name: Name,
    key_file: Key,
    *,
    password: Password = "",
) -> None:
    """Accept the masks as radiologist, or sign the plan as surgeon."""
    chosen = _one_of(ROLES, role, "role")
    opened = workflow.sign(case, role=chosen, name=name, key=key_file, password=password)
    typer.echo(workflow.standing(opened))


@app.command()
def vote(
    case: CaseFolder,
    ballot: Annotated[str, typer.Option("--vote", metavar="for|against|abstain")],
    name: Name,
    key_file: Key,
    reason: Annotated[str, typer.Option(help="Why, in words.")],
    *,
    password: Password = "",
) -> None:
    """Vote on a signed plan, with a reason."""
    opened = workflow.vote(
        case,
        name=name,
        key=key_file,
        ballot=_one_of(BALLOTS, ballot, "vote"),
        reason=reason,
        password=password,
    )
    typer.echo(workflow.standing(opened))


@app.command()
def biopsied(
    case: CaseFolder,
    name: Annotated[str, typer.Option(help="Who says so.")],
    metastases: Annotated[
        str, typer.Option("--of", metavar="M1,M3", help="Those, and no others; none if empty.")
    ] = "",
) -> None:
    """Note which metastases of a case were biopsied."""
    labels = [_label(word) for word in metastases.split(",") if word.strip()]
    opened = workflow.mark_biopsied(case, labels, name=name)
    said = ", ".join(lesion_name(label) for label in sorted(opened.state.biopsied))
    typer.echo(f"Biopsied: {said or 'none'}.")


@app.command()
def match(
    earlier: Annotated[Path, typer.Argument(metavar="EARLIER", help="A case folder.")],
    later: Annotated[Path, typer.Argument(metavar="LATER", help="A case of a later CT.")],
) -> None:
    """Propose which metastasis of one case is which of a later one; a person confirms."""
    found = workflow.match_cases(earlier, later)
    for pair in found.pairs:
        typer.echo(
            f"{lesion_name(pair.earlier)} -> {lesion_name(pair.later)} ({pair.distance_mm:.1f} mm)"
        )
    for label in found.vanished:
        typer.echo(f"{lesion_name(label)} -> vanished")
    for label in found.new:
        typer.echo(f"new: {lesion_name(label)}")
    say(*map(in_english, found.notes))


@app.command()
def response(
    case: Annotated[Path, typer.Argument(metavar="LATER", help="The case of the later CT.")],
    earlier: Annotated[Path, typer.Argument(metavar="EARLIER", help="A case of an earlier CT.")],
    name: Annotated[str, typer.Option(help="Who has looked and confirms the matching.")],
    *,
    pair: Annotated[
        list[str] | None,
        typer.Option(metavar="M3=M1", help="Later M3 is earlier M1; M3=new: it is new."),
    ] = None,
    seen_before: Annotated[
        list[str] | None, typer.Option(metavar="M4", help="Not new, though unmarked before.")
    ] = None,
    returned: Annotated[
        list[str] | None,
        typer.Option(metavar="M3=M1", help="Later M3 is the target M1 that had vanished."),
    ] = None,
    targets: Annotated[
        str | None, typer.Option(metavar="M1,M2", help="Target lesions of the first CT.")
    ] = None,
    non_target: Annotated[
        str | None, typer.Option(metavar="|".join(NON_TARGETS), help="The other lesions.")
    ] = None,
) -> None:
    """Match two cases, confirm it by name, and keep the RECIST 1.1 response in the later one."""
    said = followup.Confirmation(
        name=name,
        pairs={_label(now): None if old == "new" else _label(old) for now, old in _equal(pair)},
        seen_before=[_label(word) for word in seen_before or []],
        returned={_label(now): old for now, old in _equal(returned)},
        targets=None if targets is None else [_label(word) for word in targets.split(",")],
        non_target=None if non_target is None else _one_of(NON_TARGETS, non_target, "state"),
    )
    typer.echo(in_english(workflow.record(case, earlier, said).finding))


@app.command()
def growth(
    first: Annotated[Path, typer.Argument(metavar="BEFORE", help="A case with its plan.")],
    second: Annotated[Path, typer.Argument(metavar="AFTER", help="A case of a later CT.")],
    *,
    embolised: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Date of the portal vein embolisation."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say how the planned remnant grew between two CTs, with the kinetic growth rate."""
    since = None if embolised is None else embolised.date()
    found = workflow.remnant_growth(first, second, embolised=since)
    if as_json:
        print_json(found.to_json())
    else:
        typer.echo(found.in_words())


def _equal(words: list[str] | None) -> list[tuple[str, str]]:
    pairs = []
    for word in words or []:
        now, sign, old = word.partition("=")
        if not sign:
            raise InputError(f"{word!r} pairs nothing; write M3=M1.")
        pairs.append((now.strip(), old.strip()))
    return pairs


def _label(word: str) -> int:
    """Return the label value of "M1", the first metastasis."""
    found = re.fullmatch(r"\s*[Mm]([1-9]\d{0,2})\s*", word)
    if found is None:
        raise InputError(f"{word!r} names no metastasis; write M1, M2, ...")
    return int(found[1]) + 1


def _one_of(known: Mapping[str, T], word: str, what: str) -> T:
    if word not in known:
        raise InputError(f"{word!r} is no {what}; it is {', '.join(known)}.")
    return known[word]
