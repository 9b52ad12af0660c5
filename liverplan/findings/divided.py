"""The branches that a plan divides, a statement each: what a surgeon asks of the cut's surface."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Protocol, assert_never

from liverplan.findings.statement import Statement
from liverplan.findings.vessels import KeptBranch, SeveredBranch, Vessels, VesselTree

SMALL_MM = 1.0
"""A branch of a smaller radius is sealed by the instrument that cuts; it is listed, not told."""


SHOWN_ML = 0.05
"""Less would be spoken as 0.0 mL."""

LONGEST_WAY = 7
"""Letters of a way from the root that are read; of a longer one the end tells it from others."""


class Named(Protocol):
    """A branch of a vessel tree that has a way from the root, and may have a name by anatomy."""

    @property
    def name(self) -> str:
        """Its way from the root."""

    @property
    def called(self) -> str:
        """What it is called by anatomy; "" where that is not sure."""

    @property
    def stem(self) -> bool:
        """Whether it is what is called so; else it comes from that."""

    @property
    def tree(self) -> VesselTree | Literal[""]:
        """Of which tree it is."""


def divided(vessels: Vessels) -> Iterator[Statement]:
    """Say of each branch over 2 mm what it costs, and how many smaller ones are cut."""
    told = [branch for branch in vessels.severed if branch.radius_mm > SMALL_MM]
    yield from map(branch_said, told)
    small = [branch for branch in vessels.severed if branch.radius_mm <= SMALL_MM]
    if small:
        ml = sum(branch.lost_ml for branch in small)
        yield Statement.of("divided.small", count=len(small), ml=ml)


def branch_said(branch: SeveredBranch) -> Statement:
    """Say one branch: its name, how wide it is where it is cut, and what loses its blood."""
    wide = 2 * branch.radius_mm
    if branch.hangs_on and is_short(branch.hangs_on):
        return Statement.of("divided.again", branch=name_of(branch), wide=wide, on=branch.hangs_on)
    if branch.hangs_on:
        return Statement.of("divided.beyond", branch=name_of(branch), wide=wide)
    return Statement.of(
        f"divided.{branch.tree}_costs", branch=name_of(branch), wide=wide, ml=branch.lost_ml
    )


def kept(vessels: Vessels) -> Iterator[Statement]:
    """Say which branches the surgeon keeps, which of them do not count, and what rests on them.

    A branch does not count where no cut crosses it, or none is found at its point.
    """
    for branch in vessels.kept:
        if branch.standing != "not crossed" or branch.tree not in vessels.rootless:
            yield kept_said(branch)
    yield from resting(vessels)


def kept_said(branch: KeptBranch) -> Statement:
    """Say of one kept branch what hangs on it, or why it does not count."""
    place = ", ".join(f"{value:.1f}" for value in branch.point_mm)
    match branch.standing:
        case "kept":
            key = "note.kept_portal" if branch.tree == "portal" else "note.kept_hepatic"
            return Statement.of(key, branch=name_of(branch), ml=branch.kept_ml)
        case "not crossed":
            return Statement.of("note.kept_not_crossed", branch=name_of(branch))
        case "not found" if branch.away_mm is not None:
            return Statement.of("note.kept_not_found", place=place, away=branch.away_mm)
        case "not found":
            return Statement.of("note.kept_unknown", place=place)
        case _:
            assert_never(branch.standing)


def resting(vessels: Vessels) -> Iterator[Statement]:
    """Say on how many kept branches the figure rests, and with how much tissue; if on any."""
    counted = vessels.counted_as_kept
    if counted:
        yield Statement.of("note.kept_counts", count=len(counted), ml=vessels.by_word_ml)


def is_short(way: str) -> bool:
    """Whether a way from the root is told whole."""
    return len(way) <= LONGEST_WAY


def name_of(branch: Named) -> Statement:
    """Return what to call a branch: by anatomy where that is sure, and by its way if that is short.

    A branch of what has a name is said to be that, not to be it; its way tells a reader nothing.
    """
    short = is_short(branch.name)
    way = branch.name if short else f"…{branch.name[-LONGEST_WAY:]}"
    if not branch.called:
        return Statement.of(f"divided.{branch.tree}", name=way)
    called = Statement.of(f"vessel.{branch.called}")
    if not branch.stem:
        return Statement.of("divided.part", called=called)
    return Statement.of("divided.called", called=called, name=way) if short else called
