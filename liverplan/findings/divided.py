"""The branches that a plan divides, a statement each: what a surgeon asks of the cut's surface."""

from __future__ import annotations

from collections.abc import Iterator

from liverplan.findings.statement import Statement
from liverplan.findings.vessels import SeveredBranch, Vessels

SMALL_MM = 1.0
"""A branch of a smaller radius is sealed by the instrument that cuts; it is listed, not told."""


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
    if branch.hangs_on:
        return Statement.of("divided.again", branch=name_of(branch), wide=wide, on=branch.hangs_on)
    return Statement.of(
        f"divided.{branch.tree}_costs", branch=name_of(branch), wide=wide, ml=branch.lost_ml
    )


def name_of(branch: SeveredBranch) -> Statement:
    """Return its anatomical name where that is known, and its way from the root."""
    if branch.called:
        called = Statement.of(f"vessel.{branch.called}")
        return Statement.of("divided.called", called=called, name=branch.name)
    return Statement.of(f"divided.{branch.tree}", name=branch.name)
