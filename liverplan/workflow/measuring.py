"""What a plan leaves, how near it comes and how sure that is: planes one way, any cuts another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property

from liverplan.errors import PlanError
from liverplan.findings import CutFinding, PlaneFinding, SegmentFinding, Statement, Volumes
from liverplan.resection import Parts, Plan, Plane
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.named import SCHEME, share_warnings
from liverplan.resection.cuts.base import point_of
from liverplan.segmentation import Segmentation
from liverplan.volumetry import VolumeIndex, estimate, lesion_margins, measure
from liverplan.volumetry.planes.margin import LesionMargin
from liverplan.volumetry.shapes.faults import require_sound
from liverplan.volumetry.shapes.margins import PlanMargin, plan_margins
from liverplan.volumetry.shapes.plan_index import PlanIndex, measure_plan
from liverplan.volumetry.uncertainty.of_planes import Doubt
from liverplan.volumetry.uncertainty.of_shapes import estimate_plan

SMALLEST_CUT_ML = 1e-6
VESSELS_UNKNOWN = Statement.of("note.vessels_unknown")
TERRITORIES_TOLD = Statement.of("note.territories_told")
VESSEL_SCHEMES = frozenset({"portal", "hepatic", "vessels"})


@dataclass(frozen=True, kw_only=True, eq=False)
class Liver:
    """A segmentation and its maps, indexed once and when first asked for, for plans of any kind.

    Parameters
    ----------
    segmentation : Segmentation
    maps : mapping of str to PartMap
    given : PlanIndex or VolumeIndex or None
        An index of the same segmentation (and maps), if it is at hand.
    """

    segmentation: Segmentation
    maps: Mapping[str, PartMap] = field(default_factory=dict)
    given: PlanIndex | VolumeIndex | None = None

    @cached_property
    def planes(self) -> VolumeIndex:
        """For plans of planes only."""
        if isinstance(self.given, VolumeIndex):
            return self.given
        return self.given.planes if self.given else VolumeIndex.build(self.segmentation)

    @cached_property
    def any_cuts(self) -> PlanIndex:
        """For plans of any cuts."""
        if isinstance(self.given, PlanIndex):
            return self.given
        return PlanIndex.build(self.segmentation, self.maps)

    def index_for(self, plan: Plan) -> PlanIndex | VolumeIndex:
        """Return the index that a plan is measured with."""
        return self.planes if plan.is_flat else self.any_cuts


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A plan as measured; ``notes`` say how."""

    volumes: Volumes
    margins: tuple[LesionMargin | PlanMargin, ...]
    cuts: tuple[CutFinding, ...]
    notes: tuple[Statement, ...] = ()


def plan_of(cuts: Plan | Sequence[Plane]) -> Plan:
    """Return a plan as it is, and planes as a plan."""
    return cuts if isinstance(cuts, Plan) else Plan(cuts=tuple(cuts))


def measure_any(liver: Liver, plan: Plan) -> Measured:
    """Measure a plan.

    Raises
    ------
    PlanError
        If a cut misses the liver; for plans of more than planes also if one is too short to cut
        through, passes through a metastasis, leaves an island or nothing, or lacks its map.
    """
    if plan.is_flat:
        return _measure_planes(liver.planes, plan.planes)
    _require_maps(liver, plan)
    index = liver.any_cuts
    require_sound(index, plan)
    volumes = measure_plan(index, plan)
    kept = {f.name: getattr(volumes, f.name) for f in fields(Volumes)}
    return Measured(
        volumes=Volumes(**kept),
        margins=plan_margins(index, plan),
        cuts=tuple(c.finding(ml) for c, ml in zip(plan.cuts, volumes.alone_ml, strict=True)),
        notes=(*plan.notes, *_map_notes(liver, plan)),
    )


def doubt_of(
    liver: Liver, plan: Plan, *, threshold_fraction: float, denominator_ml: float | None
) -> Doubt:
    """Say how sure the remnant fraction of a plan is."""
    if not plan.is_flat:
        return estimate_plan(
            liver.any_cuts,
            plan,
            threshold_fraction=threshold_fraction,
            denominator_ml=denominator_ml,
        )
    return estimate(
        liver.segmentation,
        plan.planes,
        threshold_fraction=threshold_fraction,
        denominator_ml=denominator_ml,
        index=liver.planes,
    )


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


def _measure_planes(index: VolumeIndex, planes: tuple[Plane, ...]) -> Measured:
    alone = [index.remnant_ml_of([plane]) for plane in planes]
    for number, (plane, stays) in enumerate(zip(planes, alone, strict=True), 1):
        _require_cuts(index, plane, stays, number)
    remnant = measure(index, planes)
    return Measured(
        volumes=Volumes(**{f.name: getattr(remnant, f.name) for f in fields(remnant)}),
        margins=lesion_margins(index, planes),
        cuts=tuple(
            p.finding(index.functional_ml - ml) for p, ml in zip(planes, alone, strict=True)
        ),
    )


def _require_cuts(index: VolumeIndex, plane: Plane, stays: float, number: int) -> None:
    if SMALLEST_CUT_ML < stays < index.functional_ml - SMALLEST_CUT_ML:
        return
    side = "stays" if stays > SMALLEST_CUT_ML else "is removed"
    place = ", ".join(f"{x:g}" for x in plane.point_mm)
    raise PlanError(
        f"Plane {number} (through {place} mm) misses the liver: all of the liver lies on the side "
        f"that {side}."
    )


def _require_maps(liver: Liver, plan: Plan) -> None:
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


def _map_notes(liver: Liver, plan: Plan) -> tuple[Statement, ...]:
    """Say what the maps make doubtful: odd shares, vessels that nobody marked."""
    notes: tuple[Statement, ...] = ()
    if SCHEME in liver.maps:
        notes = share_warnings(liver.maps[SCHEME].shares_fraction(liver.segmentation))
    if plan.removing is not plan:
        notes = (*notes, TERRITORIES_TOLD)
    return notes if VESSEL_SCHEMES & set(liver.maps) else (*notes, VESSELS_UNKNOWN)


def plane_findings(plan: Plan) -> tuple[PlaneFinding, ...]:
    """Return the plan's planes as findings name them."""
    return tuple(
        PlaneFinding(point_mm=point_of(plane.point_mm), normal=point_of(plane.normal))
        for plane in plan.planes
    )
