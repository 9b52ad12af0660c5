"""Named parts among a plan's cuts: one cut a map, with all the parts that are taken of it."""

from __future__ import annotations

from typing import TypeGuard

from liverplan.resection.cuts import Cut
from liverplan.resection.cuts.parts import Parts


def taken_parts(cuts: tuple[Cut, ...], scheme: str) -> tuple[str, ...]:
    """Return the parts of a map that cuts take."""
    return next((cut.names for cut in cuts if _of_map(cut, scheme)), ())


def taking_parts(cuts: tuple[Cut, ...], scheme: str, names: tuple[str, ...]) -> tuple[Cut, ...]:
    """Return cuts that take these parts of a map and no others of it; none takes the cut away."""
    kept = tuple(cut for cut in cuts if not _of_map(cut, scheme))
    return (*kept, Parts(scheme=scheme, names=names)) if names else kept


def _of_map(cut: Cut, scheme: str) -> TypeGuard[Parts]:
    return isinstance(cut, Parts) and cut.scheme == scheme
