"""Anatomical resections by name, as cuts: Brisbane's names, New World notation, or segments."""

from __future__ import annotations

import re
from pathlib import Path

from liverplan.errors import PlanError
from liverplan.resection.anatomy.named import SCHEME, SEGMENTS, name_of, resections, split_fourth
from liverplan.resection.cuts.parts import Parts
from liverplan.resection.plan import Plan, read_plan

_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "iva": "4a", "ivb": "4b"}
_ROMAN |= {"v": "5", "vi": "6", "vii": "7", "viii": "8"}
_NEW_WORLD = re.compile(r"^h((?:4[ab]|[1-8])+)$")


def named_resection(words: str) -> Parts:
    """Return the segments that a name removes.

    Parameters
    ----------
    words : str
        A Brisbane name or alias, an id, New World notation (``H5678``, ``H4a58``), or segments
        (``5,6``, ``IVb``).

    Raises
    ------
    PlanError
        If nothing is called that, naming what is.
    """
    plain = " ".join(words.lower().replace("_", " ").split())
    for known in resections():
        if plain in {known.name, known.id.replace("_", " "), *known.aliases}:
            return Parts(scheme=SCHEME, names=split_fourth(known.segments))
    match = _NEW_WORLD.match(plain.replace(" ", ""))
    listed = re.findall(r"4[ab]|[1-8]", match[1]) if match else re.split(r"[ ,;+]+", plain.strip())
    segments = [_ROMAN.get(item, item) for item in listed]
    if segments and all(item in {*SEGMENTS, "4"} for item in segments):
        return Parts(scheme=SCHEME, names=split_fourth(tuple(segments)))
    names = ", ".join(known.name for known in resections())
    raise PlanError(
        f"No resection is called {words!r}; known are {names}, "
        "New World notation such as H5678, and lists of segments such as 2,3,4b."
    )


def plan_of(words: str) -> Plan:
    """Return the plan that a command line names: a TOML file, or a resection's name.

    Raises
    ------
    PlanError
        If the file is no plan, or nothing is called that.
    """
    if words.lower().endswith(".toml"):
        return read_plan(Path(words))
    cut = named_resection(words)
    return Plan(cuts=(cut,), name=name_of(cut.names))
