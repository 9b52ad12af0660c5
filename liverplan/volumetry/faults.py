"""Plans that make no sense on this liver: one policy for cuts of all kinds.

Measuring answers in spite of them; whoever judges, refuses or signs asks here.
"""

from __future__ import annotations

from typing import assert_never

import numpy as np
import scipy

from liverplan.findings import Fault, Statement, Value
from liverplan.resection import (
    Ablation,
    CurvedCut,
    Cut,
    FoldedCut,
    Parts,
    Plan,
    Plane,
    Sphere,
    VCut,
    Wedge,
)
from liverplan.volumetry.fates import cut_through
from liverplan.volumetry.planes.remnant import lesion_margins
from liverplan.volumetry.shapes.margins import crossed_mm, plan_margins
from liverplan.volumetry.shapes.plan_index import PlanIndex
from liverplan.volumetry.shapes.staying import islands_ml

SMALLEST_CUT_ML = 1e-6
"""A cut that takes less, or leaves less, misses the liver."""

ASTRAY_FRACTION = 0.002
"""Of a folded cut's border: voxels at its creases lie aside."""

RIM_TOLERANCE_MM = 0.5
"""A surface may end this far inside the liver's mask: less than a voxel's diagonal."""


def plan_faults(index: PlanIndex, plan: Plan) -> tuple[Fault, ...]:
    """Every reason why a plan makes no sense; none if it does.

    Found: a cut that misses the liver, a surface too short to cut through, a plan that leaves
    nothing, one that cuts through a lesion, one that leaves an island.

    Raises
    ------
    PlanError
        If the plan names parts of a map that is not at hand.
    """
    if not plan.cuts:
        return (_fault("fault.no_cut"),)
    faults = [
        fault for number, cut in enumerate(plan.cuts, 1) for fault in cut_faults(index, cut, number)
    ]
    if any(fault.key == "fault.plane_takes_all" for fault in faults):
        return tuple(faults)  # that says already that nothing stays
    if _left_ml(index, plan)[0] <= SMALLEST_CUT_ML:
        return (*faults, _fault("fault.nothing_stays"))
    return (*faults, *_lesion_faults(index, plan), *_island_faults(index, plan))


def cut_faults(
    index: PlanIndex, cut: Cut, number: int, *, name: Statement | None = None
) -> tuple[Fault, ...]:
    """Every reason why one cut makes no sense by itself.

    Parameters
    ----------
    index : PlanIndex
    cut : Cut
    number : int
        Its place in the plan, from 1: it names the cut, e.g. "Cut 2 (wedge)".
    name : Statement, optional
        Another name for it, e.g. "fault.this_contour".
    """
    name = name or Statement.of("fault.this_cut", number=number, kind=cut.kind)
    stays, whole = _left_ml(index, Plan(cuts=(cut,)))
    misses = stays >= whole - SMALLEST_CUT_ML
    takes_all = not isinstance(cut, Parts) and stays <= SMALLEST_CUT_ML
    match cut:
        case Plane() if misses or takes_all:
            key = "fault.plane_takes_nothing" if misses else "fault.plane_takes_all"
            place = ", ".join(f"{x:g}" for x in cut.point_mm)
            return (_fault(key, number=number, place=place),)
        case _ if misses:
            return (_fault("fault.takes_nothing", cut=name),)
        case _ if takes_all:
            return (_fault("fault.takes_all", cut=name),)
        case CurvedCut():
            return _rim_faults(index, cut, name)
        case FoldedCut():
            return _folded_faults(index, cut, name)
        case Plane() | Sphere() | Wedge() | VCut() | Ablation() | Parts():
            return ()
        case _:
            assert_never(cut)


def _left_ml(index: PlanIndex, plan: Plan) -> tuple[float, float]:
    """Return what a plan leaves, and what there is, mL: of planes by their index if it is made."""
    if plan.is_flat and index.has_planes:
        return index.planes.remnant_ml_of(plan.planes), index.planes.functional_ml
    return index.remnant_ml(plan), index.functional_ml


def _rim_faults(index: PlanIndex, cut: CurvedCut, name: Statement) -> tuple[Fault, ...]:
    points = crossed_mm(index, Plan(cuts=(cut,)))
    short = float(cut.beyond_rim_mm(points).max(initial=0.0))
    if short <= RIM_TOLERANCE_MM:
        return ()
    return (_fault("fault.curved_too_short", cut=name, mm=short),)


def _folded_faults(index: PlanIndex, cut: FoldedCut, name: Statement) -> tuple[Fault, ...]:
    grid, rim = index.segmentation.grid, cut.rim_mm()
    at = np.rint(grid.to_index(rim)).astype(int)
    at = at[np.all((at >= 0) & (at < grid.shape), axis=1)]
    if index.segmentation.labels[tuple(at.T)].any():
        return (_fault("fault.folded_too_short", cut=name),)
    return () if _parts(index, cut) else (_fault("fault.does_not_part", cut=name),)


def _parts(index: PlanIndex, cut: FoldedCut) -> bool:
    """Whether what a folded cut removes ends at its surface, and nowhere else in the liver."""
    grid, faces = index.segmentation.grid, index.taken((cut,)).faces
    if len(faces) == 0:
        return True
    net = cut.lattice_mm()
    gaps = [np.linalg.norm(np.diff(net, axis=axis), axis=-1).max() for axis in (0, 1)]
    near = float(np.hypot(*gaps)) / 2 + index.liver.half_mm * 2
    astray = scipy.spatial.cKDTree(net.reshape(-1, 3)).query(grid.to_mm(faces))[0] > near
    return bool(np.count_nonzero(astray) <= ASTRAY_FRACTION * len(faces))


def _lesion_faults(index: PlanIndex, plan: Plan) -> list[Fault]:
    cutting = plan.removing.not_ablating
    if not cutting.cuts:
        return []
    flat = cutting.is_flat and index.has_planes
    margins = lesion_margins(index.planes, cutting.planes) if flat else plan_margins(index, cutting)
    return [
        _fault("fault.cuts_lesion", number=margin.label - 1, ml=margin.stays_ml)
        for margin in margins
        if cut_through(margin)
    ]


def _island_faults(index: PlanIndex, plan: Plan) -> list[Fault]:
    cutting = plan.removing.not_ablating
    islands = islands_ml(index, cutting) if cutting.cuts else ()
    if not islands:
        return []
    volumes = tuple(Statement.of("fault.island_ml", ml=ml) for ml in islands)
    return [_fault("fault.island", volumes=volumes)]


def _fault(key: str, **values: Value) -> Fault:
    return Fault(says=Statement.of(key, **values))
