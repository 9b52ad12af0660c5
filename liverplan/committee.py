"""``liverplan committee ...``: keys, signatures, votes, and metastases over time; thin."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeVar

import typer

from liverplan.anatomy import lesion_name
from liverplan.errors import InputError
from liverplan.workflow import committee

T = TypeVar("T")

app = typer.Typer(
    name="committee",
    no_args_is_help=True,
    help="Accept, sign, vote, and follow metastases from one case to the next.",
)

CaseFolder = Annotated[Path, typer.Argument(metavar="CASE", help="A case folder.")]
Name = Annotated[str, typer.Option("--name", help="Who signs, as it shall be printed.")]
Key = Annotated[Path, typer.Option("--key", metavar="FILE", help="Their private key.")]
Password = Annotated[
    str, typer.Option(envvar="LIVERPLAN_KEY_PASSWORD", help="Of the key, if it has one.")
]

ROLES: dict[str, committee.Role] = {"radiologist": "radiologist", "surgeon": "surgeon"}
BALLOTS: dict[str, committee.Vote] = {"for": "for", "against": "against", "abstain": "abstain"}


@app.command()
def key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the private key goes.")],
    public: Annotated[Path, typer.Option("--public", metavar="FILE", help="Its public half.")],
    *,
    password: Password = "",
) -> None:
    """Make a person's signing key."""
    committee.new_key(file, public, password=password)
    typer.echo(f"Private key: {file} (keep it). Public key: {public} (give it to others).")


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
    opened = committee.sign(case, role=chosen, name=name, key=key_file, password=password)
    typer.echo(committee.standing(opened))


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
    opened = committee.vote(
        case,
        name=name,
        key=key_file,
        ballot=_one_of(BALLOTS, ballot, "vote"),
        reason=reason,
        password=password,
    )
    typer.echo(committee.standing(opened))


@app.command()
def match(
    earlier: Annotated[Path, typer.Argument(metavar="EARLIER", help="A case folder.")],
    later: Annotated[Path, typer.Argument(metavar="LATER", help="A case of a later CT.")],
) -> None:
    """Propose which metastasis of one case is which of a later one; a person confirms."""
    found = committee.match_cases(earlier, later)
    for pair in found.pairs:
        typer.echo(
            f"{lesion_name(pair.earlier)} -> {lesion_name(pair.later)} ({pair.distance_mm:.1f} mm)"
        )
    for label in found.vanished:
        typer.echo(f"{lesion_name(label)} -> vanished")
    for label in found.new:
        typer.echo(f"new: {lesion_name(label)}")
    for note in found.notes:
        typer.echo(note, err=True)


def _one_of(known: dict[str, T], word: str, what: str) -> T:
    if word not in known:
        raise InputError(f"{word!r} is no {what}; it is {', '.join(known)}.")
    return known[word]
