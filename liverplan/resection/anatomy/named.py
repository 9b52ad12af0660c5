"""Names of segment sets, and what shares of the liver are usual.

The set is what counts; Brisbane 2000 has several names for one operation and none for many, and
the New World notation writes H and the segments' numbers.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from liverplan.findings import Statement

SCHEME = "couinaud"
SEGMENTS = ("1", "2", "3", "4a", "4b", "5", "6", "7", "8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resection:
    """One named operation: its segments, those that may go along, other names, source."""

    id: str
    name: str
    aliases: tuple[str, ...]
    segments: tuple[str, ...]
    optional: tuple[str, ...]
    new_world: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A usual share of the liver, with its source."""

    name: str
    segments: tuple[str, ...]
    low_fraction: float
    typical_fraction: float
    high_fraction: float
    source: str


@cache
def resections() -> tuple[Resection, ...]:
    """Return the named operations."""
    return tuple(Resection(**_frozen(row)) for row in _table()["resection"])


@cache
def usual_shares() -> tuple[Share, ...]:
    """Return the published shares."""
    return tuple(Share(**_frozen(row)) for row in _table()["share"])


def name_of(segments: tuple[str, ...]) -> str:
    """Return the Brisbane name of a segment set, with segment 1 or without; else New World."""
    chosen = set(split_fourth(segments))
    for known in resections():
        base, extra = set(split_fourth(known.segments)), set(known.optional)
        if base == chosen:
            return known.name
        if extra and base | extra == chosen:
            return f"{known.name} with segment {' and '.join(sorted(extra))}"
    return new_world(segments)


def new_world(segments: tuple[str, ...]) -> str:
    """Return a segment set in New World notation, e.g. H4b5."""
    chosen = set(split_fourth(segments))
    short = "".join(name for name in SEGMENTS if name in chosen)
    return "H" + short.replace("4a4b", "4")


def share_warnings(shares_fraction: Mapping[str, float]) -> tuple[Statement, ...]:
    """Return a sentence for each share far from what is published; never a refusal.

    Parameters
    ----------
    shares_fraction : mapping of str to float
        By segment (0-1).
    """
    found = []
    for usual in usual_shares():
        share = sum(shares_fraction.get(name, 0.0) for name in split_fourth(usual.segments))
        if not usual.low_fraction <= share <= usual.high_fraction:
            part = Statement.of(f"part.{usual.name.replace(' ', '_')}", written=usual.name)
            found.append(
                Statement.of(
                    "note.unusual_share",
                    part=part,
                    share=share,
                    low=usual.low_fraction,
                    high=usual.high_fraction,
                    source=usual.source,
                )
            )
    return tuple(found)


def split_fourth(segments: tuple[str, ...]) -> tuple[str, ...]:
    """Write segment 4 as 4a and 4b, each segment once and in order."""
    chosen = set(segments)
    if "4" in chosen:
        chosen = chosen - {"4"} | {"4a", "4b"}
    return tuple(name for name in SEGMENTS if name in chosen)


def _frozen(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in row.items()}


@cache
def _table() -> dict[str, Any]:
    text = (
        files("liverplan.resection.anatomy").joinpath("brisbane.toml").read_text(encoding="utf-8")
    )
    return tomllib.loads(text)
