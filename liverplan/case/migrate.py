"""States that older versions wrote, read as this version would have written them.

Nothing on disk is touched: history keeps every state as it was, and the first commit after it is
written in today's schema. A signature is checked against the state that it was made on, as that
was written, and holds while today's state says the same as that one reads today.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from liverplan.case.documents import Json
from liverplan.errors import CaseError

NAME = "liverplan.state"
VERSION = 3
STATE_SCHEMA = f"{NAME}/{VERSION}"

PLAN_SCHEMA = "liverplan.plan/1"
_VERSION = re.compile("[1-9][0-9]{0,8}")


Read = Callable[[str], Json]
"""A document of the case by the name of its file."""


def migrated(document: Json, read: Read) -> Json:
    """Return a state's document in today's schema; ``read`` opens the documents that it names.

    Raises
    ------
    CaseError
        If a newer version wrote it, or it is no state.
    """
    return readings(document, read)[-1]


def readings(document: Json, read: Read) -> tuple[Json, ...]:
    """Return a state's document as it was written, then in each later schema up to today's.

    Raises
    ------
    CaseError
        If a newer version wrote it, or it is no state.
    """
    found = [document]
    try:
        for version in range(require_known(document), VERSION):
            found.append(_NEXT[version](found[-1], read))
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise CaseError(f"The case's state cannot be understood: {error!r}.") from error
    return tuple(found)


def require_known(document: Json) -> int:
    """Return the version of a state's schema.

    Raises
    ------
    CaseError
        If a newer version wrote it, or it is no state.
    """
    schema = document.get("schema") if isinstance(document, dict) else None
    name, _, version = str(schema).partition("/")
    if name != NAME or not _VERSION.fullmatch(version):
        raise CaseError(f"The case's state cannot be understood: {schema!r:.60} is not its schema.")
    if int(version) > VERSION:
        raise CaseError(
            f"The case's state was written by a newer liverplan ({schema}; this one reads up to "
            f"{STATE_SCHEMA}); open it with that version."
        )
    return int(version)


def _with_a_plan(document: Json, _read: Read) -> Json:
    """1 held ``planes`` (a point and a normal each) where a state now holds a plan of any cuts."""
    cuts = [{"kind": "plane", **plane} for plane in document["planes"]]
    kept = {key: value for key, value in document.items() if key != "planes"}
    plan = {"schema": PLAN_SCHEMA, "name": "", "cuts": cuts}
    return {**kept, "schema": f"{NAME}/2", "plan": plan, "maps": {}}


def _with_origins(document: Json, read: Read) -> Json:
    """2 said of a mask how sure it is ("quality") and kept all else as text ("parameters").

    What was biopsied stood among what is chosen on screen.
    """
    masks = document["segmentation"]
    if masks is not None:
        made = {label: _origin(old) for label, old in masks["provenance"].items()}
        masks = {**masks, "provenance": made}
    screen = read(document["documents"]["app"]) if "app" in document["documents"] else {}
    biopsied = sorted(screen.get("biopsied", []))
    return {**document, "schema": STATE_SCHEMA, "segmentation": masks, "biopsied": biopsied}


_NEXT: Mapping[int, Callable[[Json, Read], Json]] = {1: _with_a_plan, 2: _with_origins}

EDITS, DENSITY, GIVEN_BY, HAND = "edits by hand", "density_hu", "file", "drawn by hand"
CLICKED = ("lesion from", "nnInteractive")


def _origin(old: Json) -> Json:
    told = dict(old["parameters"])
    edits, density = int(told.pop(EDITS, "0")), _number(told.pop(DENSITY, ""))
    name, quality = old["accepted_by"], old["quality"]
    if quality == "edited":
        edits = max(edits, 1)
    return {
        "method": old["method"],
        "version": old["version"],
        "origin": _origin_of(old["method"], quality, told),
        "accepted_by": name,
        "edits": edits,
        "density_hu": density,
        "parameters": told,
    }


def _origin_of(method: str, quality: str, told: Mapping[str, str]) -> str:
    if method == HAND:
        return "drawn"
    if quality == "expert" or GIVEN_BY in told:
        return "given"
    return "clicks" if any(word in method for word in CLICKED) else "automatic"


def _number(words: str) -> float | None:
    try:
        return float(words)
    except ValueError:
        return None
