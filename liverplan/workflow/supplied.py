"""What is said of a remnant's blood supply: what it loses, and what is not known of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from liverplan.findings import RemnantFraction, Statement, Vessels, VesselTree, Volumes
from liverplan.findings.divided import kept, name_of

ONE_TREE: Mapping[VesselTree, Statement] = MappingProxyType(
    {
        "portal": Statement.of("note.supply_portal_only"),
        "hepatic": Statement.of("note.supply_hepatic_only"),
    }
)
ROOTLESS: Mapping[VesselTree, Statement] = MappingProxyType(
    {
        "portal": Statement.of("note.supply_portal_rootless"),
        "hepatic": Statement.of("note.supply_hepatic_rootless"),
    }
)
UNSEEN = Statement.of("note.supply_unseen")


def supply_notes(
    volumes: Volumes, fraction: RemnantFraction, vessels: Vessels, limit: float
) -> Iterator[Statement]:
    """Say what of a remnant keeps its inflow and its outflow; nothing where no tree is known.

    ``limit`` is the fraction that the remnant must exceed.
    """
    yield from (ROOTLESS[tree] for tree in vessels.rootless)
    yield from kept(vessels)
    if not vessels.trees:
        return
    if vessels.without_either_ml > 0:
        yield _lost(volumes, vessels)
        if fraction.by_volume is not None:
            yield Statement.of("note.supply_by_volume", share=fraction.by_volume)
            yield from _decides(volumes, fraction.by_volume, vessels, limit)
    else:
        yield Statement.of("note.supply_kept")
    if len(vessels.trees) == 1:
        yield ONE_TREE[vessels.trees[0]]
    yield UNSEEN


def _decides(
    volumes: Volumes, by_volume: float, vessels: Vessels, limit: float
) -> Iterator[Statement]:
    """Say which branch alone may decide that the remnant is under the limit, if one may.

    What hangs on it may lack the other tree's blood, too: what it would bring back is a bound.
    """
    per_ml = by_volume / volumes.remnant_ml
    for branch in vessels.severed:
        most = min(per_ml * (volumes.counted_ml + branch.lost_ml), by_volume)
        if per_ml * volumes.counted_ml <= limit < most:
            yield Statement.of("note.supply_rests", branch=name_of(branch), share=most, limit=limit)
            return


def _lost(volumes: Volumes, vessels: Vessels) -> Statement:
    """Say what a remnant loses; of a tree that is not known nothing is said, nor that it is 0."""
    left, remnant, lost = volumes.counted_ml, volumes.remnant_ml, vessels.without_either_ml
    if vessels.trees == ("portal",):
        return Statement.of("note.supply_lost_portal", left=left, remnant=remnant, lost=lost)
    if vessels.trees == ("hepatic",):
        return Statement.of("note.supply_lost_hepatic", left=left, remnant=remnant, lost=lost)
    return Statement.of(
        "note.supply_lost",
        left=left,
        remnant=remnant,
        lost=lost,
        inflow=vessels.without_inflow_ml,
        outflow=vessels.without_outflow_ml,
    )
