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
from liverplan.cli.output import print_json, say, tell, tell_lines
from liverplan.cli.passphrase import new_passphrase, passphrase_of
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
MaybeKey = Annotated[
    Path | None, typer.Option("--key", metavar="FILE", help="Their private key, to sign that.")
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
) -> None:
    """Make a person's signing key; asks for its passphrase."""
    workflow.new_key(file, public, password=new_passphrase())
    tell(f"Private key: {file} (keep it). Public key: {public} (give it to others).")


@app.command()
def roster(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the roster goes.")],
    key_file: Annotated[Path, typer.Option("--key", metavar="FILE", help="Of who keeps it.")],
    members: Annotated[
        list[str],
        typer.Option(
            "--member",
            metavar="NAME;ROLE;KEY.pub;FROM[;UNTIL]",
            help="One line; days as 2026-01-31. Roles: radiologist, surgeon, committee member.",
        ),
    ],
) -> None:
    """Write who may sign, as what, with which key and when; signed by who keeps the roster."""
    made = workflow.make_roster(file, members, key_file, password=passphrase_of(key_file))
    tell(f"Roster: {file} ({len(made.members)} lines, signed with key {made.public_key}).")


@app.command()
def accept(case: CaseFolder, name: Name, key_file: MaybeKey = None) -> None:
    """Accept a case's masks, having looked at them; sign to make that binding."""
    password = passphrase_of(key_file)
    opened = workflow.accept(case, name=name, key=key_file, password=password)
    made = opened.state.segmentation.provenance if opened.state.segmentation else {}
    tell(f"Masks accepted by {name}: {len(made)}.")


@app.command()
def sign(
    case: CaseFolder,
    role: Annotated[str, typer.Option("--as", metavar="radiologist|surgeon")],
    name: Name,
    key_file: Key,
) -> None:
    """Accept the masks as radiologist, or sign the plan as surgeon."""
    chosen = _one_of(ROLES, role, "role")
    opened = workflow.sign(
        case, role=chosen, name=name, key=key_file, password=passphrase_of(key_file)
    )
    tell(workflow.standing(opened))


@app.command()
def vote(
    case: CaseFolder,
    ballot: Annotated[str, typer.Option("--vote", metavar="for|against|abstain")],
    name: Name,
    key_file: Key,
    reason: Annotated[str, typer.Option(help="Why, in words.")],
) -> None:
    """Vote on a signed plan, with a reason."""
    opened = workflow.vote(
        case,
        name=name,
        key=key_file,
        ballot=_one_of(BALLOTS, ballot, "vote"),
        reason=reason,
        password=passphrase_of(key_file),
    )
    tell(workflow.standing(opened))


@app.command()
def biopsied(
    case: CaseFolder,
    name: Annotated[str, typer.Option(help="Who says so.")],
    metastases: Annotated[
        str, typer.Option("--of", metavar="M1,M3", help="Those, and no others; none if empty.")
    ] = "",
    *,
    key_file: MaybeKey = None,
) -> None:
    """Note which metastases of a case were biopsied."""
    labels = [_label(word) for word in metastases.split(",") if word.strip()]
    password = passphrase_of(key_file)
    opened = workflow.mark_biopsied(case, labels, name=name, key=key_file, password=password)
    said = ", ".join(lesion_name(label) for label in sorted(opened.state.biopsied))
    tell(f"Biopsied: {said or 'none'}.")


@app.command()
def match(
    earlier: Annotated[Path, typer.Argument(metavar="EARLIER", help="A case folder.")],
    later: Annotated[Path, typer.Argument(metavar="LATER", help="A case of a later CT.")],
) -> None:
    """Propose which metastasis of one case is which of a later one; a person confirms."""
    found = workflow.match_cases(earlier, later)
    for pair in found.pairs:
        tell(
            f"{lesion_name(pair.earlier)} -> {lesion_name(pair.later)} ({pair.distance_mm:.1f} mm)"
        )
    for label in found.vanished:
        tell(f"{lesion_name(label)} -> vanished")
    for label in found.new:
        tell(f"new: {lesion_name(label)}")
    say(*map(in_english, found.notes))


@app.command()
def response(  # noqa: PLR0913 - one argument an option, as typer reads them
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
    key_file: MaybeKey = None,
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
    found = workflow.record(case, earlier, said, key=key_file, password=passphrase_of(key_file))
    tell(in_english(found.finding))


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
        tell_lines(found.in_words())


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
