"""What beside its numbers is said of a plan: its maps, its vessels, its planes, the segments."""

from __future__ import annotations

from liverplan.errors import PlanError
from liverplan.findings import PlaneFinding, SegmentFinding, Statement
from liverplan.resection import Parts, Plan
from liverplan.resection.anatomy.named import SCHEME, share_warnings
from liverplan.resection.cuts.base import point_of
from liverplan.volumetry import Liver

VESSELS_UNKNOWN = Statement.of("note.vessels_unknown")
TERRITORIES_TOLD = Statement.of("note.territories_told")
VESSEL_SCHEMES = frozenset({"portal", "hepatic", "vessels"})


def require_maps(liver: Liver, plan: Plan) -> None:
    """Say what to give where a plan names parts of a map that is not there."""
    for cut in plan.cuts:
        if isinstance(cut, Parts) and cut.scheme not in liver.maps:
            named = ", ".join(cut.names)
            if cut.scheme != SCHEME:
                raise PlanError(
                    f"The plan removes {named} of a {cut.scheme} map, and this liver has none."
                )
            raise PlanError(
                f"The plan removes the Couinaud segments {named}, and this liver has no map of "
                "them: give landmarks (--landmarks FILE.toml) or a label map (--segments FILE)."
            )


def notes_on(liver: Liver, plan: Plan) -> tuple[Statement, ...]:
    """Say how a plan is measured, and what its maps make doubtful; planes need no such word."""
    if plan.is_flat:
        return ()
    notes = plan.notes
    if SCHEME in liver.maps:
        shares = liver.maps[SCHEME].shares_fraction(liver.segmentation)
        notes = (*notes, *share_warnings(shares))
    if plan.removing is not plan:
        notes = (*notes, TERRITORIES_TOLD)
    return notes if VESSEL_SCHEMES & set(liver.maps) else (*notes, VESSELS_UNKNOWN)


def segments_of(liver: Liver) -> tuple[SegmentFinding, ...]:
    """Volume and share of each Couinaud segment; none without a map of them."""
    part_map = liver.maps.get(SCHEME)
    if part_map is None:
        return ()
    shares = part_map.shares_fraction(liver.segmentation)
    return tuple(
        SegmentFinding(name=name, volume_ml=ml, share_fraction=shares[name])
        for name, ml in part_map.volumes_ml(liver.segmentation).items()
    )


def plane_findings(plan: Plan) -> tuple[PlaneFinding, ...]:
    """Return the plan's planes as findings name them."""
    return tuple(
        PlaneFinding(point_mm=point_of(plane.point_mm), normal=point_of(plane.normal))
        for plane in plan.planes
    )
